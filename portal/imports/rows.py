"""Read rows of JSON lines or CSV files with line numbers; guard cells against formulas."""

import csv
import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import IO, Any

from portal.text import vietnamese

#: Bytes at most in one line, and in one cell of CSV; a full text has its own limit far below.
MAX_LINE = 4_000_000

#: What a spreadsheet may take for a formula, also after blanks and in the full width of East Asian
#: keyboards; and our own mark.
_COMPUTED = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n']")


def guarded(cell: str) -> str:
    """Guard a CSV cell against being computed as a formula by a spreadsheet, by a leading '."""
    return "'" + cell if _COMPUTED.match(cell) else cell


def unguarded(cell: str) -> str:
    """Return a CSV `cell` without the ' that `guarded` gave it; another one stays."""
    return cell[1:] if cell.startswith("'") and _COMPUTED.match(cell[1:]) else cell


class Unreadable(Exception):
    """The file cannot be read; the message is a sentence for the person at the terminal."""


@dataclass(frozen=True)
class Row:
    """One row of a file: the number of its first line, and {normal name: value} or a fault."""

    line: int
    facts: dict[str, Any] | None
    fault: str = ""


@lru_cache(maxsize=1000)
def normal(name: str) -> str:
    """Return a CSV column's name in one spelling: "Số ký hiệu", "soKyHieu" → "so_ky_hieu"."""
    return "_".join(vietnamese.words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)))


def rows_of(path: Path) -> Iterator[Row]:
    """Yield the rows of the import file at `path`: .jsonl or .csv, both also as .gz.

    Raises Unreadable.
    """
    *_, kind = path.name.lower().removesuffix(".gz").split(".")
    reader = {"jsonl": _json_rows, "ndjson": _json_rows, "csv": _csv_rows}.get(kind)
    if reader is None:
        raise Unreadable(f"Không nhận loại tệp này: {path}. Hãy dùng .jsonl, .jsonl.gz hoặc .csv.")
    try:
        with (gzip.open if path.name.lower().endswith(".gz") else open)(path, "rb") as file:
            yield from reader(file)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"Không đọc được {path}: {error}.") from None


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Yield (number, line) of a JSONL or CSV file; None for a line beyond `MAX_LINE`."""
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        is_long = len(line) > MAX_LINE
        while is_long and line and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE)
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        yield number, None if is_long else line


def _json_rows(file: IO[bytes]) -> Iterator[Row]:
    for number, line in _lines(file):
        if line is None:
            yield Row(number, None, _TOO_LONG)
        elif line.strip():
            try:
                facts = json.loads(line.decode())
            except (ValueError, RecursionError):
                yield Row(number, None, "không phải JSON viết bằng UTF-8")
                continue
            if isinstance(facts, dict):
                yield Row(number, {normal(name): value for name, value in facts.items()})
            else:
                yield Row(number, None, "không phải một đối tượng JSON")


_TOO_LONG = f"dòng dài hơn {MAX_LINE // 1_000_000} MB"


class _Text:
    """The lines of a CSV file as text.

    `number`: the line read last; `faults`: rows for lines that were too long.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.lines, self.number = _lines(file), 0
        self.faults: list[Row] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        for number, line in self.lines:
            self.number = number
            if line is None:
                self.faults.append(Row(number, None, _TOO_LONG))
                continue
            try:
                return line.decode()
            except UnicodeDecodeError:
                raise Unreadable(
                    f"Tệp không viết bằng UTF-8 (dòng {number}). "
                    "Trong Excel chọn Lưu thành → «CSV UTF-8», rồi nhập lại."
                ) from None
        raise StopIteration


def _csv_rows(file: IO[bytes]) -> Iterator[Row]:
    csv.field_size_limit(MAX_LINE)
    lines = _Text(file)
    first = next(lines, "")
    if first.startswith("sep="):  # Excel writes it for itself
        first = next(lines, "")
    reader = csv.reader(chain([first], lines), delimiter=max(",;\t", key=first.count), strict=True)
    header = None
    while True:
        start, fault = lines.number + 1 if header else 1, ""
        try:
            cells = next(reader, None)
        except csv.Error:
            cells = []
            fault = f"dấu nháy kép đặt sai: dòng {start} đến dòng {lines.number} không đọc được"
        yield from lines.faults
        lines.faults.clear()
        if cells is None:
            break
        if header is None:
            header = [normal(cell) for cell in cells]
        elif fault or any(cell.strip() for cell in cells[len(header) :]):
            yield Row(start, None, fault or "nhiều ô hơn dòng tiêu đề")
        elif any(cell.strip() for cell in cells):
            yield Row(start, dict(zip(header, map(unguarded, cells), strict=False)))
