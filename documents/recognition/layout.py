"""The layout of a paper: its clean lines without running heads, its head, its dates. Pure Python.

Two layouts: the state letterhead in two columns (NĐ 30/2020, appendix I), whose columns come one
after the other or mixed, and the gazette («CÔNG BÁO/Số 287 + 288/Ngày 08-4-2022»), which puts its
own heads and its own signature round it.

Texts come from strangers' files. They are bounded here, and blanks are single ones from here on;
every expression that looks at lines is linear in such text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from documents.document_types import TABLE
from portal.text import vietnamese

MOTTO = re.compile(
    r"C[ỘO]NG\s+H[ÒO][AÀ]\s+X[ÃA]\s+H[ỘO]I\s+CH[ỦU]\s+NGH[ĨI]A\s+VI[ỆE]T\s+NAM", re.I
)
SECOND_MOTTO = re.compile(
    r"(?:Đ[ộO]c l[ậA]p|DÂN CHỦ)\s*[-–]\s*T[ựU] do\s*[-–]\s*H[ạA]nh ph[úU]c", re.I
)
_PARTY = re.compile(
    "ĐẢNG CỘNG SẢN VIỆT NAM"
)  # in the place of the state's name on the Party's papers
_GAZETTE = re.compile(
    r"CÔNG BÁO(?:\s[^\W\d_]{1,12}){0,6}\s*/\s*Số\s*([\d +]{1,20}?)\s*/\s*"
    r"Ngày\s*(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4})",
    re.I,
)
#: Lines that are not the paper's own: page numbers, and what a digital signature shows of itself.
_PAGE_NUMBER = re.compile(
    r"(?:trang\s*)?[-–]?\s*\d{1,3}\s*[-–]?(?:\s*/\s*\d{1,4})?", re.I
)  # four digits alone are a year
_STAMP = re.compile(
    r"(?:Người ký|Ký bởi|Email|Thời gian ký|Ngày ký|Cơ quan)\s*:"
    r".*(?:@|\d\d:\d\d|Cổng Thông tin|CỔNG THÔNG TIN|CÔNG BÁO|VĂN PHÒNG|Văn phòng)",
    re.I,
)
_DRAFT = re.compile(r"\(?\s*(?:DỰ THẢO|Dự thảo)\b.*")

#: A type that stands as a title, and what stands behind it in its line.
TITLE = re.compile(rf"({TABLE.titles})\b[\s:]*(.*)")

DAY_IN_WORDS = r"ngày\s*(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})"
DAY_IN_FIGURES = r"ngày\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})"
_ANY_DAY = re.compile(f"(?:{DAY_IN_WORDS}|{DAY_IN_FIGURES})", re.I)


#: Characters read at the beginning and at the end of a text: head and foot of the paper.
READ_MAX = 300_000
#: Characters of a line; what is longer is a paragraph and goes on in the next line.
LINE_MAX = 1_000


@dataclass(frozen=True)
class Candidate:
    """A value read for one field. `is_sure`: a second look is not needed."""

    value: Any
    is_sure: bool


@dataclass(frozen=True)
class Paper:
    """The lines of a paper. `motto`: the index of the state's name; `gazette`: (number, day)."""

    lines: tuple[str, ...]
    motto: int | None
    gazette: tuple[str, date | None] | None

    @property
    def whole(self) -> str:
        """All lines of a paper as one, for what runs over their ends."""
        return " ".join(self.lines)


def paper_of(pages: Iterable[str]) -> Paper:
    """Lay out a paper: return its clean lines, letterhead position and gazette, from its page
    texts.
    """
    lines: list[str] = []
    gazette: tuple[str, date | None] | None = None
    for line in _bounded(vietnamese.clean_block(_both_ends("\n".join(pages))).split("\n")):
        head = _GAZETTE.search(line)
        if head:
            gazette = gazette or (" ".join(head[1].split()), day_of(head[2], head[3], head[4]))
            line = _GAZETTE.sub("", line)
        line = line.replace("Ð", "Đ").replace("ð", "đ").strip(" \t_*")
        if line and not _PAGE_NUMBER.fullmatch(line) and not _STAMP.match(line):
            lines.append(line)
    lines = list(_with_the_motto_alone(lines))
    motto = next(
        (
            index
            for index, line in enumerate(lines)
            if MOTTO.fullmatch(line) or _PARTY.fullmatch(line)
        ),
        None,
    )
    return Paper(tuple(lines), motto, gazette)


def _both_ends(words: str) -> str:
    return words if len(words) <= 2 * READ_MAX else f"{words[:READ_MAX]}\n{words[-READ_MAX:]}"


def _bounded(lines: Iterable[str]) -> Iterator[str]:
    """Give the lines of a paper, those longer than LINE_MAX in pieces, cut at a blank."""
    for line in lines:
        while len(line) > LINE_MAX:
            cut = line.rfind(" ", 0, LINE_MAX)
            cut = cut if cut > 0 else LINE_MAX
            yield line[:cut]
            line = line[cut:].lstrip()
        yield line


def _with_the_motto_alone(lines: Iterable[str]) -> Iterator[str]:
    """Give the lines of a paper with the state's name and motto apart from the other column."""
    for line in lines:
        motto = MOTTO.search(line) or SECOND_MOTTO.search(line)
        if motto and len(line) < 160:
            parts = line[: motto.start()].strip(), motto[0], line[motto.end() :].strip()
            yield from filter(None, parts)
        else:
            yield line


def day_of(day: str | int, month: str | int, year: str | int) -> date | None:
    """Return the date written on a paper as day, month and year; None outside 1930–2099."""
    try:
        written = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return written if 1930 <= written.year <= 2099 else None


def days_in(words: str) -> list[tuple[date, int, int]]:
    """Return the dates written on a paper in order: [(date, start of it, end of it)]."""
    days = []
    for match in _ANY_DAY.finditer(words):
        day = day_of(*(number for number in match.groups() if number))
        if day:
            days.append((day, match.start(), match.end()))
    return days


def is_capitals(line: str) -> bool:
    """Tell whether a line of a paper is written in capital letters, as heads are."""
    letters = [character for character in line if character.isalpha()]
    capitals = sum(character.isupper() for character in letters)
    return len(letters) >= 2 and capitals >= 0.9 * len(letters)


def sentence_case(words: str) -> str:
    """Return a paper's heading in capitals as a sentence writes it: "THỨ TRƯỞNG" → "Thứ trưởng"."""
    return words[:1].upper() + words[1:].lower() if is_capitals(words) else words


def is_draft(line: str) -> bool:
    """Tell whether a line of a paper says that it is a draft (dự thảo)."""
    return _DRAFT.fullmatch(line) is not None
