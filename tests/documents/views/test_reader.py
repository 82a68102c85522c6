"""Pages for reading a file: five pages at a time, images drawn once within limits, notes."""

import re
import threading

import pytest
from django.test import Client

from documents.files import page_images, text_queue
from documents.files.text_queue import TextState
from documents.views import reader
from portal.extraction import client
from tests.support import make, office_files
from tests.support.public import faults, main_words, queries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(page_images, "FOLDER", tmp_path)


def attach(data=None, name="Văn bản.pdf", pages=12, slug="19-2018-tt-btttt"):
    """Return a file of a visible document that has been read, with `pages` pages."""
    data = (
        office_files.pdf(*[f"Noi dung trang {number}" for number in range(1, pages + 1)])
        if data is None
        else data
    )
    file = make.attachment(
        make.document(number="19/2018/TT-BTTTT", slug=slug), name=name, data=data
    )
    text_queue.read_all()
    file.refresh_from_db()
    return file


def at(file, path="doc/"):
    """Return the answer to `path` below the address of `file`."""
    return Client().get(f"/van-ban/19-2018-tt-btttt/tep/{file.pk}/{path}")


def test_first_pages_are_shown_with_picture_and_text():
    file = attach()
    response = at(file)
    html = response.content.decode()
    assert not faults(html)
    words = main_words(response)
    assert "Noi dung trang 5" in words
    assert "Noi dung trang 6" not in words
    assert "Trang 1–5 trong 12 trang" in words
    pictures = re.findall(r'<img\s+src="([^"]+)"[^>]*width="720"\s+height="1019"', html)
    assert pictures == [
        f"/van-ban/19-2018-tt-btttt/tep/{file.pk}/trang/{number}-720.webp" for number in range(1, 6)
    ]
    assert html.count('loading="lazy"') == 4


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        (
            "ngày 17 tháng 02 năm 2017 của Chính\nphủ quy định",
            "ngày 17 tháng 02 năm 2017 của Chính phủ quy định",
        ),
        ("của Thủ\ntướng\nđã", "của Thủ tướng đã"),
        ("Bộ Lao động -\nThương binh", "Bộ Lao động - Thương binh"),
        ("gồm:\na) một\nhai;\nb) ba", "gồm:\na) một hai;\nb) ba"),
        ("Điều 1\nđ) năm", "Điều 1\nđ) năm"),
        ("hết.\nmới", "hết.\nmới"),
        ("THÔNG TƯ\nHướng dẫn", "THÔNG TƯ\nHướng dẫn"),
        ("một\n\nhai", "một\n\nhai"),
        ("", ""),
    ],
)
def test_lines_that_the_paper_parted_are_put_together(printed, shown):
    assert reader.flowing(printed) == shown


def test_further_pages_have_addresses_of_their_own():
    file = attach()
    words = main_words(at(file, "doc/11/"))
    assert "Noi dung trang 11" in words
    assert "Noi dung trang 12" in words
    assert "Noi dung trang 10" not in words
    html = at(file, "doc/6/").content.decode()
    assert f'href="/van-ban/19-2018-tt-btttt/tep/{file.pk}/doc/" rel="prev"' in html
    assert f'href="/van-ban/19-2018-tt-btttt/tep/{file.pk}/doc/11/" rel="next"' in html


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [("doc/1/", "doc/#trang-1"), ("doc/3/", "doc/#trang-3"), ("doc/12/", "doc/11/#trang-12")],
)
def test_page_within_leads_to_its_five(path, leads_to):
    file = attach()
    response = at(file, path)
    assert (response.status_code, response["Location"]) == (
        302,
        f"/van-ban/19-2018-tt-btttt/tep/{file.pk}/{leads_to}",
    )


@pytest.mark.parametrize(
    "path", ["doc/0/", "doc/13/", "doc/99999999999999999999/", "doc/-1/", "doc/a/", "doc/6"]
)
def test_page_that_is_not_there_is_not_found(path):
    assert at(attach(), path).status_code in (301, 404)


def test_former_slug_leads_to_the_right_address():
    file = attach()
    document = file.document
    document.slug = "moi"
    document.save()
    response = at(file)
    assert (response.status_code, response["Location"]) == (301, f"/van-ban/moi/tep/{file.pk}/doc/")


def test_number_of_queries_does_not_grow_with_the_pages():
    few, many = attach(pages=1, slug="mot-trang"), attach(pages=5)
    counts = []
    for file in (few, many, few, many):
        with queries() as found:
            assert (
                Client().get(f"/van-ban/{file.document.slug}/tep/{file.pk}/doc/").status_code == 200
            )
        counts.append(len(found))
    assert counts[2] == counts[3]


def test_word_file_is_shown_as_text():
    response = at(attach(office_files.docx("Điều 1. Phạm vi"), name="a.docx"))
    assert "Điều 1. Phạm vi" in main_words(response)
    assert "<img" not in response.content.decode().partition("<main")[2].partition("</main>")[0]


def test_word_file_says_why_it_has_no_pictures():
    assert "Cổng chỉ hiện chữ của tệp DOCX" in main_words(
        at(attach(office_files.docx("Điều 1"), name="a.docx"))
    )
    pdf = attach(slug="mot-van-ban-khac")
    assert "Cổng chỉ hiện chữ" not in main_words(
        Client().get(f"/van-ban/mot-van-ban-khac/tep/{pdf.pk}/doc/")
    )


def test_broken_page_among_sound_ones_says_so():
    response = at(attach(office_files.pdf("Mot", "Hai").replace(b"/Kids [5 0 R", b"/Kids [9 0 R")))
    assert main_words(response).count("Trang này bị hỏng, không vẽ được hình.") == 1
    assert "Trang này không có lớp chữ" not in main_words(response)
    assert "trang/1-720.webp" not in response.content.decode()
    assert "trang/2-720.webp" in response.content.decode()


def test_scan_says_that_it_has_no_text():
    response = at(attach(office_files.pdf("", "")))
    assert "Tệp không có lớp chữ" in main_words(response)
    assert "Trang này không có lớp chữ" in main_words(response)
    assert "trang/1-720.webp" in response.content.decode()


def test_text_that_was_read_from_a_picture_says_so(monkeypatch):
    page = client.Page(1, "Chữ từ ảnh", 595, 842, by_ocr=True)
    monkeypatch.setattr(
        client,
        "read_text",
        lambda *args, **options: client.Reading("pdf", 1, [page], is_whole=True),
    )
    assert "Chữ của trang 1 (máy nhận dạng từ ảnh, có thể sai) Chữ từ ảnh" in main_words(
        at(attach())
    )


def test_file_that_cannot_be_shown_says_why_and_offers_the_download():
    file = attach(office_files.BROKEN_PDF)
    response = at(file)
    assert file.text_state == TextState.FAILED
    assert file.text_note in main_words(response)
    assert file.get_absolute_url() in response.content.decode()
    detail = main_words(Client().get("/van-ban/19-2018-tt-btttt/"))
    assert f"Không xem được ngay trên trang: {file.text_note}" in detail


def test_file_that_waits_says_so():
    file = make.attachment(make.document(slug="19-2018-tt-btttt"))
    assert "đang chuẩn bị các trang" in main_words(at(file))
    assert at(file, "trang/1-720.webp").status_code == 404


def test_document_leads_to_its_reader():
    file = attach()
    assert (
        f"/van-ban/19-2018-tt-btttt/tep/{file.pk}/doc/"
        in Client().get("/van-ban/19-2018-tt-btttt/").content.decode()
    )


# --- pictures ---


def test_picture_is_made_once_and_may_be_kept_as_long_as_it_is_asked_for_again(monkeypatch):
    file = attach()
    response = at(file, "trang/2-720.webp")
    body = b"".join(response.streaming_content)
    assert (response.status_code, response["Content-Type"], body[:4]) == (
        200,
        "image/webp",
        b"RIFF",
    )
    assert response["ETag"] == f'"{file.sha256}-2-720"'
    assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
    monkeypatch.setattr(client, "picture", lambda *args: pytest.fail("drawn twice"))
    assert b"".join(at(file, "trang/2-720.webp").streaming_content) == body
    address = f"/van-ban/19-2018-tt-btttt/tep/{file.pk}/trang/2-720.webp"
    assert Client().get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "trang/0-720.webp",
        "trang/13-720.webp",
        "trang/1-721.webp",
        "trang/1-100000.webp",
        "trang/99999999999999999999-720.webp",
    ],
)
def test_picture_that_was_never_offered_is_not_drawn(path, monkeypatch):
    file = attach()
    monkeypatch.setattr(client, "picture", lambda *args: pytest.fail("drawn"))
    assert at(file, path).status_code == 404


def test_page_that_cannot_be_drawn_is_not_tried_again_and_again(monkeypatch):
    file, tries = attach(), []

    def refuse(*args):
        tries.append(1)
        raise client.Unread("Trang này bị hỏng.")

    monkeypatch.setattr(client, "picture", refuse)
    assert [at(file, "trang/1-720.webp").status_code for _ in range(3)] == [404, 404, 404]
    assert len(tries) == 1


def test_too_many_at_once_are_asked_to_come_again(monkeypatch):
    file = attach()
    monkeypatch.setattr(page_images, "_room", threading.BoundedSemaphore(1))
    with page_images._room:
        response = at(file, "trang/1-720.webp")
    assert (response.status_code, response["Retry-After"], response["Cache-Control"]) == (
        503,
        "2",
        "no-store",
    )
    assert at(file, "trang/1-720.webp").status_code == 200


def test_no_more_are_drawn_on_the_machine_than_places(monkeypatch):
    file = attach()
    monkeypatch.setattr(page_images, "PATIENCE", 0.1)
    page_images.FOLDER.mkdir(exist_ok=True)
    with page_images._place(), page_images._place():
        assert at(file, "trang/1-720.webp").status_code == 503
    assert at(file, "trang/1-720.webp").status_code == 200


@pytest.mark.slow
def test_kept_pictures_stay_within_bounds():
    file = attach()
    for page in (1, 2, 3):
        page_images.picture_of(file, page, 720).close()
    page_images.tidy(
        most=sum(path.stat().st_size for path in page_images.FOLDER.glob("??/*.webp")) - 1
    )
    assert len(list(page_images.FOLDER.glob("??/*.webp"))) == 2
    page_images.tidy(most=0)
    assert not list(page_images.FOLDER.glob("??/*.webp"))


def test_folder_is_looked_through_after_enough_was_written(monkeypatch):
    file, looked = attach(), []
    monkeypatch.setattr(page_images, "KEPT_BYTES", 20)
    monkeypatch.setattr(page_images, "tidy", lambda: looked.append(1))
    page_images.picture_of(file, 1, 720).close()
    assert looked == [1]


def test_pictures_of_a_deleted_file_go_with_it_unless_another_has_its_bytes():
    file = attach()
    twin = make.attachment(
        make.document(),
        data=office_files.pdf(*[f"Noi dung trang {number}" for number in range(1, 13)]),
    )
    page_images.picture_of(file, 1, 720).close()
    twin.delete()
    assert len(list(page_images.FOLDER.glob("??/*.webp"))) == 1
    file.delete()
    assert not list(page_images.FOLDER.glob("??/*.webp"))
