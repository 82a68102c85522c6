"""Looks into packages: OOXML (.docx, .xlsx) and OpenDocument (.odt, .ods), which are ZIP archives of XML.

Source: ECMA-376 part 2 (packages, relationships), OpenDocument 1.3 part 2, APPNOTE.TXT 6.3 (ZIP).
"""

import io
import re
import struct
import zipfile
from html import unescape

from portal.uploads.scanners.findings import EICAR, TEST_VIRUS, Refused, is_program

BROKEN = "Tệp bị hỏng hoặc bị cắt ngang, không mở được. Hãy mở bản gốc, lưu lại rồi tải lên."
BOMB = "Tệp giải nén ra quá lớn so với một văn bản. Hãy mở tệp, bỏ bớt ảnh, lưu lại thành tệp mới hoặc PDF rồi tải lên."
LOCKED = "Tệp đặt mật khẩu, người dân không mở được. Hãy bỏ mật khẩu (Lưu thành… → không đặt mật khẩu) rồi tải lên."
ODD = "Tệp có thành phần không thuộc về một tệp văn phòng («{}»). Hãy mở tệp, lưu lại thành tệp mới hoặc PDF rồi tải lên."
MACROS = "Tệp có macro. Hãy lưu lại thành tệp không có macro (DOCX, XLSX, ODT, ODS) hoặc PDF rồi tải lên."
OBJECT = "Tệp có đối tượng nhúng (OLE, ActiveX). Hãy thay đối tượng bằng ảnh hoặc lưu lại thành PDF rồi tải lên."
REMOTE = "Tệp lấy mẫu hoặc nội dung từ nơi khác. Hãy gỡ liên kết tới mẫu bên ngoài, lưu lại hoặc xuất ra PDF rồi tải lên."
DDE = "Tệp có lệnh lấy dữ liệu từ chương trình khác (DDE). Hãy thay bằng giá trị, lưu lại hoặc xuất ra PDF rồi tải lên."
DTD = "Tệp có khai báo XML không được phép. Hãy mở tệp bằng Word hoặc Excel, lưu lại thành tệp mới rồi tải lên."
OTHER = "Nội dung tệp không phải là {}. Hãy mở tệp, lưu lại đúng loại rồi tải lên."

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
_SMALL = (
    10 * 1024 * 1024
)  # a drawing of one colour may be packed 1000 : 1; it is harmless while it is small
_CHUNK = 256 * 1024
_OVERLAP = 4096
_LARGEST_XML = 48 * 1024 * 1024


class _Package:
    """A ZIP archive held to the rules: every part is where the directory says, named so that it stays inside, and small enough."""

    def __init__(self, file, size, limits):
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
        self._check_places()

    def _check_names(self):
        seen = set()
        for part in self.parts:
            name = part.orig_filename
            steps = re.split(r"[/\\]", name)
            if (
                name.startswith(("/", "\\"))
                or ".." in steps
                or re.match(r"[A-Za-z]:", name)
                or "\0" in name
                or "\\" in name
            ):
                raise Refused(ODD.format(_shown(name)))
            if part.create_system == 3 and (part.external_attr >> 16) & 0o170000 == 0o120000:
                raise Refused(ODD.format(_shown(name)))
            if name.lower() in seen:
                raise Refused(ODD.format(_shown(name)))
            seen.add(name.lower())
            if part.flag_bits & 0x1:
                raise Refused(LOCKED)

    def _check_places(self):
        """Refuse parts that lie upon each other, and sizes that cannot be."""
        behind = 0
        for part in sorted(self.parts, key=lambda part: part.header_offset):
            if part.header_offset < behind:
                raise Refused(BROKEN)
            behind = part.header_offset + 30 + part.compress_size
        if behind > self.size:
            raise Refused(BROKEN)
        total = sum(part.file_size for part in self.parts)
        if total > self.left or total > max(_SMALL, self.size * self.limits.ratio):
            raise Refused(BOMB)

    def chunks(self, part):
        """Yield the bytes of `part`, each chunk beginning with the end of the one before; more than allowed is refused."""
        behind = b""
        try:
            with self.zip.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    self.left -= len(chunk)
                    if self.left < 0:
                        raise Refused(BOMB)
                    chunk = behind + chunk
                    if EICAR in chunk:
                        raise Refused(TEST_VIRUS)
                    yield chunk
                    behind = chunk[-_OVERLAP:]
        except Refused:
            raise
        except Exception:  # noqa: BLE001 - zipfile and zlib raise many kinds of errors on broken archives
            raise Refused(BROKEN) from None

    def whole(self, part):
        """Return the bytes of `part`; refuse one beyond what XML of an office file comes to."""
        if part.file_size > _LARGEST_XML:
            raise Refused(BOMB)
        out = bytearray()
        for chunk in self.chunks(part):
            out += chunk[_OVERLAP if len(out) >= _OVERLAP else len(out) :]
        return bytes(out)


def _shown(name):
    return "".join(c if c.isprintable() else "_" for c in name)[:80]


def inspect(file, size, extension, limits, findings, depth=0):
    """Look into the package `file` (seekable, `size` bytes) that is called `.extension`; raises Refused, or fills `findings`."""
    package = _Package(file, size, limits)
    if any(part.flag_bits & 0x1 for part in package.parts):
        raise Refused(LOCKED)
    names = {part.orig_filename for part in package.parts}
    if extension in ("docx", "xlsx"):
        _check_kind(package, names, extension)
    else:
        _check_opendocument_kind(package, extension)
    for part in package.parts:
        if not part.is_dir():
            _check_part(package, part, extension, findings, depth)


# --- what it is ---------------------------------------------------------------------------------------------


def _check_kind(package, names, extension):
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
            raise Refused(
                f"Nội dung tệp là {other.upper()} nhưng tên tệp là .{extension}. Hãy đổi đuôi tệp thành .{other} rồi tải lại."
            )
        raise Refused(OTHER.format(extension.upper()))


def _check_opendocument_kind(package, extension):
    kind = next((part for part in package.parts if part.orig_filename == "mimetype"), None)
    if kind is None or kind.file_size > 200:
        raise Refused(OTHER.format(extension.upper()))
    said = package.whole(kind).decode("ascii", "replace").strip()
    if said != _MAIN[extension]:
        raise Refused(OTHER.format(extension.upper()))


# --- its parts ----------------------------------------------------------------------------------------------


def _check_part(package, part, extension, findings, depth):
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


def _check_nested(package, part, low, findings, depth):
    """Take the workbook behind a chart, looked into by the same rules; refuse any other archive, and any in an embedded one."""
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


def _as_text(data):
    """Return the XML `data` (bytes) as str; refuse an encoding that hides what is said from a reader of UTF-8 and UTF-16."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\0" in data[:200]:
        raise Refused(DTD)
    said = re.match(
        rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}encoding\s*=\s*[\"']([A-Za-z0-9._-]+)", data
    )
    if said and said[1].lower() not in (
        b"utf-8",
        b"utf8",
        b"us-ascii",
        b"ascii",
        b"iso-8859-1",
        b"windows-1252",
    ):
        raise Refused(DTD)
    return data.decode("utf-8", "replace")


def _check_xml(text, name, extension, findings):
    doctype = re.search(r"<!DOCTYPE([^>\[]*)(\[)?", text)
    of_old_openoffice = (
        extension in ("odt", "ods") and doctype and not doctype[2]
    )  # its manifest names a DTD, which nobody reads
    if "<!ENTITY" in text or doctype and not of_old_openoffice:
        raise Refused(DTD)
    if name.lower().endswith(".rels"):
        for relationship in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", text):
            _check_relationship(relationship, findings)
    elif extension in ("docx", "xlsx"):
        _check_commands(text)
    else:
        _check_opendocument(text, name, findings)


def _attribute(tag, name):
    match = re.search(rf"\b{name}\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag)
    return unescape(match[1] or match[2] or "") if match else ""


def _check_relationship(tag, findings):
    """Judge one relationship (str): what it leads to outside of the file, and what kind of thing inside."""
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
    scheme = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+:", target)
    scheme = scheme[0].lower() if scheme else ""
    if kind == "hyperlink":
        if scheme not in ("http:", "https:", "mailto:", "tel:", "ftp:", ""):
            findings.flag(LINKED.format(scheme.rstrip(":")))
    elif kind == "attachedtemplate" and _is_on_this_machine(target):
        findings.flag(LOCAL_TEMPLATE)
    elif kind == "image":
        findings.flag(LINKED_PICTURE)
    elif kind in (
        "externallinkpath",
        "externallink",
        "xlpathmissing",
        "xlstartup",
        "xlalternatestartup",
    ):
        findings.flag(LINKED_BOOK)
    elif kind in (
        "attachedtemplate",
        "oleobject",
        "package",
        "frame",
        "subdocument",
        "recipientdata",
        "mailmergesource",
    ):
        raise Refused(REMOTE)
    else:
        findings.flag(LINKED.format(_shown(kind)))


def _is_on_this_machine(target):
    """Tell whether `target` (str) is a path on a local drive or a bare file name, and not on some server."""
    path = re.sub(r"^file:/*(?=[A-Za-z]:)", "", target, flags=re.IGNORECASE)
    return bool(re.match(r"[A-Za-z]:[/\\]", path)) or not re.search(r"^[\w+.-]+:|^[/\\]{2}", path)


def _check_commands(text):
    """Refuse fields and formulas that ask another program for data, however the words are cut into pieces."""
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


def _check_opendocument(text, name, findings):
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
