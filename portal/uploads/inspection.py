"""Inspect an upload before it is stored: its kind, whether it is what its name says, its content.

`portal.uploads.scanners` look into it in a process of its own, so that a hostile file cannot stop
the server.
"""

import json
import logging
from dataclasses import dataclass

import filetype
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File

from portal.sandbox import compound_file, run
from portal.uploads import antivirus
from portal.uploads.names import extension_of

log = logging.getLogger(__name__)

#: What may be attached to a document, and how it is sent.
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
#: The longest answer of the scanners, whose names of embedded files may be long.
_ANSWER_BYTES = 1024 * 1024
_PACKAGES = ("docx", "xlsx", "odt", "ods")
_COMPOUND = ("doc", "xls")
#: What to do with a kind that is not taken.
_INSTEAD = {
    **dict.fromkeys(
        ("zip", "rar", "7z", "gz", "tar"),
        "Không nhận tệp nén. Hãy giải nén rồi đính kèm từng tệp, để người dân mở được ngay.",
    ),
    **dict.fromkeys(
        ("jpg", "jpeg", "png", "tif", "tiff", "bmp", "gif", "webp", "heic"),
        "Không nhận ảnh làm tệp đính kèm. Hãy gộp các trang quét thành một tệp PDF rồi tải lên.",
    ),
    **dict.fromkeys(
        ("docm", "dotm", "xlsm", "xltm", "xlsb"),
        "Không nhận tệp có macro. Hãy lưu lại thành DOCX, XLSX hoặc PDF rồi tải lên.",
    ),
    **dict.fromkeys(
        ("rtf", "dot", "dotx", "wps", "txt"),
        "Không nhận loại tệp này. Hãy mở bằng Word, lưu thành DOCX rồi tải lên.",
    ),
    **dict.fromkeys(
        ("csv", "xlt", "xltx"),
        "Không nhận loại tệp này. Hãy mở bằng Excel, lưu thành XLSX rồi tải lên.",
    ),
    **dict.fromkeys(
        ("ppt", "pptx", "odp"), "Không nhận tệp trình chiếu. Hãy xuất ra PDF rồi tải lên."
    ),
}
_HTML = (
    "Nội dung tệp là một trang web, không phải {kind} "
    "(thường do trang báo lỗi được lưu thay cho tệp). "
    "Hãy tải lại tệp gốc, mở xem được rồi mới tải lên."
)
_EMPTY_BYTES = (
    "Tệp hỏng: bên trong toàn số 0 (thường do chép hoặc tải về dở). "
    "Hãy mở bản gốc trên máy, lưu lại rồi tải lên."
)
_UNREADABLE = (
    "Không kiểm tra được bên trong tệp: tệp hỏng hoặc quá phức tạp. "
    "Hãy mở tệp, lưu lại hoặc in ra PDF mới rồi tải lên."
)
_RTF = "Nội dung tệp là RTF, không phải {kind}. Hãy mở bằng Word, lưu thành DOCX rồi tải lên."
_HTML_STARTS = (
    b"<html", b"<!doctype html", b"<head", b"<body", b"<script", b"<table", b"<meta",
)  # fmt: skip


@dataclass(frozen=True)
class Inspected:
    """Result of the inspection: sentences for the approver, and the number of pages if known."""

    flags: list[str]
    pages: int | None


def check_attachment(upload: File) -> Inspected:
    """Inspect an uploaded file; refuse one that may not be attached.

    Raises ValidationError with a sentence for the clerk. The file is at its beginning afterwards.
    """
    extension = extension_of(upload.name)
    _check_name_and_size(upload, extension)
    upload.seek(0)
    head = upload.read(8192)
    upload.seek(0)
    _check_content(head, extension)
    inspected = _look_inside(upload, extension)
    antivirus.check(upload)
    return inspected


def _check_name_and_size(upload: File, extension: str) -> None:
    if extension not in MEDIA_TYPES:
        kinds = ", ".join(kind.upper() for kind in MEDIA_TYPES)
        sentence = f"Không nhận loại tệp này. Hãy dùng một trong các loại: {kinds}."
        raise ValidationError(_INSTEAD.get(extension, sentence))
    if upload.size > settings.ATTACHMENT_MAX_BYTES:
        megabytes = settings.ATTACHMENT_MAX_BYTES // 1024 // 1024
        raise ValidationError(
            f"Tệp lớn hơn {megabytes} MB. Hãy giảm dung lượng hoặc chia tệp rồi tải lại."
        )
    if upload.size == 0:
        raise ValidationError("Tệp rỗng. Hãy chọn lại tệp.")


# --- is it what its name says ---------------------------------------------------------------------


def family_of(head: bytes) -> str:
    """Return the kind of an upload by its `head`: "pdf", "package", "compound" (old Office), "".

    A package is OOXML, ODF or any other ZIP archive.
    """
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "package"
    return "compound" if head.startswith(compound_file.MAGIC) else ""


def _check_content(head: bytes, extension: str) -> None:
    """Refuse an upload whose `head` is of another kind than its `extension`; say what to do."""
    family = family_of(head)
    if extension in {"package": _PACKAGES, "compound": _COMPOUND}.get(family, (family,)):
        return
    kind = extension.upper()
    start = head.lstrip(b"\xef\xbb\xbf\0\t\r\n ")[:512].lower()
    if not head.strip(b"\0"):
        sentence = _EMPTY_BYTES
    elif start.startswith(_HTML_STARTS) or b"<html" in start:
        sentence = _HTML.format(kind=kind)
    elif start.startswith(b"{\\rtf"):
        sentence = _RTF.format(kind=kind)
    elif family:
        sentence = _rename(family, extension)
    else:
        guess = filetype.guess(head)
        what = f"là {guess.extension.upper()}, không phải" if guess else "không phải là"
        sentence = f"Nội dung tệp {what} {kind}. Hãy mở tệp, lưu lại đúng loại rồi tải lên."
    raise ValidationError(sentence)


def _rename(family: str, extension: str) -> str:
    """Return the sentence for an upload of a good kind with the wrong extension: rename it."""
    is_sheet = extension in ("xls", "xlsx", "ods")
    right = {
        "pdf": "pdf",
        "package": "xlsx" if is_sheet else "docx",
        "compound": "xls" if is_sheet else "doc",
    }[family]
    return (
        f"Nội dung tệp là {right.upper()} nhưng tên tệp là .{extension}. "
        f"Hãy đổi đuôi tệp thành .{right} (hoặc mở ra, lưu lại thành {right.upper()}) rồi tải lên."
    )


# --- what is inside -------------------------------------------------------------------------------


def _look_inside(upload: File, extension: str) -> Inspected:
    """Run the scanners on `upload`; refuse it where they do, break, or take too long."""
    options = {
        "memory": settings.ATTACHMENT_CHECK_BYTES,
        "seconds": settings.ATTACHMENT_CHECK_SECONDS,
        "parts": settings.ATTACHMENT_MAX_PARTS,
        "unpacked": settings.ATTACHMENT_MAX_UNPACKED_BYTES,
        "ratio": settings.ATTACHMENT_MAX_RATIO,
    }
    command = ["-E", "-S", "-m", "portal.uploads.scanners", extension, json.dumps(options)]
    # The limit counts processor time; on a busy machine more passes on the clock.
    seconds = settings.ATTACHMENT_CHECK_SECONDS * 2
    try:
        answer = run.run_program(command, upload, seconds, _ANSWER_BYTES)
        result = {} if answer.trouble else json.loads(answer.output)
    except (OSError, ValueError) as error:
        answer, result = run.Answer(complaint=str(error), trouble=run.FAILED), {}
    if answer.trouble:
        what = extension, upload.size, answer.trouble, answer.complaint[:200]
        log.warning("looking into an upload (%s, %d bytes) failed: %s %s", *what)
        raise ValidationError(_UNREADABLE)
    if result["refusal"]:
        raise ValidationError(result["refusal"])
    return Inspected(result["flags"], result["pages"])
