"""Addresses stay as the contract says: 200, redirect 301, gone 410 with a reason, or 404."""

import logging
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from documents.models import DocumentQuerySet
from news.models import Article
from portal import views
from portal.publishing.states import State
from tests.support import make
from tests.support.public import faults, main_words

pytestmark = pytest.mark.django_db
HTML = "text/html; charset=utf-8"
CONTRACT = {
    "/": HTML,
    "/tin-tuc/": HTML,
    "/tin-tuc/?q=a&chuyen-muc=thong-bao&the=so-hoa&tu=01/12/2018&den=31/12/2018&trang=1": HTML,
    "/tin-tuc/giao-ban/": HTML,
    "/chuyen-muc/thong-bao/": HTML,
    "/the/so-hoa/": HTML,
    "/van-ban/": HTML,
    "/van-ban/?q=a&loai=a&co-quan=a&linh-vuc=a&nguoi-ky=a"
    "&tinh-trang=con&tu=a&den=a&sap-xep=so&trang=1": HTML,
    "/van-ban/?dinh-dang=csv": "text/csv; charset=utf-8",
    "/van-ban/?dinh-dang=json": "application/json",
    "/van-ban/phap-quy/": HTML,
    "/van-ban/chi-dao-dieu-hanh/": HTML,
    "/van-ban/19-2018-tt-btttt/": HTML,
    "/lich-cong-tac/": HTML,
    "/lich-cong-tac/2018-12-03/": HTML,
    "/lich-cong-tac/lich.ics": "text/calendar; charset=utf-8",
    "/lien-ket/": HTML,
    "/tim-kiem/?q=a": HTML,
    "/tim-kiem/?q=a&loai=tin-tuc": HTML,
    "/tim-kiem/?q=a&loai=van-ban": HTML,
    "/tim-kiem/?q=a&loai=lich": HTML,
    "/tim-kiem/?q=a&loai=trang": HTML,
    "/so-do/": HTML,
    "/sitemap.xml": "application/xml",
    "/tin-tuc/rss.xml": "application/rss+xml; charset=utf-8",
    "/tin-tuc/atom.xml": "application/atom+xml; charset=utf-8",
    "/tin-tuc/feed.json": "application/feed+json; charset=utf-8",
    "/chuyen-muc/thong-bao/rss.xml": "application/rss+xml; charset=utf-8",
    "/chuyen-muc/thong-bao/atom.xml": "application/atom+xml; charset=utf-8",
    "/chuyen-muc/thong-bao/feed.json": "application/feed+json; charset=utf-8",
    "/van-ban/rss.xml": "application/rss+xml; charset=utf-8",
    "/van-ban/atom.xml": "application/atom+xml; charset=utf-8",
    "/van-ban/feed.json": "application/feed+json; charset=utf-8",
    "/gioi-thieu/": HTML,
    "/robots.txt": "text/plain; charset=utf-8",
    "/opensearch.xml": "application/opensearchdescription+xml; charset=utf-8",
    "/.well-known/security.txt": "text/plain; charset=utf-8",
    "/healthz": "application/json",
    "/quan-tri/login/": HTML,
}


@pytest.fixture
def content():
    """One thing at each address of the contract."""
    category = make.category(name="Thông báo")
    make.article(title="Giao ban", category=category, tags=["Số hóa"])
    make.document(number="19/2018/TT-BTTTT")
    make.page(title="Giới thiệu")


@pytest.mark.parametrize("address", CONTRACT)
def test_address_of_the_contract_answers(content, client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == CONTRACT[address]


def test_resolver_of_the_contract_redirects(content, client):
    response = client.get("/van-ban/so/?so=19/2018/TT-BTTTT")
    assert (response.status_code, response["Location"]) == (302, "/van-ban/19-2018-tt-btttt/")


KINDS = {"article": "/tin-tuc/{}/", "document": "/van-ban/{}/", "page": "/{}/"}
every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
def test_changed_slug_leads_to_the_present_one(client, kind):
    item = getattr(make, kind)(slug="mot")
    for slug in ("hai", "ba"):
        item.slug = slug
        item.save()
    for former in ("mot", "hai"):
        response = client.get(KINDS[kind].format(former))
        assert (response.status_code, response["Location"]) == (301, KINDS[kind].format("ba"))
    assert client.get(KINDS[kind].format("ba")).status_code == 200


@every_kind
def test_slug_that_is_taken_back_answers_itself(client, kind):
    item = getattr(make, kind)(slug="mot")
    for slug in ("hai", "mot"):
        item.slug = slug
        item.save()
    assert client.get(KINDS[kind].format("mot")).status_code == 200
    assert client.get(KINDS[kind].format("hai"))["Location"] == KINDS[kind].format("mot")


@every_kind
def test_withdrawn_item_answers_410_with_its_reason(client, kind):
    reason = "Gỡ vì sai số liệu <i>& nhầm</i>"
    item = getattr(make, kind)(slug="cu")
    item.slug, item.state, item.withdrawal_reason = "moi", State.WITHDRAWN, reason
    item.save()
    for slug in ("moi", "cu"):
        response = client.get(KINDS[kind].format(slug))
        assert response.status_code == 410
        assert (
            reason.replace("<i>", "&lt;i&gt;").replace("</i>", "&lt;/i&gt;").replace("& ", "&amp; ")
            in response.content.decode()
        )
        assert str(item) not in response.content.decode()
        assert faults(response.content.decode()) == []


@every_kind
def test_item_withdrawn_before_it_was_ever_public_is_unknown(client, kind):
    for times in ({"published_at": None}, {"published_at": timezone.now() + timedelta(days=1)}):
        item = getattr(make, kind)(
            state=State.WITHDRAWN, withdrawal_reason="Chưa từng đăng", **times
        )
        assert client.get(item.get_absolute_url()).status_code == 404


@every_kind
def test_deleted_item_is_unknown_and_so_is_its_former_address(client, kind):
    item = getattr(make, kind)(slug="mot")
    item.slug = "hai"
    item.save()
    item.delete()
    assert [client.get(KINDS[kind].format(slug)).status_code for slug in ("mot", "hai")] == [
        404,
        404,
    ]


def test_former_address_of_one_kind_is_not_that_of_another(client):
    article = make.article(slug="mot")
    article.slug = "hai"
    article.save()
    assert client.get("/van-ban/mot/").status_code == 404
    assert client.get("/mot/").status_code == 404


UNKNOWN = [
    "/khong-co/", "/tin-tuc/khong-co/", "/van-ban/khong-co/", "/van-ban/khong-co/tep/1/a.pdf",
    "/van-ban/khong-co/tep/1/", "/chuyen-muc/khong-co/", "/chuyen-muc/khong-co/rss.xml",
    "/chuyen-muc/khong-co/feed.json", "/the/khong-co/", "/sitemap-khong-co.xml", "/media/",
    "/media/anh/2018/12/a.jpg", "/van-ban/?dinh-dang=xlsx", "/a/b/c/", "/tin-tuc/rss.xml/",
    "/.git/HEAD", "/.env", "/portal.sqlite3", "/manage.py", "/favicon.ico", "/wp-login.php",
    "/static/khong-co.css",
]  # fmt: skip


@pytest.mark.parametrize("address", UNKNOWN)
def test_unknown_address_answers_404_with_search_and_menu(client, address):
    response = client.get(address)
    page = response.content.decode()
    assert response.status_code == 404
    assert 'action="/tim-kiem/"' in page
    assert 'class="menu"' in page
    assert 'href="/tin-tuc/"' in page
    assert "Không tìm thấy" in main_words(response)
    assert 'rel="canonical"' not in page


@pytest.mark.parametrize(
    "address",
    [
        "/tin-tuc",
        "/van-ban/phap-quy",
        "/lich-cong-tac/2018-12-03",
        "/gioi-thieu",
        "/so-do",
        "/van-ban/so",
    ],
)
def test_missing_slash_is_added(content, client, address):
    response = client.get(address, {"q": "a b"})
    assert (response.status_code, response["Location"]) == (301, f"{address}/?q=a+b")


def test_item_past_its_time_is_unknown(client):
    article = make.article(published_until=timezone.now() + timedelta(minutes=5))
    assert client.get(article.get_absolute_url()).status_code == 200
    Article.objects.filter(pk=article.pk).update(
        published_until=timezone.now() - timedelta(minutes=5)
    )
    assert client.get(article.get_absolute_url()).status_code == 404


# --- when something fails -------------------------------------------------------------------------


def broken(*args, **kwargs):
    """Stand in for a method that fails."""
    raise RuntimeError("hỏng")


def test_server_error_is_a_whole_page():
    with patch("news.models.ArticleQuerySet.visible", broken):
        response = Client(raise_request_exception=False).get("/tin-tuc/")
    page = response.content.decode()
    assert response.status_code == 500
    assert "Máy chủ gặp lỗi" in page
    assert faults(page) == []
    assert "hỏng" not in page
    assert "Content-Security-Policy" in response


def test_server_error_page_needs_no_database():
    with connection.execute_wrapper(broken):
        response = views.server_error(RequestFactory().get("/"))
    assert isinstance(response, HttpResponse)
    assert response.status_code == 500


def down(*args, **kwargs):
    """Stand in for a database that does not answer."""
    raise OperationalError("connection refused: password=bimat")


@pytest.mark.parametrize("address", ["/", "/tin-tuc/", "/khong-co/", "/van-ban/rss.xml"])
def test_page_without_database_is_the_error_page(address):
    with connection.execute_wrapper(down):
        response = Client(raise_request_exception=False).get(address)
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "Máy chủ gặp lỗi" in response.content.decode()
    assert "bimat" not in response.content.decode()


def test_health_tells_whether_the_database_answers(client):
    assert client.get("/healthz").json() == {"status": "ok"}
    with patch("django.db.backends.base.base.BaseDatabaseWrapper.cursor", down):
        response = client.get("/healthz")
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "bimat" not in response.content.decode()


def test_health_is_not_kept_by_caches(client):
    assert "no-store" in client.get("/healthz")["Cache-Control"]


FRAGILE = {
    "document_portlet": "documents.models.DocumentQuerySet.for_cards",
    "links_portlet": "portal.links.models.LinkQuerySet.in_order",
    "schedule_portlet": "schedule.models.AppointmentQuerySet.in_order",
    "site_menu": "portal.pages.models.MenuItemQuerySet.in_order",
}


@pytest.mark.parametrize("name", FRAGILE)
def test_failing_portlet_is_logged_and_leaves_the_page_whole(client, caplog, name):
    page = make.page(title="Giới thiệu")
    (
        make.document(number="1/2018/QĐ-UBND"),
        make.link(title="Trang bạn"),
        make.appointment(day=timezone.localdate(), content="Họp giao ban"),
    )
    with patch(FRAGILE[name], broken), caplog.at_level(logging.ERROR):
        response = client.get(page.get_absolute_url())
    words = response.content.decode()
    assert response.status_code == 200
    assert faults(words) == []
    assert f"portlet {name} failed" in caplog.text
    shown = {
        "document_portlet": "1/2018/QĐ-UBND",
        "links_portlet": "Trang bạn",
        "schedule_portlet": "Họp giao ban",
    }
    for other, text in shown.items():
        assert (text in words) == (other != name)


def test_portlet_with_a_failing_query_leaves_the_page_whole(client, caplog):
    page = make.page(title="Giới thiệu")
    make.link(title="Trang bạn")
    with (
        patch.object(
            DocumentQuerySet, "for_cards", lambda rows: rows.extra(where=["khong_co_cot = 1"])
        ),
        caplog.at_level(logging.ERROR),
    ):
        response = client.get(page.get_absolute_url())
    assert response.status_code == 200
    assert "Trang bạn" in response.content.decode()
    assert "portlet document_portlet failed" in caplog.text


def test_portlet_whose_template_fails_leaves_the_page_whole(client, caplog):
    page = make.page(title="Giới thiệu")
    make.document(), make.link(title="Trang bạn")
    with (
        patch("documents.models.Document.get_absolute_url", broken),
        caplog.at_level(logging.ERROR),
    ):
        response = client.get(page.get_absolute_url())
    assert response.status_code == 200
    assert "Trang bạn" in response.content.decode()
    assert "portlet document_portlet failed" in caplog.text


def test_empty_portlets_print_nothing(client):
    words = client.get(make.page().get_absolute_url()).content.decode()
    assert 'class="portlet"' not in words
