"""Who issued a paper and who signed it, as the paper says. Pure Python: names are matched with the register's by others."""

import re
from dataclasses import dataclass

from documents.agency_names import IN_LETTERHEADS
from documents.recognition.layout import (
    MOTTO,
    SECOND_MOTTO,
    TITLE,
    days_in,
    is_capitals,
    is_draft,
    sentence_case,
)
from documents.recognition.posts import POST_LINE
from portal.text import vietnamese

# --- agencies: the left column of the letterhead -----------------------------------------------------------------

#: A line that begins otherwise goes on with the line before it.
_HEAD = re.compile(rf"(?:{IN_LETTERHEADS})\b")
_NOT_AN_AGENCY = re.compile(
    r"VĂN BẢN QUY PHẠM|VĂN BẢN KHÁC|ĐỘC LẬP|ĐẢNG CỘNG SẢN VIỆT NAM|PHẦN |BẢN SAO|CÔNG BÁO", re.I
)
_NUMBER_GOES_ON = re.compile(r"\b[Ss]ố\b\s*[:.]?\s*\d.*[-–/]\Z")
_GOES_ON = re.compile(r"(?:VÀ|CỦA|HUYỆN|TỈNH|THÀNH PHỐ|XÃ|PHƯỜNG|QUẬN|THỊ)\b")


def agencies_of(paper, is_joint=False):
    """Return the names (list of str, as written) of the agencies in the head of `paper` (Paper), superior bodies first; without repetition.

    `is_joint`: names that a dash sets side by side are several agencies.
    """
    if paper.motto is None:
        return []
    names = []
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
    unique = {}
    for name in names:
        name = name.strip(" -–,")
        if name:
            unique.setdefault(" ".join(vietnamese.words(name)), name)
    return list(unique.values())


def _begins(line):
    """Tell whether the name of an agency begins with `line` (str): "TRƯỜNG" alone is the end of "… VÀ MÔI TRƯỜNG"."""
    return _HEAD.match(line) is not None and " " in line.strip()


def _left_column(paper, motto):
    """Return the lines in capitals that stand before the state's name (list of str), without what is no agency."""
    found, others = [], 0
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


def _below(paper, motto):
    """Return the lines in capitals (list of str) between the state's name and the number, the day or the title: where columns are read row by row."""
    found = []
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


# --- signers: the foot ----------------------------------------------------------------------------------------------

_POWER = re.compile(r"(TM|KT|TL|TUQ|Q)\s*\.\s*(\S.*)")
_SKIPPED = re.compile(r"\(.*\)|[-–+*•].*|Nơi nhận.*|Như .*|Lưu.*|\[.*\]|.*đã ký.*", re.I)
_RECEIVERS = re.compile(r"Nơi nhận\s*:?\s*(?=\S)")  # the other column of the foot
_RANK = r"(?:(?:Đại|Thượng|Trung|Thiếu) tướng|(?:Đại|Thượng|Trung|Thiếu) tá|GS|PGS|TSKH|TS|ThS|Ths|BS|KS|CN|Ông|Bà)\.?"
_NAME = re.compile(rf"(?:{_RANK}[\s,]*)*((?:[^\W\d_]+\.?)(?:\s+[^\W\d_]+){{1,4}})")
#: Characters (int) of the longest line that may be a person's name with ranks and degrees.
NAME_MAX = 100


@dataclass(frozen=True)
class Signer:
    """Who signed: name, post as written in a sentence, power ("KT.", "" for none), and the lines that were read as the agency."""

    name: str
    post: str
    power: str
    is_sure: bool
    about: str = ""


def signers_of(lines):
    """Return the signers (list of Signer) of the paper with `lines` (list of str), in the order in which they stand, each once."""
    found = {}
    place = 0
    while place < len(lines):
        signer, after = _block(lines, place)
        if signer:
            found.setdefault(vietnamese.fold(signer.name), signer)
        place = after
    return list(found.values())


def _block(lines, place):
    """Return (Signer, place behind it) of the block that begins at `place`, or (None, next place)."""
    power, post, about, start = "", "", "", place
    while place < len(lines) and place - start < 24:
        line = _RECEIVERS.sub("", lines[place]).strip(" :")
        said = _POWER.match(line)
        if said and is_capitals(said[2].split("  ")[0]):
            power, about = f"{said[1]}.", f"{about} {said[2]}"
            is_post = POST_LINE.match(said[2])
            post = (
                _post_in(is_post) if is_post and said[1] in ("TL", "TUQ", "Q") and not post else ""
            )
        elif POST_LINE.match(line) and is_capitals(POST_LINE.match(line)[1]):
            match = POST_LINE.match(line)
            if line.startswith("Q.") and not power:
                power = "Q."
            rest = match[2].strip()
            name = _name(rest) if rest and not is_capitals(rest) else ""
            post, about = _post_in(match), f"{about} {rest if is_capitals(rest) else ''}"
            if name:
                return Signer(name, post, power, True, about), place + 1
        elif not (power or post):
            return None, place + 1
        elif not line or _SKIPPED.fullmatch(line):
            pass
        elif post and _name(line):
            return Signer(_name(line), post, power, place - start <= 20, about), place + 1
        elif is_capitals(line) and place - start < 6 and len(line) < 80:
            about = f"{about} {line}"
        else:
            return None, place + 1 if place == start else place
        place += 1
    return None, place


def is_issuer(line):
    """Tell whether `line` (str) names, in capitals, an agency or a post, as the issuer stands between trích yếu and grounds."""
    return is_capitals(line) and (_begins(line) or POST_LINE.match(line) is not None)


def _post_in(match):
    """Return the post (str) of a `match` of `POST_LINE`, without the agency's name behind it; the state's own posts are called in full."""
    whole = _OF_THE_STATE.get(f"{match[1]}{match[2].rstrip()}")
    return whole or _RANKED.sub(lambda letter: letter[0].upper(), sentence_case(match[1]))


#: Letters that stay capital in a post: "Phó Giám đốc", "Chánh Văn phòng", "Tổng Thanh tra"; not "Chánh án", "Tổng cục trưởng".
_RANKED = re.compile(r"(?:(?<=Phó )|(?<=hánh )(?!án\b)|(?<=ổng )(?=giám|thanh|kiểm))\w")
_OF_THE_STATE = {
    "CHỦ TỊCH QUỐC HỘI": "Chủ tịch Quốc hội",
    "PHÓ CHỦ TỊCH QUỐC HỘI": "Phó Chủ tịch Quốc hội",
    "CHỦ TỊCH NƯỚC": "Chủ tịch nước",
    "THỦ TƯỚNG CHÍNH PHỦ": "Thủ tướng Chính phủ",
}


def _name(line):
    """Return the person's name (str) that `line` is, without ranks and degrees; "" where it is none."""
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
