"""The page of a document in Chromium: its lược đồ at every width, by keyboard, in print."""

import contextlib
import sqlite3

import pytest

from tests.browser.test_pages import complaints

pytestmark = pytest.mark.browser
WIDTHS = (320, 360, 640, 720, 768, 992, 1060, 1280)
LONG = "04/2012/TTLT-BTP-TANDTC-VKSNDTC-BCA-BQP"
SUMMARY = (
    "Quy định chi tiết và hướng dẫn thi hành một số điều của Luật Công nghệ thông tin "
    "về cung cấp thông tin trên cổng thông tin điện tử"
)
#: Texts that stand out of their box, boxes that stand out of the diagram, boxes that overlap.
OUTSIDE = """(() => {
    const diagram = document.querySelector('.diagram'), whole = diagram.getBoundingClientRect()
    const boxes = [...diagram.querySelectorAll('.node, .this')], outside = []
    const areas = boxes.map(box => box.getBoundingClientRect())
    boxes.forEach((box, n) => {
        const area = areas[n]
        if (area.right > whole.right + 1 || area.left < whole.left - 1)
            outside.push(box.textContent)
        for (const text of box.querySelectorAll('a, p, span')) {
            const own = text.getBoundingClientRect()
            if (own.right > area.right || own.left < area.left || own.bottom > area.bottom + 1)
                outside.push(text.textContent)
        }
        if (areas.some((next, m) => m > n && area.bottom > next.top + 1
            && next.bottom > area.top + 1 && area.right > next.left + 1
            && next.right > area.left + 1)) outside.push(box.textContent)
    })
    return outside
})()"""


@pytest.fixture(scope="session")
def address(site):
    """The address of a document with relations of every kind, long numbers, a great group."""
    with (
        contextlib.closing(sqlite3.connect(site.data / "portal.sqlite3", timeout=20)) as database,
        database,
    ):
        pk, slug = database.execute(
            "SELECT id, slug FROM documents_document WHERE state = 'published' "
            "AND id IN (SELECT source_id FROM documents_relation) LIMIT 1"
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
def test_diagram_and_table_are_accessible(open_page, address, width, scheme):
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
    if family:  # the widest of the usual system fonts
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


def test_a_number_never_breaks_but_the_longest_and_is_drawn_whole(open_page, address):
    page = open_page()
    page.goto(address)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        numbers = page.locator(".diagram .number").filter(has_text="04/2012")
        assert set(numbers.evaluate_all("all => all.map(n => n.textContent)")) == {LONG}
        for numbers in (".diagram .num:not(.long)", ".relation-table .num:not(.long)"):
            assert page.locator(numbers).evaluate_all(
                "all => all.every(n => n.getClientRects().length === 1)"
            ), width


def test_diagram_is_followed_by_keyboard(open_page, address):
    page = open_page(width=360, javascript=False)
    page.goto(address)
    held = page.locator(".diagram .node:not(.named) a").first
    goal = held.get_attribute("href")
    held.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    outline = "getComputedStyle(document.activeElement, '::after').outlineWidth"
    assert page.evaluate(outline) == "3px"
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{goal}")
    page.goto(address)
    page.locator(".diagram a[href^='#']").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("tr:target").is_visible()


def test_the_whole_box_is_the_link(open_page, address):
    page = open_page(width=360)
    page.goto(address)
    box = page.locator(".diagram .node:not(.named)").first
    goal = box.locator("a").get_attribute("href")
    box.scroll_into_view_if_needed()
    area = box.bounding_box()
    page.mouse.click(area["x"] + area["width"] - 5, area["y"] + area["height"] - 5)
    page.wait_for_url(f"**{goal}")


def test_what_the_portal_does_not_hold_looks_different_on_screen_and_in_forced_colours(
    open_page, address
):
    page = open_page()
    page.goto(address)
    for colours in ("none", "active"):
        page.emulate_media(forced_colors=colours)
        borders = [
            page.evaluate("s => getComputedStyle(document.querySelector(s)).borderTopStyle", kind)
            for kind in (".node:not(.named)", ".node.named")
        ]
        assert borders == ["solid", "dashed"]


def test_a_diagram_longer_than_a_sheet_is_left_to_its_table_on_paper(open_page, address):
    page = open_page()
    page.goto(address)
    assert page.locator(".diagram").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".diagram").is_hidden()
    assert page.locator(".relation-table").is_visible()


def test_a_day_is_asked_without_scripts_on_a_phone(open_page, address):
    page = open_page(width=360, javascript=False)
    page.goto(address)
    page.fill("input[name=ngay]", "01/01/2015")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*ngay=*")
    assert page.get_by_text("Tình trạng tại ngày 01/01/2015").is_visible()
    assert page.input_value("input[name=ngay]") == "01/01/2015"
