"""The page of a document in Chromium: the lược đồ is accessible, legible at every width, followed by keyboard, printed; days without scripts."""

import contextlib
import sqlite3

import pytest

from tests.browser.test_pages import complaints

pytestmark = pytest.mark.browser
WIDTHS = (320, 360, 640, 720, 768, 992, 1060, 1280)
LONG = "04/2012/TTLT-BTP-TANDTC-VKSNDTC-BCA-BQP"
SUMMARY = "Quy định chi tiết và hướng dẫn thi hành một số điều của Luật Công nghệ thông tin về cung cấp thông tin trên cổng thông tin điện tử"
#: Texts that stand out of their box, or boxes that stand out of the picture.
OUTSIDE = """[...document.querySelectorAll('.diagram text')].filter(text => {
    const box = (text.closest('.node, .this') || text.closest('.diagram')).querySelector('rect')
    const edge = (text.closest('.node, .this') ? box : text.closest('.diagram')).getBoundingClientRect()
    const own = text.getBoundingClientRect(), whole = text.closest('.diagram').getBoundingClientRect()
    return own.width && (own.right > edge.right || own.left < edge.left || own.top < edge.top - 1 || own.bottom > edge.bottom + 1
        || edge.right > whole.right + 1)
}).map(text => text.textContent)"""


@pytest.fixture(scope="session")
def address(site):
    """The address of a document of the sample content with relations of every kind, both ways, among them the longest numbers and a great group."""
    with (
        contextlib.closing(sqlite3.connect(site.data / "portal.sqlite3", timeout=20)) as database,
        database,
    ):
        pk, slug = database.execute(
            "SELECT id, slug FROM documents_document WHERE state = 'published' AND id IN (SELECT source_id FROM documents_relation) LIMIT 1"
        ).fetchone()
        others = database.execute(
            "SELECT id FROM documents_document WHERE state = 'published' AND id != ? LIMIT 8", [pk]
        ).fetchall()
        columns = {row[1]: row for row in database.execute("PRAGMA table_info(documents_relation)")}
        empty = {
            name: ""
            for name, row in columns.items()
            if row[3] and not row[5] and row[2].startswith("varchar")
        }

        def relate(**values):
            row = empty | {"is_partial": 0} | values
            names, marks = ", ".join(row), ", ".join("?" * len(row))
            database.execute(
                f"INSERT INTO documents_relation ({names}) VALUES ({marks})", list(row.values())
            )

        kinds = (
            "can-cu",
            "sua-doi",
            "thay-the",
            "bai-bo",
            "dinh-chi",
            "dinh-chinh",
            "huong-dan",
            "hop-nhat",
            "dan-chieu",
            "lien-quan",
        )
        for n, kind in enumerate(kinds):
            relate(
                kind=kind,
                source_id=pk,
                target_number=[LONG, "19/2018/TT-BTTTT"][n % 2],
                target_title=SUMMARY,
                is_partial=n % 3 == 0,
            )
            relate(kind=kind, target_id=pk, source_title=SUMMARY.upper())
        for (other,) in others:
            relate(kind="huong-dan", source_id=other, target_id=pk)
        for n in range(40):
            relate(
                kind="dan-chieu",
                source_number=LONG if n % 9 == 0 else f"{n + 100}/2018/TT-BTTTT",
                target_id=pk,
            )
    return f"/van-ban/{slug}/"


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_picture_and_table_are_accessible(open_page, address, width, scheme):
    page = open_page(width=width)
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{address}?ngay=31/02/2019")
    assert page.locator(".diagram a").count() > 60
    assert complaints(page) == []
    assert page.problems == []


@pytest.mark.parametrize("family", ["", "DejaVu Sans"])
def test_every_text_stays_in_its_box_at_every_width(open_page, address, family):
    page = open_page()
    page.goto(address)
    if family:  # the widest font that the widths were estimated for
        page.evaluate(
            "family => document.querySelector('.diagram').style.fontFamily = family", family
        )
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(OUTSIDE) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 658, "height": 900})  # the width of text on a sheet of A4
    page.emulate_media(media="print")
    assert page.evaluate(OUTSIDE) == []


def test_a_number_never_breaks_and_is_drawn_whole(open_page, address):
    for width in WIDTHS:
        page = open_page(width=width)
        page.goto(address)
        numbers = page.locator(".diagram .number").filter(has_text="04/2012")
        assert set(numbers.evaluate_all("all => all.map(n => n.textContent)")) == {LONG}
        assert page.locator(".relation-table .num:not(.long)").evaluate_all(
            "all => all.every(n => n.getClientRects().length === 1)"
        )


def test_picture_is_followed_by_keyboard(open_page, address):
    page = open_page(width=360, javascript=False)
    page.goto(address)
    held = page.locator(".diagram g.node:not(.named)").first.locator(
        "xpath=ancestor::*[local-name()='a']"
    )
    goal = held.get_attribute("href")
    held.focus()
    assert (
        page.evaluate("getComputedStyle(document.activeElement.querySelector('rect')).strokeWidth")
        == "3px"
    )
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{goal}")
    page.goto(address)
    page.locator(".diagram a[href^='#']").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("tr:target").is_visible()


def test_what_the_portal_does_not_hold_looks_different_on_screen_and_in_forced_colours(
    open_page, address
):
    page = open_page()
    page.goto(address)
    for colours in ("none", "active"):
        page.emulate_media(forced_colors=colours)
        dashes = {
            kind: page.evaluate(
                "s => getComputedStyle(document.querySelector(s + ' rect')).strokeDasharray",
                selector,
            )
            for kind, selector in (("held", ".node:not(.named)"), ("named", ".node.named"))
        }
        assert dashes["held"] == "none"
        assert dashes["named"] != "none"


def test_a_picture_higher_than_a_sheet_is_left_to_its_table_on_paper(open_page, address):
    page = open_page()
    page.goto(address)
    page.emulate_media(media="print")
    assert page.locator(".diagram.tall").is_hidden()
    assert page.locator(".relation-table").is_visible()


def test_a_day_is_asked_without_scripts_on_a_phone(open_page, address):
    page = open_page(width=360, javascript=False)
    page.goto(address)
    page.fill("input[name=ngay]", "01/01/2015")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*ngay=*")
    assert page.get_by_text("Tình trạng tại ngày 01/01/2015").is_visible()
    assert page.input_value("input[name=ngay]") == "01/01/2015"
