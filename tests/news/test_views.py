"""The pages of the news: filter, categories, tags, the article as the department had it in 2018."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.support import make
from tests.support.public import main_words
from tests.support.world import picture

pytestmark = pytest.mark.django_db
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def at(day, month=12, hour=8, minute=0):
    """Return an hour of 2018 in Nghệ An (aware datetime)."""
    return datetime(2018, month, day, hour, minute, tzinfo=LOCAL)


def titles(response):
    """Return the titles (list of str) in a list page."""
    return [article.title for article in response.context["object_list"]]


@pytest.fixture
def three(client):
    """A category in a category, and an article in each of three categories."""
    events = make.category(name="Tin tức – Sự kiện")
    digital = make.category(name="Chuyển đổi số", parent=events)
    law = make.category(name="Pháp luật")
    make.article(
        title="Họp giao ban",
        category=events,
        published_at=at(3),
        tags=["Giao ban"],
        author="Hoàng Thăng Long",
    )
    make.article(
        title="Điều hành điện tử",
        lead="Tóm tắt về Đường cao tốc",
        category=digital,
        published_at=at(4),
        tags=["Chuyển đổi số"],
    )
    make.article(
        title="Luật An ninh mạng",
        body="<p>Nghị định hướng dẫn</p>",
        category=law,
        published_at=at(5),
    )


ALL = ["Luật An ninh mạng", "Điều hành điện tử", "Họp giao ban"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ALL),
        ("q=dieu hanh", [ALL[1]]),
        ("q=ĐIỀU HÀNH", [ALL[1]]),
        ("q=duong cao toc", [ALL[1]]),
        ("q=toc cao", [ALL[1]]),
        ("q=nghi dinh", [ALL[0]]),
        ("q=hoang thang long", [ALL[2]]),
        ("q=khong co", []),
        ("chuyen-muc=tin-tuc-su-kien", ALL[1:]),
        ("chuyen-muc=chuyen-doi-so", [ALL[1]]),
        ("the=chuyen-doi-so", [ALL[1]]),
        ("tu=04/12/2018", ALL[:2]),
        ("tu=2018-12-04", ALL[:2]),
        ("den=04/12/2018", ALL[1:]),
        ("tu=03/12/2018&den=03/12/2018", [ALL[2]]),
        ("tu=05/12/2018&den=03/12/2018", []),
        ("q=hop&chuyen-muc=phap-luat", []),
    ],
)
def test_filter_narrows_the_list(three, client, query, found):
    response = client.get(f"/tin-tuc/?{query}")
    assert titles(response) == found
    for title in ALL:
        assert (title in main_words(response)) == (title in found)


def test_day_of_the_filter_is_the_day_in_viet_nam(client):
    make.article(title="Sau nửa đêm", published_at=at(4, hour=0, minute=30))  # still the 3rd in UTC
    make.article(title="Trước nửa đêm", published_at=at(3, hour=23, minute=30))
    assert titles(client.get("/tin-tuc/?tu=04/12/2018&den=04/12/2018")) == ["Sau nửa đêm"]
    assert titles(client.get("/tin-tuc/?tu=03/12/2018&den=03/12/2018")) == ["Trước nửa đêm"]


def test_query_without_accents_or_in_nfd_finds_the_same(client):
    make.article(title="Hòa giải ở cơ sở")
    for query in ("hoa giai", "Hoà giải", "Ho\u0300a gia\u0309i", "hòa  giải "):
        assert titles(client.get("/tin-tuc/", {"q": query})) == ["Hòa giải ở cơ sở"], query


def test_nothing_found_is_said_with_what_to_loosen(three, client):
    words = main_words(client.get("/tin-tuc/?q=khong+co+gi"))
    assert "Không tìm thấy tin nào" in words
    assert "xóa bộ lọc" in words


def test_category_page_holds_the_categories_below_it(three, client):
    response = client.get("/chuyen-muc/tin-tuc-su-kien/")
    assert titles(response) == ALL[1:]
    assert 'href="/chuyen-muc/chuyen-doi-so/"' in response.content.decode()
    assert titles(client.get("/chuyen-muc/chuyen-doi-so/?q=giao+ban")) == []


def test_category_page_tells_the_way_up(three, client):
    page = client.get("/chuyen-muc/chuyen-doi-so/").content.decode()
    trail = page[page.index('aria-label="Đường dẫn"') :].split("</nav>")[0]
    assert (
        trail.index("/tin-tuc/")
        < trail.index("/chuyen-muc/tin-tuc-su-kien/")
        < trail.index("Chuyển đổi số")
    )


def test_tag_page_holds_its_articles(three, client):
    assert titles(client.get("/the/chuyen-doi-so/")) == [ALL[1]]


def test_tag_of_hidden_articles_only_is_unknown(client):
    make.article(tags=["Sáp nhập Sở"], state="draft")
    assert client.get("/the/sap-nhap-so/").status_code == 404
    assert "Không có thẻ này" in client.get("/tin-tuc/?the=sap-nhap-so").content.decode()


def test_list_is_newest_first_and_stable(client):
    for title in ("a", "b", "c"):
        make.article(title=title, published_at=at(1))
    assert titles(client.get("/tin-tuc/")) == ["c", "b", "a"]


# --- one article ---


@pytest.fixture
def article():
    """The article of 2018."""
    return make.article(
        title="Giao ban cụm 2",
        lead="Sáng ngày 30/11, tại huyện Tân Kỳ.",
        body='<p>Toàn cảnh.</p><p class="align-center">Ở giữa</p>',
        picture=picture(),
        picture_alt="Toàn cảnh hội nghị",
        picture_caption="Ảnh: hội nghị giao ban",
        author="Hoàng Thăng Long",
        unit="Sở TT&TT",
        source="Báo Nghệ An",
        correction="Đã sửa ngày họp.",
        published_at=at(3, hour=10, minute=10),
        tags=["Giao ban", "Chuyển đổi số"],
    )


def test_article_is_told_as_in_2018(article, client):
    words = main_words(client.get("/tin-tuc/giao-ban-cum-2/"))
    order = [
        "Giao ban cụm 2",
        "(03/12/2018 10:10 AM)",
        "Đính chính",
        "Sáng ngày 30/11",
        "Ảnh: hội nghị giao ban",
        "Toàn cảnh.",
        "Hoàng Thăng Long - Sở TT&TT",
        "Báo Nghệ An",
        "Chuyển đổi số",
        "Đầu trang",
    ]
    places = [words.index(part) for part in order]
    assert places == sorted(places)


def test_article_of_the_afternoon_is_stamped_pm(client):
    article = make.article(published_at=at(3, hour=15, minute=5))
    assert "(03/12/2018 03:05 PM)" in main_words(client.get(article.get_absolute_url()))


def test_picture_has_its_description_and_caption(article, client):
    page = client.get(article.get_absolute_url()).content.decode()
    assert f'src="/media/{article.picture.name}" alt="Toàn cảnh hội nghị"' in page
    assert "<figcaption>Ảnh: hội nghị giao ban</figcaption>" in page


def test_article_with_nothing_but_a_title_is_a_page(client):
    article = make.article(lead="", body="")
    assert client.get(article.get_absolute_url()).status_code == 200


def neighbours(client, article):
    """Return the titles of "Tin đã đưa" and those of "Tin mới hơn" on the page of `article`."""
    context = client.get(article.get_absolute_url()).context
    return [a.title for a in context["earlier"]], [a.title for a in context["newer"]]


def test_earlier_articles_of_the_same_category_come_first(client):
    here, there = make.category(), make.category()
    for day, category, title in (
        (1, here, "đây 1"),
        (2, there, "kia 2"),
        (3, here, "đây 3"),
        (4, there, "kia 4"),
        (7, here, "đây 7"),
        (8, there, "kia 8"),
    ):
        make.article(title=title, category=category, published_at=at(day))
    article = make.article(category=here, published_at=at(5))
    assert neighbours(client, article) == (["đây 3", "đây 1", "kia 4", "kia 2"], ["đây 7", "kia 8"])


def test_earlier_is_told_by_publication_and_not_by_entry(client):
    later = make.article(title="nhập trước, đăng sau", published_at=at(9))
    article = make.article(published_at=at(5))
    make.article(title="nhập sau, đăng trước", published_at=at(1))
    assert neighbours(client, article) == (["nhập sau, đăng trước"], [later.title])


def test_articles_of_the_same_minute_are_told_once(client):
    first, second, third = (make.article(title=title, published_at=at(5)) for title in "abc")
    assert neighbours(client, second) == (["a"], ["c"])
    assert neighbours(client, first) == ([], ["c", "b"])
    assert neighbours(client, third) == (["b", "a"], [])


def test_newer_articles_are_those_next_to_it(client):
    article = make.article(published_at=at(1))
    for day in range(2, 12):
        make.article(title=f"ngày {day}", published_at=at(day))
    assert len(neighbours(client, article)[1]) == 6


def test_dates_stand_beside_the_earlier_articles(client):
    make.article(title="Tin cũ", published_at=at(3))
    words = main_words(client.get(make.article(published_at=at(5)).get_absolute_url()))
    assert "Tin đã đưa" in words
    assert words.index("03/12/2018") < words.index("Tin cũ")
    assert "Tin mới hơn" not in words


def test_lead_story_stands_first_on_the_home_page(client):
    make.article(title="Tin thường", published_at=timezone.now() - timedelta(minutes=1))
    make.article(title="Tin ghim", is_pinned=True, published_at=timezone.now() - timedelta(days=2))
    make.article(title="Tin chính", is_lead=True, published_at=timezone.now() - timedelta(days=9))
    context = client.get("/").context
    assert context["lead_story"].title == "Tin chính"
    assert [story.title for story in context["top_stories"]] == ["Tin ghim", "Tin thường"]


def test_home_page_shows_no_story_twice(client):
    first, second = make.category(name="A", position=1), make.category(name="B", position=2)
    for number in range(8):
        make.article(title=f"Tin a{number}.", category=first)
        make.article(title=f"Tin b{number}.", category=second)
    words = main_words(client.get("/"))
    assert all(words.count(f"Tin {letter}{number}.") <= 1 for letter in "ab" for number in range(8))
    assert [category.name for category, _ in client.get("/").context["sections"]] == ["A", "B"]


def test_category_hidden_from_home_has_no_section(client):
    category = make.category(name="Ẩn", on_home=False)
    for _ in range(9):
        make.article(category=category)
    assert client.get("/").context["sections"] == []
