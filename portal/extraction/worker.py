"""Extract text and page images of one untrusted file: a sandboxed program without Django.

`python -m portal.extraction.worker text|picture …` reads the file from standard input and writes
to standard output: `text` lines of JSON, one for each page, `picture` one WebP.
`portal.extraction.client` starts it. It limits itself before it reads the file.
"""

import io
import json
import mmap
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from portal.sandbox import compound_file, limits

if TYPE_CHECKING:  # they are slow to import, and only some files need them
    from PIL.Image import Image
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

#: Left, bottom, right and top, in points.
Box = tuple[float, float, float, float]
MEMORY_BYTES = 1024 * 1024 * 1024
PAGES_MAX = 2_000
PAGE_MAX_CHARACTERS = 100_000
#: Pages that are read by OCR at most, and seconds for one: OCR is a hundred times as slow as text.
OCR_PAGES_MAX, OCR_PAGE_SECONDS, OCR_LANGUAGE = 50, 60, "vie"
#: A picture is at most so big: in bytes where that can be had, in points always.
PICTURE_BYTES, PICTURE_PIXELS = 120_000, 4_000_000

BROKEN_PDF = "Tệp PDF bị hỏng, không mở được."
LOCKED_PDF = "Tệp PDF đặt mật khẩu, không mở được."
NO_PAGE = "Tệp PDF không có trang nào."
BAD_PAGE = "Trang này bị hỏng, không vẽ được."
UNKNOWN = "Không đọc được chữ trong loại tệp này."
TOO_BIG = "Tệp quá lớn hoặc quá phức tạp, không đọc chữ bên trong."


class Refused(Exception):
    """The file is not read; the message is a sentence for readers and clerks."""


# --- PDF ----------------------------------------------------------------------------------------


def _open_pdf() -> "PdfDocument":
    """Open the PDF that the extraction worker has on standard input.

    Raises Refused.
    """
    import pypdfium2
    from pypdfium2 import raw

    opened = raw.FPDF_LoadDocument(b"/dev/fd/0", None)
    if not opened:
        raise Refused(
            LOCKED_PDF if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD else BROKEN_PDF
        )
    document = pypdfium2.PdfDocument(opened)
    if len(document) < 1:
        raise Refused(NO_PAGE)
    return document


def _pdf_pages(document: "PdfDocument", until: float, with_ocr: bool) -> Iterator[dict[str, Any]]:
    """Yield the PDF's pages as {"page", "text", "width", "height", "ocr"}, `until` (monotonic)."""
    import pypdfium2

    read_by_ocr = 0
    for number in range(min(len(document), PAGES_MAX)):
        if time.monotonic() > until:
            return
        words, width, height, by_ocr = "", 0.0, 0.0, False
        try:
            page = document[number]
            width, height = page.get_size()
            page, words = _words_of(document, number, page)
            if with_ocr and not words.strip() and read_by_ocr < OCR_PAGES_MAX:
                read_by_ocr += 1
                words, by_ocr = _recognised(page), True
            page.close()
        except pypdfium2.PdfiumError:
            pass  # a broken page is an empty one
        yield {
            "page": number + 1,
            "text": words,
            "width": width,
            "height": height,
            "ocr": by_ocr and bool(words.strip()),
        }


def _words_of(document: "PdfDocument", number: int, page: "PdfPage") -> tuple["PdfPage", str]:
    """Return the flattened PDF page and its text, with that of forms and signatures in place."""
    from pypdfium2 import raw

    words = page.get_textpage()
    boxes: list[tuple[Box, str]] = []
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), 200)):
        note, rectangle = raw.FPDFPage_GetAnnot(page, index), raw.FS_RECTF()
        if raw.FPDFAnnot_GetRect(note, rectangle):
            box = rectangle.left, rectangle.bottom, rectangle.right, rectangle.top
            boxes.append((box, words.get_text_bounded(*box).strip()))
        raw.FPDFPage_CloseAnnot(note)
    before = words.get_text_range(errors="replace")
    flat = _flattened(document, number, page)
    if flat is page:
        return page, before
    after = flat.get_textpage()
    if not boxes:
        return flat, after.get_text_range(errors="replace")
    letters: list[_Letter] = []
    for box, own in reversed(boxes):
        shown = " ".join(after.get_text_bounded(*box).strip().removeprefix(own).split())
        if shown:
            letters = letters or _letters(words)
            _insert(letters, box, shown)
    return flat, "".join(letter for letter, _ in letters) if letters else before


def _flattened(document: "PdfDocument", number: int, page: "PdfPage") -> "PdfPage":
    """Return the PDF `page` with its forms, stamps and signatures as part of it."""
    from pypdfium2 import raw

    if (
        not raw.FPDFPage_GetAnnotCount(page)
        or raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) != raw.FLATTEN_SUCCESS
    ):
        return page
    return document[number]


#: A letter and where it stands; blanks that the PDF does not have stand nowhere.
_Letter = tuple[str, Box | None]


def _letters(words: "PdfTextPage") -> list[_Letter]:
    from pypdfium2 import raw

    letters: list[_Letter] = []
    for index in range(min(words.count_chars(), PAGE_MAX_CHARACTERS)):
        code = raw.FPDFText_GetUnicode(words, index)
        letter = chr(code) if 0 < code < 0x110000 else ""
        if raw.FPDFText_IsHyphen(words, index) == 1:
            letter = "-"
        letters.append((letter, None if letter.isspace() else words.get_charbox(index)))
    return letters


def _insert(letters: list[_Letter], box: Box, shown: str) -> None:
    """Insert a PDF signature's words `shown` at `box` into the page's text line, or a new line."""
    left, bottom, _, top = box
    middle = (bottom + top) / 2
    before = [
        (letter_box[2], index)
        for index, (_, letter_box) in enumerate(letters)
        if letter_box is not None
        and letter_box[1] - 3 <= middle <= letter_box[3] + 3
        and letter_box[2] <= left + 4
    ]
    if before and top - bottom < 40:
        letters.insert(max(before)[1] + 1, (f" {shown} ", None))
        return
    highest = max((letter_box[3] for _, letter_box in letters if letter_box), default=0)
    if bottom >= highest - 20:
        letters.insert(0, (f"{shown}\n", None))
    else:
        letters.append((f"\n{shown}", None))


def has_ocr() -> bool:
    """Tell whether Tesseract with Vietnamese is installed."""
    program = shutil.which("tesseract")
    if program is None:
        return False
    try:
        listed = subprocess.run(  # noqa: S603 - the administrator's program
            [program, "--list-langs"], capture_output=True, text=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return OCR_LANGUAGE in listed.stdout.split()


def _recognised(page: "PdfPage") -> str:
    """Read the scanned PDF `page` by OCR (Tesseract); "" where it finds nothing or is too slow."""
    width, height = page.get_size()
    scale = min(200 / 72, (12_000_000 / max(width * height, 1)) ** 0.5)
    picture = io.BytesIO()
    page.render(scale=scale, grayscale=True).to_pil().save(picture, "PNG", compress_level=1)
    command = ["tesseract", "stdin", "stdout", "-l", OCR_LANGUAGE, "--psm", "3"]
    try:
        done = subprocess.run(  # noqa: S603 - the administrator's program; the picture is ours
            command,
            input=picture.getvalue(),
            capture_output=True,
            timeout=OCR_PAGE_SECONDS,
            env={"PATH": os.environ.get("PATH", ""), "OMP_THREAD_LIMIT": "1"},
            preexec_fn=limits.end_with_parent,  # safe: there is one thread
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace")


def _picture(number: int, width: int) -> bytes:
    """Render the PDF's page `number` (from 1) on standard input as WebP of `width` pixels."""
    import pypdfium2

    document = _open_pdf()
    if not 1 <= number <= min(len(document), PAGES_MAX):
        raise Refused(BAD_PAGE)
    try:
        page = _flattened(document, number - 1, document[number - 1])
        across, down = page.get_size()
        if not (across > 0 and down > 0):
            raise Refused(BAD_PAGE)
        scale = min(width / across, (PICTURE_PIXELS / (across * down)) ** 0.5, 20_000 / down)
        if across * scale < 1 or down * scale < 1:
            raise Refused(BAD_PAGE)
        image = page.render(scale=scale, rev_byteorder=True).to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, ValueError, OverflowError):
        raise Refused(BAD_PAGE) from None
    return _encoded(image)


def _encoded(image: "Image") -> bytes:
    """Encode a PDF's page image as WebP: text in sixteen greys without loss, else lossy.

    Pages of text come out half as big and sharper than with any lossy format.
    """
    sharp = image.point([round(value / 17) * 17 for value in range(256)] * 3)
    data = _webp(sharp, lossless=True, quality=50, method=2)
    for quality in (55, 35):
        if len(data) <= PICTURE_BYTES:
            return data
        data = _webp(image, quality=quality, method=2)
    while len(data) > PICTURE_BYTES and min(image.size) > 300:
        image = image.resize((image.width * 4 // 5, image.height * 4 // 5))
        data = _webp(image, quality=35, method=2)
    return data


def _webp(image: "Image", **options: Any) -> bytes:
    # Imported before it is asked for, otherwise Pillow imports all its formats.
    from PIL import WebPImagePlugin  # noqa: F401

    out = io.BytesIO()
    image.save(out, "WEBP", **options)
    return out.getvalue()


# --- any kind -----------------------------------------------------------------------------------


def _kind(head: bytes) -> str:
    """Return what the extraction worker has to read, by its `head`: "pdf", "word", "office", ""."""
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(compound_file.MAGIC):
        return "word"
    return "office" if head.startswith(b"PK") else ""


def _whole_text() -> str:
    """Extract the text of the office file on the worker's standard input, "\\f" between pages."""
    from portal.extraction import office, word_binary

    file = os.fdopen(0, "rb", closefd=False)
    head = file.read(8)
    file.seek(0)
    try:
        if _kind(head) == "word":
            return word_binary.text_of(mmap.mmap(0, 0, access=mmap.ACCESS_READ))
        return office.text_of(file)
    except (word_binary.NotWord, office.NotOffice) as error:
        raise Refused(str(error)) from None


def _text(seconds: int, with_ocr: bool) -> None:
    """Write the pages of the file on the worker's standard input as JSON lines, the end last."""
    from portal.text import legacy_fonts

    until = time.monotonic() + seconds
    kind = _kind(os.pread(0, 1024, 0))
    if not kind:
        raise Refused(UNKNOWN)
    if kind == "pdf":
        document = _open_pdf()
        count = len(document)
        _write({"kind": "pdf", "pages": count})
        pages = _pdf_pages(document, until, with_ocr and has_ocr())
    else:
        parts = [part for part in _whole_text().split("\f") if part.strip()] or [""]
        count = len(parts)
        _write({"kind": kind, "pages": count})
        pages = ({"page": n, "text": part} for n, part in enumerate(parts[:PAGES_MAX], start=1))
    written = 0
    for page in pages:
        words = page["text"].replace("\r\n", "\n").replace("\r", "\n")
        # U+FFFE is a hyphen at the end of a line; Vietnamese words are never parted.
        words = words.replace("\ufffe", "-")[:PAGE_MAX_CHARACTERS]
        words, was_legacy = legacy_fonts.modern(words)
        _write(page | {"text": words, "legacy": was_legacy})
        written += 1
    _write({"end": written, "is_whole": written == count})


def _write(row: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


def main(arguments: list[str]) -> None:
    """Run the extraction worker: `text SECONDS OCR` or `picture SECONDS PAGE WIDTH`."""
    what, seconds, *rest = arguments
    with_ocr = what == "text" and rest[0] == "ocr"
    try:
        limits.give_up_rights(MEMORY_BYTES, int(seconds) + 2)
        if what == "picture":
            sys.stdout.buffer.write(_picture(int(rest[0]), int(rest[1])))
        else:
            _text(int(seconds), with_ocr)
    except Refused as error:
        _write({"error": str(error)})
    except (MemoryError, OSError, RecursionError):
        _write({"error": TOO_BIG})


if __name__ == "__main__":
    main(sys.argv[1:])
