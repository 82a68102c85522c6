"""The sandboxed extraction of text and pictures, also of broken, endless and hostile files."""

import io
import os
import shutil
import subprocess
import sys
from collections import Counter

import pytest
from django.core.files.base import ContentFile

from portal.extraction import client, worker
from portal.sandbox import run
from portal.text import vietnamese
from tests.support import office_files
from tests.support.serving import ROOT
from tests.support.shared import SHARED, needs_shared

TESSERACT = """#!{python}
import sys
if "--list-langs" in sys.argv:
    print("List of available languages (2):\\neng\\nvie")
else:
    assert sys.stdin.buffer.read(8) == b"\\x89PNG\\r\\n\\x1a\\n"
    print("Chữ từ ảnh")
"""


def read(data, **options):
    """Return the Reading of the file `data` (bytes)."""
    return client.read_text(ContentFile(data), **options)


def test_pdf_is_read_page_by_page():
    reading = read(office_files.pdf("Trang mot", "", "Trang ba"))
    assert (reading.kind, reading.count, reading.is_whole, reading.has_text) == (
        "pdf",
        3,
        True,
        True,
    )
    assert [page.text.strip() for page in reading.pages] == ["Trang mot", "", "Trang ba"]
    assert [(page.number, page.width, page.height) for page in reading.pages][2] == (
        3,
        595.0,
        842.0,
    )


def test_words_of_a_form_stand_where_they_are_shown():
    data = office_files.pdf("So:                                        /2021/QD-UBND", stamp="01")
    assert " ".join(read(data).pages[0].text.split()) == "So: /2021/QD-UBND 01"
    reading = read(office_files.pdf("So:", stamp="01/2021"))
    assert " ".join(reading.pages[0].text.split()) == "So: 01/2021"


def test_office_files_are_read_by_content_and_not_by_name():
    assert (
        read(office_files.docx("Một", raw="<w:r><w:br w:type='page'/><w:t>Hai</w:t></w:r>"))
        .pages[1]
        .text
        == "Hai"
    )
    assert read(office_files.doc("Số 5")).pages[0].text == "Số 5"
    assert read(office_files.xlsx([["a"]], [["b"]])).count == 2


def test_legacy_fonts_are_turned_into_unicode():
    page = read(office_files.doc(eight_bits=" C«ng v¨n cña Së".encode("cp1252"))).pages[0]
    assert (page.text.strip(), page.was_legacy) == ("Công văn của Sở", True)


def test_file_without_a_text_layer_is_known():
    assert not read(office_files.pdf("", "")).has_text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "loại tệp này"),
        (b"<html></html>", "loại tệp này"),
        (b"\0" * 9000, "loại tệp này"),
        (b"%PDF-1.7 nothing", "hỏng"),
        (b"PK\x03\x04 nothing", "hỏng"),
        (office_files.doc("a", flags=0x0100), "mật khẩu"),
    ],
)
def test_unreadable_file_says_why(data, sentence):
    with pytest.raises(client.Unread, match=sentence) as error:
        read(data)
    assert not isinstance(error.value, client.Crashed)


def test_only_so_many_pages_are_read():
    reading = read(office_files.pdf(*[""] * (worker.PAGES_MAX + 3)))
    assert (reading.count, len(reading.pages), reading.is_whole) == (
        worker.PAGES_MAX + 3,
        worker.PAGES_MAX,
        False,
    )


def fake_program(tmp_path, monkeypatch, body):
    """Let `portal.extraction.worker` be the Python program `body` (str) instead."""
    folder = tmp_path / "portal" / "extraction"
    folder.mkdir(parents=True)
    for package in (folder.parent, folder):
        (package / "__init__.py").touch()
    (folder / "worker.py").write_text(body, encoding="utf-8")
    monkeypatch.setattr(run, "ROOT", tmp_path)


def test_program_that_dies_is_noticed(tmp_path, monkeypatch):
    fake_program(tmp_path, monkeypatch, "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)")
    with pytest.raises(client.Crashed):
        read(b"x")
    with pytest.raises(client.Unread):
        client.picture(ContentFile(b"x"), 1, 720)


def test_program_that_does_not_end_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(client, "_GRACE", 0.2)
    fake_program(
        tmp_path,
        monkeypatch,
        'import time\nprint(\'{"kind": "pdf", "pages": 9}\', flush=True)\ntime.sleep(600)',
    )
    with pytest.raises(client.Unread, match="quá lâu"):
        read(b"x", seconds=0)


def test_program_that_talks_without_end_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(client, "TEXT_BYTES", 100_000)
    fake_program(tmp_path, monkeypatch, "import sys\nwhile True: sys.stdout.write('x' * 4096)")
    with pytest.raises(client.Unread, match="quá nhiều"):
        read(b"x")


@pytest.mark.parametrize(
    "said",
    ["", "null", "[1]", '{"page": 1}', '{"kind": 5, "pages": "a"}', "\\x00", '{"pages": 1e999}'],
)
def test_program_that_lies_is_not_believed(tmp_path, monkeypatch, said):
    fake_program(tmp_path, monkeypatch, f"print({said!r})")
    with pytest.raises(client.Unread):
        read(b"x")


def test_what_came_before_the_end_of_patience_is_kept(tmp_path, monkeypatch):
    rows = '{"kind": "pdf", "pages": 9}\\n{"page": 1, "text": "một"}\\n'
    monkeypatch.setattr(client, "_GRACE", 0.5)
    fake_program(
        tmp_path, monkeypatch, f"import time\nprint('{rows}', flush=True)\ntime.sleep(600)"
    )
    reading = read(b"x", seconds=0)
    assert ([page.text for page in reading.pages], reading.is_whole) == (["một"], False)


def test_program_knows_no_django():
    code = "import sys; from portal.extraction import worker; print('django' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_picture_is_a_small_webp_of_the_asked_width():
    from PIL import Image

    data = client.picture(ContentFile(office_files.pdf("Trang mot")), 1, 720)
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.width, image.height) == ("WEBP", 720, 1019)
        assert image.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_picture_is_made_without_the_formats_that_nobody_asked_for(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(office_files.pdf("x"))
    command = [
        sys.executable,
        "-X",
        "importtime",
        "-m",
        "portal.extraction.worker",
        "picture",
        "4",
        "1",
        "720",
    ]
    with path.open("rb") as file:
        done = subprocess.run(command, cwd=ROOT, stdin=file, capture_output=True, check=True)
    assert done.stdout.startswith(b"RIFF")
    assert b"PIL.WebPImagePlugin" in done.stderr
    assert b"PIL.AvifImagePlugin" not in done.stderr


@pytest.mark.slow
def test_picture_of_a_photograph_is_made_small():
    from PIL import Image

    noise = Image.frombytes("RGB", (1080, 1500), os.urandom(1080 * 1500 * 3))
    assert len(worker._encoded(noise)) <= worker.PICTURE_BYTES


@pytest.mark.parametrize("box", ["0 0 1000000000 1000000000", "0 0 1 100000", "0 0 100000 1"])
def test_picture_of_an_impossible_page_is_bounded_or_refused(box):
    try:
        assert (
            len(client.picture(ContentFile(office_files.pdf("x", box=box)), 1, 1080))
            <= worker.PICTURE_BYTES
        )
    except client.Unread as error:
        assert not isinstance(error, client.Crashed)


@pytest.mark.parametrize(
    ("data", "page"),
    [
        (office_files.pdf("x"), 2),
        (office_files.pdf("x"), 0),
        (b"%PDF-", 1),
        (office_files.docx("x"), 1),
    ],
)
def test_picture_of_what_is_not_there_is_refused(data, page):
    with pytest.raises(client.Unread):
        client.picture(ContentFile(data), page, 720)


def with_tesseract(tmp_path, monkeypatch, body=TESSERACT):
    """Install a Tesseract of our own that knows one sentence."""
    program = tmp_path / "tesseract"
    program.write_text(body.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


def test_page_without_text_is_read_by_ocr_where_it_is_installed(tmp_path, monkeypatch):
    with_tesseract(tmp_path, monkeypatch)
    assert worker.has_ocr()
    pages = read(office_files.pdf("Co chu", ""), with_ocr=True).pages
    assert [(page.text.strip(), page.by_ocr) for page in pages] == [
        ("Co chu", False),
        ("Chữ từ ảnh", True),
    ]


def test_ocr_without_vietnamese_is_none(tmp_path, monkeypatch):
    with_tesseract(tmp_path, monkeypatch, "#!{python}\nprint('eng')")
    assert not worker.has_ocr()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    assert not worker.has_ocr()


needs_tesseract = pytest.mark.skipif(
    not worker.has_ocr(),
    reason="Tesseract with Vietnamese (tesseract-ocr-vie) is not installed: no real scan was read",
)


@needs_tesseract
def test_real_scan_gets_its_words():
    data, own = office_files.scan()
    [page] = read(data, seconds=120, with_ocr=True).pages
    theirs, ours = Counter(vietnamese.words(page.text)), Counter(vietnamese.words(own))
    assert page.by_ocr
    assert sum((theirs & ours).values()) >= 0.9 * sum(ours.values())


@pytest.mark.slow
@needs_shared
def test_gazette_has_the_words_that_poppler_reads():
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed: nothing to compare with")
    files = sorted(
        [
            *(SHARED / "data/files/vn_congbao").glob("*.pdf"),
            *(SHARED / "data/files/signed").glob("*.pdf"),
        ]
    )
    assert len(files) == 17
    for path in files:
        with path.open("rb") as file:
            reading = client.read_text(file)
        assert reading.is_whole
        for page in reading.pages:
            command = ["pdftotext", "-f", str(page.number), "-l", str(page.number), str(path), "-"]
            theirs = Counter(
                vietnamese.words(
                    subprocess.run(command, capture_output=True, text=True, check=True).stdout
                )
            )
            ours = Counter(vietnamese.words(page.text))
            assert sum((theirs & ours).values()) >= 0.99 * max(
                sum(theirs.values()), sum(ours.values())
            ), (path.name, page.number)


@pytest.mark.slow
@needs_shared
def test_odd_and_broken_pdfs_harm_nothing():
    files = sorted((SHARED / "data/files/robustness").glob("*.pdf"))
    assert len(files) == 44
    for path in files:
        with path.open("rb") as file:
            for what in (client.read_text, lambda file: client.picture(file, 1, 720)):
                try:
                    what(file)
                except client.Unread as error:
                    assert not isinstance(error, client.Crashed), path.name
                    assert str(error).endswith(".")
