"""Looks into compound files: Word and Excel of before 2007 (.doc, .xls). Reads the directory strictly, the contents not at all.

Source: [MS-CFB] (compound files), [MS-DOC] 2.5.1 (fEncrypted), [MS-XLS] 2.4.117 (FilePass), [MS-OVBA] 2.2 (macros).
A reader of our own, for the directory is all that is needed and a library would read more of a hostile file, not less.
"""

import struct
from uuid import UUID

from portal.uploads.scanners.findings import Refused

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BROKEN = "Tệp bị hỏng, không đọc được bên trong. Hãy mở tệp bằng Word hoặc Excel, lưu lại thành DOCX, XLSX hoặc PDF rồi tải lên."
LOCKED = "Tệp đặt mật khẩu, người dân không mở được. Hãy bỏ mật khẩu (Lưu thành… → không đặt mật khẩu) rồi tải lên."
PACKAGE = (
    "Tệp có nhúng một tệp khác (OLE Package). Hãy bỏ tệp nhúng hoặc lưu lại thành PDF rồi tải lên."
)
OTHER = "Nội dung tệp là {} nhưng tên tệp là .{}. Hãy đổi đuôi tệp thành .{} rồi tải lại."
UNKNOWN = "Nội dung tệp không phải là {}. Hãy mở tệp, lưu lại đúng loại rồi tải lên."
DDE = "Tệp có lệnh lấy dữ liệu từ chương trình khác (DDE). Hãy thay bằng giá trị, lưu lại hoặc xuất ra PDF rồi tải lên."

MACROS = "Tệp {} đời cũ có macro."
EQUATION = "Tệp có công thức Equation Editor đời cũ."
OBJECTS = "Tệp có đối tượng nhúng (OLE)."

_FREE, _END, _NOTHING = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF
_ENTRIES_AT_MOST = 20_000
_PACKAGES = {
    UUID("0003000c-0000-0000-c000-000000000046"),
    UUID("f20da720-c02f-11ce-927b-0800095ae340"),
}
_EQUATIONS = {
    UUID("0002ce02-0000-0000-c000-000000000046"),
    UUID("0002ce03-0000-0000-c000-000000000046"),
}
_MACRO_NAMES = {"macros", "_vba_project_cur", "_vba_project", "vba", "vbaproject"}


class Directory:
    """The names in the compound file `data` (bytes or mmap): `entries` is a list of (name, kind, class, first sector, size)."""

    def __init__(self, data):
        self.data = data
        try:
            self._read()
        except (struct.error, IndexError, ValueError):
            raise Refused(BROKEN) from None

    def _read(self):
        data = self.data
        order, shift = struct.unpack_from("<HH", data, 28)
        if data[:8] != MAGIC or order != 0xFFFE or shift not in (9, 12):
            raise ValueError
        self.size = 1 << shift
        fat_sectors, first = struct.unpack_from("<II", data, 44)
        next_difat, difat_sectors = struct.unpack_from("<II", data, 68)
        difat = list(struct.unpack_from("<109I", data, 76))
        sectors = len(data) // self.size
        if fat_sectors > sectors or difat_sectors > sectors:
            raise ValueError
        for _ in range(difat_sectors):
            block = struct.unpack_from(f"<{self.size // 4}I", data, self._place(next_difat))
            difat += block[:-1]
            next_difat = block[-1]
        self.fat = []
        for sector in difat[:fat_sectors]:
            self.fat += struct.unpack_from(f"<{self.size // 4}I", data, self._place(sector))
        self.entries = []
        for sector in self._chain(first, _ENTRIES_AT_MOST * 128 // self.size):
            self._read_entries(self._place(sector))
        if not self.entries or self.entries[0][1] != 5:
            raise ValueError

    def _place(self, sector):
        place = (sector + 1) * self.size
        if place >= len(self.data):
            raise ValueError
        return place

    def _chain(self, sector, most):
        """Return the sectors (list of int) that follow `sector`; a loop or more than `most` raises ValueError."""
        out, seen = [], set()
        while sector not in (_END, _FREE):
            if sector in seen or len(out) >= most:
                raise ValueError
            seen.add(sector)
            out.append(sector)
            sector = self.fat[sector]
        return out

    def _read_entries(self, place):
        for offset in range(place, place + self.size, 128):
            length, kind = struct.unpack_from("<HB", self.data, offset + 64)
            if kind == 0:
                continue
            if kind not in (1, 2, 5) or not 2 <= length <= 64:
                raise ValueError
            name = bytes(self.data[offset : offset + length - 2]).decode("utf-16-le", "replace")
            guid = UUID(bytes_le=bytes(self.data[offset + 80 : offset + 96]))
            start, size = struct.unpack_from("<II", self.data, offset + 116)
            self.entries.append((name, kind, guid, start, size))

    def beginning(self, name):
        """Return the first sector (bytes) of the big stream `name` (str); b"" where there is none."""
        for entry, kind, _, start, size in self.entries:
            if entry == name and kind == 2 and size >= 4096:
                try:
                    place = self._place(start)
                except ValueError:
                    raise Refused(BROKEN) from None
                return bytes(self.data[place : place + self.size])
        return b""


def inspect(data, extension, findings):
    """Look into the old Word or Excel file `data` (bytes or mmap); raises Refused, or fills `findings`."""
    directory = Directory(data)
    names = {name for name, *_ in directory.entries}
    _check_kind(names, extension)
    _check_lock(directory, names)
    low = {name.lower() for name in names}
    guids = {guid for _, _, guid, _, _ in directory.entries}
    if "\x01ole10native" in low or guids & _PACKAGES:
        raise Refused(PACKAGE)
    if low & _MACRO_NAMES:
        findings.flag(MACROS.format("Word" if extension == "doc" else "Excel"))
    if "equation native" in low or guids & _EQUATIONS:
        findings.flag(EQUATION)
    elif "objectpool" in low and any(name.startswith("_") and name[1:].isdigit() for name in names):
        findings.flag(OBJECTS)
    for word in ("DDEAUTO", "DDE "):
        for written in (
            b"\x13" + word.encode(),
            b"\x13 " + word.encode(),
            b"\x13\0" + word.encode("utf-16-le"),
            b"\x13\0 \0" + word.encode("utf-16-le"),
        ):
            if data.find(written) >= 0:
                raise Refused(DDE)


def _check_kind(names, extension):
    if "EncryptedPackage" in names:
        raise Refused(LOCKED)
    kind = "doc" if "WordDocument" in names else "xls" if names & {"Workbook", "Book"} else ""
    if not kind:
        raise Refused(UNKNOWN.format(extension.upper()))
    if kind != extension:
        raise Refused(
            OTHER.format("Word đời cũ" if kind == "doc" else "Excel đời cũ", extension, kind)
        )


def _check_lock(directory, names):
    """Refuse what nobody can open without a password: told at the beginning of the main stream."""
    head = directory.beginning("WordDocument")
    if len(head) > 12 and struct.unpack_from("<H", head, 10)[0] & 0x0100:
        raise Refused(LOCKED)
    head = directory.beginning("Workbook")
    place = 0
    while place + 4 <= len(head):
        kind, length = struct.unpack_from("<HH", head, place)
        if kind == 0x2F:
            raise Refused(LOCKED)
        if kind == 0 or kind == 0x0A:
            return
        place += 4 + length
