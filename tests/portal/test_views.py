"""The hall: the home page, the site map, what machines ask for."""

import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from documents.models import Family
from portal.pages.models import SiteIdentity
from tests.support import make
from tests.support.public import main_words

pytestmark = pytest.mark.django_db


def test_home_page_shows_every_room(client):
    category = make.category(name="Chuyển đổi số")
    for number in range(8):
        make.article(
            title=f"Tin {number}",
            category=category,
            published_at=timezone.now() - timedelta(hours=number + 1),
        )
    make.document(number="1/2018/TT-BTTTT", family=Family.LEGAL)
    make.document(number="2/CT-UBND", family=Family.DIRECTIVE)
    make.appointment(day=timezone.localdate(), content="Giao ban")
    make.link(title="Cổng Nghệ An")
    words = main_words(client.get("/"))
    for fact in (
        "Tin 0",
        "Tin 7",
        "Chuyển đổi số",
        "1/2018/TT-BTTTT",
        "2/CT-UBND",
        "Giao ban",
        "Cổng Nghệ An",
    ):
        assert fact in words, fact


def test_home_page_of_an_empty_portal_has_no_empty_sections(client):
    page = client.get("/").content.decode()
    assert page.count("<h1") == 1
    assert "None" not in page


def test_site_map_holds_the_whole_tree(client):
    top = make.page(title="Giới thiệu")
    make.page(title="Cơ cấu", parent=make.page(title="Tổ chức", parent=top))
    make.category(name="Con", parent=make.category(name="Mẹ"))
    page = client.get("/so-do/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    order = [
        "/gioi-thieu/",
        "/to-chuc/",
        "/co-cau/",
        "/tin-tuc/",
        "/chuyen-muc/me/",
        "/chuyen-muc/con/",
        "/van-ban/",
        "/van-ban/phap-quy/",
        "/van-ban/chi-dao-dieu-hanh/",
        "/lich-cong-tac/",
        "/lien-ket/",
        "/tim-kiem/",
    ]
    places = [main.index(f'href="{address}"') for address in order]
    assert places == sorted(places)
    depth = main[: main.index("/co-cau/")].count("<ul") - main[: main.index("/co-cau/")].count(
        "</ul"
    )
    assert depth >= 3


def test_site_map_in_words_leads_nowhere_dead(client):
    make.page(title="Giới thiệu")
    make.category(name="Mẹ")
    page = client.get("/so-do/").content.decode()
    for address in set(re.findall(r'href="(/[^"#?]*)"', page)):
        if not address.startswith("/static/"):
            assert client.get(address).status_code == 200, address


def test_robots_may_read_all_but_search_and_staff_pages(client):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /quan-tri/" in lines
    assert "Disallow: /tim-kiem/" in lines
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in lines
    assert "Disallow: /" not in lines


def test_opensearch_tells_how_to_ask(client):
    identity = SiteIdentity.load()
    identity.name = "Sở <A> & B"
    identity.save()
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    root = ET.fromstring(client.get("/opensearch.xml").content)
    template = root.find(f"{space}Url").get("template")
    assert template == f"{settings.SITE_URL}/tim-kiem/?q={{searchTerms}}"
    assert len(root.findtext(f"{space}ShortName")) <= 16


def test_security_txt_names_a_contact_and_does_not_expire_soon(client):
    def fields():
        return dict(
            line.split(": ", 1)
            for line in client.get("/.well-known/security.txt").content.decode().splitlines()
        )

    assert fields()["Contact"] == f"{settings.SITE_URL}/lien-he/"
    identity = SiteIdentity.load()
    identity.email = "so@nghean.gov.vn"
    identity.save()
    assert fields()["Contact"] == "mailto:so@nghean.gov.vn"
    left = datetime.fromisoformat(fields()["Expires"]) - timezone.now()
    assert timedelta(days=30) < left < timedelta(days=365)
