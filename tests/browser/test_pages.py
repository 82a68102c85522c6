"""Every sort of public page in Chromium, with the sample content: accessible, fitting, quiet,
usable by keyboard and without scripts.
"""

import contextlib
import re
import sqlite3

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser
SIZES = {"desk": 1280, "phone": 360}
NAMES = ["home", "news", "article", "category", "tag", "documents", "documents filtered",
         "nothing found", "bad date", "document", "week", "empty week", "links", "static page",
         "search", "site map", "number", "not found", "gone"]  # fmt: skip


@pytest.fixture(scope="session")
def pages(site):
    """{name: (address, status)} of one page of each sort; one article of the sample content is
    withdrawn for it.
    """
    with (
        contextlib.closing(sqlite3.connect(site.data / "portal.sqlite3", timeout=20)) as database,
        database,
    ):

        def first(query):
            row = database.execute(query).fetchone()
            assert row, f"the sample content has nothing for: {query}"
            return row[0]

        public = (
            "state = 'published' AND published_at <= datetime('now') AND published_until IS NULL"
        )
        gone = first(
            f"SELECT slug FROM news_article WHERE {public} AND NOT "
            f"is_lead ORDER BY published_at LIMIT 1"
        )
        database.execute(
            "UPDATE news_article SET state = 'withdrawn', withdrawal_reason "
            "= 'Gỡ để cập nhật' WHERE slug = ?",
            [gone],
        )
        tagged = (
            "FROM news_tag t JOIN news_taggedarticle u ON u.tag_id = t.id JOIN "
            "news_article a ON a.id = u.content_object_id"
        )
        relation = (
            "id IN (SELECT source_id FROM documents_relation) AND id IN (SELECT "
            "document_id FROM documents_attachment)"
        )
        article = (
            f"SELECT slug FROM news_article WHERE {public} AND length(picture) > 0 "
            "ORDER BY length(body) DESC LIMIT 1"
        )
        category = (
            "SELECT slug FROM news_category "
            "WHERE id IN (SELECT category_id FROM news_article) LIMIT 1"
        )
        document = f"SELECT slug FROM documents_document WHERE {public} AND {relation} LIMIT 1"
        week = f"SELECT monday FROM schedule_week WHERE {public} ORDER BY monday LIMIT 1"
        page = f"SELECT slug FROM pages_page WHERE {public} AND parent_id IS NOT NULL LIMIT 1"
        found = {
            "home": "/",
            "news": "/tin-tuc/",
            "article": f"/tin-tuc/{first(article)}/",
            "category": f"/chuyen-muc/{first(category)}/",
            "tag": f"/the/{first(f'SELECT t.slug {tagged} WHERE {public} LIMIT 1')}/",
            "documents": "/van-ban/",
            "documents filtered": "/van-ban/?q=thong+tu&tinh-trang=con&tu=01/01/2000",
            "nothing found": "/van-ban/?q=khongcogi&tu=01/01/2018",
            "bad date": "/van-ban/?tu=31/02/2018",
            "document": f"/van-ban/{first(document)}/",
            "week": f"/lich-cong-tac/{first(week)}/",
            "empty week": "/lich-cong-tac/2011-11-11/",
            "links": "/lien-ket/",
            "static page": f"/{first(page)}/",
            "search": "/tim-kiem/?q=thong+tin",
            "site map": "/so-do/",
            "number": "/van-ban/so/?so=9999/1900/KHONG",
            "not found": "/khong-co-trang-nay/",
            "gone": f"/tin-tuc/{gone}/",
        }
    statuses = {"number": 404, "not found": 404, "gone": 410}
    return {name: (address, statuses.get(name, 200)) for name, address in found.items()}


def visit(page, pages, name):
    """Open the page `name`; its own status is no complaint."""
    address, status = pages[name]
    assert page.goto(address).status == status
    page.problems[:] = [
        problem
        for problem in page.problems
        if f"status of {status}" not in problem or status == 200
    ]
    return page


def complaints(page, **options):
    """Return what axe finds (list of rule, place, advice) on `page`."""
    found = (
        Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    )
    return [
        (rule["id"], node["html"][:160], node["failureSummary"][-160:])
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", SIZES)
def test_page_is_accessible_and_quiet(open_page, pages, size, name):
    page = visit(open_page(width=SIZES[size]), pages, name)
    assert complaints(page) == []
    page.emulate_media(color_scheme="dark")  # changes colours, nothing else
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert complaints(page, runOnly=["color-contrast", "link-in-text-block"]) == []
    assert page.problems == []
    assert page.context.cookies() == []


@pytest.mark.parametrize("name", NAMES)
def test_page_never_scrolls_sideways(open_page, pages, name):
    page = visit(open_page(width=360), pages, name)
    for width in (360, 320, 768):  # 320: also 400 % zoom on a desk
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate(
            """[...document.querySelectorAll('body *')]
               .filter(e => e.getBoundingClientRect().right > innerWidth + 1
               && !e.closest('.unseen, .skip')).slice(0, 3).map(e => e.outerHTML.slice(0, 120))"""
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, wide


@pytest.mark.parametrize("name", ["home", "article", "documents", "not found"])
def test_first_tab_reaches_the_way_to_the_content(open_page, pages, name):
    page = visit(open_page(), pages, name)
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert (skip.inner_text(), skip.get_attribute("href")) == ("Đến nội dung chính", "#noi-dung")
    box = skip.bounding_box()
    assert box["x"] >= 0
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "noi-dung"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_every_stop_of_the_keyboard_is_seen(open_page, pages):
    page = visit(open_page(), pages, "article")
    for _ in range(40):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """(() => {
               const e = document.activeElement, s = getComputedStyle(e);
               const b = e.getBoundingClientRect();
               return e === document.body || (b.width > 1 && b.height > 1
                 && (s.outlineStyle !== 'none' || s.boxShadow !== 'none')) })()"""
        )
        assert seen, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_portlet_is_passed_by_its_skip_link(open_page, pages):
    page = visit(open_page(), pages, "article")
    skips = page.locator(".portlet a.skip")
    assert skips.count() == 4
    for number in range(4):
        skips.nth(number).focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate(
            "n => !document.querySelectorAll('.portlet')[n].contains(document.activeElement)",
            number,
        )


@pytest.fixture
def number(site):
    """A number of a visible circular of the sample content: (its beginning, the whole)."""
    with contextlib.closing(sqlite3.connect(site.data / "portal.sqlite3", timeout=20)) as database:
        rows = database.execute(
            "SELECT number FROM documents_document WHERE number LIKE '%/20__/TT-%' "
            "AND state = 'published' ORDER BY number DESC"
        )
        whole = rows.fetchone()[0]
    return "/".join(whole.split("/")[:2]), whole


@pytest.mark.parametrize("width", SIZES.values())
def test_document_is_found_by_half_its_number_without_scripts(open_page, number, width):
    page = open_page(width=width, javascript=False)
    page.goto("/")
    page.fill("header input[name=q]", f"thong tu {number[0]}")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/tim-kiem/"))
    result = page.locator("main").get_by_role("link", name=number[1]).first
    assert result.is_visible()
    result.click()
    assert number[1] in page.locator("h1").inner_text()
    assert page.problems == []


def test_filter_works_without_scripts_on_a_phone(open_page):
    page = open_page(width=360, javascript=False)
    page.goto("/van-ban/")
    page.locator("form.filter summary").click()
    page.fill("input[name=tu]", "31/02/2018")
    page.locator("form.filter button").first.click()
    page.wait_for_url(re.compile("tu="))
    assert page.get_by_text("Ngày không đúng").is_visible()
    assert page.input_value("input[name=tu]") == "31/02/2018"


def test_menu_and_links_open_without_scripts(open_page):
    page = open_page(width=360, javascript=False)
    page.goto("/")
    page.locator("details.menu-fold > summary").click()
    assert page.locator("details.menu-fold a[href='/van-ban/']").first.is_visible()
