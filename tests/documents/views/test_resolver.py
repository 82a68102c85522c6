"""The resolver of numbers: whatever a reader writes, the document he means is found."""

import pytest

from documents.models import Document
from tests.support import make

pytestmark = pytest.mark.django_db

#: 20 numbers of real documents, one for each pattern and trap, with spellings as readers type.
SPELLINGS = {
    "19/2018/TT-BTTTT": [
        "19/2018",
        "19 2018 tt btttt",
        "Thông tư số 19/2018/TT-BTTTT ngày 19/12/2018",
        "TT 19/2018 BTTTT",
    ],
    "05/2018/TT-BTTTT": ["5/2018/TT-BTTTT", "5/2018 tt", "005 / 2018 / TT – BTTTT"],
    "26/2011/QĐ-UBND": ["26/2011/QÐ-UBND", "26/2011/qd-ubnd", "QD-UBND 26/2011"],
    "67/2006/QH11": ["67/2006/QH 11", "luật số 67/2006/qh11", "67-2006-QH11"],
    "01/2012/UBTVQH13": ["1/2012/ubtvqh13", "01/2012/UBTVQH 13", "Pháp lệnh 01/2012"],
    "13/2025/TTLT-BTP-BNG-TANDTC": [
        "13/2025/TTLT",
        "13/2025/ttlt-btp-bng-tandtc",
        "13 2025 btp bng tandtc",
    ],
    "1234/QĐ-UBND": ["1234/qđ-ubnd", "1234 /QĐ – UBND", "1234/QĐUBND"],
    "749/QĐ-TTg": ["749/qd-ttg", "Quyết định số 749/QĐ-TTg ngày 03 tháng 6 năm 2020", "749 qđ ttg"],
    "362/TTr-STTTT": ["362/ttr-stttt", "tờ trình 362/TTr-STTTT", "362ttrstttt"],
    "56/STTTT-CNTT": ["56/stttt-cntt", "Công văn số 56/STTTT-CNTT", "56 stttt cntt"],
    "36-NQ/TW": ["36-nq/tw", "Nghị quyết số 36-NQ/TW", "NQ 36 TW"],
    "39-CT/TW": ["39 ct tw", "chỉ thị 39-CT/TW", "39/CT-TW"],
    "522b/NQ-UBTVQH13": ["522b/NQ-UBTVQH13", "522b/nq", "522 b nq ubtvqh13"],
    "02/2002/TTLT/BTC-MTTW": ["2/2002/TTLT-BTC-MTTW", "02/2002/TTLT/BTC/MTTW", "02/2002 btc mttw"],
    "01/2006/TTLT-BGD&ĐT-BNV-BTC": [
        "01/2006/TTLT-BGDĐT-BNV-BTC",
        "1/2006/ttlt-bgddt",
        "01/2006/TTLT-BGD&amp;ĐT-BNV-BTC",
    ],
    "23/QĐ-TT HĐND": ["23/QĐ-TT HĐND", "23/qd-tt-hdnd", "23/QĐ-TTHĐND"],
    "01/2016/NQ.HĐTP": ["01/2016/NQ-HĐTP", "1/2016/nq.hdtp", "01/2016/NQHĐTP"],
    "4622/BGDĐT-CNTT": [
        "4622&#x002F;BGDĐT-CNTT",
        "4622/bgddt",
        "công văn 4622/BGDĐT-CNTT về việc hướng dẫn",
    ],
    "31-L/CTN": ["31 L CTN", "31-L/CTN", "31 – l/ctn"],
    "92/2000/QĐ-NHNN7": ["92/2000/QĐ-NHNN 7", "92/2000/qd-nhnn7", "QĐ 92/2000 NHNN"],
}


@pytest.fixture
def register():
    """The 20 documents among others whose numbers are near to theirs."""
    near = [
        "19/2019/TT-BTTTT",
        "119/2018/TT-BTTTT",
        "5/2017/TT-BTTTT",
        "234/QĐ-UBND",
        "67/2006/NĐ-CP",
        "36/NQ-CP",
        "1/2012/TT-BTP",
    ]
    ordinance = make.document_type(name="Pháp lệnh")
    types = {"01/2012/UBTVQH13": ordinance, "1/2012/TT-BTP": make.document_type(name="Thông tư")}
    return {
        number: make.document(number=number, type=types.get(number))
        for number in [*SPELLINGS, *near]
    }


def test_every_spelling_finds_its_document(register):
    missed = []
    for number, spellings in SPELLINGS.items():
        for spelling in [number, *spellings]:
            found = Document.objects.visible().numbered(spelling)
            if list(found) != [register[number]]:
                missed.append((spelling, [document.number for document in found]))
    assert missed == []
    assert len(SPELLINGS) == 20 and sum(map(len, SPELLINGS.values())) >= 60


@pytest.mark.slow
def test_every_whole_spelling_is_led_to_the_page(client, register):
    for number, spellings in SPELLINGS.items():
        for spelling in spellings:
            response = client.get("/van-ban/so/", {"so": spelling})
            assert (response.status_code, response.headers.get("Location")) == (
                302,
                register[number].get_absolute_url(),
            ), spelling


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("QD-UBND", {"26/2011/QĐ-UBND", "1234/QĐ-UBND", "234/QĐ-UBND"}),
        ("36", {"36-NQ/TW", "36/NQ-CP"}),
    ],
)
def test_part_of_a_number_finds_all_that_have_it(register, part, found):
    assert {document.number for document in Document.objects.numbered(part)} == found


@pytest.mark.slow
@pytest.mark.parametrize(
    "nothing",
    [
        "",
        " ",
        "/",
        "–",
        "số",
        "999/2018/TT-BTTTT",
        "19/2018/TT-BTTTT/X",
        "\x00",
        "%",
        "_",
        "'; --",
        "9" * 300,
    ],
)
def test_what_names_no_document_finds_none(register, nothing):
    assert not Document.objects.numbered(nothing).exists()


def test_equal_numbers_are_all_found():
    duplicates = {make.document(number="12/QĐ-UBND").pk for _ in range(3)}
    assert set(Document.objects.numbered("12/qd-ubnd").values_list("pk", flat=True)) == duplicates
