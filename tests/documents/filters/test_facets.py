"""The choices of the filter: counts, former agencies below present ones, validity on a day."""

from datetime import date

import pytest
from django.utils import timezone

from documents.filters.facets import Issuers, Word
from documents.law.relations import Relation, RelationKind
from documents.models import Document
from tests.support import make
from tests.support.public import main_words
from tests.support.world import HIDDEN

pytestmark = pytest.mark.django_db


# --- what is offered ----------------------------------------------------------------------------


def options(client, name, address="/van-ban/"):
    """Return the choices of the select `name` as shown; those of a group are indented."""
    choices = client.get(address).context["form"].fields[name].choices
    said = []
    for value, words in choices:
        said += (
            [f"{value}:", *(f"  {one}" for _, one in words)]
            if isinstance(words, list | tuple)
            else [words]
        )
    return said


def test_choice_that_finds_nothing_is_left_out_but_the_chosen_one_stays(client):
    one, two = make.document_type(name="Thông tư"), make.document_type(name="Quyết định")
    make.document_type(name="Nghị định")
    make.document(type=one, summary="Về bưu chính")
    make.document(type=two)
    assert options(client, "loai") == ["Tất cả", "Quyết định (1)", "Thông tư (1)"]
    assert options(client, "loai", "/van-ban/?q=buu+chinh&loai=quyet-dinh") == [
        "Tất cả",
        "Quyết định (0)",
        "Thông tư (1)",
    ]
    assert options(client, "loai", "/van-ban/?loai=nghi-dinh") == [
        "Tất cả",
        "Nghị định (0)",
        "Quyết định (1)",
        "Thông tư (1)",
    ]
    assert options(client, "tinh-trang", "/van-ban/?q=khong+co") == ["Tất cả"]


@pytest.fixture
def departments():
    """A department that took over another, which had taken over a third; each with documents."""
    new = make.agency(name="Sở Khoa học và Công nghệ", short_name="Sở KH&CN")
    old = make.agency(
        name="Sở Thông tin và Truyền thông",
        short_name="Sở TT&TT",
        successor=new,
        ended_on=date(2025, 2, 28),
    )
    oldest = make.agency(name="Sở Bưu chính, Viễn thông", successor=old, ended_on=date(2008, 3, 31))
    other = make.agency(name="Bộ Nội vụ")
    make.document(number="1/QĐ-SKHCN", agency=new)
    make.document(number="2/QĐ-STTTT", agency=old)
    make.document(
        number="3/QĐ-STTTT", agency=old, co_agencies=[new, oldest]
    )  # joint within one house: once
    make.document(number="4/QĐ-SBCVT", agency=oldest)
    make.document(number="5/TTLT-BNV", agency=other, co_agencies=[old, oldest])
    make.document(number="6/QĐ-BNV", agency=other, co_agencies=[other])  # entered twice: once


def test_former_bodies_stand_below_the_present_one_with_their_own_documents(departments, client):
    assert options(client, "co-quan") == [
        "Tất cả",
        "Bộ Nội vụ (2)",
        "Sở Khoa học và Công nghệ:",
        "  Sở KH&CN và các cơ quan trước đây (5)",
        "  Sở Bưu chính, Viễn thông, đến 31/03/2008 (3)",
        "  Sở TT&TT, đến 28/02/2025 (3)",
    ]


@pytest.mark.parametrize(
    ("agency", "found", "chip"),
    [
        ("so-khoa-hoc-va-cong-nghe", 5, "Cơ quan ban hành: Sở KH&CN và các cơ quan trước đây"),
        ("so-thong-tin-va-truyen-thong", 3, "Cơ quan ban hành: Sở TT&TT, đến 28/02/2025"),
        (
            "so-buu-chinh-vien-thong",
            3,
            "Cơ quan ban hành: Sở Bưu chính, Viễn thông, đến 31/03/2008",
        ),
        ("bo-noi-vu", 2, "Cơ quan ban hành: Bộ Nội vụ"),
    ],
)
def test_choosing_an_agency_finds_what_its_number_says(departments, client, agency, found, chip):
    response = client.get(f"/van-ban/?co-quan={agency}")
    assert response.context["paginator"].count == found
    assert [words for words, _ in response.context["chips"]] == [chip]


def test_bodies_that_succeed_each_other_in_a_circle_are_all_offered_once():
    words = [
        Word(pk, f"s{pk}", f"N{pk}", successor=heir)
        for pk, heir in ((1, 2), (2, 3), (3, 2), (4, None), (5, 4))
    ]
    issuers = Issuers(words)
    assert [word.pk for word in issuers.present] == [2, 4]
    assert issuers.meant_by(2) == [2, 1, 3]
    assert issuers.meant_by(4) == [4, 5]
    assert issuers.meant_by(5) == [5]


# --- on a day -----------------------------------------------------------------------------------


@pytest.fixture
def law():
    """A circular of 2014 that another one of 2016 replaced, and one that began in 2015."""
    old = make.document(
        number="1/2014/TT-A", issued_on=date(2014, 1, 1), effective_on=date(2014, 3, 1)
    )
    new = make.document(
        number="2/2016/TT-A", issued_on=date(2016, 1, 1), effective_on=date(2016, 3, 1)
    )
    make.document(number="3/2015/TT-A", issued_on=date(2014, 12, 1), effective_on=date(2015, 1, 1))
    Relation.objects.create(source=new, target=old, kind=RelationKind.REPLACES)


@pytest.mark.parametrize("day", ["01/01/2015", "1/1/2015", "2015-01-01"])
def test_day_lists_what_was_in_force_on_it(law, client, day):
    response = client.get("/van-ban/", {"ngay": day})
    assert [document.number for document in response.context["object_list"]] == [
        "3/2015/TT-A",
        "1/2014/TT-A",
    ]
    assert [words for words, _ in response.context["chips"]] == ["Hiệu lực tại ngày 01/01/2015"]
    assert "Tình trạng ngày 01/01/2015" in main_words(response)
    assert options(client, "tinh-trang", f"/van-ban/?ngay={day}") == [
        "Còn hiệu lực, kể cả một phần (2)",
        "Chưa có hiệu lực (1)",
        "Còn hiệu lực (2)",
    ]


def test_day_with_a_standing_lists_what_stood_so_on_it(law, client):
    def found(**asked):
        return [
            document.number for document in client.get("/van-ban/", asked).context["object_list"]
        ]

    assert found(**{"ngay": "29/02/2016", "tinh-trang": "chua-co"}) == ["2/2016/TT-A"]
    assert found(**{"ngay": "29/02/2016", "tinh-trang": "het"}) == []
    assert found(**{"ngay": "01/03/2016", "tinh-trang": "het"}) == ["1/2014/TT-A"]
    assert found(**{"tinh-trang": "het"}) == ["1/2014/TT-A"]


def test_page_and_data_tell_the_standing_on_the_day(law, client):
    asked = {"ngay": "31/12/2014", "tinh-trang": "chua-co"}
    assert "Chưa có hiệu lực" in main_words(client.get("/van-ban/", asked))
    rows = client.get("/van-ban/", asked | {"dinh-dang": "json"}).json()["van_ban"]
    assert {(row["so_ky_hieu"], row["tinh_trang"], row["tinh_trang_ngay"]) for row in rows} == {
        ("2/2016/TT-A", "Chưa có hiệu lực", "2014-12-31"),
        ("3/2015/TT-A", "Chưa có hiệu lực", "2014-12-31"),
    }


def test_hidden_source_changes_neither_standing_nor_counts(law, client):
    old = Document.objects.get(number="1/2014/TT-A")
    for times in HIDDEN.values():
        source = make.document(
            issued_on=date(2014, 6, 1), effective_on=date(2014, 6, 1), **times(timezone.now())
        )
        Relation.objects.create(source=source, target=old, kind=RelationKind.REPEALS)
    assert client.get("/van-ban/?ngay=01/01/2015").context["paginator"].count == 2
    assert (
        options(client, "tinh-trang", "/van-ban/?ngay=01/01/2015")[0]
        == "Còn hiệu lực, kể cả một phần (2)"
    )
