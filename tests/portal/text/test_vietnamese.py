"""Vietnamese text: cleaning, folding, slugs, alphabetical order."""

import json
import unicodedata

import pytest

from portal.text import vietnamese
from tests.support.shared import SHARED, needs_shared


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Điều hành Đảng bộ", "dieu hanh dang bo"),
        ("ÐƯỜNG", "duong"),  # U+00D0, Icelandic
        ("hòa", "hoa"),
        ("hoà", "hoa"),
        ("QĐ–UBND", "qd-ubnd"),
        (unicodedata.normalize("NFD", "Nguyễn"), "nguyen"),
    ],
)
def test_fold_as_typed_without_accents(typed, folded):
    assert vietnamese.fold(typed) == folded


def test_slug_keeps_the_d():
    assert vietnamese.slug("Điều hành Đảng bộ") == "dieu-hanh-dang-bo"
    assert vietnamese.slug("19/2018/TT-BTTTT") == "19-2018-tt-btttt"
    assert vietnamese.slug("«…»") == ""


def test_slug_is_cut_between_words():
    slug = vietnamese.slug("đường dây nóng " * 30, 50)
    assert len(slug) <= 50
    assert slug.split("-")[-1] in {"duong", "day", "nong"}


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Tho\u0302ng ba\u0301o", "Thông báo"),
        ("a\x00b\x0b\x1b[31m\x7f", "ab[31m"),
        ("Thông báo \u202eoab gnờht\u202c", "Thông báo oab gnờht"),
        ("\u2066\u2067abc\u2069", "abc"),
        ("a\u200b\u200c\u200d\ufeff\u00adb", "ab"),
        ("\ud800", ""),
        ("  nhiều \u3000 khoảng\n trắng\t", "nhiều khoảng trắng"),
        ("\U0001f1fb\U0001f1f3", "\U0001f1fb\U0001f1f3"),
    ],
)
def test_clean_line_removes_what_is_not_seen(raw, clean):
    assert vietnamese.clean_line(raw) == clean


def test_clean_line_limits_stacked_marks_and_keeps_vietnamese():
    assert len(vietnamese.clean_line("Z" + "\u0301" * 500)) <= 4
    assert (
        vietnamese.clean_line(unicodedata.normalize("NFD", "Nghệ An, tuyển, Ướm"))
        == "Nghệ An, tuyển, Ướm"
    )


def test_clean_block_keeps_lines():
    assert vietnamese.clean_block("một \r\n\r\n\r\n\r\n hai\u2028ba ") == "một\n\nhai\nba"


def test_unescape_goes_before_nfc():
    assert vietnamese.unescape("4622&#x002F;BGDĐT") == "4622/BGDĐT"
    assert vietnamese.unescape("tr&ocirc;&#768;ng") == "trồng"


def test_sort_key_follows_the_vietnamese_alphabet():
    ordered = ["A", "Ă", "Â", "B", "C", "D", "Đ", "E", "Ê", "O", "Ô", "Ơ", "U", "Ư"]
    assert sorted(reversed(ordered), key=vietnamese.sort_key) == ordered
    tones = ["ma", "mà", "mả", "mã", "má", "mạ"]
    assert sorted(reversed(tones), key=vietnamese.sort_key) == tones
    assert (
        sorted(["Sở Y tế", "Sở Du lịch", "Sở Ngoại vụ", "Sở Đất đai"], key=vietnamese.sort_key)[1]
        == "Sở Đất đai"
    )


@needs_shared
def test_sort_key_equals_cldr():
    oracle = json.loads((SHARED / "data/vn_text/collation_vi.json").read_text())
    assert sorted(oracle["input"], key=vietnamese.sort_key) == oracle["sorted"]


@needs_shared
def test_fold_is_the_same_for_every_form():
    for line in (SHARED / "data/vn_text/legacy_vectors.jsonl").read_text().splitlines():
        row = json.loads(line)
        assert vietnamese.fold(row["nfc"]) == vietnamese.fold(row["nfd"])
        assert vietnamese.words(row["nfc"]) == vietnamese.words(row["no_diacritics"])


@needs_shared
def test_fold_is_blind_to_tone_placement():
    for pair in json.loads((SHARED / "data/vn_text/tone_placement_pairs.json").read_text()):
        assert vietnamese.fold(pair["old"]) == vietnamese.fold(pair["new"])
