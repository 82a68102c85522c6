"""Text of .VnTime and VNI-Times is recognised and converted to Unicode; other text stays."""

import json
import unicodedata

import pytest

from portal.text import legacy_fonts
from tests.support.shared import SHARED, needs_shared

SAMPLES = [
    (
        "tcvn3",
        "C«ng v¨n cña Së Th«ng tin vµ TruyÒn th«ng",
        "Công văn của Sở Thông tin và Truyền thông",
    ),
    ("tcvn3", "NguyÔn ThÞ Thuý", "Nguyễn Thị Thuý"),
    (
        "tcvn3",
        "H\u00adíng dÉn thi hµnh NghÞ ®Þnh sè 26/2002/N§-CP",
        "Hướng dẫn thi hành Nghị định số 26/2002/NĐ-CP",
    ),
    (
        "vni",
        "Höôùng daãn thi haønh Nghò ñònh soá 26/2002/NÑ-CP",
        "Hướng dẫn thi hành Nghị định số 26/2002/NĐ-CP",
    ),
    ("vni", "QUY ÑÒNH CHI TIEÁT THI HAØNH PHAÙP LEÄNH", "QUY ĐỊNH CHI TIẾT THI HÀNH PHÁP LỆNH"),
    ("vni", "Hoøa giaûi taïi Toøa aùn", "Hòa giải tại Tòa án"),
]


@pytest.mark.parametrize(("scheme", "typed", "meant"), SAMPLES)
def test_legacy_text_is_recognised_and_turned(scheme, typed, meant):
    assert legacy_fonts.recognised(typed) == scheme
    assert legacy_fonts.to_unicode(typed, scheme) == meant
    assert legacy_fonts.modern(typed) == (meant, True)


def test_capital_font_shows_capitals():
    assert (
        legacy_fonts.to_unicode("CéNG HßA X· HéI CHñ NGHÜA VIÖT NAM", "tcvn3")
        == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    )


def test_capital_with_its_tone_behind_it_is_one_letter():
    assert legacy_fonts.to_unicode("QUY §IÞNH CHI TI£ÕT", "tcvn3") == "QUY ĐỊNH CHI TIẾT"


@pytest.mark.parametrize(
    "text",
    [
        "", "Cong van so 5", "Hòa giải tại Tòa án", "Thông tư",
        unicodedata.normalize("NFD", "Hướng dẫn"), "Café déjà vu, très élégant",
        "Straße in Zürich", "10 m² ± 5 %", "«Lời nói»", "niño, señor",
    ],
)  # fmt: skip
def test_other_text_is_left_alone(text):
    assert legacy_fonts.recognised(text) == ""
    assert legacy_fonts.modern(text) == (text, False)


def test_file_of_two_fonts_is_turned_where_it_must():
    mixed = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nC«ng v¨n cña Së\nSố: 5/2018"
    assert legacy_fonts.modern(mixed) == (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nCông văn của Sở\nSố: 5/2018",
        True,
    )


@needs_shared
def test_two_hundred_titles_come_back_from_both_schemes():
    lines = (SHARED / "data/vn_text/legacy_vectors.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert len(rows) == 200
    for row in rows:
        assert legacy_fonts.recognised(row["tcvn3"]) == "tcvn3"
        assert legacy_fonts.to_unicode(row["tcvn3"], "tcvn3") == row["nfc"]
        assert legacy_fonts.recognised(row["vni"]) == "vni"
        turned = legacy_fonts.to_unicode(row["vni"], "vni")
        # the vectors' maker had no ỹ and ỷ in VNI and wrote ì and ë for them
        assert all(
            got == meant or meant in "ỹỷ" for got, meant in zip(turned, row["nfc"], strict=True)
        )
        assert not any(
            legacy_fonts.recognised(row[name]) for name in ("nfc", "nfd", "viqr", "no_diacritics")
        )


@needs_shared
def test_table_is_that_of_the_standard():
    table = json.loads((SHARED / "data/vn_text/tcvn3_table.json").read_text(encoding="utf-8"))[
        "table"
    ]
    small = {
        code: letter
        for code, letter in table.items()
        if letter == letter.lower() and not unicodedata.combining(letter)
    }
    assert len(small) == 67
    for code, letter in small.items():
        assert legacy_fonts.to_unicode(chr(int(code, 16)), "tcvn3") == letter
