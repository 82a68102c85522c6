"""The portal as a browser meets it: nothing refused, nothing asked of another site, no cookie for
readers, staff come in.
"""

import pytest

pytestmark = pytest.mark.browser
PATHS = [
    "/",
    "/tin-tuc/",
    "/van-ban/",
    "/lich-cong-tac/",
    "/lien-ket/",
    "/tim-kiem/?q=thong+tin",
    "/so-do/",
    "/gioi-thieu/",
]


@pytest.mark.parametrize("path", PATHS)
def test_page_opens_without_complaint_and_without_cookie(page, path):
    answer = page.goto(path)
    assert answer.status == 200
    assert page.problems == []
    assert page.context.cookies() == []


@pytest.mark.parametrize("path", PATHS)
def test_page_fits_a_telephone(open_page, path):
    page = open_page(width=360, height=740)
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_page_needs_no_script(open_page):
    page = open_page(javascript=False)
    page.goto("/")
    assert page.locator("h1").count() == 1
    assert page.locator("main a[href^='/tin-tuc/']").first.is_visible()


def test_first_administrator_comes_in(staff_page):
    answer = staff_page.goto("/quan-tri/")
    assert answer.status == 200
    assert staff_page.locator("#logout-form, form[action$='logout/']").count() == 1
    assert staff_page.problems == []


def test_wrong_password_stays_out(page):
    page.goto("/quan-tri/login/")
    page.fill("input[name=username]", "khong-co-ai")
    page.fill("input[name=password]", "sai-mat-khau")
    page.click("[type=submit]")
    assert "login" in page.url
    assert page.locator(".errornote").is_visible()
