"""A paper as its reader sees it: clean lines without running heads, its head, its days. Pure Python.

Two layouts: the state letterhead in two columns (NĐ 30/2020, appendix I), whose columns come one after the other or mixed, and the
gazette («CÔNG BÁO/Số 287 + 288/Ngày 08-4-2022»), which puts its own heads and its own signature round it.

Texts come from strangers' files. They are bounded here, and blanks are single ones from here on; every expression that looks at lines is
linear in such text.
"""

import re
from dataclasses import dataclass
from datetime import date

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
    r"CÔNG BÁO(?:\s[^\W\d_]{1,12}){0,6}\s*/\s*Số\s*([\d +]{1,20}?)\s*/\s*Ngày\s*(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4})",
    re.I,
)
#: Lines that are not the paper's own: page numbers, and what a digital signature shows of itself.
_PAGE_NUMBER = re.compile(
    r"(?:trang\s*)?[-–]?\s*\d{1,3}\s*[-–]?(?:\s*/\s*\d{1,4})?", re.I
)  # four digits alone are a year
_STAMP = re.compile(r"(?:Người ký|Ký bởi|Email|Thời gian ký|Ngày ký|Cơ quan)\s*:.*(?:@|\d\d:\d\d|Cổng Thông tin|CỔNG THÔNG TIN|CÔNG BÁO|VĂN PHÒNG|Văn phòng)", re.I)  # fmt: skip
_DRAFT = re.compile(r"\(?\s*(?:DỰ THẢO|Dự thảo)\b.*")

#: A type that stands as a title, and what stands behind it in its line.
TITLE = re.compile(rf"({TABLE.titles})\b[\s:]*(.*)")

DAY_IN_WORDS = r"ngày\s*(\d{1,2})\s*tháng\s*(\d{1,2})\s*năm\s*(\d{4})"
DAY_IN_FIGURES = r"ngày\s*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})"
_ANY_DAY = re.compile(f"(?:{DAY_IN_WORDS}|{DAY_IN_FIGURES})", re.I)


#: Of each text its beginning and its end are looked at, so many characters (int) each: head and foot of the paper stand there.
READ_MAX = 300_000
#: Characters (int) of a line; what is longer is a paragraph and goes on in the next line.
LINE_MAX = 1_000


@dataclass(frozen=True)
class Candidate:
    """What was read for one field. `value`: as the field wants it; `is_sure`: a second look is not needed."""

    value: object
    is_sure: bool


@dataclass(frozen=True)
class Paper:
    """The lines of a paper. `motto`: the place of the state's name among them, None where there is none; `gazette`: (number, day) or None."""

    lines: tuple
    motto: int | None
    gazette: tuple | None

    @property
    def whole(self):
        """All lines as one (str), for what runs over their ends."""
        return " ".join(self.lines)


def paper_of(pages):
    """Return the Paper of the texts `pages` (iterable of str), however long they are."""
    lines, gazette = [], None
    for line in _bounded(vietnamese.clean_block(_both_ends("\n".join(pages))).split("\n")):
        found = _GAZETTE.search(line)
        if found:
            gazette = gazette or (" ".join(found[1].split()), day_of(*found.groups()[1:]))
            line = _GAZETTE.sub("", line)
        line = line.replace("Ð", "Đ").replace("ð", "đ").strip(" \t_*")
        if line and not _PAGE_NUMBER.fullmatch(line) and not _STAMP.match(line):
            lines.append(line)
    lines = list(_with_the_motto_alone(lines))
    motto = next(
        (
            place
            for place, line in enumerate(lines)
            if MOTTO.fullmatch(line) or _PARTY.fullmatch(line)
        ),
        None,
    )
    return Paper(tuple(lines), motto, gazette)


def _both_ends(words):
    return words if len(words) <= 2 * READ_MAX else f"{words[:READ_MAX]}\n{words[-READ_MAX:]}"


def _bounded(lines):
    """Give the lines; those longer than LINE_MAX in pieces, cut at a blank where there is one."""
    for line in lines:
        while len(line) > LINE_MAX:
            cut = line.rfind(" ", 0, LINE_MAX)
            cut = cut if cut > 0 else LINE_MAX
            yield line[:cut]
            line = line[cut:].lstrip()
        yield line


def _with_the_motto_alone(lines):
    """Give the lines; what stands beside the state's name or its motto, in the other column, becomes a line before it."""
    for line in lines:
        found = MOTTO.search(line) or SECOND_MOTTO.search(line)
        if found and len(line) < 160:
            yield from filter(
                None, [line[: found.start()].strip(), found[0], line[found.end() :].strip()]
            )
        else:
            yield line


def day_of(day, month, year):
    """Return the date of the numbers (str or int), or None where there is no such day or not within a century of ours."""
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if 1930 <= found.year <= 2099 else None


def days_in(words):
    """Return [(date, place of its first character, place behind it)] of the days in `words` (str), in order."""
    found = []
    for match in _ANY_DAY.finditer(words):
        numbers = [number for number in match.groups() if number]
        day = day_of(*numbers)
        if day:
            found.append((day, match.start(), match.end()))
    return found


def is_capitals(line):
    """Tell whether `line` (str) is written in capital letters, as heads are."""
    letters = [character for character in line if character.isalpha()]
    return len(letters) >= 2 and sum(character.isupper() for character in letters) >= 0.9 * len(
        letters
    )


def sentence_case(words):
    """Return `words` (str, in capitals) as a sentence writes them: "THỨ TRƯỞNG" → "Thứ trưởng"."""
    return words[:1].upper() + words[1:].lower() if is_capitals(words) else words


def is_draft(line):
    """Tell whether `line` (str) says that the paper is a draft."""
    return _DRAFT.fullmatch(line) is not None
