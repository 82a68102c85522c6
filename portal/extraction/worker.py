"""Text and pictures out of one hostile file: a program of its own, which knows no Django, no database and no secrets.

`python -m portal.extraction.worker text|picture …` reads the file from its standard input and answers on its standard output: `text` in lines of
JSON, one for each page, `picture` with one WebP. `portal.extraction.client` starts it, takes its answer and stops it. Before it looks at the file it
gives up what it does not need: memory, processor time, files to write, a life beyond its parent's.
"""

import io
import json
import mmap
import os
import shutil
import subprocess
import sys
import time

from portal.sandbox import limits

MEMORY_BYTES = 1024 * 1024 * 1024
PAGES_MAX = 2_000
PAGE_MAX_CHARACTERS = 100_000
#: Pages that are read by OCR at most, and seconds for one: reading pictures costs a hundred times as much as reading text.
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
    """The file is not read; the message (str) is a sentence for readers and clerks."""


# --- PDF ------------------------------------------------------------------------------------------------------


def _open_pdf():
    """Return the PDF on the standard input (pypdfium2.PdfDocument). Raises Refused."""
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


def _pdf_pages(document, until, with_ocr):
    """Yield {"page", "text", "width", "height", "ocr"} for each page until the time `until` (monotonic seconds)."""
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


def _words_of(document, number, page):
    """Return (`page` as it is from now on, its words: str). What forms and signatures show is text of the page, at its place."""
    from pypdfium2 import raw

    words = page.get_textpage()
    places = []
    for place in range(min(raw.FPDFPage_GetAnnotCount(page), 200)):
        note, box = raw.FPDFPage_GetAnnot(page, place), raw.FS_RECTF()
        if raw.FPDFAnnot_GetRect(note, box):
            corners = box.left, box.bottom, box.right, box.top
            places.append((corners, words.get_text_bounded(*corners).strip()))
        raw.FPDFPage_CloseAnnot(note)
    before, letters = words.get_text_range(errors="replace"), None
    flat = _flattened(document, number, page)
    if flat is page or not places:
        return flat, before if flat is page else flat.get_textpage().get_text_range(
            errors="replace"
        )
    after = flat.get_textpage()
    shown = [
        (box, " ".join(after.get_text_bounded(*box).strip().removeprefix(own).split()))
        for box, own in places
    ]
    for box, said in reversed([(box, said) for box, said in shown if said]):
        letters = letters or _letters(words)
        _insert(letters, box, said)
    if letters is None:
        return flat, before
    return flat, "".join(letter for letter, _ in letters)


def _flattened(document, number, page):
    """Return `page` with all that forms, stamps and signatures show made part of it; the same object where there is nothing of the kind."""
    from pypdfium2 import raw

    if (
        not raw.FPDFPage_GetAnnotCount(page)
        or raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) != raw.FLATTEN_SUCCESS
    ):
        return page
    return document[number]


def _letters(words):
    """Return [[letter, (left, bottom, right, top) or None]] of a page's text (pypdfium2.PdfTextPage); made-up blanks have no box."""
    from pypdfium2 import raw

    found = []
    for place in range(min(words.count_chars(), PAGE_MAX_CHARACTERS)):
        code = raw.FPDFText_GetUnicode(words, place)
        letter = (
            "-"
            if raw.FPDFText_IsHyphen(words, place) == 1
            else chr(code)
            if 0 < code < 0x110000
            else ""
        )
        found.append([letter, None if letter.isspace() else words.get_charbox(place)])
    return found


def _insert(letters, box, said):
    """Put the words `said` (str), shown at `box`, into `letters` behind what stands left of them on the same line; else on a line of their own."""
    left, bottom, right, top = box
    middle = (bottom + top) / 2

    def is_before(letter_box):
        return (
            letter_box is not None
            and letter_box[1] - 3 <= middle <= letter_box[3] + 3
            and letter_box[2] <= left + 4
        )

    before = [
        (letter_box[2], place)
        for place, (_, letter_box) in enumerate(letters)
        if is_before(letter_box)
    ]
    if before and top - bottom < 40:
        place = max(before)[1]
        letters.insert(place + 1, [f" {said} ", None])
        return
    highest = max((letter_box[3] for _, letter_box in letters if letter_box), default=0)
    if bottom >= highest - 20:
        letters.insert(0, [f"{said}\n", None])
    else:
        letters.append([f"\n{said}", None])


def has_ocr():
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


def _recognised(page):
    """Return the words (str) that Tesseract sees on the picture of `page`; "" where it sees none or takes too long."""
    width, height = page.get_size()
    scale = min(200 / 72, (12_000_000 / max(width * height, 1)) ** 0.5)
    picture = io.BytesIO()
    page.render(scale=scale, grayscale=True).to_pil().save(picture, "PNG", compress_level=1)
    command = ["tesseract", "stdin", "stdout", "-l", OCR_LANGUAGE, "--psm", "3"]
    try:
        done = subprocess.run(  # noqa: S603 - the program is the administrator's, what it gets is a picture that we made
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


def _picture(number, width):
    """Return the page `number` (int, from 1) of the PDF on the standard input as a WebP (bytes), `width` pixels wide where that is possible."""
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


def _encoded(image):
    """Return `image` as WebP (bytes): text in sixteen shades without loss, photographs with loss, smaller until it is small enough.

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


def _webp(image, **options):
    from PIL import WebPImagePlugin  # noqa: F401 - known before it is asked for: otherwise Pillow imports all its formats

    out = io.BytesIO()
    image.save(out, "WEBP", **options)
    return out.getvalue()


# --- any kind -----------------------------------------------------------------------------------------------------


def _kind(head):
    """Return what the file is that begins with `head` (bytes): "pdf", "word", "office" or ""; its name does not count."""
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "word"
    return "office" if head.startswith(b"PK") else ""


def _whole_text():
    """Return the text (str) of the office file on the standard input, "\\f" between its pages. Raises Refused."""
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


def _text(seconds, with_ocr):
    """Write the pages of the file on the standard input as lines of JSON; the last line tells that all came, or why not."""
    from portal.text import legacy_fonts

    until = time.monotonic() + seconds
    kind = _kind(os.pread(0, 1024, 0))
    if not kind:
        raise Refused(UNKNOWN)
    if kind == "pdf":
        document = _open_pdf()
        count = len(document)
        _say({"kind": "pdf", "pages": count})
        pages = _pdf_pages(document, until, with_ocr and has_ocr())
    else:
        parts = [part for part in _whole_text().split("\f") if part.strip()] or [""]
        count = len(parts)
        _say({"kind": kind, "pages": count})
        pages = (
            {"page": number, "text": part} for number, part in enumerate(parts[:PAGES_MAX], start=1)
        )
    said = 0
    for page in pages:
        # U+FFFE is a hyphen at the end of a line; in Vietnamese words are never parted, so it always is one.
        words = (
            page["text"]
            .replace("\r\n", "\n")
            .replace("\r", "\n")
            .replace("\ufffe", "-")[:PAGE_MAX_CHARACTERS]
        )
        words, was_legacy = legacy_fonts.modern(words)
        _say(page | {"text": words, "legacy": was_legacy})
        said += 1
    _say({"end": said, "is_whole": said == count})


def _say(row):
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


def main(arguments):
    """Do what `arguments` (list of str) ask: `text SECONDS OCR`, `picture SECONDS PAGE WIDTH`; or tell an {"error"}."""
    what, seconds, *rest = arguments
    with_ocr = what == "text" and rest[0] == "ocr"
    try:
        limits.give_up_rights(MEMORY_BYTES, int(seconds) + 2)
        if what == "picture":
            sys.stdout.buffer.write(_picture(int(rest[0]), int(rest[1])))
        else:
            _text(int(seconds), with_ocr)
    except Refused as error:
        _say({"error": str(error)})
    except (MemoryError, OSError, RecursionError):
        _say({"error": TOO_BIG})


if __name__ == "__main__":
    main(sys.argv[1:])
