"""XML sitemaps: what is visible, on the site's own name, with the day of the last change."""

import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime
from unittest.mock import patch

import pytest
from django.conf import settings

from news.models import Article
from portal.sitemaps import SITEMAPS
from tests.support import make

pytestmark = pytest.mark.django_db
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def places(client, address):
    """Return the addresses (list of str) in the file at `address`."""
    return [
        element.text for element in ET.fromstring(client.get(address).content).iter(f"{SPACE}loc")
    ]


def test_index_names_a_file_for_each_kind(client):
    assert places(client, "/sitemap.xml") == [
        f"{settings.SITE_URL}/sitemap-{name}.xml" for name in SITEMAPS
    ]


def test_files_hold_every_visible_page_and_each_answers(client):
    items = [
        make.article(),
        make.article().category,
        make.document(),
        make.page(),
        make.week(monday=date(2018, 12, 3)),
    ]
    listed = [place for name in SITEMAPS for place in places(client, f"/sitemap-{name}.xml")]
    assert len(listed) == len(set(listed))
    assert {settings.SITE_URL + item.get_absolute_url() for item in items} <= set(listed)
    for place in listed:
        assert client.get(place.removeprefix(settings.SITE_URL)).status_code == 200, place


def test_addresses_do_not_follow_the_name_asked_by(client):
    make.article()
    for address in ("/sitemap.xml", "/sitemap-tin-tuc.xml"):
        assert (
            "localhost" not in client.get(address, headers={"Host": "localhost"}).content.decode()
        )


def test_last_change_is_the_later_of_change_and_publication(client):
    article = make.article(published_at=datetime(2020, 5, 6, 12, tzinfo=UTC))
    Article.objects.filter(pk=article.pk).update(updated_at=datetime(2019, 1, 1, tzinfo=UTC))
    root = ET.fromstring(client.get("/sitemap-tin-tuc.xml").content)
    assert [element.text[:10] for element in root.iter(f"{SPACE}lastmod")] == ["2020-05-06"]


def test_long_list_is_cut_into_files(client):
    articles = [make.article() for _ in range(3)]
    with patch("portal.sitemaps.OnOurName.limit", 2):
        assert f"{settings.SITE_URL}/sitemap-tin-tuc.xml?p=2" in places(client, "/sitemap.xml")
        both = places(client, "/sitemap-tin-tuc.xml") + places(client, "/sitemap-tin-tuc.xml?p=2")
    assert sorted(both) == sorted(
        settings.SITE_URL + article.get_absolute_url() for article in articles
    )
