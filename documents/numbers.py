"""Số ký hiệu: how a document's number is read, compared, sorted and made part of an address. Pure Python.

Patterns: 19/2018/TT-BTTTT, 67/2006/QH11, 1234/QĐ-UBND, 56/STTTT-CNTT, 36-NQ/TW (NĐ 30/2020, Luật 80/2015).
"""

import re
from dataclasses import dataclass
from enum import Enum

from portal.text import vietnamese

_DASHES = re.compile("[\u2010-\u2015\u2212\u00ad_]")
_QUOTES = re.compile("[\"'`´‘’“”]")
_BLANKS_AT_MARKS = re.compile(r"\s+(?=[/-])|(?<=[/-])\s+")
_SEGMENT = re.compile("[a-z]+|[0-9]+")
#: A number as it should be shown: nearly every one that is asked for or compared, several times each.
_TIDY = re.compile("[0-9A-Za-zĐđ]+(?:[/-][0-9A-Za-zĐđ]+)*")

#: Abbreviations of the types of documents: laws (Luật 80/2015), administrative ones (NĐ 30/2020, appendix III), retired ones.
TYPES = frozenset(
    "NQ NQLT NĐ QĐ TT TTLT TTLB TTLN CT VBHN L LCT PL SL HP "  # retired: TTLB, TTLN, LCT, SL
    "QC QyĐ TC TB HD CTr KH PA ĐA DA BC BB TTr HĐ CĐ BGN BTT GUQ GM GGT GNP PG PC PB".split()
)
_JOINT = frozenset({"TTLT", "TTLB", "TTLN", "NQLT"})
_FOLDED_TYPES = {vietnamese.fold(kind): kind for kind in TYPES}


class NumberKind(Enum):
    """Who numbers so."""

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
    type: str = ""  # abbreviation as it stands in `TYPES`
    bodies: tuple = ()  # issuers, or issuer and unit: ("STTTT", "CNTT")


def tidy(number):
    """Return `number` (str) as it should be shown: blanks round / and - gone, plain dashes, Ð (U+00D0) as Đ, no quotes.

    "1977 /QÐ – UBND" → "1977/QĐ-UBND".
    """
    if _TIDY.fullmatch(number):
        return number
    number = _DASHES.sub("-", vietnamese.unescape(number)).replace("Ð", "Đ").replace("ð", "đ")
    number = _BLANKS_AT_MARKS.sub("", _QUOTES.sub("", number)).strip(" .,;:-/")
    return vietnamese.clean_line(number)


def parse(number):
    """Return the parts (Number) of `number` (str) in any spelling that keeps its / and -."""
    written = tidy(number)
    match = re.fullmatch(r"(\d{1,9})([A-Za-zĐđ]?)(?:([/-])(.*))?", written)
    if not match:
        return Number(NumberKind.OTHER, bodies=tuple(_pieces(written)))
    order, suffix, mark, rest = int(match[1]), match[2], match[3], match[4] or ""
    year = re.fullmatch(r"((?:19|20)\d\d)(?:[/-](.*))?", rest)
    if year and mark == "/":
        kind, bodies = _kind_and_bodies(year[2] or "")
        if kind in _JOINT:
            what = NumberKind.JOINT
        elif kind:
            what = NumberKind.LEGAL
        elif re.fullmatch(r"(?:QH|UBTVQH)(?:\d+|[IVX]+)", "".join(bodies)):
            what = NumberKind.ASSEMBLY
        else:
            what = NumberKind.OTHER
        return Number(what, order, suffix, int(year[1]), kind, bodies)
    kind, bodies = _kind_and_bodies(rest)
    if mark == "-" and kind and "/" in rest:
        return Number(NumberKind.PARTY, order, suffix, None, kind, bodies)
    if mark == "/" and kind:
        return Number(
            NumberKind.JOINT if kind in _JOINT else NumberKind.ADMINISTRATIVE,
            order,
            suffix,
            None,
            kind,
            bodies,
        )
    return Number(
        NumberKind.LETTER if mark == "/" and bodies else NumberKind.OTHER,
        order,
        suffix,
        None,
        kind,
        bodies,
    )


def _pieces(rest):
    return [piece for piece in re.split(r"[/.-]", rest) if piece]


def _kind_and_bodies(rest):
    """Return (abbreviation of the type or "", tuple of the bodies) of what follows order and year."""
    pieces = _pieces(rest)
    first = pieces[0] if pieces else ""
    kind = (
        first if first in TYPES else _FOLDED_TYPES.get(vietnamese.fold(first), "")
    )  # HD and HĐ fold alike: as written comes first
    return kind, tuple(pieces[1:] if kind else pieces)


def segments(number):
    """Return the runs of letters and of digits in `number` (list of str), folded, without leading zeros; & joins."""
    found = _SEGMENT.findall(vietnamese.fold(tidy(number)).replace("&", ""))
    return [segment.lstrip("0") or "0" if segment.isdigit() else segment for segment in found]


def key(number):
    """Return the segments of `number` (str) joined by "-". Equal keys are the same number to a reader.

    "05/2018/TT-BTTTT", "5 2018 tt btttt" → "5-2018-tt-btttt"; "67/2006/QH11" → "67-2006-qh-11".
    """
    return "-".join(segments(number))


def slug(number):
    """Return `number` (str) as a part of an address: "19/2018/TT-BTTTT" → "19-2018-tt-btttt"; & joins, zeros stay as written."""
    return vietnamese.slug(tidy(number).replace("&", ""))


def value(number):
    """Return the numeric part of `number` (int) for sorting; 0 where it has none or one beyond nine digits."""
    match = re.search(r"(?<!\d)\d{1,9}(?!\d)", number)
    return int(match[0]) if match else 0


def sort_key(number):
    """Return a key (tuple) that sorts numbers as a clerk does: 9/QĐ before 10/QĐ, 9 before 9a, then by year."""
    parts = parse(number)
    order = parts.order if parts.order is not None else value(number)
    return order, vietnamese.fold(parts.suffix), parts.year or 0, key(number)


# --- what readers type -------------------------------------------------------------------------------------

_BEFORE = re.compile(r"\b(?:số|so)\s*:?\s*(?=\d)", re.I)
_DATED = re.compile(r"[,(]?\s*\b(?:ngày|ngay)\s+\d{1,2}\s*(?:[/.-]|tháng|thang)\s*\d.*$", re.I)
#: Order, perhaps a year, and letters: it needs nothing of what stands around it.
_WHOLE = re.compile(r"(?<!\S)\d+[A-Za-zĐđ]?[/-](?:\d{4}[/-])?[A-Za-zĐđ]\S*")
_TWO_WORDS = re.compile(r"\S+ [A-ZĐ]{2,}")  # 23/QĐ-TT HĐND
#: Words that stand around a number and are not part of it; two of them ("tư", "định") only ever beside these.
_AROUND = frozenset(
    "so van ban luat bo hien phap lenh nghi quyet lien tich dinh thong tu chi thi cong quy che thong bao huong dan "
    "chuong trinh ke hoach phuong an de du bao cao to hop dong dien cua nam va".split()
)


def asked(query):
    """Return a visitor's `query` (str) with its numbers tidied, without the word "số" before one and the date that is cited after one.

    "Thông tư số 19 / 2018 ngày 19/12/2018" → "Thông tư 19/2018"; where no digit would be left the date stays.
    """
    query = _BEFORE.sub("", tidy(query))
    undated = _DATED.sub("", query).strip()
    return undated if any(character.isdigit() for character in undated) else query


def named(query):
    """Return the number that `query` (str) names, without the words around it: what a reader or another document writes.

    "Thông tư số 19/2018/TT-BTTTT ngày 19/12/2018" → "19/2018/TT-BTTTT"; without a digit the words stay.
    """
    query = asked(query)
    whole = _WHOLE.search(query)
    if whole and not _TWO_WORDS.fullmatch(query):
        return tidy(whole[0])
    kept = [
        word for word in query.split(" ") if vietnamese.fold(word).strip(".,;:()") not in _AROUND
    ]
    return tidy(" ".join(kept)) if any(character.isdigit() for character in query) else query
