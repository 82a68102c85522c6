"""The queue for text extraction: leases, crashes, pages stored in one transaction."""

import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from documents.files import text_queue
from documents.files.models import Attachment
from documents.files.text_queue import PageText, TextState
from portal.extraction import client
from portal.publishing.public import content_changed
from portal.publishing.states import State
from tests.portal.extraction.test_worker import needs_tesseract
from tests.support import make, office_files

pytestmark = pytest.mark.django_db


def attach(data=None, **values):
    """Return a new file of a visible document."""
    return make.attachment(
        data=office_files.pdf("Trang mot", "Trang hai") if data is None else data, **values
    )


def state_of(file):
    """Return (state, note, texts of the pages) of `file` as the database has them."""
    file.refresh_from_db()
    return (
        file.text_state,
        file.text_note,
        [page.text for page in file.page_texts.order_by("number")],
    )


def test_new_file_waits_and_is_read_page_by_page():
    file = attach()
    assert state_of(file) == (TextState.WAITING, "", [])
    assert text_queue.read_all() == {TextState.DONE: 1, TextState.NO_TEXT: 0, TextState.FAILED: 0}
    assert state_of(file) == (TextState.DONE, "", ["Trang mot", "Trang hai"])
    assert text_queue.take() is None


def test_file_without_text_says_so():
    file = attach(office_files.pdf("", ""))
    text_queue.read_all()
    assert state_of(file) == (
        TextState.NO_TEXT,
        "Tệp không có lớp chữ: có thể là bản quét.",
        ["", ""],
    )


def test_broken_file_says_so_and_the_next_one_is_read():
    broken, sound = attach(office_files.BROKEN_PDF), attach()
    counts = text_queue.read_all()
    assert counts == {TextState.DONE: 1, TextState.NO_TEXT: 0, TextState.FAILED: 1}
    assert state_of(broken)[0] == TextState.FAILED
    assert broken.text_note.endswith(".")
    assert state_of(sound)[0] == TextState.DONE


def test_file_of_broken_pages_only_is_broken_and_no_scan():
    file = attach(office_files.pdf("x").replace(b"/Kids [5 0 R]", b"/Kids [9 0 R]"))
    text_queue.read_all()
    assert state_of(file) == (TextState.FAILED, "Các trang của tệp bị hỏng, không mở được.", [])


def test_lost_file_says_so():
    file = attach()
    file.file.storage.delete(file.file.name)
    text_queue.read_all()
    assert state_of(file) == (TextState.FAILED, "Tệp không còn trên máy chủ.", [])


def test_long_file_says_what_was_left_out(monkeypatch):
    pages = [client.Page(1, "một")]
    monkeypatch.setattr(
        client,
        "read_text",
        lambda *args, **options: client.Reading("pdf", 9, pages, is_whole=False),
    )
    file = attach()
    text_queue.read_all()
    assert state_of(file) == (TextState.DONE, "Chỉ đọc được 1 trang đầu trong 9 trang.", ["một"])


def test_file_is_taken_by_one_only():
    file = attach()
    assert text_queue.take() == file
    assert text_queue.take() is None


def test_lease_that_ran_out_lets_others_take_the_file():
    file = attach()
    text_queue.take()
    later = timezone.now() + text_queue.LEASE + timedelta(seconds=1)
    assert not Attachment.objects.to_be_read().exists()
    assert Attachment.objects.to_be_read(later).get() == file


def test_reader_renews_its_lease(monkeypatch):
    file = attach()
    taken = text_queue.take()
    Attachment._base_manager.filter(pk=file.pk).update(
        text_leased_until=timezone.now() - timedelta(hours=1)
    )

    def slow(opened, beat=None, **options):
        beat()
        assert not Attachment.objects.to_be_read().exists()
        return client.Reading("pdf", 1, [client.Page(1, "một")], is_whole=True)

    monkeypatch.setattr(client, "read_text", slow)
    assert text_queue.read(taken) == TextState.DONE


def test_file_that_kills_the_program_is_tried_twice(monkeypatch):
    tries = []

    def die(*args, **options):
        tries.append(1)
        raise client.Crashed(client.CRASH)

    monkeypatch.setattr(client, "read_text", die)
    file = attach()
    counts = text_queue.read_all()
    assert (len(tries), counts[TextState.FAILED]) == (2, 1)
    assert state_of(file) == (TextState.FAILED, client.CRASH, [])


def test_reader_that_is_told_to_stop_gives_the_file_back(monkeypatch):
    file = attach()

    def stop(*args, **options):
        raise SystemExit

    monkeypatch.setattr(client, "read_text", stop)
    with pytest.raises(SystemExit):
        text_queue.read(text_queue.take())
    assert text_queue.take() == file


def test_nothing_is_kept_of_a_file_that_was_replaced_meanwhile(monkeypatch):
    file = attach()
    taken = text_queue.take()

    def replace(*args, **options):
        new = Attachment.objects.get(pk=file.pk)
        new.file = ContentFile(office_files.pdf("Ban moi"), name="moi.pdf")
        new.save()
        return client.Reading("pdf", 1, [client.Page(1, "bản cũ")], is_whole=True)

    monkeypatch.setattr(client, "read_text", replace)
    assert text_queue.read(taken) is None
    assert state_of(file) == (TextState.WAITING, "", [])
    monkeypatch.undo()
    text_queue.read_all()
    assert state_of(file)[2] == ["Ban moi"]


def test_nothing_is_kept_of_a_file_that_was_deleted_meanwhile():
    file = attach()
    taken = text_queue.take()
    stored = file.file
    Attachment.objects.filter(pk=file.pk).delete()
    assert stored.storage.exists(stored.name)
    assert text_queue.read(taken) is None
    assert not PageText.objects.exists()


def test_replaced_file_loses_the_text_of_the_former_one():
    file = attach()
    text_queue.read_all()
    file.refresh_from_db()
    file.file = ContentFile(office_files.pdf("Ban moi"), name="moi.pdf")
    file.save()
    assert state_of(file) == (TextState.WAITING, "", [])


def test_file_that_only_moves_keeps_its_text():
    file = attach()
    text_queue.read_all()
    file.refresh_from_db()
    file.position = 9
    file.save()
    assert state_of(file)[0] == TextState.DONE
    assert len(state_of(file)[2]) == 2


def test_text_is_clean_and_harmless():
    file = attach(office_files.docx("a\u202e\u0300b\u00adc \u200b  d"))
    text_queue.read_all()
    assert state_of(file)[2] == ["àbc d"]


def test_pages_are_read_by_ocr_where_a_text_layer_is_missing(monkeypatch):
    asked = []

    def read_text(opened, seconds=20, with_ocr=False, beat=None):
        asked.append(with_ocr)
        return client.Reading(
            "pdf", 1, [client.Page(1, "chữ" if with_ocr else "", by_ocr=with_ocr)], is_whole=True
        )

    monkeypatch.setattr(client, "read_text", read_text)
    monkeypatch.setattr(text_queue, "has_ocr", lambda: True)
    file = attach()
    text_queue.read_all()
    assert asked == [False, True]
    assert state_of(file)[0] == TextState.DONE
    assert file.page_texts.get().by_ocr


@needs_tesseract
def test_real_scan_is_read_from_its_picture():
    file = attach(office_files.scan()[0])
    text_queue.read_all()
    state, note, [words] = state_of(file)
    assert (state, note) == (TextState.DONE, "")
    assert "THÔNG BÁO" in words
    assert file.page_texts.get().by_ocr


@pytest.mark.slow
def test_scan_without_ocr_has_no_text(monkeypatch):
    monkeypatch.setattr(text_queue, "has_ocr", lambda: False)
    file = attach(office_files.scan()[0])
    text_queue.read_all()
    assert state_of(file) == (TextState.NO_TEXT, "Tệp không có lớp chữ: có thể là bản quét.", [""])


def test_read_text_is_announced():
    told = []

    def hear(sender, pks, **kwargs):
        told.append(sender)

    attach()
    content_changed.connect(hear)
    try:
        taken = text_queue.take()
        assert told == []  # a lease is nobody's news
        text_queue.read(taken)
    finally:
        content_changed.disconnect(hear)
    assert set(told) == {PageText, Attachment}


def test_pages_are_as_visible_as_the_document():
    file = attach()
    text_queue.read_all()
    assert PageText.objects.visible().count() == 2
    file.document.state = State.WITHDRAWN
    file.document.withdrawal_reason = "Sai số liệu"
    file.document.save()
    assert not PageText.objects.visible().exists()


def test_command_reads_what_waits_and_sums_up():
    attach()
    attach(office_files.BROKEN_PDF)
    out = io.StringIO()
    call_command("extract_texts", stdout=out)
    assert out.getvalue() == "extract_texts: 1 read, 0 without text, 1 could not be read\n"
    call_command("extract_texts", stdout=out)
    assert out.getvalue().endswith("extract_texts: 0 read, 0 without text, 0 could not be read\n")


def test_command_tries_again_what_could_not_be_read(monkeypatch):
    file = attach()
    with monkeypatch.context() as patched:
        patched.setattr(
            client,
            "read_text",
            lambda *args, **options: (_ for _ in ()).throw(client.Unread("Quá lâu.")),
        )
        text_queue.read_all()
    call_command("extract_texts", "--again", stdout=io.StringIO())
    assert state_of(file)[0] == TextState.DONE
