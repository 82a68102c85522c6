"""Feeds of the register: RSS, Atom, JSON Feed; narrowed by the filter of the list."""

import xml.etree.ElementTree as ET
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from documents.models import Family
from documents.vocabulary import DocumentType
from tests.support import make

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def register():
    """Two documents, the older one published later."""
    circular = make.document_type(name="Thông tư")
    make.document(
        number="19/2018/TT-BTTTT",
        type=circular,
        summary="Quy định <b>&",
        published_at=timezone.now() - timedelta(hours=1),
    )
    make.document(
        number="749/QĐ-TTg",
        family=Family.DIRECTIVE,
        published_at=timezone.now() - timedelta(hours=2),
    )


def items(client, query=""):
    """Return the items (list of element) of the RSS feed."""
    return ET.fromstring(client.get(f"/van-ban/rss.xml{query}").content).findall("channel/item")


def test_rss_tells_what_was_published_last(register, client):
    found = items(client)
    assert [item.findtext("title") for item in found] == ["Thông tư 19/2018/TT-BTTTT", "749/QĐ-TTg"]
    assert found[0].findtext("description") == "Quy định <b>&"
    assert found[0].findtext("link") == f"{settings.SITE_URL}/van-ban/19-2018-tt-btttt/"
    assert found[1].findtext("category") == "Văn bản chỉ đạo điều hành"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?q=19/2018", 1),
        ("?loai=thong-tu", 1),
        ("?q=khong+co", 0),
        ("?loai=khong-co&tu=31/02/2018", 2),
    ],
)
def test_feeds_are_narrowed_as_the_list_is(register, client, query, count):
    assert len(items(client, query)) == count
    assert (
        len(ET.fromstring(client.get(f"/van-ban/atom.xml{query}").content).findall(f"{ATOM}entry"))
        == count
    )
    assert len(client.get(f"/van-ban/feed.json{query}").json()["items"]) == count


def test_atom_has_what_the_format_demands(register, client):
    feed = ET.fromstring(client.get("/van-ban/atom.xml").content)
    assert (
        feed.find(f"{ATOM}link[@rel='self']").get("href") == f"{settings.SITE_URL}/van-ban/atom.xml"
    )
    assert all(entry.findtext(f"{ATOM}updated") for entry in feed.findall(f"{ATOM}entry"))


def test_json_feed_has_what_the_format_demands(register, client):
    feed = client.get("/van-ban/feed.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["home_page_url"] == f"{settings.SITE_URL}/van-ban/"
    assert feed["items"][0]["content_text"] == "Quy định <b>&"


def test_feed_tells_what_narrows_it_and_where_its_list_is(register, client):
    query = "loai=thong-tu&ngay=2026-01-01"
    make.document(
        number="20/2018/TT-BTTTT",
        type=DocumentType.objects.get(),
        effective_on=date(2019, 1, 1),
        issued_on=date(2018, 12, 1),
    )
    rss = ET.fromstring(client.get(f"/van-ban/rss.xml?{query}&nhom=phap-quy").content).find(
        "channel"
    )
    assert (
        rss.findtext("title")
        == "Văn bản pháp quy – Loại văn bản: Thông tư – Hiệu lực tại ngày 01/01/2026"
    )
    assert rss.findtext("link") == f"{settings.SITE_URL}/van-ban/phap-quy/?{query}"
    assert (
        rss.find(f"{ATOM}link").get("href")
        == f"{settings.SITE_URL}/van-ban/rss.xml?nhom=phap-quy&{query}"
    )
    assert [item.findtext("title") for item in rss.findall("item")] == ["Thông tư 20/2018/TT-BTTTT"]
    feed = client.get(f"/van-ban/feed.json?{query}").json()
    assert feed["feed_url"] == f"{settings.SITE_URL}/van-ban/feed.json?{query}"
    assert feed["home_page_url"] == f"{settings.SITE_URL}/van-ban/?{query}"


@pytest.mark.parametrize(
    ("nhom", "count"), [("phap-quy", 1), ("chi-dao-dieu-hanh", 1), ("khong-co", 2)]
)
def test_feed_of_a_family(register, client, nhom, count):
    assert len(items(client, f"?nhom={nhom}")) == count


@pytest.mark.parametrize("path", ["/van-ban/", "/van-ban/phap-quy/"])
def test_list_links_to_the_feeds_with_its_filter(register, client, path):
    page = client.get(f"{path}?loai=thong-tu")
    for _, address in page.context["feeds"]:
        assert f'href="{address.replace("&", "&amp;")}"' in page.content.decode()
    address = dict(page.context["feeds"])["RSS"]
    assert address == (
        "/van-ban/rss.xml?loai=thong-tu"
        if path == "/van-ban/"
        else "/van-ban/rss.xml?nhom=phap-quy&loai=thong-tu"
    )
    found = {document.title for document in page.context["object_list"]}
    assert {
        item.findtext("title") for item in items(client, address.removeprefix("/van-ban/rss.xml"))
    } == found
