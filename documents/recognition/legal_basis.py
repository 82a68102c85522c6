"""Căn cứ: the documents on which a paper says that it rests. Pure Python."""

import re
from dataclasses import dataclass
from datetime import date

from documents import numbers
from documents.document_types import TABLE
from documents.recognition.layout import days_in, is_capitals

_BEGIN = re.compile(
    r"Căn cứ\b(?!\s+(?:vào\s+)?(?:tình hình|yêu cầu|kết quả|điều kiện|nhu cầu|chức năng|đề nghị|khả năng))",
    re.I,
)
#: What stands behind the grounds.
_BEHIND = re.compile(
    r"(?:Căn cứ|Theo đề nghị|Xét|Thực hiện|Sau khi|Trên cơ sở|Điều \d|Chương [IVX]|Để |Nay|QUYẾT|NGHỊ QUYẾT|Bộ trưởng|Chủ tịch|Kính gửi)\b"
)
_KIND = re.compile(rf"\b({TABLE.citations})\b")
_NUMBERED = re.compile(
    r"\b[Ss]ố\s*:?\s*(\d{1,6}[A-Za-zĐđ]?\s*[/-]\s*(?:\d{4}\s*[/-]\s*)?[A-Za-zĐđ&]+\d*(?:\s?[-/]\s?[A-Za-zĐđ&]+\d*)*)"
)
#: Between a document and a number, these words tell that the number is another document's: "… đã được sửa đổi theo Luật số 65/2020/QH14".
_ANOTHERS = re.compile(r"\b(?:được|theo|bởi|tại|ngày)\b", re.I)
LENGTH_MAX = 500
COUNT_MAX = 40


@dataclass(frozen=True)
class Ground:
    """One document on which a paper rests: number ("" where it has none), what it is called, its day (date or None)."""

    number: str
    title: str
    issued_on: date | None
    is_sure: bool


def clauses(lines):
    """Return the clauses (list of str) that begin with "Căn cứ" in `lines` (list of str), each put together from its lines."""
    found, current = [], None
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


def grounds_of(lines):
    """Return the grounds (list of Ground) named in `lines` (list of str), each document once, in order."""
    found = {}
    for clause in clauses(lines):
        for part in _parts(clause):
            ground = _ground(part)
            if ground:
                found.setdefault(numbers.key(ground.number) or ground.title.lower(), ground)
    return list(found.values())[:COUNT_MAX]


def _parts(clause):
    """Return the documents named side by side in `clause` (list of str): parted by ";", or by "và" before another numbered one."""
    parts = []
    for piece in re.split(r";\s*", clause.strip(" ;.,")):
        piece = piece.strip()
        cut = re.split(rf"\s+và\s+(?=(?:{TABLE.citations})\s+số\s+\d)", piece)
        parts += cut if all(_NUMBERED.search(part) for part in cut) else [piece]
    return [part for part in parts if part]


def _ground(part):
    """Return the Ground that `part` (str) names first; None where it names no document."""
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


def _short(words):
    return words if len(words) <= LENGTH_MAX else words[: LENGTH_MAX - 1].rsplit(" ", 1)[0] + "…"
