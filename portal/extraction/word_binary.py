"""The text of Word's binary files (.doc): the compound file around it, and the piece table inside. Pure Python.

After [MS-CFB] §2 and [MS-DOC] §2.4.1, §2.5 (Fib), §2.8.35 (PlcPcd), §2.9.73 (FcCompressed); the older layout of Word 6 and 95
has no piece table to follow. Files are hostile until the last byte: every offset is checked, every chain has an end.
"""

import re
import struct

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_CHAIN, _LAST_REGULAR = 0xFFFFFFFE, 0xFFFFFFFA
STREAM_MAX_BYTES = 200 * 1024 * 1024
TEXT_MAX_CHARACTERS = 10_000_000


class NotWord(Exception):
    """The file cannot be read as a Word document; the message (str) is a sentence for the clerk."""


BROKEN = "Tệp Word bị hỏng, không đọc được chữ. Hãy mở tệp bằng Word, lưu lại rồi tải lên."


def _number(data, offset, form="<I"):
    """Return the number of the struct `form` at `offset` of `data` (bytes); NotWord where the data end before it."""
    try:
        return struct.unpack_from(form, data, offset)[0]
    except struct.error:
        raise NotWord(BROKEN) from None


class CompoundFile:
    """The streams of a compound file ([MS-CFB]). `data`: the whole file (bytes or mmap)."""

    def __init__(self, data):
        if data[:8] != _MAGIC:
            raise NotWord(BROKEN)
        self.data = data
        shift, mini_shift = _number(data, 30, "<H"), _number(data, 32, "<H")
        if shift not in (9, 12) or mini_shift != 6:
            raise NotWord(BROKEN)
        self.sector, self.mini_sector = 1 << shift, 1 << mini_shift
        self.count = len(data) // self.sector
        self.mini_limit = _number(data, 56)
        self.fat = self._fat()
        self.entries = self._directory()
        self.mini_fat = self._numbers(self._chain(_number(data, 60)))
        root = self.entries.get("Root Entry") or next(iter(self.entries.values()), (0, 0))
        self.mini_stream = self._bytes(self._chain(root[0]), min(root[1], STREAM_MAX_BYTES))

    def _sector_at(self, number):
        start = (number + 1) * self.sector
        return self.data[start : start + self.sector]

    def _numbers(self, sectors):
        numbers = []
        for number in sectors:
            sector = self._sector_at(number)
            numbers += struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])
        return numbers

    def _fat(self):
        sectors = [_number(self.data, 76 + 4 * place) for place in range(109)]
        more, seen = _number(self.data, 68), set()
        while more <= _LAST_REGULAR and more < self.count and more not in seen:
            seen.add(more)
            numbers = self._numbers([more])
            sectors += numbers[:-1]
            more = numbers[-1] if numbers else _END_OF_CHAIN
        return self._numbers(number for number in dict.fromkeys(sectors) if number < self.count)

    def _chain(self, first, table=None, limit=None):
        """Return the sectors (list of int) from `first` on; a loop or a step outside ends the chain."""
        table = self.fat if table is None else table
        limit = self.count if limit is None else limit
        found, seen = [], set()
        while first <= _LAST_REGULAR and first < limit and first not in seen:
            seen.add(first)
            found.append(first)
            first = table[first] if first < len(table) else _END_OF_CHAIN
        return found

    def _bytes(self, chain, size):
        return b"".join(self._sector_at(number) for number in chain[: -(-size // self.sector)])[
            :size
        ]

    def _directory(self):
        """Return {name: (first sector, size)} of the root and of the streams; the first of equal names counts."""
        table = b"".join(self._sector_at(number) for number in self._chain(_number(self.data, 48)))
        found = {}
        for start in range(0, len(table) - 127, 128):
            length, kind = _number(table, start + 64, "<H"), table[start + 66]
            if kind in (2, 5) and 2 <= length <= 64:
                name = table[start : start + length - 2].decode("utf-16-le", "replace")
                found.setdefault(name, (_number(table, start + 116), _number(table, start + 120)))
        return found

    def stream(self, name):
        """Return the bytes of the stream `name` (str); NotWord where there is none."""
        if name not in self.entries:
            raise NotWord(BROKEN)
        first, size = self.entries[name]
        size = min(size, STREAM_MAX_BYTES)
        if size >= self.mini_limit:
            return self._bytes(self._chain(first), size)
        chain = self._chain(first, self.mini_fat, len(self.mini_stream) // self.mini_sector + 1)
        step = self.mini_sector
        return b"".join(self.mini_stream[number * step : (number + 1) * step] for number in chain)[
            :size
        ]


def text_of(data):
    """Return the text (str) of the Word document `data` (bytes or mmap), main part, notes and text boxes; "\\f" parts pages.

    As stored: not in NFC, legacy fonts not turned into Unicode. Raises NotWord.
    """
    file = CompoundFile(data)
    document = file.stream("WordDocument")
    if _number(document, 0, "<H") not in (0xA5EC, 0xA5DC):
        raise NotWord(BROKEN)
    version, flags = _number(document, 2, "<H"), _number(document, 10, "<H")
    if flags & 0x0100:
        raise NotWord("Tệp Word đặt mật khẩu, không đọc được chữ. Hãy bỏ mật khẩu rồi tải lên.")
    if version < 0xC1:  # Word 6 and 95: one run of bytes
        start, length = _number(document, 24), _number(document, 52)
        return _plain(_eight_bits(document[start : start + min(length, TEXT_MAX_CHARACTERS)]))
    table = file.stream("1Table" if flags & 0x0200 else "0Table")
    pieces = _pieces(document, table)
    # Main text, footnotes, headers, macros, comments, endnotes, text boxes, text boxes of headers, in this order.
    lengths = [_number(document, 0x4C + 4 * place) for place in range(8)]
    parts, start = [], 0
    for place, length in enumerate(lengths):
        if place in (0, 1, 5, 6) and length:
            parts.append(_plain(_between(document, pieces, start, start + length)))
        start += length
    return "\n".join(parts)


def _pieces(document, table):
    """Return [(first character, last character + 1, offset, is eight bits)] of the piece table ([MS-DOC] §2.8.35)."""
    start, length = _number(document, 0x1A2), _number(document, 0x1A6)
    clx = table[start : start + length]
    place = 0
    while place < len(clx) and clx[place] == 1:  # formatting of pieces stands before the table
        place += 3 + _number(clx, place + 1, "<H")
    if place >= len(clx) or clx[place] != 2:
        raise NotWord(BROKEN)
    size = _number(clx, place + 1)
    plc = clx[place + 5 : place + 5 + size]
    count = (len(plc) - 4) // 12
    pieces = []
    for number in range(max(count, 0)):
        first, last = _number(plc, 4 * number), _number(plc, 4 * number + 4)
        where = _number(plc, 4 * (count + 1) + 8 * number + 2)
        is_eight = bool(where & 0x40000000)
        offset = (where & 0x3FFFFFFF) // 2 if is_eight else where & 0x3FFFFFFF
        if first < last:
            pieces.append((first, last, offset, is_eight))
    return pieces


def _between(document, pieces, start, end):
    """Return the characters (str) from `start` to `end` of the document, counted as Word counts them."""
    found, left = [], TEXT_MAX_CHARACTERS
    for first, last, offset, is_eight in pieces:
        low, high = max(first, start), min(last, end)
        if low >= high or left <= 0:
            continue
        high = min(high, low + left)
        step = 1 if is_eight else 2
        raw = document[offset + (low - first) * step : offset + (high - first) * step]
        found.append(_eight_bits(raw) if is_eight else raw.decode("utf-16-le", "replace"))
        left -= high - low
    return "".join(found)


_UPPER_HALF = {
    byte: bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


def _eight_bits(raw):
    """Return `raw` (bytes) as Windows-1252; its five empty places as themselves."""
    return raw.decode("latin-1").translate(_UPPER_HALF)


#: What Word stores between and instead of letters ([MS-DOC] §2.4.1): ends of paragraphs and cells, breaks, hyphens.
_MARKS = str.maketrans(
    {"\r": "\n", "\x07": "\n", "\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\xa0": " ", "\x1f": None}
)
#: The instruction of a field stands between 13 and 14 (or 15, where it shows nothing); its result between 14 and 15.
_INSTRUCTION = re.compile("\x13[^\x13\x14\x15]*[\x14\x15]")


def _plain(stored):
    """Return `stored` (str) without what is not text: instructions of fields, anchors of pictures and notes."""
    for _ in range(4):  # fields in fields, from the inside out
        stored, count = _INSTRUCTION.subn("", stored)
        if not count:
            break
    return re.sub("[\x00-\x08\x10-\x15]", "", stored.translate(_MARKS))
