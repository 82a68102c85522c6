"""Recognize the issuing agencies in a paper's letterhead, and its signers at the foot.

Pure Python: `documents/admin/prefill.py` matches the names with the register's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from documents.agency_names import IN_LETTERHEADS
from documents.recognition.layout import (
    MOTTO,
    SECOND_MOTTO,
    TITLE,
    Paper,
    days_in,
    is_capitals,
    is_draft,
    sentence_case,
)
from documents.recognition.posts import POST_LINE
from portal.text import vietnamese

# --- agencies: the left column of the letterhead --------------------------------------------------

#: A line that begins otherwise goes on with the line before it.
_HEAD = re.compile(rf"(?:{IN_LETTERHEADS})\b")
_NOT_AN_AGENCY = re.compile(
    r"VĂN BẢN QUY PHẠM|VĂN BẢN KHÁC|ĐỘC LẬP|ĐẢNG CỘNG SẢN VIỆT NAM|PHẦN |BẢN SAO|CÔNG BÁO", re.I
)
_NUMBER_GOES_ON = re.compile(r"\b[Ss]ố\b\s*[:.]?\s*\d.*[-–/]\Z")
_GOES_ON = re.compile(r"(?:VÀ|CỦA|HUYỆN|TỈNH|THÀNH PHỐ|XÃ|PHƯỜNG|QUẬN|THỊ)\b")


def agencies_of(paper: Paper, is_joint: bool = False) -> list[str]:
    """Return the agencies in the letterhead as written, superior ones first, each once.

    `is_joint`: names that a dash sets side by side are several agencies.
    """
    if paper.motto is None:
        return []
    names: list[str] = []
    for line in [*_left_column(paper, paper.motto), *_below(paper, paper.motto)]:
        if names and (
            _GOES_ON.match(line)
            or not _begins(line)
            or not is_joint
            and names[-1].endswith((" VÀ", " -", ","))
        ):
            names[-1] = f"{names[-1]} {line}"
        else:
            names.append(line)
    if is_joint:
        names = [
            part
            for name in names
            for part in re.split(rf"\s+[-–]\s*(?=(?:{IN_LETTERHEADS})\b)|\s+[-–]$", name)
        ]
    unique: dict[str, str] = {}
    for name in names:
        name = name.strip(" -–,")
        if name:
            unique.setdefault(" ".join(vietnamese.words(name)), name)
    return list(unique.values())


def _begins(line: str) -> bool:
    """Tell whether a line of the letterhead begins an agency's name; "TRƯỜNG" alone does not."""
    return _HEAD.match(line) is not None and " " in line.strip()


def _left_column(paper: Paper, motto: int) -> list[str]:
    """Return the lines of the letterhead before the state's name that may name agencies."""
    found: list[str] = []
    others = 0
    before = paper.lines[max(motto - 14, 0) : motto]
    for previous, line in reversed(list(zip(("", *before), before, strict=False))):
        if (
            _NOT_AN_AGENCY.search(line)
            or MOTTO.search(line)
            or is_draft(line)
            or _NUMBER_GOES_ON.search(previous)
        ):
            continue
        if is_capitals(line) and not any(character.isdigit() for character in line):
            found.append(line.strip(" -–") if not line.rstrip().endswith(("-", "–")) else line)
        elif not re.search(r"\b[Ss]ố\b\s*[:.]|V/v|/", line):
            others += 1
            if others > 3 or len(line) > 60:
                break
    return found[::-1]


def _below(paper: Paper, motto: int) -> list[str]:
    """Return the lines of the letterhead between the state's name and the number, day or title.

    Agencies stand there where the columns are read row by row.
    """
    found: list[str] = []
    for line in paper.lines[motto + 1 : motto + 10]:
        if (
            SECOND_MOTTO.search(line)
            or is_draft(line)
            or not any(character.isalpha() for character in line)
        ):
            continue
        is_name = (
            is_capitals(line)
            and not any(character.isdigit() for character in line)
            and not _NOT_AN_AGENCY.search(line)
        )
        if days_in(line) and not found:
            continue  # the right column whole, before the left one
        if not is_name or TITLE.fullmatch(line):
            break
        found.append(line)
    return found


# --- signers: the foot ----------------------------------------------------------------------------

_POWER = re.compile(r"(TM|KT|TL|TUQ|Q)\s*\.\s*(\S.*)")
_SKIPPED = re.compile(r"\(.*\)|[-–+*•].*|Nơi nhận.*|Như .*|Lưu.*|\[.*\]|.*đã ký.*", re.I)
_RECEIVERS = re.compile(r"Nơi nhận\s*:?\s*(?=\S)")  # the other column of the foot
_RANK = r"(?:(?:Đại|Thượng|Trung|Thiếu) (?:tướng|tá)|GS|PGS|TSKH|TS|ThS|Ths|BS|KS|CN|Ông|Bà)\.?"
_NAME = re.compile(rf"(?:{_RANK}[\s,]*)*((?:[^\W\d_]+\.?)(?:\s+[^\W\d_]+){{1,4}})")
#: Characters of the longest line that may be a person's name with ranks and degrees.
NAME_MAX = 100


@dataclass(frozen=True)
class Signer:
    """A signer: name, post as in a sentence, power ("KT.", "" for none); `about`: the agency."""

    name: str
    post: str
    power: str
    is_sure: bool
    about: str = ""


def signers_of(lines: Sequence[str]) -> list[Signer]:
    """Return the signers at the foot of a paper in the order in which they stand, each once."""
    signers: dict[str, Signer] = {}
    index = 0
    while index < len(lines):
        signer, index = _block(lines, index)
        if signer:
            signers.setdefault(vietnamese.fold(signer.name), signer)
    return list(signers.values())


def _block(lines: Sequence[str], start: int) -> tuple[Signer | None, int]:
    """Return the signer of the block at the foot from `start` on, and the index behind it."""
    power, post, about, index = "", "", "", start
    while index < len(lines) and index - start < 24:
        line = _RECEIVERS.sub("", lines[index]).strip(" :")
        signed_for, match = _POWER.match(line), POST_LINE.match(line)
        if signed_for and is_capitals(signed_for[2].split("  ")[0]):
            power, about = f"{signed_for[1]}.", f"{about} {signed_for[2]}"
            own_post = POST_LINE.match(signed_for[2])
            is_own = own_post and signed_for[1] in ("TL", "TUQ", "Q") and not post
            post = _post_in(own_post) if own_post and is_own else ""
        elif match and is_capitals(match[1]):
            if line.startswith("Q.") and not power:
                power = "Q."
            rest = match[2].strip()
            name = _name(rest) if rest and not is_capitals(rest) else ""
            post, about = _post_in(match), f"{about} {rest if is_capitals(rest) else ''}"
            if name:
                return Signer(name, post, power, True, about), index + 1
        elif not (power or post):
            return None, index + 1
        elif not line or _SKIPPED.fullmatch(line):
            pass
        elif post and _name(line):
            return Signer(_name(line), post, power, index - start <= 20, about), index + 1
        elif is_capitals(line) and index - start < 6 and len(line) < 80:
            about = f"{about} {line}"
        else:
            return None, index + 1 if index == start else index
        index += 1
    return None, index


def is_issuer(line: str) -> bool:
    """Tell whether a line in capitals names an issuer like a letterhead does, before the căn cứ."""
    return is_capitals(line) and (_begins(line) or POST_LINE.match(line) is not None)


def _post_in(match: re.Match[str]) -> str:
    """Return the signer's post from a match of `POST_LINE`, without the agency behind it.

    The state's own posts are called in full.
    """
    whole = _OF_THE_STATE.get(f"{match[1]}{match[2].rstrip()}")
    return whole or _RANKED.sub(lambda letter: letter[0].upper(), sentence_case(match[1]))


#: Letters that stay capital in a post: "Phó Giám đốc", "Chánh Văn phòng", "Tổng Thanh tra"; not in
#: "Chánh án", "Tổng cục trưởng".
_RANKED = re.compile(r"(?:(?<=Phó )|(?<=hánh )(?!án\b)|(?<=ổng )(?=giám|thanh|kiểm))\w")
_OF_THE_STATE = {
    "CHỦ TỊCH QUỐC HỘI": "Chủ tịch Quốc hội",
    "PHÓ CHỦ TỊCH QUỐC HỘI": "Phó Chủ tịch Quốc hội",
    "CHỦ TỊCH NƯỚC": "Chủ tịch nước",
    "THỦ TƯỚNG CHÍNH PHỦ": "Thủ tướng Chính phủ",
}


def _name(line: str) -> str:
    """Return the signer's name in a line, without ranks and degrees; "" for none."""
    match = _NAME.fullmatch(line.strip(" .,")) if len(line) <= NAME_MAX else None
    if match is None:
        return ""
    words = match[1].split()
    if is_capitals(line):
        return (
            ""
            if _HEAD.match(line) or POST_LINE.match(line) or len(words) < 3
            else " ".join(word.capitalize() for word in words)
        )
    looks = all(word[0].isupper() and (len(word) == 1 or word[1:].islower()) for word in words)
    return " ".join(words) if looks and 2 <= len(words) <= 5 else ""
