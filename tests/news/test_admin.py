"""The admin of the news: wrong values are named beside their field, right ones are stored."""

import pytest
from django.core.files.base import ContentFile

from news.models import Article, Category
from tests.support import make
from tests.support.hostile import strings
from tests.support.staff import APPROVER, EDITOR, address, client_of, errors_of, fill, form_of, said
from tests.support.world import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def category():
    """A category to write in."""
    return make.category(name="Bưu chính")


def new_article(client, category, /, **values):
    """Fill in the form of a new article."""
    given = {
        "title": "Hội nghị giao ban cụm 2",
        "category": category.pk,
        "body": "<p>Nội dung</p>",
    } | values
    return fill(client, address(Article, "add"), **given)


def test_editor_writes_an_article(category):
    client = client_of(EDITOR)
    response = new_article(
        client, category, title="Điều hành Đảng bộ ở Đô Lương", tags="Chuyển đổi số", state="review"
    )
    assert response.status_code == 302, errors_of(response)
    article = Article.objects.get()
    assert (article.slug, article.state) == ("dieu-hanh-dang-bo-o-do-luong", "review")
    assert [tag.name for tag in article.tags.all()] == ["Chuyển đổi số"]


def test_tags_are_set_apart_by_commas_only_and_never_doubled(category):
    client = client_of(EDITOR)
    new_article(client, category, tags="Chuyển đổi số, 5G")
    new_article(
        client, category, title="Bài hai", tags="CHUYỂN ĐỔI SỐ,  chuyển   đổi số , ,Đào tạo"
    )
    article = Article.objects.get(title="Bài hai")
    assert sorted(tag.name for tag in article.tags.all()) == ["Chuyển đổi số", "Đào tạo"]
    assert form_of(client.get(address(article)))["tags"] == "Chuyển đổi số, Đào tạo"
    assert [tag.slug for tag in article.tags.filter(name="Đào tạo")] == ["dao-tao"]


def test_editor_signs_with_his_name(category):
    client = client_of(EDITOR)
    client.user.last_name, client.user.first_name = "Hoàng", "Thăng Long"
    client.user.save()
    assert form_of(client.get(address(Article, "add")))["author"] == "Hoàng Thăng Long"


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"title": ""}, "title", "không được để trống"),
        ({"title": "  \u200b "}, "title", "không được để trống"),
        ({"title": "ệ" * 300}, "title", "Dài quá 250 ký tự (đang có 300)"),
        ({"category": ""}, "category", "không được để trống"),
        ({"category": "999999"}, "category", "Hãy chọn mục khác"),
        ({"slug": "co-dấu"}, "slug", "chữ không dấu"),
        ({"slug": "da-dung"}, "slug", "đã dùng cho mục khác"),
        ({"state": "lạ"}, "state", "không có quyền duyệt đăng"),
        ({"body": "<p>" + "a" * 1_000_001 + "</p>"}, "body", "1 MB"),
        (
            {"body": f'<p><img src="/quan-tri/anh/2018/12/{"a" * 32}.png"></p>', "state": "review"},
            "body",
            "1 ảnh chưa có mô tả",
        ),
    ],
)
def test_wrong_value_is_told_beside_its_field_and_nothing_is_lost(category, values, field, words):
    make.article(slug="da-dung", category=category)
    client = client_of(EDITOR)
    response = new_article(client, category, lead="Tóm tắt đã gõ", **values)
    assert response.status_code == 200
    errors = errors_of(response)
    assert list(errors) == [field] and len(errors[field]) == 1
    assert words in errors[field][0]
    kept = form_of(response)
    assert kept["lead"] == "Tóm tắt đã gõ"
    if field != "state":
        assert all(
            str(kept[name]) == str(value)
            for name, value in values.items()
            if name in ("title", "slug", "body")
        )
    assert Article.objects.count() == 1


@pytest.mark.parametrize("day", ["31/02/2018", "2018-99-99", "abc", "12/13/2018", "1/1/99999"])
def test_day_that_does_not_exist_is_told(category, day):
    response = new_article(
        client_of("superuser"), category, published_at_0=day, published_at_1="08:00"
    )
    assert "không có thật hoặc viết sai" in errors_of(response)["published_at"][0]
    assert form_of(response)["published_at_0"] == day


def test_days_are_read_day_first(category):
    response = new_article(
        client_of("superuser"),
        category,
        state="published",
        published_at_0="03/12/2018",
        published_at_1="8h05",
    )
    assert response.status_code == 302, errors_of(response)
    article = Article.objects.get()
    assert article.published_at.isoformat() == "2018-12-03T01:05:00+00:00"
    shown = form_of(client_of("superuser").get(address(article)))
    assert (shown["published_at_0"], shown["published_at_1"]) == ("03/12/2018", "08:05")


def test_category_cannot_lie_in_itself():
    top = make.category()
    below = make.category(parent=top)
    response = fill(client_of(APPROVER), address(top), parent=below.pk)
    assert "không thể nằm trong chính nó" in errors_of(response)["parent"][0]


def test_name_of_a_category_is_taken():
    make.category(name="Đào tạo")
    response = fill(client_of(APPROVER), address(Category, "add"), name="Đào tạo")
    assert "Đã có mục khác" in errors_of(response)["name"][0]


def test_picture_is_put_in_shown_and_taken_out(category):
    client = client_of(EDITOR)
    upload = picture()
    response = new_article(client, category, picture=upload)
    assert "Mô tả ảnh" in errors_of(response)["picture_alt"][0]
    upload.seek(0)
    assert new_article(client, category, picture=upload, picture_alt="Hội nghị").status_code == 302
    article = Article.objects.get()
    name = article.picture.name
    assert f"/quan-tri/{name}" in client.get(address(article)).content.decode()
    assert fill(client, address(article), **{"picture-clear": "on"}).status_code == 302
    article.refresh_from_db()
    assert not article.picture


def test_file_that_is_no_picture_is_told(category):
    wrong = ContentFile(b"<svg onload=alert(1)>", name="anh.png")
    response = new_article(
        client_of(EDITOR), category, picture=wrong, picture_alt="x", lead="Tóm tắt"
    )
    assert "không phải ảnh" in errors_of(response)["picture"][0]
    assert form_of(response)["lead"] == "Tóm tắt"


def test_preview_shows_pictures_of_the_draft(category):
    client = client_of(EDITOR)
    article = make.article(
        state="draft",
        published_at=None,
        picture=picture(),
        picture_alt="x",
        body='<p><img src="/media/anh/2018/12/%s.png" alt="x"></p>' % ("b" * 32),
    )
    page = client.get(address(article, "preview")).content.decode()
    assert f'src="/quan-tri/{article.picture.name}"' in page
    assert f'src="/quan-tri/anh/2018/12/{"b" * 32}.png"' in page
    assert "/media/anh/" not in page.split("<main")[1].split("</main")[0]


def test_body_is_shown_formatted_to_those_who_only_look():
    article = make.article(body="<p>Chữ <strong>đậm</strong></p>")
    page = client_of(EDITOR).get(address(article)).content.decode()
    assert "<strong>đậm</strong>" in page and "&lt;strong&gt;" not in page


@pytest.mark.slow
def test_hostile_words_stay_words(category):
    client = client_of("superuser")
    for name, value in strings().items():
        title = (value.replace("\x00", "").encode("utf-8", "ignore").decode() or "x")[:240]
        response = new_article(
            client,
            category,
            title=title,
            lead=title,
            state="published",
            published_at_0="",
            published_at_1="",
        )
        assert response.status_code in (200, 302), name
    for where in (
        address(Article, "changelist"),
        *(address(article) for article in Article.objects.order_by("?")[:6]),
    ):
        page = client.get(where)
        assert page.status_code == 200
        assert (
            "<script>alert(1)" not in page.content.decode()
            and "<img src=x" not in page.content.decode()
        )


def test_message_after_publishing_leads_to_the_page(category):
    client = client_of("superuser")
    page = client.get(new_article(client, category, state="published")["Location"])
    assert (
        f'href="{Article.objects.get().get_absolute_url()}">Xem trên cổng' in page.content.decode()
    )
    assert "mọi người đều thấy" in said(page)


def test_caption_left_empty_is_not_published(category):
    picture_html = (
        f'<figure class="image"><img src="/quan-tri/anh/2018/12/{"a" * 32}.png" alt="x">'
        "<figcaption><br></figcaption></figure>"
    )
    assert new_article(client_of(EDITOR), category, body=picture_html).status_code == 302
    assert (
        "figcaption" not in Article.objects.get().body and "<figure" in Article.objects.get().body
    )
