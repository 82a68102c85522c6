"""A document clerk at work in Chromium: types ahead, relates, is asked about a number that is here
already, chooses a signer by keyboard.
"""

import json
import re

import pytest

from tests.support import make

pytestmark = pytest.mark.browser
ADD = "/quan-tri/documents/document/add/"


def seek(page, box, words, wanted):
    """Open the type-ahead `box` (selector of its select) by keyboard, type `words` and take the
    first offer, which holds `wanted`.
    """
    page.focus(f"{box} + .select2 .select2-selection")
    page.keyboard.press("Enter")
    page.wait_for_selector(
        ".select2-search__field:focus"
    )  # letters typed before it has the focus are lost
    page.keyboard.type(words)
    first = page.locator(".select2-results__option--highlighted", has_text=wanted)
    first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_function("box => document.querySelector(box).value", arg=box)


def write(page, number, summary):
    """Open the form of a new document and fill in what it must have."""
    page.goto(ADD)
    page.select_option("#id_family", "phap-quy")
    page.fill("#id_number", number)
    page.fill("#id_summary", summary)


def test_clerk_relates_by_keyboard_from_both_ends(staff_page):
    page = staff_page
    write(page, "777/QĐ-THU", "Văn bản thử quan hệ")
    seek(page, "#id_agency", "so khoa hoc", "Sở Khoa học và Công nghệ tỉnh Nghệ An")
    page.select_option("#id_relations_out-0-kind", "can-cu")
    seek(
        page,
        "#id_relations_out-0-target",
        "67 2006 qh11",
        "67/2006/QH11 – Quốc hội – 29/06/2006 – Luật Công nghệ thông tin",
    )
    page.select_option("#id_relations_in-0-kind", "huong-dan")
    page.click("#relations_in-0 summary >> nth=0")
    page.fill("#id_relations_in-0-source_number", "12/2030/TT-CHUACO")
    page.click("input[name=_continue]")
    page.wait_for_selector(".messagelist")
    assert (
        page.locator("#id_relations_out-0-target option:checked")
        .inner_text()
        .startswith("67/2006/QH11 – Quốc hội")
    )
    assert (
        page.locator("#id_relations_in-0-kind option:checked").inner_text()
        == "Được hướng dẫn, quy định chi tiết bởi"
    )
    assert page.input_value("#id_relations_in-0-source_number") == "12/2030/TT-CHUACO"
    assert page.locator("#relations_in-0 details").first.get_attribute("open") is not None
    page.click("#relations_out-group .add-row a")
    assert page.locator("#id_relations_out-2-target + .select2").is_visible()
    assert page.problems == []


def test_number_that_is_here_is_asked_about_before_the_file_is_sent(staff_page, tmp_path):
    page = staff_page
    file = tmp_path / "bản ký.pdf"
    file.write_bytes(make.PDF)
    write(page, "0067 /2006/ QH11", "Luật nhập lần hai")
    page.set_input_files("#id_attachments-0-file", str(file))
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    page.click("input[name=_save]")
    page.wait_for_selector("#duplicates:not([hidden])")
    assert "Luật Công nghệ thông tin" in page.inner_text(
        "#duplicates"
    ) and "29/06/2006" in page.inner_text("#duplicates")
    assert page.evaluate("() => document.activeElement.id") == "duplicates"
    assert (
        sent == []
        and page.evaluate("() => document.getElementById('id_attachments-0-file').files.length")
        == 1
    )
    page.check("#id_is_another")
    page.click("input[name=_continue]")
    page.wait_for_selector(".messagelist")
    assert page.locator(".present-file a").inner_text() == "bản ký.pdf"
    assert "Đã có văn bản khác của cơ quan này mang số" in page.inner_text(".doubts")
    assert page.problems == []


def test_number_that_is_new_goes_through_at_once(staff_page):
    page = staff_page
    write(page, "778/QĐ-THU", "Không trùng")
    page.click("input[name=_continue]")
    page.wait_for_selector(".messagelist")
    assert re.search(r"/document/\d+/change/", page.url) and page.locator("#duplicates").is_hidden()


def test_server_asks_where_there_is_no_script(open_page):
    page = open_page(staff=True, javascript=False)
    write(page, "67/2006/QH11", "Không có mã lệnh")
    page.click("input[name=_save]")
    assert (
        "Luật Công nghệ thông tin" in page.inner_text("#duplicates")
        and page.input_value("#id_summary") == "Không có mã lệnh"
    )
    page.check("#id_is_another")
    page.click("input[name=_save]")
    assert page.locator(".messagelist .success").first.is_visible()


def test_signer_is_chosen_by_keyboard_and_what_is_typed_stays(staff_page):
    page = staff_page
    page.goto(ADD)
    box = page.locator("#id_signer")
    assert box.get_attribute("role") == "combobox" and box.get_attribute("aria-expanded") == "false"
    box.focus()
    page.keyboard.type("nguyen")
    page.wait_for_selector("#signers [role=option]")
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    active = box.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").get_attribute("aria-selected") == "true"
    name = page.locator(f"#{active} strong").inner_text()
    page.keyboard.press("Enter")
    assert page.input_value("#id_signer") == name and page.locator("#signers").is_hidden()
    known = json.loads(
        page.request.get("/quan-tri/documents/document/nguoi-ky/", params={"q": name}).text()
    )["signers"][0]
    assert (page.input_value("#id_signer_post"), page.input_value("#id_signing_power")) == (
        known["post"],
        known["power"],
    )

    box.fill("Người chưa ai biết")
    page.keyboard.press("Tab")
    assert page.input_value("#id_signer") == "Người chưa ai biết"
    page.fill("#id_signer_post", "Chức danh đã ghi")
    box.fill("")
    box.press_sequentially("nguyen")
    page.wait_for_selector("#signers [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert page.input_value("#id_signer") == "nguyen" and page.locator("#signers").is_hidden()
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("#signers [role=option]")
    page.locator("#signers [role=option]").first.click()
    assert page.input_value("#id_signer_post") == "Chức danh đã ghi"
    page.locator(".offer-told button").click()
    assert page.input_value("#id_signer_post") != "Chức danh đã ghi"
    assert page.problems == []


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize(
    "address",
    [
        "/quan-tri/",
        "/quan-tri/portal/holiday/",
        "/quan-tri/documents/document/?thoi-han=qua-han",
        "/quan-tri/documents/document/1/change/",
    ],
)
def test_pages_of_the_desk_break_no_rule_and_are_not_too_wide(open_page, address, width):
    page = open_page(width=width, staff=True)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert page.problems == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
