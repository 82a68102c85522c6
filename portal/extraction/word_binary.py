"""Extract the text of Word's binary files (.doc), by the piece table inside the compound file.

After [MS-DOC] §2.4.1, §2.5 (Fib), §2.8.35 (PlcPcd), §2.9.73 (FcCompressed); the older layout of
Word 6 and 95 has no piece table. Files are hostile until the last byte: every offset is checked.
"""

import re
import struct
from mmap import mmap
from typing import NamedTuple

from portal.sandbox.compound_file import BrokenContainer, CompoundFile

TEXT_MAX_CHARACTERS = 10_000_000
BROKEN = "Tệp Word bị hỏng, không đọc được chữ. Hãy mở tệp bằng Word, lưu lại rồi tải lên."
LOCKED = "Tệp Word đặt mật khẩu, không đọc được chữ. Hãy bỏ mật khẩu rồi tải lên."


class NotWord(Exception):
    """The file cannot be read as a Word document; the message is a sentence for the clerk."""


class _Piece(NamedTuple):
    """The characters `first` to `last` - 1 of the document, which lie at `offset` of its stream."""

    first: int
    last: int
    offset: int
    is_eight_bits: bool


def text_of(data: bytes | mmap) -> str:
    """Extract the text of an old Word document (.doc), with notes; "\\f" parts its pages.

    As stored: not in NFC, legacy fonts not turned into Unicode. Raises NotWord.
    """
    try:
        return _text_of(CompoundFile(data))
    except BrokenContainer:
        raise NotWord(BROKEN) from None


def _text_of(file: CompoundFile) -> str:
    document = file.stream("WordDocument")
    if _number(document, 0, "<H") not in (0xA5EC, 0xA5DC):
        raise NotWord(BROKEN)
    version, flags = _number(document, 2, "<H"), _number(document, 10, "<H")
    if flags & 0x0100:
        raise NotWord(LOCKED)
    if version < 0xC1:  # Word 6 and 95: one run of bytes
        start, length = _number(document, 24), _number(document, 52)
        return _plain(_windows_1252(document[start : start + min(length, TEXT_MAX_CHARACTERS)]))
    table = file.stream("1Table" if flags & 0x0200 else "0Table")
    pieces = _pieces(document, table)
    # Main text, footnotes, headers, macros, comments, endnotes, text boxes, text boxes of headers.
    lengths = [_number(document, 0x4C + 4 * part) for part in range(8)]
    texts, start = [], 0
    for part, length in enumerate(lengths):
        if part in (0, 1, 5, 6) and length:
            texts.append(_plain(_between(document, pieces, start, start + length)))
        start += length
    return "\n".join(texts)


def _number(data: bytes, offset: int, form: str = "<I") -> int:
    """Return the number at `offset` of a .doc file (struct `form`); NotWord past its end."""
    try:
        number: int = struct.unpack_from(form, data, offset)[0]
    except struct.error:
        raise NotWord(BROKEN) from None
    return number


def _pieces(document: bytes, table: bytes) -> list[_Piece]:
    """Read the piece table of a .doc file ([MS-DOC] §2.8.35)."""
    start, length = _number(document, 0x1A2), _number(document, 0x1A6)
    clx = table[start : start + length]
    position = 0
    while position < len(clx) and clx[position] == 1:  # formatting stands before the table
        position += 3 + _number(clx, position + 1, "<H")
    if position >= len(clx) or clx[position] != 2:
        raise NotWord(BROKEN)
    size = _number(clx, position + 1)
    plc = clx[position + 5 : position + 5 + size]
    count = (len(plc) - 4) // 12
    pieces = []
    for number in range(count):
        first, last = _number(plc, 4 * number), _number(plc, 4 * number + 4)
        stored = _number(plc, 4 * (count + 1) + 8 * number + 2)
        is_eight_bits = bool(stored & 0x40000000)
        offset = stored & 0x3FFFFFFF
        if first < last:
            pieces.append(
                _Piece(first, last, offset // 2 if is_eight_bits else offset, is_eight_bits)
            )
    return pieces


def _between(document: bytes, pieces: list[_Piece], start: int, end: int) -> str:
    """Return the characters from `start` to `end` of a .doc file, counted as Word counts them."""
    texts, left = [], TEXT_MAX_CHARACTERS
    for piece in pieces:
        low, high = max(piece.first, start), min(piece.last, end)
        if low >= high or left <= 0:
            continue
        high = min(high, low + left)
        step = 1 if piece.is_eight_bits else 2
        offset = piece.offset - piece.first * step
        raw = document[offset + low * step : offset + high * step]
        decoded = _windows_1252(raw) if piece.is_eight_bits else raw.decode("utf-16-le", "replace")
        texts.append(decoded)
        left -= high - low
    return "".join(texts)


_UPPER_HALF = {
    byte: bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


def _windows_1252(raw: bytes) -> str:
    """Decode the Windows-1252 text of a .doc file; five unused code points stay as they are."""
    return raw.decode("latin-1").translate(_UPPER_HALF)


#: What Word stores between letters ([MS-DOC] §2.4.1): ends of paragraphs and cells, hyphens.
_MARKS = str.maketrans(
    {"\r": "\n", "\x07": "\n", "\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\xa0": " ", "\x1f": None}
)
#: The instruction of a field stands between 13 and 14 (or 15, where it shows nothing); its result
#: between 14 and 15.
_INSTRUCTION = re.compile("\x13[^\x13\x14\x15]*[\x14\x15]")


def _plain(stored: str) -> str:
    """Remove the .doc file's field instructions and anchors of pictures and notes from its text."""
    for _ in range(4):  # fields in fields, from the inside out
        stored, count = _INSTRUCTION.subn("", stored)
        if not count:
            break
    return re.sub("[\x00-\x08\x10-\x15]", "", stored.translate(_MARKS))
