"""An editor at work in Chromium: logs in, writes, puts in a picture, publishes; then a stranger
reads.
"""

import re

import pytest

from tests.support.world import picture

pytestmark = pytest.mark.browser
TITLE = "Sài Gòn – Nghệ An: hội nghị chuyển đổi số ở Đô Lương"
ALT = "Đại biểu ngồi quanh bàn họp"
CAPTION = "Toàn cảnh hội nghị sáng 03/12"


@pytest.fixture
def picture_file(tmp_path):
    """The path (str) of a small PNG."""
    path = tmp_path / "ảnh hội nghị.png"
    path.write_bytes(picture().read())
    return str(path)


@pytest.fixture
def editor(site, open_page):
    """A page on which the administrator has logged in by the form."""
    page = open_page()
    page.goto("/quan-tri/")
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", site.password)
    page.click("[type=submit]")
    page.wait_for_selector("#user-tools")
    return page


def write(page, title, paragraph):
    """Open the form of a new article and fill in what it must have."""
    page.goto("/quan-tri/news/article/add/")
    page.fill("#id_title", title)
    page.select_option("#id_category", index=1)
    body = page.frame_locator("iframe.cke_wysiwyg_frame").locator("body")
    body.click()
    page.keyboard.type(paragraph)
    page.keyboard.press("Enter")
    return body


def put_in_picture(page, path, alt):
    """Upload the file `path` by the picture dialog and accept it with the description `alt`."""
    page.click("a.cke_button__image")
    page.wait_for_selector(".cke_dialog_ui_input_file iframe")
    page.frame_locator(".cke_dialog_ui_input_file iframe").locator(
        "input[type=file]"
    ).set_input_files(path)
    page.click("a.cke_dialog_ui_fileButton")
    address = page.locator(".cke_dialog_body input.cke_dialog_ui_input_text").first
    page.wait_for_function(
        "element => element.value.startsWith('/quan-tri/anh/')", arg=address.element_handle()
    )
    page.locator(".cke_dialog_body").get_by_label("Mô tả ảnh").fill(alt)
    page.click("a.cke_dialog_ui_button_ok")


def test_picture_with_words_and_caption_reaches_the_reader(editor, open_page, picture_file):
    page = editor
    body = write(page, TITLE, "Sáng nay ở Đô Lương, Sở tổ chức hội nghị.")
    put_in_picture(page, picture_file, ALT)
    body.locator("figcaption").click()
    assert body.locator("figcaption").inner_text().strip() == ""
    page.keyboard.type(CAPTION)
    page.click("text=Lưu và sửa tiếp")
    page.wait_for_selector(".messagelist >> text=bản nháp")

    stored = page.locator("#id_body").input_value()
    assert "Sáng nay ở Đô Lương" in stored and "&agrave;" not in stored
    name = re.search(r"/quan-tri/(anh/\d{4}/\d{2}/[0-9a-f]{32}\.png)", stored)[1]
    stranger = open_page()
    assert stranger.request.get(f"/media/{name}").status == 404
    assert page.request.get(f"/quan-tri/{name}").status == 200

    preview = page.context.new_page()
    preview.goto(page.get_by_text("Xem trước").get_attribute("href"))
    assert preview.get_by_text("Bản xem trước").is_visible()
    assert preview.evaluate("() => document.querySelector('figure.image img').naturalWidth") == 8

    page.check("input[name=state][value=published]")
    page.click("input[name=_continue]")
    address = page.locator(".messagelist a", has_text="Xem trên cổng").get_attribute("href")
    assert stranger.request.get(f"/media/{name}").status == 200
    stranger.goto(address)
    assert stranger.locator("h1").inner_text() == TITLE
    figure = stranger.locator(".prose figure.image")
    assert figure.locator("img").get_attribute("alt") == ALT
    assert figure.locator("figcaption").inner_text().strip() == CAPTION
    assert stranger.evaluate("() => document.querySelector('.prose figure img').naturalWidth") == 8
    assert [*page.problems, *[p for p in stranger.problems if "404" not in p]] == []


def test_second_click_on_save_sends_nothing(editor):
    write(editor, "Bài bấm đúp nút lưu", "Thử.")
    sent = editor.evaluate(
        """() => {
            let sent = 0;
            addEventListener("submit", (event) => {
                sent += !event.defaultPrevented;
                event.preventDefault();
            });
            const save = document.querySelector("input[name=_save]");
            save.click(); save.click();
            return sent;
        }"""
    )
    assert sent == 1


def test_picture_without_words_is_refused_in_the_dialog(editor, picture_file):
    said = []
    editor.on("dialog", lambda dialog: (said.append(dialog.message), dialog.accept()))
    write(editor, "Bài thử ảnh không mô tả", "Thử.")
    put_in_picture(editor, picture_file, "")
    assert said and "mô tả ảnh" in said[0].lower()
    assert editor.locator(".cke_dialog_body").is_visible()


def test_wrong_file_is_refused_in_words(editor, tmp_path):
    wrong = tmp_path / "anh.png"
    wrong.write_text("<html><script>alert(1)</script></html>")
    said = []
    editor.on("dialog", lambda dialog: (said.append(dialog.message), dialog.accept()))
    write(editor, "Bài thử tệp sai", "Thử.")
    editor.click("a.cke_button__image")
    editor.frame_locator(".cke_dialog_ui_input_file iframe").locator(
        "input[type=file]"
    ).set_input_files(str(wrong))
    with editor.expect_event("dialog"):
        editor.click("a.cke_dialog_ui_fileButton")
    assert any("không phải ảnh" in words for words in said)


def test_pasted_picture_is_uploaded(editor):
    write(editor, "Bài thử dán ảnh", "Thử.")
    editor.evaluate(
        """async () => {
            const canvas = document.createElement("canvas"); canvas.width = 9; canvas.height = 7;
            const data = canvas.toDataURL("image/png");
            CKEDITOR.instances.id_body.fire("paste", {
                dataValue: `<img src="${data}" alt="dán">`, type: "html", method: "paste",
                dataTransfer: new CKEDITOR.plugins.clipboard.dataTransfer(),
            });
        }"""
    )
    editor.wait_for_function(
        "() => /quan-tri\\/anh\\/\\d{4}/.test(CKEDITOR.instances.id_body.getData())"
    )
    assert editor.problems == []


def test_editor_speaks_vietnamese_and_calls_nobody(editor):
    write(editor, "Bài thử", "Thử.")
    assert editor.evaluate("() => CKEDITOR.instances.id_body.langCode") == "vi"
    editor.click("a.cke_button__link")
    editor.wait_for_selector(".cke_dialog_body")
    assert editor.problems == []


@pytest.mark.parametrize(
    "address",
    [
        "/quan-tri/",
        "/quan-tri/news/article/",
        "/quan-tri/documents/document/add/",
        "/quan-tri/schedule/week/1/change/",
    ],
)
def test_staff_pages_break_no_rule_of_the_policy(editor, address):
    editor.goto(address)
    editor.wait_for_load_state("networkidle")
    assert editor.problems == []
    width = editor.evaluate("() => document.documentElement.scrollWidth")
    assert width <= 1280
