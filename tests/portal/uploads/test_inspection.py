"""Inspection of uploads: kinds, wrong extensions, limits, the process of the scanners, ClamAV."""

import io
import socket
import struct
import threading
import zipfile
from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import TemporaryUploadedFile

from portal.sandbox import run
from portal.uploads import inspection
from portal.uploads.scanners.findings import EICAR
from tests.support import make, samples
from tests.support.shared import SHARED, needs_shared

MEGABYTE = 1024 * 1024


def check(name, data):
    """Return the Inspected of `data` (bytes) as an upload called `name`."""
    return inspection.check_attachment(ContentFile(data, name=name))


def refusal(name, data):
    """Return the sentence (str) with which `data` is refused."""
    with pytest.raises(ValidationError) as caught:
        check(name, data)
    assert len(caught.value.messages) == 1
    return caught.value.messages[0]


# --- kinds and lies -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("A.PDF", make.PDF), ("b.docx", samples.docx()), ("c.xlsx", samples.xlsx()),
        ("d.odt", samples.odt()), ("đ.ods", samples.odt(kind="spreadsheet")),
        ("e.doc", samples.doc()), ("g.xls", samples.xls()),
    ],
)  # fmt: skip
def test_every_kind_of_the_list_is_taken(name, data):
    found = check(name, data)
    assert found.flags == []
    assert found.pages == (1 if name == "A.PDF" else None)


def test_upload_stands_at_its_beginning_afterwards():
    upload = ContentFile(make.PDF, name="a.pdf")
    upload.read(7)
    inspection.check_attachment(upload)
    assert upload.read() == make.PDF


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.exe", b"MZ", "Không nhận loại tệp này. Hãy dùng một trong các loại: PDF, DOC"),
        ("vanban", make.PDF, "Không nhận loại tệp này"),
        ("a.pdf.exe", make.PDF, "Không nhận loại tệp này"),
        (".htaccess", b"AddType", "Không nhận loại tệp này"),
        ("a.html", b"<html>", "Không nhận loại tệp này"),
        ("a.zip", b"PK\x03\x04", "Hãy giải nén rồi đính kèm từng tệp"),
        ("a.RAR", b"Rar!", "Hãy giải nén rồi đính kèm từng tệp"),
        ("scan.jpg", b"\xff\xd8\xff", "gộp các trang quét thành một tệp PDF"),
        ("a.docm", samples.docx(), "Không nhận tệp có macro"),
        ("a.rtf", b"{\\rtf1", "lưu thành DOCX"),
        ("a.csv", b"a,b", "lưu thành XLSX"),
        ("a.pdf", b"", "Tệp rỗng"),
        ("a.pdf", b"<!doctype html><p>Not found</p>", "một trang web, không phải PDF"),
        ("a.doc", b"\xef\xbb\xbf\r\n<html>", "một trang web, không phải DOC"),
        ("a.docx", b"<HTML><body>", "một trang web, không phải DOCX"),
        ("a.doc", b"\0" * 9000, "bên trong toàn số 0"),
        ("a.pdf", b"\0" * 9000, "bên trong toàn số 0"),
        ("a.doc", b"{\\rtf1 x}", "là RTF, không phải DOC"),
        ("a.doc", samples.docx(), "Hãy đổi đuôi tệp thành .docx"),
        ("a.docx", samples.doc(), "Hãy đổi đuôi tệp thành .doc"),
        ("a.xls", samples.xlsx(), "Hãy đổi đuôi tệp thành .xlsx"),
        ("a.docx", make.PDF, "Hãy đổi đuôi tệp thành .pdf"),
        ("a.pdf", samples.docx(), "Hãy đổi đuôi tệp thành .docx"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "là PNG, không phải PDF"),
        ("a.pdf", b"MZ" + b"\0" * 200, "không phải PDF"),
        ("a.pdf", b"chu", "không phải là PDF"),
        ("a.pdf", b"<html>" + b" " * 300 + make.PDF, "một trang web"),
        ("a.pdf", b" " * 300 + make.PDF, "không phải là PDF"),
    ],
)
def test_what_is_not_what_it_says_is_refused_with_what_to_do(name, data, words):
    assert words in refusal(name, data)


def test_limit_of_size_is_said(settings):
    settings.ATTACHMENT_MAX_BYTES = MEGABYTE
    assert "Tệp lớn hơn 1 MB" in refusal("a.pdf", make.PDF + b" " * MEGABYTE)


@needs_shared
@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "0eaca79dfba2b0505eb1954750dc8b81f39c6a83.doc",
            "Nội dung tệp là DOCX nhưng tên tệp là .doc. Hãy đổi đuôi tệp thành .docx",
        ),
        (
            "6389542382143257056c5d35b61a15416597cd104106e7efa9.docx",
            "là một trang web, không phải DOCX",
        ),
        ("A09.02-dt-Luat-GTDB--sd-.doc", "Tệp hỏng: bên trong toàn số 0"),
    ],
)
def test_three_kinds_of_lie_of_a_real_register(name, words):
    assert words in refusal(name, (SHARED / "data" / "files" / "word" / name).read_bytes())


@pytest.mark.slow
@needs_shared
def test_real_files_are_taken_with_their_pages():
    folder = SHARED / "data" / "files"
    for path in sorted([*folder.glob("vn_congbao/*.pdf"), *folder.glob("signed/*.pdf")]):
        found = check(path.name, path.read_bytes())
        assert found.pages and found.flags == [], path.name


# --- the process that looks inside --------------------------------------------------------------


def test_what_is_found_inside_comes_back():
    assert check("a.pdf", samples.pdf("/OpenAction << /S /JavaScript /JS (x) >>")).flags == [
        "PDF có mã lệnh (JavaScript)."
    ]
    assert "mở chương trình khác" in refusal("a.pdf", samples.pdf("/OpenAction << /S /Launch >>"))
    assert "có macro" in refusal("a.docx", samples.docx(extra=[("word/vbaProject.bin", "x")]))
    assert "EICAR" in refusal("a.pdf", make.PDF + EICAR)


def test_big_upload_is_read_where_it_lies():
    upload = TemporaryUploadedFile("a.pdf", "application/pdf", len(make.PDF), None)
    upload.write(make.PDF)
    upload.flush()
    assert inspection.check_attachment(upload).pages == 1
    upload.close()


@pytest.mark.parametrize(
    ("name", "value", "data"),
    [
        ("ATTACHMENT_MAX_PARTS", 2, samples.docx(extra=[("a.xml", "<a/>")])),
        ("ATTACHMENT_MAX_UNPACKED_BYTES", 1000, samples.docx("a" * 2000)),
        ("ATTACHMENT_MAX_RATIO", 2, samples.docx("a" * 11_000_000)),
    ],
)
def test_limits_are_settings(settings, name, value, data):
    setattr(settings, name, value)
    assert "giải nén ra quá lớn" in refusal("a.docx", data)


def test_file_that_needs_too_much_memory_is_refused_and_logged(settings, caplog):
    settings.ATTACHMENT_CHECK_BYTES = 64 * MEGABYTE
    big = io.BytesIO()
    with zipfile.ZipFile(big, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (
            ("[Content_Types].xml", samples.WORD_MAIN),
            ("word/document.xml", "ế" * 15_000_000),
        ):
            archive.writestr(name, data)
    settings.ATTACHMENT_MAX_RATIO = 10_000
    assert "quá phức tạp" in refusal("a.docx", big.getvalue())
    assert "looking into an upload (docx" in caplog.text


@pytest.mark.slow
def test_file_that_takes_too_long_is_refused(settings):
    settings.ATTACHMENT_CHECK_SECONDS = 1
    assert "quá phức tạp" in refusal(
        "a.pdf", b"%PDF-1.7\n1 0 obj " + b"/a#41" * 8_000_000 + b"\n%%EOF"
    )


def answers(**values):
    """Return a stand-in for `run.run_program` that answers so."""
    return lambda *args, **options: run.Answer(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"trouble": "dead"},
        {"trouble": "failed", "complaint": "MemoryError"},
        {"trouble": "slow"},
        {"output": b"{"},
    ],
)
def test_look_that_fails_is_a_refusal(monkeypatch, values, caplog):
    monkeypatch.setattr(run, "run_program", answers(**values))
    assert "Không kiểm tra được" in refusal("a.pdf", make.PDF)
    assert values.get("complaint", "") in caplog.text


def test_look_that_cannot_begin_is_a_refusal(monkeypatch, caplog):
    def fail(*args, **options):
        raise OSError("no more processes")

    monkeypatch.setattr(run, "run_program", fail)
    assert "Không kiểm tra được" in refusal("a.pdf", make.PDF)
    assert "no more processes" in caplog.text


# --- ClamAV -------------------------------------------------------------------------------------


@contextmanager
def clamd(path, behave):
    """Run a clamd at the Unix socket `path`: one INSTREAM, then `behave(connection, bytes)`."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()
    got = []

    def serve():
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            data = b""
            while length := struct.unpack("!I", stream.read(4))[0]:
                data += stream.read(length)
            got.append(data)
            behave(connection, data)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield got
    thread.join(5)
    server.close()


def verdict(connection, data):
    """Answer as clamd does."""
    connection.sendall(
        b"stream: Win.Test.EICAR_HDB-1 FOUND\0" if b"virus" in data else b"stream: OK\0"
    )


@pytest.fixture
def scanner(settings, tmp_path):
    """The path of the socket that the portal asks."""
    settings.CLAMAV_SOCKET = str(tmp_path / "clamd")
    settings.CLAMAV_SECONDS = 5
    return tmp_path / "clamd"


def test_clean_file_goes_through_the_scanner_whole(scanner):
    data = make.PDF + b" " * 200_000
    with clamd(scanner, verdict) as got:
        assert check("a.pdf", data).pages == 1
    assert got == [data]


def test_virus_is_refused_by_its_name(scanner):
    with clamd(scanner, verdict):
        assert "Tệp có vi-rút (Win.Test.EICAR_HDB-1)" in refusal("a.pdf", make.PDF + b"\nvirus")


@pytest.mark.parametrize(
    "answer",
    [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OK but", b"x" * 9000, b"\xff\0"],
)
def test_unclear_answer_is_a_refusal(scanner, answer, caplog):
    with clamd(scanner, lambda connection, data: connection.sendall(answer)):
        assert "Chưa quét được vi-rút" in refusal("a.pdf", make.PDF)
    assert "ClamAV" in caplog.text or not answer


def test_scanner_that_hangs_is_a_refusal(scanner, settings):
    settings.CLAMAV_SECONDS = 0.3
    gone = threading.Event()
    with clamd(scanner, lambda connection, data: gone.wait(5)):
        assert "Chưa quét được vi-rút" in refusal("a.pdf", make.PDF)
        gone.set()


def test_scanner_that_ends_the_talk_early_is_heard(scanner):
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(scanner))
    server.listen()

    def serve():
        connection, _ = server.accept()
        connection.recv(100)
        connection.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        connection.close()

    threading.Thread(target=serve, daemon=True).start()
    assert "Chưa quét được vi-rút" in refusal("a.pdf", make.PDF + b" " * 5 * MEGABYTE)
    server.close()


def test_absent_scanner_is_a_refusal_and_logged(scanner, caplog):
    assert "báo người quản trị" in refusal("a.pdf", make.PDF)
    assert "does not answer" in caplog.text
