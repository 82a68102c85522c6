"""Feeds of the news: RSS 2.0, Atom 1.0, JSON Feed 1.1; all of it and by category."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.conf import settings
from django.utils import timezone

from tests.support import make

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def category():
    """A category with two articles, and an article of another one."""
    category = make.category(name="Chuyển đổi số", description="Về chuyển đổi số")
    make.article(
        title="Tin cũ",
        category=category,
        published_at=datetime(2018, 12, 3, 3, 10, tzinfo=UTC),
        lead="Tóm tắt <b>&",
    )
    make.article(title="Tin mới", category=category, author="Lan", unit="Sở TT&TT")
    make.article(
        title="Tin khác", category=make.category(), published_at=timezone.now() - timedelta(days=2)
    )
    return category


def rss(client, address="/tin-tuc/rss.xml"):
    """Return the channel (element) at `address`."""
    return ET.fromstring(client.get(address).content).find("channel")


def test_rss_tells_the_newest_first(category, client):
    channel = rss(client)
    assert [item.findtext("title") for item in channel.iter("item")] == [
        "Tin mới",
        "Tin khác",
        "Tin cũ",
    ]
    assert channel.findtext("language") == "vi"
    item = channel.findall("item")[2]
    assert item.findtext("link") == item.findtext("guid") == f"{settings.SITE_URL}/tin-tuc/tin-cu/"
    assert item.findtext("description") == "Tóm tắt <b>&"
    assert parsedate_to_datetime(item.findtext("pubDate")) == datetime(
        2018, 12, 3, 3, 10, tzinfo=UTC
    )
    assert item.findtext("category") == "Chuyển đổi số"


def test_rss_of_a_category_is_narrowed(category, client):
    channel = rss(client, "/chuyen-muc/chuyen-doi-so/rss.xml")
    assert [item.findtext("title") for item in channel.iter("item")] == ["Tin mới", "Tin cũ"]
    assert channel.findtext("title") == "Tin tức: Chuyển đổi số"
    assert channel.findtext("description") == "Về chuyển đổi số"
    assert (
        channel.find(f"{ATOM}link").get("href")
        == f"{settings.SITE_URL}/chuyen-muc/chuyen-doi-so/rss.xml"
    )
    below = make.category(name="Con", parent=category)
    make.article(title="Tin con", category=below)
    assert "Tin con" in {
        item.findtext("title")
        for item in rss(client, "/chuyen-muc/chuyen-doi-so/rss.xml").iter("item")
    }


def test_atom_has_what_the_format_demands(category, client):
    feed = ET.fromstring(client.get("/tin-tuc/atom.xml").content)
    assert (
        feed.find(f"{ATOM}link[@rel='self']").get("href") == f"{settings.SITE_URL}/tin-tuc/atom.xml"
    )
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 3
    for entry in entries:
        assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated")) >= datetime.fromisoformat(
            entry.findtext(f"{ATOM}published")
        )
        assert entry.findtext(f"{ATOM}id").startswith(settings.SITE_URL)
        assert entry.find(f"{ATOM}link").get("href").startswith(settings.SITE_URL)
    assert entries[0].findtext(f"{ATOM}author/{ATOM}name") == "Lan - Sở TT&TT"


def test_json_feed_has_what_the_format_demands(category, client):
    feed = client.get("/chuyen-muc/chuyen-doi-so/feed.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{settings.SITE_URL}/chuyen-muc/chuyen-doi-so/feed.json"
    assert feed["home_page_url"] == f"{settings.SITE_URL}/chuyen-muc/chuyen-doi-so/"
    assert [item["title"] for item in feed["items"]] == ["Tin mới", "Tin cũ"]
    item = feed["items"][1]
    assert item["id"] == item["url"] == f"{settings.SITE_URL}/tin-tuc/tin-cu/"
    assert item["content_text"] == "Tóm tắt <b>&"
    assert datetime.fromisoformat(item["date_published"]) == datetime(
        2018, 12, 3, 3, 10, tzinfo=UTC
    )


def test_feeds_are_cut_at_thirty(client):
    for number in range(32):
        make.article(
            title=f"Tin {number:02}", published_at=timezone.now() - timedelta(minutes=number + 1)
        )
    assert len(rss(client).findall("item")) == 30
    titles = [item["title"] for item in client.get("/tin-tuc/feed.json").json()["items"]]
    assert titles == [f"Tin {number:02}" for number in range(30)]


def test_empty_feeds_are_well_formed(client):
    assert rss(client).findall("item") == []
    assert ET.fromstring(client.get("/tin-tuc/atom.xml").content).findall(f"{ATOM}entry") == []
    assert client.get("/tin-tuc/feed.json").json()["items"] == []


def test_feed_addresses_do_not_follow_the_name_asked_by(category, client):
    body = client.get("/tin-tuc/rss.xml", headers={"Host": "localhost"}).content.decode()
    assert "http://localhost" not in body
    assert f"{settings.SITE_URL}/tin-tuc/tin-cu/" in body
