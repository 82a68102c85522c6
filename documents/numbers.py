"""Số ký hiệu: how a document's number is read, compared, sorted and put into an address.

Patterns: 19/2018/TT-BTTTT, 67/2006/QH11, 1234/QĐ-UBND, 56/STTTT-CNTT, 36-NQ/TW
(NĐ 30/2020, Luật 80/2015). Pure Python.
"""

import re
from dataclasses import dataclass
from enum import Enum

from documents.document_types import TABLE
from portal.text import vietnamese

_DASHES = re.compile("[\u2010-\u2015\u2212\u00ad_]")
_QUOTES = re.compile("[\"'`´‘’“”]")
_BLANKS_AT_MARKS = re.compile(r"\s+(?=[/-])|(?<=[/-])\s+")
_SEGMENT = re.compile("[a-z]+|[0-9]+")
#: A number as it should be shown: nearly every one that is asked for or compared.
_TIDY = re.compile("[0-9A-Za-zĐđ]+(?:[/-][0-9A-Za-zĐđ]+)*")


class NumberKind(Enum):
    """The families of số ký hiệu: who numbers documents so."""

    LEGAL = "legal"  # 19/2018/TT-BTTTT
    ASSEMBLY = "assembly"  # 67/2006/QH11
    JOINT = "joint"  # 13/2025/TTLT-BTP-BNG-TANDTC
    ADMINISTRATIVE = "administrative"  # 1234/QĐ-UBND
    LETTER = "letter"  # công văn: 56/STTTT-CNTT
    PARTY = "party"  # 36-NQ/TW
    OTHER = "other"


@dataclass(frozen=True)
class Number:
    """The parts of a số ký hiệu. What a number does not tell is None or empty."""

    kind: NumberKind
    order: int | None = None  # 19
    suffix: str = ""  # "b" of 522b/NQ-UBTVQH13
    year: int | None = None
    type: str = ""  # abbreviation as `document_types` writes it
    bodies: tuple[str, ...] = ()  # issuers, or issuer and unit: ("STTTT", "CNTT")


def tidy(number: str) -> str:
    """Return a số ký hiệu as it should be shown: no blanks round / and -, plain dashes, no quotes.

    Ð (U+00D0) becomes Đ: "1977 /QÐ – UBND" → "1977/QĐ-UBND".
    """
    if _TIDY.fullmatch(number):
        return number
    number = _DASHES.sub("-", vietnamese.unescape(number)).replace("Ð", "Đ").replace("ð", "đ")
    number = _BLANKS_AT_MARKS.sub("", _QUOTES.sub("", number)).strip(" .,;:-/")
    return vietnamese.clean_line(number)


def parse(number: str) -> Number:
    """Return the parts of a số ký hiệu in any spelling that keeps its / and -."""
    written = tidy(number)
    match = re.fullmatch(r"(\d{1,9})([A-Za-zĐđ]?)(?:([/-])(.*))?", written)
    if not match:
        return Number(NumberKind.OTHER, bodies=tuple(_pieces(written)))
    order, suffix, mark, rest = int(match[1]), match[2], match[3], match[4] or ""
    dated = re.fullmatch(r"((?:19|20)\d\d)(?:[/-](.*))?", rest) if mark == "/" else None
    year = int(dated[1]) if dated else None
    abbreviation, bodies = _type_and_bodies((dated[2] or "") if dated else rest)
    kind = NumberKind.OTHER
    if mark == "/" and abbreviation in TABLE.joint:
        kind = NumberKind.JOINT
    elif dated and abbreviation:
        kind = NumberKind.LEGAL
    elif dated:
        if re.fullmatch(r"(?:QH|UBTVQH)(?:\d+|[IVX]+)", "".join(bodies)):
            kind = NumberKind.ASSEMBLY
    elif mark == "-" and abbreviation and "/" in rest:
        kind = NumberKind.PARTY
    elif mark == "/" and abbreviation:
        kind = NumberKind.ADMINISTRATIVE
    elif mark == "/" and bodies:
        kind = NumberKind.LETTER
    return Number(kind, order, suffix, year, abbreviation, bodies)


def _pieces(rest: str) -> list[str]:
    return [piece for piece in re.split(r"[/.-]", rest) if piece]


def _type_and_bodies(rest: str) -> tuple[str, tuple[str, ...]]:
    """Return the type's abbreviation ("" for none) and the bodies behind order and year."""
    pieces = _pieces(rest)
    abbreviation = TABLE.abbreviation_in(pieces[0]) if pieces else ""
    return abbreviation, tuple(pieces[1:] if abbreviation else pieces)


def segments(number: str) -> list[str]:
    """Return the runs of letters and of digits in a số ký hiệu, folded, without leading zeros.

    & joins: "BGD&ĐT" is one run.
    """
    runs: list[str] = _SEGMENT.findall(vietnamese.fold(tidy(number)).replace("&", ""))
    return [run.lstrip("0") or "0" if run.isdigit() else run for run in runs]


def key(number: str) -> str:
    """Return the key by which numbers are compared: its segments joined by "-".

    "05/2018/TT-BTTTT", "5 2018 tt btttt" → "5-2018-tt-btttt"; "67/2006/QH11" → "67-2006-qh-11".
    """
    return "-".join(segments(number))


def slug(number: str) -> str:
    """Return a số ký hiệu as a part of an address: "19/2018/TT-BTTTT" → "19-2018-tt-btttt".

    & joins, zeros stay as written.
    """
    return vietnamese.slug(tidy(number).replace("&", ""))


def value(number: str) -> int:
    """Return the numeric part for sorting; 0 where it has none or one beyond nine digits."""
    match = re.search(r"(?<!\d)\d{1,9}(?!\d)", number)
    return int(match[0]) if match else 0


def sort_key(number: str) -> tuple[int, str, int, str]:
    """Return a key that sorts numbers as a clerk does: 9/QĐ before 10/QĐ, 9 before 9a, by year."""
    parts = parse(number)
    order = parts.order if parts.order is not None else value(number)
    return order, vietnamese.fold(parts.suffix), parts.year or 0, key(number)


# --- what readers type ----------------------------------------------------------------------------

#: The word "số" before a number.
BEFORE_NUMBER = re.compile(r"\b(?:số|so)\s*:?\s*(?=\d)", re.I)
#: The expression of the date that is cited behind a number, up to the end.
CITED_DATE = r"\b(?:ngày|ngay)\s+\d{1,2}\s*(?:[/.-]|tháng|thang)\s*\d.*$"
_DATED = re.compile(rf"[,(]?\s*{CITED_DATE}", re.I)
#: Order, perhaps a year, and letters: it needs nothing of what stands around it.
_WHOLE = re.compile(r"(?<!\S)\d+[A-Za-zĐđ]?[/-](?:\d{4}[/-])?[A-Za-zĐđ]\S*")
_TWO_WORDS = re.compile(r"\S+ [A-ZĐ]{2,}")  # 23/QĐ-TT HĐND
#: Words that stand around a number and are not part of it: those of the types that are cited, and
#: some more. Two of them ("tư", "định") only ever stand beside these.
_AROUND = frozenset(vietnamese.fold(" ".join(TABLE.cited)).split()) | frozenset(
    "so che cao phuong du to hop dong dien cua nam va".split()
)


def without_date(query: str) -> str:
    """Return a visitor's query with its numbers tidied, without "số" and the date cited after one.

    "Thông tư số 19 / 2018 ngày 19/12/2018" → "Thông tư 19/2018"; where no digit would be left the
    date stays.
    """
    query = BEFORE_NUMBER.sub("", tidy(query))
    undated = _DATED.sub("", query).strip()
    return undated if any(character.isdigit() for character in undated) else query


def number_in(query: str) -> str:
    """Return the số ký hiệu that a query or another document names, without the words around it.

    "Thông tư số 19/2018/TT-BTTTT ngày 19/12/2018" → "19/2018/TT-BTTTT"; without a digit the words
    stay.
    """
    query = without_date(query)
    whole = _WHOLE.search(query)
    if whole and not _TWO_WORDS.fullmatch(query):
        return tidy(whole[0])
    if not any(character.isdigit() for character in query):
        return query
    words = query.split(" ")
    return tidy(
        " ".join(word for word in words if vietnamese.fold(word).strip(".,;:()") not in _AROUND)
    )
