"""Every public page is valid HTML in Vietnamese, the same for every visitor, in few queries."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone

from documents.law.relations import Relation, RelationKind
from documents.models import Family
from portal.search.forms import KINDS
from tests.support import make
from tests.support.public import PAGE_NAMES, faults, pages, queries
from tests.support.world import lasting, picture

pytestmark = pytest.mark.django_db
every_page = pytest.mark.parametrize("name", PAGE_NAMES)
STYLES = ("site", "tokens", "base", "layout", "components", "prose", "print")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One World for all tests here: they only read."""
    with lasting(django_db_blocker) as built:
        yield built


@pytest.fixture(scope="module")
def superuser(world):
    """A superuser who lives as long as the world."""
    return make.user("superuser")


def asked(world, name, client=None, **options):
    """Return the response of the page `name`, whose status is as it should be."""
    address, status = pages(world)[name]
    response = (client or Client()).get(address, **options)
    assert response.status_code == status, address
    return response


@pytest.mark.slow
@every_page
def test_page_is_valid_and_loads_only_from_here(world, name):
    assert faults(asked(world, name).content.decode()) == []


@every_page
@pytest.mark.slow
def test_page_is_the_same_for_staff_and_sets_no_cookie(world, superuser, name):
    staff = Client()
    staff.force_login(superuser)
    stranger, known = asked(world, name), asked(world, name, staff)
    assert known.content == stranger.content
    for response in (stranger, known):
        assert not response.cookies
        assert "cookie" not in response.get("Vary", "").lower()


@every_page
def test_page_forbids_what_a_browser_can_forbid(world, name):
    headers = asked(world, name).headers
    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert {policy[kind] for kind in ("script-src", "style-src", "img-src", "form-action")} == {
        "'self'"
    }
    assert (policy["base-uri"], policy["frame-ancestors"]) == ("'none'", "'none'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Content-Type"] == "text/html; charset=utf-8"


@every_page
@pytest.mark.slow
def test_head_equals_get_without_body(world, name):
    address, status = pages(world)[name]
    full, head = Client().get(address), Client().head(address)
    assert head.status_code == status
    assert head.content == b""
    assert full.content
    assert {k: v for k, v in head.headers.items() if k != "Content-Length"} == {
        k: v for k, v in full.headers.items() if k != "Content-Length"
    }


def test_title_tells_the_pages_apart(world):
    different = [
        "home", "news", "article", "category", "tag", "documents", "legal documents", "directives",
        "document", "number", "week", "links", "search", "site map", "static page", "not found",
        "gone",
    ]  # fmt: skip
    titles = [
        re.search(r"<title>(.*?)</title>", asked(world, name).content.decode(), re.S)[1]
        for name in different
    ]
    assert len(set(titles)) == len(different)
    assert all("Sở Thông tin và Truyền thông" in title for title in titles)


@pytest.mark.parametrize("name", ["home", "article", "document"])
def test_six_elements_of_metadata_are_never_empty(world, name):
    found = dict(
        re.findall(
            r'<meta name="(DC\.\w+)" content="(.*?)">', asked(world, name).content.decode(), re.S
        )
    )
    for element in ("title", "creator", "date", "description", "publisher", "identifier"):
        assert found[f"DC.{element}"].strip()


def test_styles_load_nothing_from_other_sites():
    for name in STYLES:
        with open(finders.find(f"css/{name}.css"), encoding="utf-8") as file:
            style = file.read()
        assert not re.findall(r"""url\(\s*["']?\s*(?:https?:)?//""", style), name
        assert not re.findall(r"""@import\s+(?:url\()?["']?(?:https?:)?//""", style), name


def test_checker_finds_what_it_looks_for():
    good = (
        '<!doctype html><html lang="vi"><head><title>T</title></head>'
        "<body><main><h1>A</h1>{}</main></body></html>"
    )
    assert faults(good.format("")) == []
    for bad in (
        "<h1>B</h1>", "<p><div></p>", '<p id="a"></p><p id="a"></p>', "<input name=q>",
        '<p style="x"></p>', "<script>1</script>", '<img src="/static/img/emblem.svg">',
        '<a href="#khong">x</a>', '<img alt="" src="https://evil.example/x.png">',
        '<p onclick="x">y</p>', '<a href="/x/"></a>',
        '<link rel=stylesheet href="//evil.example/x.css">', "<h2> </h2>",
        '<label for="khong">x</label>', '<p class="a" class="b">x</p>',
        '<a href="javascript:alert(1)">x</a>', "&unknown",
        '<script src="/static/js/khong-co.js"></script>',
    ):  # fmt: skip
        assert faults(good.format(bad)), bad


# --- queries --------------------------------------------------------------------------------------


def fill(count):
    """Make `count` objects of each kind, related; return the first article, document and page."""
    category, parent = make.category(on_home=True), make.page()
    kind, agency, field = make.document_type(), make.agency(), make.field()
    today = timezone.localdate()
    articles, documents, children = [], [], []
    for number in range(count):
        articles.append(
            make.article(
                category=category,
                tags=["chung", f"thẻ {number}"],
                picture=picture(),
                picture_alt="Ảnh",
            )
        )
        for family in Family.values:
            document = make.document(
                family=family,
                type=kind,
                agency=agency,
                co_agencies=[make.agency()],
                fields=[field],
                issued_on=today,
            )
            make.attachment(document)
            make.attachment(document, name="Bản Word.docx", data=b"PK\x03\x04")
            documents.append(document)
        children.append(make.page(parent=parent))
        make.menu_item(page=children[-1])
        make.link(group=make.link_group(), logo=picture())
        make.notice()
        make.appointment(day=today)
    for document in documents[1:]:
        Relation.objects.create(source=documents[0], target=document, kind=RelationKind.AMENDS)
        Relation.objects.create(source=document, target=documents[0], kind=RelationKind.REPLACES)
    return articles[-1], documents[0], parent, children[-1]


def addresses(article, document, parent, child):
    """Return the addresses whose queries are counted."""
    return [
        "/", "/tin-tuc/", "/tin-tuc/?the=chung&q=tin", article.get_absolute_url(),
        article.category.get_absolute_url(), "/the/chung/", "/tin-tuc/rss.xml",
        "/tin-tuc/feed.json", "/van-ban/", "/van-ban/phap-quy/?q=qd&tinh-trang=chua-xac-dinh",
        "/van-ban/?dinh-dang=csv", "/van-ban/?dinh-dang=json", document.get_absolute_url(),
        "/van-ban/rss.xml", "/van-ban/feed.json", "/van-ban/so/?so=stttt", "/lich-cong-tac/",
        "/lich-cong-tac/lich.ics", "/lien-ket/", "/tim-kiem/?q=thu", "/tim-kiem/?q=viec",
        *(f"/tim-kiem/?q=thu&loai={kind}" for kind in KINDS), "/so-do/", "/sitemap.xml",
        "/sitemap-van-ban.xml", "/sitemap-chuyen-muc.xml", parent.get_absolute_url(),
        child.get_absolute_url(), "/khong-co/",
    ]  # fmt: skip


def counted(made):
    """Return {address: number of SQL statements} with the objects `made` by `fill`."""
    found = {}
    for address in addresses(*made):
        with queries() as statements:
            response = Client().get(address)
            assert response.status_code in (200, 404), address
        found[address] = len(statements)
    return found


@pytest.mark.slow
def test_queries_do_not_grow_with_the_rows():
    Client().get("/")  # content types are kept in memory after the first page
    with_one, with_three = counted(fill(1)), counted(fill(3))
    grown = {
        address: (one, three)
        for (address, three), one in zip(with_three.items(), with_one.values(), strict=True)
        if one != three
    }
    assert grown == {}


@pytest.mark.slow
def test_no_page_needs_more_than_twelve_queries():
    made = counted(fill(30))
    assert {address: number for address, number in made.items() if number > 12} == {}
    more = counted(fill(5))
    assert all(after <= before for before, after in zip(made.values(), more.values(), strict=True))


def test_deep_categories_and_pages_need_no_more_queries():
    category, page = None, None
    for depth in range(5):
        category = make.category(name=f"Cấp {depth}", parent=category)
        page = make.page(title=f"Trang cấp {depth}", parent=page)
    article = make.article(category=category)
    for address in (
        article.get_absolute_url(),
        category.get_absolute_url(),
        page.get_absolute_url(),
        "/so-do/",
        "/tin-tuc/",
    ):
        with queries() as statements:
            assert Client().get(address).status_code == 200
        assert len(statements) <= 12, address


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/tin-tuc/",
        "/van-ban/",
        "/lich-cong-tac/",
        "/lien-ket/",
        "/tim-kiem/",
        "/so-do/",
        "/sitemap.xml",
    ],
)
def test_empty_portal_answers_sensibly(address):
    response = Client().get(address)
    assert response.status_code == 200
    if not address.endswith(".xml"):
        assert faults(response.content.decode()) == []


def test_home_page_is_sensible_with_one_kind_only():
    for build in (make.article, make.document, make.link, make.notice, make.page, make.appointment):
        build()
        assert faults(Client().get("/").content.decode()) == []
