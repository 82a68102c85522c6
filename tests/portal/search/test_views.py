"""The search page: every room, half a number, no accents, kinds, pages of results."""

from datetime import date, time

import pytest

from documents.models import Family
from tests.support import make
from tests.support.public import main_words, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def rooms():
    """The word "Đường sắt" in every room, and a document known by its number."""
    make.article(title="Đường sắt đô thị", lead="Khởi công tuyến")
    make.document(
        number="19/2018/TT-BTTTT",
        summary="Về đường sắt",
        type=make.document_type(name="Thông tư"),
        issued_on=date(2018, 12, 19),
    )
    make.document(
        number="749/QĐ-TTg", summary="Chương trình chuyển đổi số quốc gia", family=Family.DIRECTIVE
    )
    make.appointment(
        content="Họp về đường sắt", chair="Giám đốc", place="Tầng 2", starts_at=time(8)
    )
    make.page(title="Giới thiệu", body="<p>Lịch sử <strong>đường</strong> sắt</p>")


def hits(client, query, **more):
    """Return the hits of the page for `query` as [(kind, title), …]."""
    return [
        (hit.kind_label, hit.title)
        for hit in client.get("/tim-kiem/", {"q": query, **more}).context["object_list"]
    ]


DOCUMENT, ARTICLE = ("Văn bản", "Thông tư 19/2018/TT-BTTTT"), ("Tin tức", "Đường sắt đô thị")
APPOINTMENT, PAGE = ("Lịch công tác", "Họp về đường sắt"), ("Trang", "Giới thiệu")
ALL = [ARTICLE, APPOINTMENT, DOCUMENT, PAGE]


@pytest.mark.parametrize(
    "query",
    [
        "đường sắt",
        "duong sat",
        "DUONG SAT",
        "sat duong",
        "Đươ\u0300ng să\u0301t",
        "  đường   sắt ",
        "đường sa\u0301\u0306t",
    ],
)
def test_every_room_is_searched_without_accents(rooms, client, query):
    assert hits(client, query) == ALL


def test_hits_in_every_room_need_no_more_than_twelve_queries(rooms, client):
    client.get("/")
    with queries() as statements:
        assert len(hits(client, "duong sat")) == 4
    assert len(statements) <= 12


@pytest.mark.parametrize(
    "query",
    [
        "19/2018",
        "19 2018",
        "19/2018/TT",
        "thong tu 19/2018",
        "19 / 2018",
        "btttt 19",
        "19/2018 duong sat",
    ],
)
def test_half_a_number_finds_the_document(rooms, client, query):
    assert hits(client, query) == [DOCUMENT]


@pytest.mark.parametrize("query", ["749/QĐ", "749/QÐ-TT", "qd-ttg", "QÐ-TTg", "749 ttg", "749"])
def test_letter_d_in_any_form_finds_the_decision(rooms, client, query):
    assert hits(client, query) == [("Văn bản", "749/QĐ-TTg")]


@pytest.mark.parametrize(
    ("kind", "found"),
    [("van-ban", [DOCUMENT]), ("tin-tuc", [ARTICLE]), ("lich", [APPOINTMENT]), ("trang", [PAGE])],
)
def test_kind_narrows_the_hits_but_not_the_counts(rooms, client, kind, found):
    assert hits(client, "duong sat", loai=kind) == found
    context = client.get("/tim-kiem/", {"q": "duong sat", "loai": kind}).context
    assert [row["count"] for row in context["kinds"]] == [4, 1, 1, 1, 1]
    assert [row["label"] for row in context["kinds"] if row["is_current"]] == [found[0][0]]
    assert context["total"] == 1


def test_unknown_kind_searches_everything(rooms, client):
    assert hits(client, "duong sat", loai="khong-co") == ALL


def test_hit_tells_where_it_leads_and_how_the_document_stands(rooms, client):
    page = client.get("/tim-kiem/?q=19/2018").content.decode()
    assert 'href="/van-ban/19-2018-tt-btttt/"' in page
    assert "19/12/2018" in page
    assert "Chưa xác định" in page
    assert "Về đường sắt" in page


@pytest.mark.parametrize(
    "query",
    [
        "19/2018/TT-BTTTT",
        "thông tư số 19/2018/tt-btttt",
        "19 2018 tt btttt",
        "19/2018/TT-BTTTT ngày 19/12/2018",
    ],
)
def test_whole_number_leads_straight_to_its_document(rooms, client, query):
    make.article(title="Bài nhắc đến Thông tư 19/2018/TT-BTTTT ngày 19/12/2018")
    assert (
        client.get("/tim-kiem/", {"q": query}).headers.get("Location")
        == "/van-ban/19-2018-tt-btttt/"
    )


def test_number_that_is_not_whole_or_not_the_only_one_is_a_list(rooms, client):
    make.article(title="Bài nhắc đến Thông tư 19/2018/TT-BTTTT")
    assert len(hits(client, "19/2018")) == 2
    assert len(hits(client, '"19/2018/TT-BTTTT"')) == 2
    assert hits(client, "19/2018/TT-BTTTT", loai="tin-tuc") == [
        ("Tin tức", "Bài nhắc đến Thông tư 19/2018/TT-BTTTT")
    ]
    make.document(number="19/2018/TT-BTTTT", summary="Một văn bản khác mang số này")
    assert len(hits(client, "19/2018/TT-BTTTT")) == 3


def test_appointment_leads_to_its_row(rooms, client):
    page = client.get("/tim-kiem/?q=duong+sat&loai=lich").content.decode()
    assert "#viec-" in page
    assert "08:00 · Tầng 2 · Giám đốc" in page


def test_words_are_all_required(rooms, client):
    assert hits(client, "đường sắt khongcotunay") == []


def test_nothing_asked_finds_nothing_and_says_what_to_do(rooms, client):
    for query in ("", "   ", "\u200b"):
        response = client.get("/tim-kiem/", {"q": query})
        assert response.context["total"] == 0
        assert "Gõ có dấu hay không dấu đều được" in main_words(response)


def test_nothing_found_is_said_with_the_query(rooms, client):
    assert "Không tìm thấy gì cho «khong co gi»" in main_words(
        client.get("/tim-kiem/?q=khong+co+gi")
    )


def test_results_go_on_over_pages_and_kinds(client):
    for number in range(15):
        make.article(title=f"Chung {number:02}")
        make.document(number=f"{number + 1}/2018/QĐ", summary="Về việc chung")
    first = client.get("/tim-kiem/?q=chung")
    second = client.get("/tim-kiem/?q=chung&trang=2")
    assert [hit.kind_label for hit in first.context["object_list"]] == ["Tin tức"] * 15 + [
        "Văn bản"
    ] * 5
    titles = [hit.title for page in (first, second) for hit in page.context["object_list"]]
    assert len(titles) == len(set(titles)) == 30
    assert 'href="?q=chung&amp;trang=2"' in first.content.decode()
    assert client.get("/tim-kiem/?q=chung&trang=3").status_code == 404
    assert [
        hit.kind_label
        for hit in client.get("/tim-kiem/?q=chung&loai=tin-tuc").context["object_list"]
    ] == ["Tin tức"] * 15


def test_query_stands_in_the_box_again(rooms, client):
    assert (
        'value="đường &lt;sắt&gt;"'
        in client.get("/tim-kiem/", {"q": "đường <sắt>"}).content.decode()
    )


def test_search_pages_are_not_for_robots(client):
    assert (
        '<meta name="robots" content="noindex, follow">'
        in client.get("/tim-kiem/?q=a").content.decode()
    )
