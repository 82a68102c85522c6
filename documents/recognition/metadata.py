"""Recognize the metadata of a paper: number, type, agency, date, signer, trích yếu, căn cứ.

Pure Python. A wrong value must never pass for a sure one: sure is only what two places of the paper
say alike, or what stands exactly where the rules of form (NĐ 30/2020, appendix I) put it and
nowhere else.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from documents import agency_names, numbers
from documents.document_types import TABLE
from documents.recognition import legal_basis, letterhead
from documents.recognition.layout import (
    DAY_IN_FIGURES,
    DAY_IN_WORDS,
    TITLE,
    Candidate,
    Paper,
    day_of,
    days_in,
    is_capitals,
    is_draft,
    paper_of,
    sentence_case,
)
from portal.text import vietnamese

#: With these words the body begins; what stands between the title and them is the trích yếu.
_BODY = re.compile(
    r"(?:Căn cứ\b|Kính gửi|Theo đề nghị|Điều \d+\w?\s*(?:[.:–-]|\Z)|Chương [IVX]|"
    r"Phần (?:thứ|[IVX\d])|(?:[IVX]+|\d+)\.\s|Ngày \d|QUYẾT ĐỊNH\s*:|QUYẾT NGHỊ|"
    r"Quốc hội ban hành|\((?:Ban hành )?[Kk]èm theo)"
)
#: So a body may begin, and a trích yếu as well.
_PERHAPS_BODY = re.compile(r"(?:Thực hiện|Xét|Sau khi|Để|Trên cơ sở)\b")
#: A part behind a blank is a part of the number only where it looks like an abbreviation:
#: "5/QĐ – SYT", not "5/QĐ - Hà Nội".
_NUMBER = (
    r"\d{1,6}[A-Za-zĐđ]?\s*(?:/\s*\d{4}\s*)?[/-]\s*[A-Za-zĐđ][A-Za-zĐđ&]*\d*"
    r"(?:(?:[-–/][A-Za-zĐđ]|\s?[-–/]\s?[A-ZĐ]{2})[A-Za-zĐđ&.]*\d*(?![^\W_]))*"
)
#: A last part that some offices set behind a blank: "23/QĐ-TT HĐND".
_PART_APART = re.compile(r"\s[A-ZĐ]{2,6}(?=\s|\Z)")
#: What goes on right behind a number, in a way that numbers do not: "102/SL/L_004".
_CUT = re.compile(r"[^\s,;)]\w")
_SO = re.compile(rf"(?:^|[\s(])[Ss](?:ố|Ố|ô|6)\s*[:.]?\s*({_NUMBER})")
#: What stands before the day of issue: "Nghệ An,". The same without its comma; and what stands
#: before the day on which an assembly passed its act.
_PLACE = re.compile(r"[^\W\d_][\w'’.-]{0,30}\s?,\s?\Z")
_NAME_ONLY = re.compile(r"(?:\A|\s)[A-ZÀ-ỸĐ][^\W\d_]{0,12}\s\Z")
_PASSED = re.compile(r"(?:Quốc hội|Hội đồng nhân dân)[^.;]{0,200}thông qua\s?\Z", re.I)
_EFFECT = re.compile(
    r"này\s+(?:bắt đầu\s+)?có hiệu lực(?:\s+thi hành)?\s*(?:kể\s+)?từ\s+"
    rf"(?:(?:{DAY_IN_WORDS}|{DAY_IN_FIGURES})|(ngày (?:ký|thông qua|ban hành)))",
    re.I,
)
HEAD_LINES = 60


@dataclass
class Understood:
    """The metadata read in a file. `agencies`: names; `is_draft`: the paper says so."""

    number: Candidate | None = None
    type: Candidate | None = None
    issued_on: Candidate | None = None
    effective_on: Candidate | None = None
    summary: Candidate | None = None
    signer: Candidate | None = None
    signer_post: Candidate | None = None
    signing_power: Candidate | None = None
    gazette_number: Candidate | None = None
    gazette_on: Candidate | None = None
    agencies: list[Candidate] = field(default_factory=list)
    grounds: list[legal_basis.Ground] = field(default_factory=list)
    is_draft: bool = False


def understand(pages: Iterable[str], by_ocr: bool = False) -> Understood:
    """Read all metadata of a document in its page texts, each value with how sure it is.

    What OCR read is never sure.
    """
    paper = paper_of(pages)
    found = Understood(is_draft=any(is_draft(line) for line in paper.lines[:HEAD_LINES]))
    if not paper.lines:
        return found
    head = _head(paper)
    title, title_index = _title(paper)
    found.number = _number(head)
    found.type = _type(title, found.number, head)
    found.issued_on = _issued_on(head, paper, found.number)
    found.summary = _summary(paper, title, title_index, head)
    is_joint = (
        found.number is not None
        and numbers.parse(found.number.value).kind is numbers.NumberKind.JOINT
    )
    found.agencies = _agencies(paper, found.number, is_joint)
    _sign(found, paper, is_joint)
    found.effective_on = _effective_on(paper, found.issued_on)
    found.grounds = legal_basis.grounds_of(_before_the_articles(paper))
    if paper.gazette:
        found.gazette_number = Candidate(paper.gazette[0], True)
        found.gazette_on = Candidate(paper.gazette[1], True) if paper.gazette[1] else None
    if by_ocr:
        _doubt_all(found)
    return found


def _doubt_all(found: Understood) -> None:
    for name, value in vars(found).items():
        if isinstance(value, Candidate):
            setattr(found, name, Candidate(value.value, False))
    found.agencies = [Candidate(agency.value, False) for agency in found.agencies]


def _head(paper: Paper) -> list[str]:
    """Return the lines in which metadata are looked for first: round the state's name."""
    start, lines = 0, paper.lines[:20]
    if paper.motto is not None:
        first = max(paper.motto - 14, 0)
        start, lines = paper.motto - first, paper.lines[first : paper.motto + 12]
    before = [line for line in lines[:start] if len(line) < 110 and not _is_of_the_body(line)]
    after = []
    for line in lines[start:]:
        if _is_of_the_body(line):
            break
        after.append(line)
    return [*before, *after]


def _is_of_the_body(line: str) -> bool:
    return re.match(r"(?:Căn cứ|Điều \d|Kính gửi|Theo đề nghị|Xét )", line) is not None


# --- number, type, day ----------------------------------------------------------------------------


def _number(head: list[str]) -> Candidate | None:
    """Read the metadata number: the số ký hiệu behind "Số:".

    Not sure where there are two, or where it follows no known pattern.
    """
    joined = "\n".join(head)
    joined = re.sub(
        r"([-–/])\s*\n\s*(?=[A-ZĐ]{2})", r"\1", joined
    )  # a number that goes on in the next line
    matches, is_doubtful = [], False
    for line in joined.split("\n"):
        match = _SO.search(line)
        before = vietnamese.fold(line[: match.start()].strip()) if match else ""
        if match and (not before or before in _TITLES_BEFORE_A_NUMBER):
            part = _PART_APART.match(line, match.end())
            is_doubtful = (
                is_doubtful or part is not None or _CUT.match(line, match.end()) is not None
            )
            number = f"{match[1]}{part[0]}" if part else match[1]
            matches.append((":" in line[match.start() : match.start(1)], numbers.tidy(number)))
    # without a colon: "Nghị quyết số 3/2021 ngày …" in the title is another document's
    with_colon = any(colon for colon, _ in matches)
    found = [number for colon, number in matches if colon or not with_colon]
    unique = list({numbers.key(number): number for number in found}.values())
    if not unique:
        return None
    known = numbers.parse(unique[0]).kind is not numbers.NumberKind.OTHER
    return Candidate(unique[0], len(unique) == 1 and known and with_colon and not is_doubtful)


_TITLES_BEFORE_A_NUMBER = {vietnamese.fold(name) for name in TABLE.names}


def _title(paper: Paper) -> tuple[tuple[str, str], int | None]:
    """Find the title for the metadata: ((name of the type, words behind it), index of its line).

    (("", ""), None) where no type stands as a title.
    """
    first = paper.motto or 0
    indexes = range(min(len(paper.lines), HEAD_LINES))
    for index in sorted(indexes, key=lambda i: (i < first, i)):  # behind the state's name first
        line = paper.lines[index]
        match = TITLE.fullmatch(line)
        if match is None or line.rstrip().endswith(":"):
            continue
        rest = match[2].strip()
        # "NGHỊ QUYẾT" alone, "LUẬT CẢNH VỆ" whole in capitals, "KẾ HOẠCH Triển khai …";
        # not "QUY ĐỊNH CHUNG"
        if not rest or sentence_case(match[1]) in TABLE.acts or not is_capitals(rest):
            return (sentence_case(match[1]), rest), index
    return ("", ""), None


def _type(title: tuple[str, str], number: Candidate | None, head: list[str]) -> Candidate | None:
    """Read the metadata type: sure where title and number agree."""
    parts = numbers.parse(number.value) if number else None
    by_number = TABLE.name_of(parts.type) if parts else ""
    by_title = title[0]
    if number and by_number == "Văn bản hợp nhất":  # its title is the one of what was merged
        return Candidate(by_number, number.is_sure)
    if by_title and by_number:
        return Candidate(by_title, by_title == by_number)
    if by_title:
        is_act = parts is not None and parts.kind is numbers.NumberKind.ASSEMBLY
        return Candidate(by_title, is_act or parts is None and by_title in TABLE.acts)
    if by_number:
        return Candidate(by_number, False)
    is_letter = parts is not None and parts.kind is numbers.NumberKind.LETTER
    if is_letter:
        return Candidate(
            "Công văn", any(line.startswith(("V/v", "Về việc", "v/v")) for line in head)
        )
    return None


def _issued_on(head: list[str], paper: Paper, number: Candidate | None) -> Candidate | None:
    """Read the metadata day of issue: beside the place, or the day on which an act was passed."""
    joined = " ".join(head)
    beside = _days_behind(_PLACE, joined)
    passed = _days_behind(_PASSED, " ".join(paper.lines[-400:]))
    if not (beside or passed):
        loose = _days_behind(_NAME_ONLY, joined)
        return Candidate(loose[0], False) if loose else None
    day = (beside or passed)[0]
    year = numbers.parse(number.value).year if number else None
    agrees = year is None or year == day.year
    only = len(set(beside)) == 1 if beside else len(set(passed)) == 1
    return Candidate(day, agrees and only)


def _days_behind(words: re.Pattern[str], joined: str) -> list[date]:
    """Return the dates, for metadata, right before which the pattern `words` stands."""
    return [
        day
        for day, start, _ in days_in(joined)
        if words.search(joined[max(start - 250, 0) : start])
    ]


def _day(match: re.Match[str]) -> date | None:
    given = [number for number in match.groups()[:6] if number]
    return day_of(*given) if len(given) == 3 else None


def _effective_on(paper: Paper, issued: Candidate | None) -> Candidate | None:
    """Read the metadata day of effect; not sure where the paper names several."""
    found = []
    for match in _EFFECT.finditer(paper.whole):
        by_issue = issued if match[7] else None
        day = _day(match) if not match[7] else by_issue and by_issue.value
        if day:
            found.append((day, by_issue is None or by_issue.is_sure))
    if not found:
        return None
    day, is_sure = found[0]
    is_only = len({day for day, _ in found}) == 1
    return Candidate(day, is_sure and is_only and (issued is None or issued.value <= day))


# --- trích yếu ------------------------------------------------------------------------------------


def _summary(
    paper: Paper, title: tuple[str, str], title_index: int | None, head: list[str]
) -> Candidate | None:
    """Read the metadata trích yếu: behind the title, or behind "V/v" in a công văn."""
    if title_index is None:
        return _matter(head)
    gathered = [title[1]] if title[1] else []
    ended = False
    for line in paper.lines[title_index + 1 : title_index + 14]:
        is_body = (
            _BODY.match(line)
            or line.lower().endswith("điện:")
            or gathered
            and _PERHAPS_BODY.match(line)
        )
        if (
            is_body
            or gathered
            and not is_capitals(gathered[0])
            and letterhead.is_issuer(line)
            or is_draft(line)
        ):
            ended = True
            break
        gathered.append(line)
    words = vietnamese.clean_line(" ".join(gathered)).strip(" .;:-_")
    if not words:
        return None
    if not ended:  # where the body begins cannot be told: the first lines, to be looked at
        words = vietnamese.clean_line(" ".join(gathered[:3])).strip(" .;:-_")
    is_sure = (
        ended
        and 10 <= len(words) <= 700
        and len(gathered) <= 9
        and title[0] not in TABLE.acts
        and not any(map(is_capitals, gathered))
    )
    is_sure = is_sure and not _PERHAPS_BODY.match(words)
    in_capitals = next(
        (index for index, line in enumerate(gathered) if not is_capitals(line)), len(gathered)
    )
    if in_capitals:
        lower = [sentence_case(" ".join(gathered[:in_capitals])), *gathered[in_capitals:]]
        words = vietnamese.clean_line(" ".join(lower)).strip(" .;:-_")
    if title[0] in TABLE.acts and not words.startswith(
        "Sửa đổi"
    ):  # an act is called by its type and its name
        words = f"{title[0]} {words}"
    return Candidate(words[:3000], is_sure)


def _matter(head: list[str]) -> Candidate | None:
    """Read the metadata trích yếu of a công văn: the lines from "V/v" on that belong together."""
    for index, line in enumerate(head):
        if re.match(r"(?:V/v|v/v|Về việc)\b", line):
            gathered = [line]
            for other in head[index + 1 : index + 6]:
                if (
                    is_capitals(other)
                    or days_in(other)
                    or _BODY.match(other)
                    or re.match(r"Độc lập", other)
                ):
                    break
                gathered.append(other)
            words = vietnamese.clean_line(" ".join(gathered))
            return Candidate(words, False)
    return None


# --- agencies and signers -------------------------------------------------------------------------


def _agencies(paper: Paper, number: Candidate | None, is_joint: bool) -> list[Candidate]:
    """Read the metadata issuers: all of a joint paper, else the lowest in the letterhead."""
    names = letterhead.agencies_of(paper, is_joint)
    if not names:
        return []
    if is_joint:
        return [
            Candidate(name, number is not None and agency_names.stands_in(name, number.value))
            for name in names
        ]
    # A name may stand in lines that all look like bodies, or be followed by its place: the number
    # tells which it is.
    ends = [" ".join(names[start:]) for start in reversed(range(len(names)))]
    fits = [
        name
        for name in [*ends, *reversed(names)]
        if number and agency_names.stands_in(name, number.value)
    ]
    return [Candidate(fits[0], True) if fits else Candidate(names[-1], False)]


def _sign(found: Understood, paper: Paper, is_joint: bool) -> None:
    """Put into the metadata who signed the paper, in which post and with which power."""
    body = _the_paper_itself(paper)
    signers = letterhead.signers_of(body)
    if not signers:
        return
    first = signers[0]
    if is_joint and found.agencies:
        wanted = vietnamese.fold(found.agencies[0].value)
        first = next(
            (signer for signer in signers if wanted in vietnamese.fold(signer.about)), first
        )
    is_sure = first.is_sure and len(signers) == 1
    found.signer = Candidate(first.name, is_sure)
    found.signer_post = Candidate(first.post, is_sure) if first.post else None
    found.signing_power = Candidate(first.power, is_sure) if first.power else None


def _the_paper_itself(paper: Paper) -> Sequence[str]:
    """Return the lines for the signer's metadata: behind the head, before annexes."""
    start = min((paper.motto or 0) + 3, len(paper.lines))
    lines = list(paper.lines[start:])
    for index, line in enumerate(lines):
        is_annex = (
            re.match(r"(?:PHỤ LỤC|Phụ lục)\b", line)
            and (len(line) < 40)
            or re.match(r"\((?:Ban hành )?[Kk]èm theo", line)
        )
        if is_annex and index > 10:
            return lines[:index]
    return lines


def _before_the_articles(paper: Paper) -> Sequence[str]:
    """Return the lines that the metadata of căn cứ are read in: before the first article."""
    lines = paper.lines[:400]
    for index, line in enumerate(lines):
        if re.match(r"(?:Điều 1\b|QUYẾT (?:ĐỊNH|NGHỊ)\s*:|Chương I\b)", line) and index > 3:
            return lines[:index]
    return lines[:120]
