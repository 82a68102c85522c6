"""Scan packages, ZIP archives of XML: OOXML (.docx, .xlsx) and OpenDocument (.odt, .ods).

Source: ECMA-376 part 2 (packages, relationships), OpenDocument 1.3 part 2, APPNOTE.TXT 6.3 (ZIP).
"""

import io
import re
import struct
import zipfile
from collections.abc import Iterator
from html import unescape
from typing import IO

from portal.uploads.scanners.findings import (
    DDE,
    EICAR,
    LOCKED,
    TEST_VIRUS,
    Findings,
    Limits,
    Refused,
    is_program,
)

BROKEN = "Tệp bị hỏng hoặc bị cắt ngang, không mở được. Hãy mở bản gốc, lưu lại rồi tải lên."
BOMB = (
    "Tệp giải nén ra quá lớn so với một văn bản. "
    "Hãy mở tệp, bỏ bớt ảnh, lưu lại thành tệp mới hoặc PDF rồi tải lên."
)
ODD = (
    "Tệp có thành phần không thuộc về một tệp văn phòng («{}»). "
    "Hãy mở tệp, lưu lại thành tệp mới hoặc PDF rồi tải lên."
)
MACROS = (
    "Tệp có macro. Hãy lưu lại thành tệp không có macro (DOCX, XLSX, ODT, ODS) "
    "hoặc PDF rồi tải lên."
)
OBJECT = (
    "Tệp có đối tượng nhúng (OLE, ActiveX). "
    "Hãy thay đối tượng bằng ảnh hoặc lưu lại thành PDF rồi tải lên."
)
REMOTE = (
    "Tệp lấy mẫu hoặc nội dung từ nơi khác. "
    "Hãy gỡ liên kết tới mẫu bên ngoài, lưu lại hoặc xuất ra PDF rồi tải lên."
)
DTD = (
    "Tệp có khai báo XML không được phép. "
    "Hãy mở tệp bằng Word hoặc Excel, lưu lại thành tệp mới rồi tải lên."
)
OTHER = "Nội dung tệp không phải là {}. Hãy mở tệp, lưu lại đúng loại rồi tải lên."
RENAMED = "Nội dung tệp là {} nhưng tên tệp là .{}. Hãy đổi đuôi tệp thành .{} rồi tải lại."

LOCAL_TEMPLATE = "Tệp Word gắn với một mẫu trên máy người soạn."
LINKED_PICTURE = "Tệp lấy ảnh từ nơi khác khi mở."
LINKED_BOOK = "Tệp lấy số liệu từ tệp khác khi mở."
LINKED = "Tệp có liên kết ngoài lạ ({})."
SCRIPTED = "Tệp có nút gắn lệnh."
CHARTS = "Tệp có bảng tính nhúng kèm biểu đồ."

_MAIN = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
#: A drawing of one colour may be packed 1000 : 1; it is harmless while it is small.
_SMALL = 10 * 1024 * 1024
_LINKED_BOOKS = frozenset(
    "externallinkpath externallink xlpathmissing xlstartup xlalternatestartup".split()
)
_REMOTE_PARTS = frozenset(
    "attachedtemplate oleobject package frame subdocument recipientdata mailmergesource".split()
)
_ENCODINGS = b"utf-8 utf8 us-ascii ascii iso-8859-1 windows-1252".split()
_CHUNK = 256 * 1024
_OVERLAP = 4096
_LARGEST_XML = 48 * 1024 * 1024


class _Package:
    """A ZIP archive whose parts have safe names, do not overlap and are small enough unpacked."""

    def __init__(self, file: IO[bytes], size: int, limits: Limits) -> None:
        self.file, self.size, self.limits, self.left = file, size, limits, limits.unpacked
        try:
            self.zip = zipfile.ZipFile(file)
        except (
            zipfile.BadZipFile,
            struct.error,
            ValueError,
            OverflowError,
            NotImplementedError,
            OSError,
        ):
            raise Refused(BROKEN) from None
        self.parts = self.zip.infolist()
        if len(self.parts) > limits.parts:
            raise Refused(BOMB)
        self._check_names()
        self._check_offsets()

    def _check_names(self) -> None:
        seen: set[str] = set()
        for part in self.parts:
            name = part.orig_filename
            leads_out = re.match(r"/|[A-Za-z]:", name) or ".." in name.split("/")
            is_link = part.create_system == 3 and (part.external_attr >> 16) & 0o170000 == 0o120000
            if leads_out or is_link or re.search(r"[\0\\]", name) or name.lower() in seen:
                raise Refused(ODD.format(_shown(name)))
            seen.add(name.lower())
            if part.flag_bits & 0x1:
                raise Refused(LOCKED)

    def _check_offsets(self) -> None:
        """Refuse a zip package with parts that overlap, impossible sizes or a bomb."""
        end = 0
        for part in sorted(self.parts, key=lambda part: part.header_offset):
            if part.header_offset < end:
                raise Refused(BROKEN)
            end = part.header_offset + 30 + part.compress_size
        if end > self.size:
            raise Refused(BROKEN)
        total = sum(part.file_size for part in self.parts)
        if total > self.left or total > max(_SMALL, self.size * self.limits.ratio):
            raise Refused(BOMB)

    def chunks(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        """Unpack a package's `part` in overlapping chunks; refuse too many bytes."""
        overlap = b""
        try:
            with self.zip.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    self.left -= len(chunk)
                    if self.left < 0:
                        raise Refused(BOMB)
                    chunk = overlap + chunk
                    if EICAR in chunk:
                        raise Refused(TEST_VIRUS)
                    yield chunk
                    overlap = chunk[-_OVERLAP:]
        except Refused:
            raise
        except Exception:  # noqa: BLE001 - zipfile and zlib raise many kinds
            raise Refused(BROKEN) from None

    def whole(self, part: zipfile.ZipInfo) -> bytes:
        """Unpack a package's `part` whole; refuse one that is too large for office XML."""
        if part.file_size > _LARGEST_XML:
            raise Refused(BOMB)
        out = bytearray()
        for chunk in self.chunks(part):
            out += chunk[_OVERLAP if len(out) >= _OVERLAP else len(out) :]
        return bytes(out)


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "_" for c in name)[:80]


def inspect(
    file: IO[bytes],
    size: int,
    extension: str,
    limits: Limits,
    findings: Findings,
    depth: int = 0,
) -> None:
    """Scan the zip package `file` of `size` bytes: raise Refused, or fill `findings`."""
    package = _Package(file, size, limits)
    names = {part.orig_filename for part in package.parts}
    if extension in ("docx", "xlsx"):
        _check_kind(package, names, extension)
    else:
        _check_opendocument_kind(package, extension)
    for part in package.parts:
        if not part.is_dir():
            _check_part(package, part, extension, findings, depth)


# --- what it is ---------------------------------------------------------------------------------


def _check_kind(package: _Package, names: set[str], extension: str) -> None:
    types = next(
        (part for part in package.parts if part.orig_filename.lower() == "[content_types].xml"),
        None,
    )
    if types is None:
        raise Refused(OTHER.format(extension.upper()))
    text = _as_text(package.whole(types))
    if (
        "macroenabled" in text.lower()
        or "vbaproject" in text.lower()
        and any(n.lower().endswith("vbaproject.bin") for n in names)
    ):
        raise Refused(MACROS)
    if _MAIN[extension] not in text:
        other = next((kind for kind in ("docx", "xlsx") if _MAIN[kind] in text), None)
        if other:
            raise Refused(RENAMED.format(other.upper(), extension, other))
        raise Refused(OTHER.format(extension.upper()))


def _check_opendocument_kind(package: _Package, extension: str) -> None:
    kind = next((part for part in package.parts if part.orig_filename == "mimetype"), None)
    if kind is None or kind.file_size > 200:
        raise Refused(OTHER.format(extension.upper()))
    if package.whole(kind).decode("ascii", "replace").strip() != _MAIN[extension]:
        raise Refused(OTHER.format(extension.upper()))


# --- its parts ----------------------------------------------------------------------------------


def _check_part(
    package: _Package, part: zipfile.ZipInfo, extension: str, findings: Findings, depth: int
) -> None:
    name = part.orig_filename
    low = name.lower()
    if (
        low.endswith("vbaproject.bin")
        or "/macrosheets/" in low
        or low.startswith(("basic/", "scripts/"))
    ):
        raise Refused(MACROS)
    if "/activex/" in low or (low.endswith(".bin") and "printersettings" not in low):
        raise Refused(OBJECT)
    if low.endswith((".xml", ".rels", ".vml", ".rdf")):
        _check_xml(_as_text(package.whole(part)), name, extension, findings)
        return
    head = b""
    for chunk in package.chunks(part):
        head = head or chunk[:512]
    if is_program(low, head):
        raise Refused(ODD.format(_shown(name)))
    if head.startswith(b"\xd0\xcf\x11\xe0") and "printersettings" not in low:
        raise Refused(OBJECT)
    if head.startswith((b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        _check_nested(package, part, low, findings, depth)
    if head.lstrip()[:5].lower() in (b"<html", b"<!doc", b"{\\rtf") or low.endswith(
        (".rtf", ".mht", ".eml", ".doc", ".xls")
    ):
        raise Refused(ODD.format(_shown(name)))


def _check_nested(
    package: _Package, part: zipfile.ZipInfo, low: str, findings: Findings, depth: int
) -> None:
    """Scan the workbook behind a chart in a package; refuse any other archive."""
    kind = low.rpartition(".")[2]
    if (
        depth
        or kind not in ("docx", "xlsx")
        or "/embeddings/" not in low
        or part.file_size > _LARGEST_XML
    ):
        raise Refused(ODD.format(_shown(part.orig_filename)))
    inner = package.whole(part)
    inspect(io.BytesIO(inner), len(inner), kind, package.limits, findings, depth + 1)
    findings.flag(CHARTS)


def _as_text(data: bytes) -> str:
    """Decode a package's XML; refuse an encoding that would hide its content from the scanner."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:200]:
        raise Refused(DTD)
    declared = re.match(
        rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}encoding\s*=\s*[\"']([A-Za-z0-9._-]+)", data
    )
    if declared and declared[1].lower() not in _ENCODINGS:
        raise Refused(DTD)
    return data.decode("utf-8", "replace")


def _check_xml(text: str, name: str, extension: str, findings: Findings) -> None:
    doctype = re.search(r"<!DOCTYPE([^>\[]*)(\[)?", text)
    # The manifest of old OpenOffice names a DTD, which is never read.
    of_old_openoffice = extension in ("odt", "ods") and doctype and not doctype[2]
    if "<!ENTITY" in text or doctype and not of_old_openoffice:
        raise Refused(DTD)
    if name.lower().endswith(".rels"):
        for relationship in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", text):
            _check_relationship(relationship, findings)
    elif extension in ("docx", "xlsx"):
        _check_commands(text)
    else:
        _check_opendocument(text, name, findings)


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf"\b{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag)
    return unescape(match[1] or match[2] or "") if match else ""


def _check_relationship(tag: str, findings: Findings) -> None:
    """Check one relationship of a package: a dangerous kind of part, or an outside link."""
    kind = _attribute(tag, "Type").rpartition("/")[2].lower()
    target = _attribute(tag, "Target").strip()
    if kind in ("vbaproject", "wordvbadata", "xlmacrosheet", "xlintlmacrosheet"):
        raise Refused(MACROS)
    if kind in ("control", "activexcontrolbinary"):
        raise Refused(OBJECT)
    if kind == "afchunk":
        raise Refused(ODD.format("altChunk"))
    if _attribute(tag, "TargetMode").lower() != "external":
        return
    match = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+:", target)
    scheme = match[0].lower() if match else ""
    if kind == "hyperlink":
        if scheme not in ("http:", "https:", "mailto:", "tel:", "ftp:", ""):
            findings.flag(LINKED.format(scheme.rstrip(":")))
    elif kind == "attachedtemplate" and _is_on_this_machine(target):
        findings.flag(LOCAL_TEMPLATE)
    elif kind == "image":
        findings.flag(LINKED_PICTURE)
    elif kind in _LINKED_BOOKS:
        findings.flag(LINKED_BOOK)
    elif kind in _REMOTE_PARTS:
        raise Refused(REMOTE)
    else:
        findings.flag(LINKED.format(_shown(kind)))


def _is_on_this_machine(target: str) -> bool:
    """Tell whether a package's link `target` is on a local drive or a bare file name."""
    path = re.sub(r"^file:/*(?=[A-Za-z]:)", "", target, flags=re.IGNORECASE)
    return bool(re.match(r"[A-Za-z]:[/\\]", path)) or not re.search(r"^[\w+.-]+:|^[/\\]{2}", path)


def _check_commands(text: str) -> None:
    """Refuse a package's DDE fields and formulas, even cut into pieces."""
    if re.search(r"<(?:\w+:)?(?:ddeLink|oleLink)\b", text):
        raise Refused(DDE)
    pieces = re.findall(r"<(?:\w+:)?instrText\b[^>]*>([^<]*)<", text)
    commands = [
        "".join(pieces),
        *re.findall(r"<(?:\w+:)?fldSimple\b[^>]*\binstr\s*=\s*[\"']([^\"']*)", text),
    ]
    if any(
        re.search(r"\bDDE(?:AUTO)?\b", unescape(command), re.IGNORECASE) for command in commands
    ):
        raise Refused(DDE)
    if re.search(r"<(?:\w+:)?f\b[^>]*>[^<]*\|[^<]*![^<]*<", text) and re.search(
        r"(?i)\b(cmd|powershell|mshta|msexcel)\s*\|", text
    ):
        raise Refused(DDE)


def _check_opendocument(text: str, name: str, findings: Findings) -> None:
    if name == "META-INF/manifest.xml" and re.search(r"<(?:\w+:)?encryption-data\b", text):
        raise Refused(LOCKED)
    if re.search(r"<(?:\w+:)?(?:dde-source|dde-link|dde-connection-decl)\b", text):
        raise Refused(DDE)
    if re.search(r"<draw:(?:object-ole|plugin|applet|floating-frame)\b", text):
        raise Refused(OBJECT)
    if re.search(r"<text:section-source\b[^>]*xlink:href\s*=\s*[\"']\w+:", text):
        raise Refused(REMOTE)
    if re.search(r"<script:event-listener\b|<office:script\b", text):
        findings.flag(SCRIPTED)
    if re.search(r"<draw:image\b[^>]*xlink:href\s*=\s*[\"'](?:https?|ftp|file|smb):", text):
        findings.flag(LINKED_PICTURE)
