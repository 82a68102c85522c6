"""Read the container of old Word and Excel files (.doc, .xls): a compound file (OLE2), strictly.

Source: [MS-CFB] §2. Standard library only. Files are hostile until the last byte: every offset is
checked, every chain has an end, nothing is read that was not asked for.
"""

import contextlib
import struct
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from mmap import mmap
from typing import NamedTuple
from uuid import UUID

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STORAGE, STREAM, ROOT = 1, 2, 5
STREAM_MAX_BYTES = 200 * 1024 * 1024
_ENTRIES_MAX = 20_000
_END_OF_CHAIN, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_MINI_SECTOR = 64


class BrokenContainer(Exception):
    """The compound file is damaged, or lacks what was asked for."""


class Entry(NamedTuple):
    """An entry of the directory. `kind`: STORAGE, STREAM or ROOT; `start`: its first sector."""

    name: str
    kind: int
    class_id: UUID
    start: int
    size: int


class CompoundFile:
    """The directory (`entries`) and the streams of a compound file. Raises BrokenContainer."""

    def __init__(self, data: bytes | mmap) -> None:
        self.data = data
        try:
            self._read_header()
        except (struct.error, ValueError):
            raise BrokenContainer from None

    def _read_header(self) -> None:
        data = self.data
        order, shift, self._mini_shift = struct.unpack_from("<HHH", data, 28)
        if data[:8] != MAGIC or order != 0xFFFE or shift not in (9, 12):
            raise BrokenContainer
        self.sector_size: int = 1 << shift
        fat_sectors, first = struct.unpack_from("<II", data, 44)
        self._mini_limit, self._mini_fat_start = struct.unpack_from("<II", data, 56)
        next_difat, difat_sectors = struct.unpack_from("<II", data, 68)
        difat = list(struct.unpack_from("<109I", data, 76))
        sectors = len(data) // self.sector_size
        if fat_sectors > sectors or difat_sectors > sectors:
            raise BrokenContainer
        for _ in range(difat_sectors):
            *block, next_difat = self._numbers(next_difat)
            difat += block
        self._fat: list[int] = []
        for sector in difat[:fat_sectors]:
            self._fat += self._numbers(sector)
        self.entries: list[Entry] = []
        sectors_max = _ENTRIES_MAX * 128 // self.sector_size
        for count, sector in enumerate(self._chain(first, self._fat)):
            if count == sectors_max:
                raise BrokenContainer
            self._read_entries(self._offset(sector))
        if not self.entries or self.entries[0].kind != ROOT:
            raise BrokenContainer

    def _offset(self, sector: int) -> int:
        """Return where `sector` begins in the OLE compound file."""
        offset = (sector + 1) * self.sector_size
        if offset >= len(self.data):
            raise BrokenContainer
        return offset

    def _numbers(self, sector: int) -> tuple[int, ...]:
        return struct.unpack_from(f"<{self.sector_size // 4}I", self.data, self._offset(sector))

    def _chain(self, sector: int, table: Sequence[int]) -> Iterator[int]:
        """Yield the compound file's sectors from `sector` on, as `table` links them."""
        seen: set[int] = set()
        while sector not in (_END_OF_CHAIN, _FREE):
            if sector in seen:
                raise BrokenContainer
            seen.add(sector)
            yield sector
            if sector >= len(table):
                raise BrokenContainer
            sector = table[sector]

    def _read_entries(self, offset: int) -> None:
        for at in range(offset, offset + self.sector_size, 128):
            length, kind = struct.unpack_from("<HB", self.data, at + 64)
            if kind == 0:
                continue
            if kind not in (STORAGE, STREAM, ROOT) or not 2 <= length <= 64:
                raise BrokenContainer
            name = self.data[at : at + length - 2].decode("utf-16-le", "replace")
            class_id = UUID(bytes_le=self.data[at + 80 : at + 96])
            self.entries.append(
                Entry(name, kind, class_id, *struct.unpack_from("<II", self.data, at + 116))
            )

    def sector(self, number: int) -> bytes:
        """Return the bytes of the compound file's sector `number`; fewer at the file's end."""
        offset = self._offset(number)
        return self.data[offset : offset + self.sector_size]

    def stream(self, name: str) -> bytes:
        """Return the bytes of the OLE stream `name`, as far as its chain of sectors is whole."""
        entry = next((e for e in self.entries if e.name == name and e.kind == STREAM), None)
        if entry is None or self._mini_shift != 6:
            raise BrokenContainer
        if entry.size >= self._mini_limit:
            return self._read_sectors(entry.start, entry.size)
        root = self.entries[0]
        mini_stream = self._read_sectors(root.start, root.size)
        table = self._read_sectors(self._mini_fat_start, len(self.data))
        mini_fat = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])

        def mini_sector(number: int) -> bytes:
            return mini_stream[number * _MINI_SECTOR : (number + 1) * _MINI_SECTOR]

        return self._gather(entry.start, entry.size, mini_fat, _MINI_SECTOR, mini_sector)

    def _read_sectors(self, first: int, size: int) -> bytes:
        return self._gather(first, size, self._fat, self.sector_size, self.sector)

    def _gather(
        self,
        first: int,
        size: int,
        table: Sequence[int],
        sector_size: int,
        read: Callable[[int], bytes],
    ) -> bytes:
        """Return `size` bytes of the OLE sectors from `first` on; fewer where the chain breaks."""
        size = min(size, STREAM_MAX_BYTES)
        pieces = []
        with contextlib.suppress(BrokenContainer):
            for number in islice(self._chain(first, table), -(-size // sector_size)):
                pieces.append(read(number))
        return b"".join(pieces)[:size]
