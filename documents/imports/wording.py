"""Read the wording of other registers: types, issuers, signers, validity, amendments.

Pure functions. They add nothing: what they do not understand stays as it was or is left out by
their callers.
"""

import re
from collections.abc import Mapping
from datetime import date

from documents import numbers
from documents.agency_names import IN_LISTS, name_key
from documents.document_types import TABLE
from documents.law.relations import RelationKind
from documents.law.validity import Validity
from documents.numbers import NumberKind
from documents.recognition.posts import POST_BEGINNING
from portal.text import vietnamese

_LEGAL_NUMBERS = (NumberKind.LEGAL, NumberKind.ASSEMBLY, NumberKind.JOINT)


_TYPE_BY_KEY = {name_key(name): name for name in TABLE.names}


# --- number and type ------------------------------------------------------------------------------


def number_and_summary(number: str, summary: str) -> tuple[str, str]:
    """Return số ký hiệu and trích yếu from what registers write in their place.

    "Không số" is no number. A number that was cut in two, its end left at the head of the trích
    yếu, is whole again: "10", "/2016/TT-BTNMT Quy định …" → "10/2016/TT-BTNMT", "Quy định …".
    """
    none_word = vietnamese.fold(number).strip(" .")
    if none_word in ("khong", "khong so", "k so"):
        number = ""
        summary = re.sub(r"^số ", "", summary) if none_word == "khong" else summary
    if re.fullmatch(r"[^\W\d_]+", number):  # a lone word is what stood before the number
        number = ""
    head, _, rest = summary.partition(" ")
    while head[-1:] == "-" and rest:  # "BVHTTDL-BTC- BGDĐT Quy định …"
        more, _, rest = rest.partition(" ")
        head += more
    is_cut = (
        number[-1:] in ("/", "-")
        and number[:-1]
        or number[:1].isdigit()
        and number[-1:].isdigit()
        and head[:1] == "/"
        or not number
        and head[:1].isdigit()
    )
    if (
        is_cut
        and rest
        and numbers.parse(number + head).kind in (*_LEGAL_NUMBERS, NumberKind.ADMINISTRATIVE)
    ):
        number, summary = number + head, rest
    return numbers.tidy(number), summary


def type_named(given: str, number: str, known: Mapping[str, str] | None = None) -> str:
    """Return the name of the type that a register's words mean; "" where nothing tells.

    A type that `given` begins with counts, the longest: "Quyết định của UBND tỉnh" → "Quyết định".
    `known`: {key: name} of the types on the portal, whose spelling goes before that of
    `document_types`. An abbreviation is its type. Without words the number tells: 1234/QĐ-UBND.
    """
    if not given:
        return TABLE.name_of(numbers.parse(number).type)
    if name := TABLE.name_of(given):
        return name
    words = name_key(given).split()
    beginnings = (" ".join(words[:count]) for count in range(len(words), 0, -1))
    return next(
        (
            names[beginning]
            for beginning in beginnings
            for names in (known or {}, _TYPE_BY_KEY)
            if beginning in names
        ),
        given,
    )


def is_law(number: str, type_name: str) -> bool:
    """Tell whether the words of a register mean a legal document (văn bản pháp quy).

    Số/năm/loại-cơ quan, a number of the Assembly and one of several agencies are legal (Luật
    80/2015); Luật, Nghị định, Thông tư … always.
    """
    return numbers.parse(number).kind in _LEGAL_NUMBERS or type_name in TABLE.law


def family_said(words: str) -> bool | None:
    """Tell whether a register's column `nhom` means legal or directive; None for neither."""
    folded = name_key(words)
    if re.search(r"\b(phap quy|quy pham|qppl|vbqppl)\b", folded):
        return True
    return False if re.search(r"\b(chi dao|dieu hanh|hanh chinh)\b", folded) else None


# --- issuers and signers --------------------------------------------------------------------------

#: Only before the beginning of a name do a comma and "và" part two bodies ("Bộ Giáo dục và Đào tạo"
#: stays one).
_BETWEEN = re.compile(
    rf"(?:\s*[,;]\s*(?:và\s+)?|\s+và\s+|\s+-\s+)(?=(?:{IN_LISTS})\s)|\s*;\s*|\s*\|\s*|\n"
)
#: A scraper's slip: the words of another document, then the day and the body that issued this one.
_AFTER_DAY = re.compile(r".*\bngày \d{1,2}/\d{1,2}/\d{4} của (?=\S)")


def issuers(given: str) -> list[str]:
    """Return the agencies that a register names: one, or those of a joint document in order."""
    given = _AFTER_DAY.sub("", given)
    return list(
        dict.fromkeys(filter(None, (part.strip(" .,;-") for part in _BETWEEN.split(given))))
    )


_POWER = re.compile(r"(TM|KT|TL|TUQ|Q)\.\s*")
#: What ends a post and is no name, though written with a capital; after what the name of a place
#: follows; how names of people begin.
_ENDS_A_POST = frozenset("Sở Bộ Ban Cục Tỉnh Huyện Xã Phường Hội Viện Phòng".split())
_BEFORE_A_PLACE = frozenset("tỉnh phố huyện xã phường thị trấn".split())
_SURNAMES = frozenset(
    "Bùi Cao Châu Chu Dương Đàm Đặng Đào Đinh Đoàn Đỗ Đồng Hà Hồ Hoàng Huỳnh Kiều Lâm Lê Lò Lương "
    "Lưu Lý Mai Mạc Mè Ngô Nguyễn Nông Phạm Phan Phùng Quách Tạ Thái Tô Tôn Tống Trần Triệu Trịnh "
    "Trương Văn Vi Võ Vũ Vương".split()
)


def signer(given: str) -> tuple[str, str, str]:
    """Return (signing power, post, name) of the signer as a register writes it.

    "Phó Chủ tịch UBND Nguyễn Thành Công" → ("", "Phó Chủ tịch UBND", "Nguyễn Thành Công"). The name
    is the words with a capital at the end, two to five, but for the place before it ("UBND tỉnh
    Nghệ An Bùi Đình Long"). Where that is not sure, all of it stays the name.
    """
    power = _POWER.match(given)
    rest = given[power.end() :] if power else given
    words = rest.split()
    start = len(words) if POST_BEGINNING.match(rest) else 0
    while (
        start
        and words[start - 1][0].isupper()
        and (len(words[start - 1]) == 1 or words[start - 1][1:].islower())
    ):
        start -= 1
    while _ENDS_A_POST.intersection(words[start : start + 1]):
        start += 1
    if (
        start
        and words[start - 1] in _BEFORE_A_PLACE
        and (len(words) - start > 4 or not _SURNAMES.intersection(words[start : start + 1]))
    ):
        start = next(
            (index for index in range(start + 1, len(words) - 1) if words[index] in _SURNAMES), 0
        )
    if not (start and 2 <= len(words) - start <= 5):
        return "", "", given
    return (
        f"{power[1]}." if power else "",
        " ".join(words[:start]).strip(" ,:-"),
        " ".join(words[start:]),
    )


# --- validity -------------------------------------------------------------------------------------


def validity_said(words: str) -> Validity | None:
    """Return the validity that a register's words mean; None for other words."""
    folded = name_key(words)

    def tells(*phrases: str) -> bool:
        return any(re.search(rf"\b{phrase}\b", folded) for phrase in phrases)

    over = tells("het", "thay the", "bai bo", "huy bo", "khong con hieu luc")
    if tells("xac dinh"):
        return Validity.UNKNOWN
    if tells("khong con phu hop", "khong phu hop"):
        return Validity.UNFIT
    if tells("mot phan"):
        return Validity.PARTLY if over or tells("con") else None
    if over:
        return Validity.ENDED
    if tells("ngung", "ngung hieu luc", "dinh chi"):
        return Validity.SUSPENDED
    if tells("chua", "sap co"):
        return Validity.NOT_YET
    return (
        Validity.IN_FORCE
        if tells("con", "con hieu luc", "dang hieu luc", "co hieu luc") or folded == "hieu luc"
        else None
    )


def word_needed(
    stated: Validity | None,
    effective_on: date | None,
    expires_on: date | None,
    is_amended: bool = False,
) -> str:
    """Return the validity to choose by hand for a register's words; "" where dates imply it.

    Decided without the clock, so that it does not matter on which day a row comes. `is_amended`:
    relations of the row end it in part.
    """
    dated = {
        Validity.NOT_YET: effective_on,
        Validity.IN_FORCE: effective_on,
        Validity.ENDED: expires_on,
        Validity.PARTLY: is_amended,
        Validity.UNKNOWN: not effective_on,
    }
    return "" if stated is None or dated.get(stated) else stated.value


# --- amendments -----------------------------------------------------------------------------------

_DEEDS = {
    "sua doi": (RelationKind.AMENDS, False),
    "bo sung": (RelationKind.AMENDS, False),
    "thay the": (RelationKind.REPLACES, True),
    "bai bo": (RelationKind.REPEALS, True),
    "huy bo": (RelationKind.REPEALS, True),
    "ngung": (RelationKind.SUSPENDS, True),
    "dinh chi": (RelationKind.SUSPENDS, True),
    "dinh chinh": (RelationKind.CORRECTS, False),
}


def deeds(words: str) -> list[tuple[RelationKind, bool]]:
    """Return the relations that a register's words of an amendment mean: [(kind, is it partial)].

    "bãi bỏ; bổ sung; sửa đổi" → repeals in part, amends. Registers tell of the articles touched, so
    none of it ends the whole.
    """
    folded = name_key(words)
    found = [deed for phrase, deed in _DEEDS.items() if re.search(rf"\b{phrase}\b", folded)]
    return list(dict.fromkeys(found))


def doer(words: str) -> tuple[str, str]:
    """Return number and title of the amending document in a register's words."""
    number = numbers.number_in(words)
    if not any(character.isdigit() for character in number):
        return "", ""
    return (number, "") if re.search(r"[^\W\d_]", number) else ("", words)
