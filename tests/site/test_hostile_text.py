"""Hostile text in every field stays inert on pages, in feeds, calendars and exported data."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from datetime import date, time, timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from documents.law.relations import Relation, RelationKind
from news.models import Article
from portal.pages.models import SiteIdentity
from portal.text import vietnamese
from schedule.models import Appointment
from tests.support import hostile, make
from tests.support.public import faults, tree

pytestmark = pytest.mark.django_db
STRINGS = hostile.strings()
NAMES = list(STRINGS)
PLAIN = 20
ATOM = "{http://www.w3.org/2005/Atom}"


def fitting(value, length):
    """Return `value` as the longest title a form accepts; "Tin" where nothing is left."""
    return vietnamese.clean_line(value)[:length].strip() or "Tin"


def furnish(name, value):
    """Make one object of each kind whose texts are all `value` (str); return them by kind."""
    title, short = fitting(value, 150), fitting(value, 50)
    today = timezone.localdate()
    category = make.category(name=f"{short} {name}", description=value[:500])
    kind, agency, field = (
        build(name=f"{short} {name}") for build in (make.document_type, make.agency, make.field)
    )
    words = {
        "author": title[:120],
        "unit": title[:120],
        "source": title,
        "correction": value[:900],
        "picture_caption": title,
    }
    article = make.article(
        title=title,
        lead=value[:900],
        body=value,
        category=category,
        tags=[f"{name} {short}".replace(",", " ")],
        **words,
    )
    document = make.document(
        number=fitting(value, 60), summary=fitting(value, 2000), body=value, type=kind,
        agency=agency, fields=[field], signer=title[:120], signer_post=title, gazette_number=short,
    )  # fmt: skip
    make.attachment(document, name=f"{short}.pdf")
    Relation.objects.create(
        source=document,
        kind=RelationKind.AMENDS,
        target_number=short,
        target_title=title,
        note=title,
    )
    texts = {
        "chair": title,
        "place": title,
        "participants": value[:900],
        "preparing_unit": title,
        "note": title,
        "former_time": short,
    }
    appointment = make.appointment(
        day=today, content=fitting(value, 900), starts_at=time(8), change="hoan", **texts
    )
    page = make.page(title=title, lead=value[:500], body=value)
    if name in hostile.OWN:  # these stand on every page
        make.menu_item(title=short, page=page)
        make.link(title=title, group=make.link_group(name=f"{short} {name}"))
        make.notice(message=fitting(value, 300))
    return {
        "article": article,
        "document": document,
        "page": page,
        "appointment": appointment,
        "category": category,
    }


@pytest.fixture(scope="module")
def things(django_db_setup, django_db_blocker):
    """{name of the string: {kind: object}} for all tests here: they only read."""
    with django_db_blocker.unblock(), transaction.atomic():
        identity = SiteIdentity.load()
        for field in (
            "name",
            "province",
            "parent_body",
            "responsible",
            "address",
            "phone",
            "description",
            "licence",
        ):
            setattr(identity, field, fitting(STRINGS["attribute"], 60))
        identity.save()
        earlier = timezone.now() - timedelta(days=2)
        for _ in range(
            PLAIN
        ):  # plain ones behind them, so that lists and feeds are full without the corpus too
            make.article(published_at=earlier)
            make.document(published_at=earlier, issued_on=date(2000, 1, 1))
        yield {name: furnish(name, value) for name, value in STRINGS.items()}
        transaction.set_rollback(True)


def got(address, **query):
    """Return the body (bytes) of `address`, which answers 200."""
    response = Client().get(address, query)
    assert response.status_code == 200, address
    return response.content


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["article", "document", "page"])
@pytest.mark.parametrize("name", NAMES)
def test_page_of_the_item_is_inert(things, name, kind):
    body = got(things[name][kind].get_absolute_url()).decode()
    assert faults(body) == []
    assert "onerror" not in "".join(re.findall(r"<[a-z][^<>]*>", re.sub(r'"[^"]*"', "", body)))


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/tin-tuc/",
        "/tin-tuc/?trang=2",
        "/van-ban/",
        "/van-ban/?trang=2",
        "/lich-cong-tac/",
        "/lien-ket/",
        "/so-do/",
    ],
)
def test_list_is_inert(things, address):
    assert faults(got(address).decode()) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.slow
def test_words_are_found_by_the_search_and_shown_inert(things, name):
    asked = {
        "q": STRINGS[name][:200].replace("\ud800", ""),
        "sap-xep": "moi-nhat",
    }  # alone, a number leads straight to its document
    assert faults(got("/tim-kiem/", **asked).decode()) == []
    if vietnamese.words(STRINGS[name]):
        found = (
            Client()
            .get("/tim-kiem/", {"q": fitting(STRINGS[name], 100), "loai": "tin-tuc"})
            .context["total"]
        )
        assert found >= 1


@pytest.mark.parametrize("name", hostile.OWN)
def test_page_of_the_category_is_inert(things, name):
    assert faults(got(things[name]["category"].get_absolute_url()).decode()) == []


def test_template_syntax_stays_text(things):
    body = got(things["template"]["article"].get_absolute_url()).decode()
    heading = next(tree(body).iter("{http://www.w3.org/1999/xhtml}h1"))
    assert heading.text == "{{7*7}}{% debug %}"


@pytest.mark.parametrize("address", ["/tin-tuc/rss.xml", "/van-ban/rss.xml"])
def test_rss_is_well_formed_and_tells_the_titles(things, address):
    titles = {item.findtext("title") for item in ET.fromstring(got(address)).iter("item")}
    assert len(titles) >= 25
    if "tin-tuc" in address:
        newest = Article.objects.visible().for_lists()[:30]
        assert titles == {vietnamese.clean_line(article.title) for article in newest}


@pytest.mark.parametrize("address", ["/tin-tuc/atom.xml", "/van-ban/atom.xml"])
def test_atom_is_well_formed(things, address):
    entries = ET.fromstring(got(address)).findall(f"{ATOM}entry")
    assert len(entries) >= 30
    assert all(entry.findtext(f"{ATOM}title") is not None for entry in entries)


@pytest.mark.parametrize("name", NAMES)
def test_feeds_of_the_category_are_well_formed(things, name):
    article, address = things[name]["article"], things[name]["category"].get_absolute_url()
    assert ET.fromstring(got(f"{address}rss.xml")).findtext("channel/item/title") == article.title
    assert (
        ET.fromstring(got(f"{address}atom.xml")).findtext(f"{ATOM}entry/{ATOM}title")
        == article.title
    )
    assert json.loads(got(f"{address}feed.json"))["items"][0]["title"] == article.title


@pytest.mark.parametrize(
    "address",
    [
        "/sitemap.xml",
        *(
            f"/sitemap-{name}.xml"
            for name in ("noi", "trang", "chuyen-muc", "tin-tuc", "van-ban", "lich")
        ),
    ],
)
def test_sitemap_is_well_formed(things, address):
    places = [
        element.text
        for element in ET.fromstring(got(address)).iter(
            "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
        )
    ]
    assert places
    assert all(re.fullmatch(r"http://[\w.:]+/[\w./?=-]*", place) for place in places)


def test_calendar_has_one_event_for_each_row_and_no_foreign_property(things):
    raw = got("/lich-cong-tac/lich.ics")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    events = Calendar.from_ical(raw).walk("VEVENT")
    assert len(events) == Appointment.objects.visible().count() == len(STRINGS)
    assert {name for event in events for name in event} <= {
        "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "URL",
    }  # fmt: skip
    told = {str(event["SUMMARY"]) for event in events}
    assert told == {f"[Hoãn] {part['appointment'].content}" for part in things.values()}


def test_data_has_no_formula(things):
    rows = list(
        csv.reader(io.StringIO(got("/van-ban/", **{"dinh-dang": "csv"}).decode("utf-8-sig")))
    )
    assert len(rows) == len(STRINGS) + PLAIN + 1
    assert not [
        cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    ]
    assert any(cell == "'=1+1" for row in rows for cell in row)
    data = json.loads(got("/van-ban/", **{"dinh-dang": "json"}))
    assert data["tong_so"] == len(STRINGS) + PLAIN
    assert "=1+1" in {row["so_ky_hieu"] for row in data["van_ban"]}
