"""Scan old Word and Excel files (.doc, .xls) for locks, macros, embedded objects and DDE commands.

Only the directory of the compound file is read, and the first sector of the main stream.
Source: [MS-DOC] 2.5.1 (fEncrypted), [MS-XLS] 2.4.117 (FilePass), [MS-OVBA] 2.2 (macros).
"""

import struct
from mmap import mmap
from uuid import UUID

from portal.sandbox.compound_file import STREAM, BrokenContainer, CompoundFile
from portal.uploads.scanners.findings import DDE, LOCKED, Findings, Refused

BROKEN = (
    "Tệp bị hỏng, không đọc được bên trong. Hãy mở tệp bằng Word hoặc Excel, "
    "lưu lại thành DOCX, XLSX hoặc PDF rồi tải lên."
)
PACKAGE = (
    "Tệp có nhúng một tệp khác (OLE Package). Hãy bỏ tệp nhúng hoặc lưu lại thành PDF rồi tải lên."
)
OTHER = "Nội dung tệp là {} nhưng tên tệp là .{}. Hãy đổi đuôi tệp thành .{} rồi tải lại."
UNKNOWN = "Nội dung tệp không phải là {}. Hãy mở tệp, lưu lại đúng loại rồi tải lên."

MACROS = "Tệp {} đời cũ có macro."
EQUATION = "Tệp có công thức Equation Editor đời cũ."
OBJECTS = "Tệp có đối tượng nhúng (OLE)."

_PACKAGES = {
    UUID("0003000c-0000-0000-c000-000000000046"),
    UUID("f20da720-c02f-11ce-927b-0800095ae340"),
}
_EQUATIONS = {
    UUID("0002ce02-0000-0000-c000-000000000046"),
    UUID("0002ce03-0000-0000-c000-000000000046"),
}
_MACRO_NAMES = {"macros", "_vba_project_cur", "_vba_project", "vba", "vbaproject"}


def inspect(data: bytes | mmap, extension: str, findings: Findings) -> None:
    """Scan the old Word or Excel file `data`: raise Refused, or fill `findings`."""
    try:
        file = CompoundFile(data)
        names = {entry.name for entry in file.entries}
        _check_kind(names, extension)
        _check_lock(file)
    except BrokenContainer:
        raise Refused(BROKEN) from None
    low = {name.lower() for name in names}
    class_ids = {entry.class_id for entry in file.entries}
    if "\x01ole10native" in low or class_ids & _PACKAGES:
        raise Refused(PACKAGE)
    if low & _MACRO_NAMES:
        findings.flag(MACROS.format("Word" if extension == "doc" else "Excel"))
    if "equation native" in low or class_ids & _EQUATIONS:
        findings.flag(EQUATION)
    elif "objectpool" in low and any(name.startswith("_") and name[1:].isdigit() for name in names):
        findings.flag(OBJECTS)
    for command in ("DDEAUTO", "DDE "):
        for field in (f"\x13{command}", f"\x13 {command}"):
            if data.find(field.encode()) >= 0 or data.find(field.encode("utf-16-le")) >= 0:
                raise Refused(DDE)


def _check_kind(names: set[str], extension: str) -> None:
    if "EncryptedPackage" in names:
        raise Refused(LOCKED)
    kind = "doc" if "WordDocument" in names else "xls" if names & {"Workbook", "Book"} else ""
    if not kind:
        raise Refused(UNKNOWN.format(extension.upper()))
    if kind != extension:
        program = "Word đời cũ" if kind == "doc" else "Excel đời cũ"
        raise Refused(OTHER.format(program, extension, kind))


def _check_lock(file: CompoundFile) -> None:
    """Refuse an old Word or Excel file with a password: its main stream begins so."""
    head = _first_sector(file, "WordDocument")
    if len(head) > 12 and struct.unpack_from("<H", head, 10)[0] & 0x0100:
        raise Refused(LOCKED)
    head = _first_sector(file, "Workbook")
    offset = 0
    while offset + 4 <= len(head):
        kind, length = struct.unpack_from("<HH", head, offset)
        if kind == 0x2F:
            raise Refused(LOCKED)
        if kind in (0, 0x0A):
            return
        offset += 4 + length


def _first_sector(file: CompoundFile, name: str) -> bytes:
    """Return the first sector of the compound file's stream `name` of 4096 bytes or more."""
    for entry in file.entries:
        if entry.name == name and entry.kind == STREAM and entry.size >= 4096:
            return file.sector(entry.start)
    return b""
