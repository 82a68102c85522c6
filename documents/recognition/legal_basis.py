"""Căn cứ: recognize the documents that a paper names as its legal basis. Pure Python."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from documents import numbers
from documents.document_types import TABLE
from documents.recognition.layout import days_in, is_capitals

_BEGIN = re.compile(
    r"Căn cứ\b(?!\s+(?:vào\s+)?"
    r"(?:tình hình|yêu cầu|kết quả|điều kiện|nhu cầu|chức năng|đề nghị|khả năng))",
    re.I,
)
#: What stands behind the grounds.
_BEHIND = re.compile(
    r"(?:Căn cứ|Theo đề nghị|Xét|Thực hiện|Sau khi|Trên cơ sở|Điều \d|Chương [IVX]|Để |Nay|QUYẾT|"
    r"NGHỊ QUYẾT|Bộ trưởng|Chủ tịch|Kính gửi)\b"
)
_KIND = re.compile(rf"\b({TABLE.citations})\b")
_NUMBERED = re.compile(
    r"\b[Ss]ố\s*:?\s*(\d{1,6}[A-Za-zĐđ]?\s*[/-]\s*(?:\d{4}\s*[/-]\s*)?"
    r"[A-Za-zĐđ&]+\d*(?:\s?[-/]\s?[A-Za-zĐđ&]+\d*)*)"
)
#: Between a document and a number, these words tell that the number is another document's:
#: "… đã được sửa đổi theo Luật số 65/2020/QH14".
_ANOTHERS = re.compile(r"\b(?:được|theo|bởi|tại|ngày)\b", re.I)
LENGTH_MAX = 500
COUNT_MAX = 40


@dataclass(frozen=True)
class Ground:
    """One document of the legal basis: its number ("" for none), its title, its day of issue."""

    number: str
    title: str
    issued_on: date | None
    is_sure: bool


def clauses(lines: Iterable[str]) -> list[str]:
    """Return the clauses that begin with "Căn cứ", each put together from its lines."""
    found: list[str] = []
    current: str | None = None
    for line in lines:
        begins = _BEGIN.match(line)
        if begins:
            if current:
                found.append(current)
            current = line[begins.end() :].strip()
        elif current is not None:
            if _BEHIND.match(line) or is_capitals(line) or current.endswith((";", ".")):
                found.append(current)
                current = None
            else:
                current = f"{current} {line}"
    return [*found, *([current] if current else [])]


def grounds_of(lines: Iterable[str]) -> list[Ground]:
    """Return the documents of the legal basis named in `lines`, each once, in order."""
    found: dict[str, Ground] = {}
    for clause in clauses(lines):
        for part in _parts(clause):
            ground = _ground(part)
            if ground:
                found.setdefault(numbers.key(ground.number) or ground.title.lower(), ground)
    return list(found.values())[:COUNT_MAX]


def _parts(clause: str) -> list[str]:
    """Part the documents of one căn cứ: by ";", or by "và" before a number."""
    parts: list[str] = []
    for piece in re.split(r";\s*", clause.strip(" ;.,")):
        piece = piece.strip()
        cut = re.split(rf"\s+và\s+(?=(?:{TABLE.citations})\s+số\s+\d)", piece)
        parts += cut if all(_NUMBERED.search(part) for part in cut) else [piece]
    return [part for part in parts if part]


def _ground(part: str) -> Ground | None:
    """Return the document that a part of a căn cứ names first; None where it names none."""
    kind = _KIND.match(part) or _KIND.search(part[:60])
    if kind is None:
        return None
    named = _NUMBERED.search(part)
    days = days_in(part)
    between = part[kind.end() : named.start()] if named else ""
    if named and len(between) < 200 and not _ANOTHERS.search(between):
        number = numbers.tidy(named[1])
        day = next((day for day, start, _ in days if 0 <= start - named.end() <= 12), None)
        known = numbers.parse(number).kind is not numbers.NumberKind.OTHER
        is_sure = known and kind.start() == 0 and not _KIND.search(between)
        return Ground(number, _short(part), day, is_sure)
    day = days[0][0] if days else None
    return Ground("", _short(part), day, False)


def _short(words: str) -> str:
    return words if len(words) <= LENGTH_MAX else words[: LENGTH_MAX - 1].rsplit(" ", 1)[0] + "…"
