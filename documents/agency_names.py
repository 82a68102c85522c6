"""Names of agencies (cơ quan): how they begin, are compared, are abbreviated; their successors."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

from documents import numbers
from portal.text import vietnamese

A = TypeVar("A")

#: Folded beginnings of names and how numbers abbreviate them.
_ABBREVIATIONS = {
    "uy ban nhan dan": "ubnd",
    "hoi dong nhan dan": "hdnd",
    "chinh phu": "cp",
    "thu tuong chinh phu": "ttg",
    "quoc hoi": "qh",
    "uy ban thuong vu quoc hoi": "ubtvqh",
    "chu tich nuoc": "ctn",
}
#: Abbreviations that stand in names as well: "UBND tỉnh".
_IN_NAMES = {"ubnd": "uy ban nhan dan", "hdnd": "hoi dong nhan dan"}

#: The words with which the name of an agency begins wherever it stands.
_BEGINNINGS = (
    "Quốc hội|Ủy ban|Uỷ ban|UBND|HĐND|Hội đồng|Chính phủ|Thủ tướng|Bộ|Ban|Sở|Cục|Văn phòng|Viện|"
    "Tòa án|Toà án|Thanh tra|Kiểm toán|Ngân hàng|Bảo hiểm|Đài|Học viện|Công an|Tỉnh ủy|Huyện ủy|"
    "Thành ủy|Liên đoàn|Liên hiệp|Mặt trận|Hội|Đoàn"
)
#: In a list of joint issuers only: the one before "," or "và" ends here.
IN_LISTS = f"{_BEGINNINGS}|Tổng|Trung ương|Chủ tịch|Bưu điện"
#: In a letterhead only, in capitals.
IN_LETTERHEADS = (
    f"{_BEGINNINGS}|Chủ tịch nước|Phòng|Tổng cục|Chi cục|Vụ|Thông tấn|Trường|Đại học|Trung tâm|"
    "Kho bạc|Đảng ủy|Tập đoàn|Tổng công ty|Công ty|Chi nhánh|Bệnh viện|Bảo tàng|Thư viện|BCH|"
    "Bộ tư lệnh"
).upper()


@lru_cache(maxsize=5000)
def name_key(name: str) -> str:
    """Return the key by which agency names are compared; also those of types and fields.

    Folded words, UBND and HĐND in full: "UBND Tỉnh", "Uỷ ban nhân dân tỉnh" → "uy ban nhan dan
    tinh".
    """
    return " ".join(_IN_NAMES.get(word, word) for word in vietnamese.words(name))


def initials(name: str) -> str:
    """Return the folded initials of an agency's name, as numbers abbreviate it.

    "Bộ Lao động - Thương binh và Xã hội" → "bldtbxh".
    """
    return "".join(word[0] for word in vietnamese.words(name) if word not in ("va", "cua"))


def stands_in(name: str, number: str) -> bool:
    """Tell whether the abbreviation of the agency `name` stands in a số ký hiệu."""
    bodies = [vietnamese.fold(body).replace("&", "") for body in numbers.parse(number).bodies]
    words = " ".join(vietnamese.words(name))
    short = {initials(name)} | {
        abbreviation for whole, abbreviation in _ABBREVIATIONS.items() if words.startswith(whole)
    }
    short |= {word for word in words.split()[:1] if word in _IN_NAMES}
    # "STTTT" for a Sở whose name goes on with its province; "QH15" with the term of the Assembly
    return any(
        body.rstrip("0123456789") == abbreviation or abbreviation.startswith(body) and len(body) > 2
        for body in bodies
        if body
        for abbreviation in short
    )


def successors_of(agency: A, successor_of: Callable[[A], A | None]) -> list[A]:
    """Return an agency and its successors in order; agencies in a circle stand there once."""
    line = [agency]
    while (successor := successor_of(line[-1])) is not None and successor not in line:
        line.append(successor)
    return line
