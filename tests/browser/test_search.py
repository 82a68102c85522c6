"""The search box in Chromium: suggestions by keyboard and mouse, and the same search without
scripts.
"""

import re

import pytest

pytestmark = pytest.mark.browser


def typed(page, words):
    """Type `words` into the box on top of the home page and return the box."""
    page.goto("/")
    box = page.locator("header input[data-suggest]")
    box.focus()
    box.press_sequentially(words)
    return box


def test_suggestions_are_chosen_by_keyboard(page):
    box = typed(page, "chuyen doi")
    assert box.get_attribute("role") == "combobox"
    page.wait_for_selector("[role=option]")
    assert box.get_attribute("aria-expanded") == "true"
    count = page.locator("[role=option]").count()
    page.keyboard.press("ArrowUp")
    assert page.locator("[aria-selected=true]").get_attribute("id") == page.locator(
        "[role=option]"
    ).nth(count - 1).get_attribute("id")
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") is None  # back at what was typed
    page.keyboard.press("ArrowDown")
    chosen = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    address = chosen.get_attribute("data-address")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")
    assert page.problems == []


def test_enter_searches_what_was_typed_and_escape_closes(page):
    box = typed(page, "chuyen doi")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("Escape")
    assert box.input_value() == "chuyen doi" and box.get_attribute("aria-expanded") == "false"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/tim-kiem/\?q=chuyen\+doi"))
    assert page.locator(".hit mark").count() and page.problems == []


def test_answer_that_comes_too_late_opens_nothing(page):
    page.route("**/goi-y/**", lambda route: (page.keyboard.press("Tab"), route.continue_()))
    typed(page, "chuyen doi")
    with page.expect_response("**/goi-y/**"):
        pass
    page.wait_for_load_state("networkidle")
    assert page.locator("[role=option]").count() == 0


def test_suggestion_is_opened_with_the_mouse(page):
    typed(page, "chuyen doi")
    option = page.locator("[role=option]").first
    address = option.get_attribute("data-address")
    option.click()
    page.wait_for_url(f"**{address}")


def test_search_works_without_scripts(open_page):
    page = open_page(javascript=False, width=360)
    box = page.locator("header input[data-suggest]")
    page.goto("/")
    assert box.get_attribute("role") is None
    box.fill("chuyen doi so")
    box.press("Enter")
    assert page.locator(".hit mark").count()
    page.locator(".facets summary").click()
    page.locator(".facets li a").first.click()
    assert "Bỏ mọi điều kiện lọc" in page.inner_text(".facets")
