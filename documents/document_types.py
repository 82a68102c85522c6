"""The one table of types of documents (loại văn bản) and their abbreviations in numbers.

Sources: Luật 80/2015 (laws), NĐ 30/2020 appendix III (administrative types), old registers (retired
types). A new type is one new row: numbers, imports, recognition and căn cứ are derived from it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.text import vietnamese


@dataclass(frozen=True)
class TypeRow:
    """One type of documents: its name, its abbreviations, its place in law."""

    name: str
    abbreviations: tuple[str, ...] = ()  # the current one first, then retired ones
    is_law: bool = False  # always; a Nghị quyết, Quyết định or Chỉ thị may be law or not
    is_act: bool = False  # of the Assembly, titled in capitals with its name
    is_joint: bool = False  # issued by several agencies together
    is_retired: bool = False
    is_cited: bool = False  # stands in căn cứ; law always does


ROWS = (
    TypeRow("Hiến pháp", ("HP",), is_law=True, is_act=True),
    TypeRow("Bộ luật", is_law=True, is_act=True),
    TypeRow("Luật", is_law=True, is_act=True),
    TypeRow("Pháp lệnh", ("PL",), is_law=True, is_act=True),
    TypeRow("Lệnh", ("L",), is_law=True),
    TypeRow("Nghị quyết", ("NQ",), is_cited=True),
    TypeRow("Nghị quyết liên tịch", ("NQLT",), is_law=True, is_joint=True),
    TypeRow("Nghị định", ("NĐ",), is_law=True),
    TypeRow("Quyết định", ("QĐ",), is_cited=True),
    TypeRow("Thông tư", ("TT",), is_law=True),
    TypeRow("Thông tư liên tịch", ("TTLT",), is_law=True, is_joint=True),
    TypeRow("Thông tư liên bộ", ("TTLB",), is_law=True, is_joint=True, is_retired=True),
    TypeRow("Thông tư liên ngành", ("TTLN",), is_law=True, is_joint=True, is_retired=True),
    TypeRow("Sắc lệnh", ("SL",), is_law=True, is_retired=True),
    TypeRow("Sắc luật", is_law=True, is_retired=True),
    TypeRow("Chỉ thị", ("CT",), is_cited=True),
    TypeRow("Văn bản hợp nhất", ("VBHN",), is_law=True),
    TypeRow("Kết luận", ("KL",), is_cited=True),  # of the Party and of inspections
    TypeRow("Quy chế", ("QC",)),
    TypeRow("Quy định", ("QyĐ",), is_cited=True),
    TypeRow("Thông cáo", ("TC",)),
    TypeRow("Thông báo", ("TB",), is_cited=True),
    TypeRow("Hướng dẫn", ("HD",), is_cited=True),
    TypeRow("Chương trình", ("CTr",), is_cited=True),
    TypeRow("Kế hoạch", ("KH",), is_cited=True),
    TypeRow("Phương án", ("PA",)),
    TypeRow("Đề án", ("ĐA",), is_cited=True),
    TypeRow("Dự án", ("DA",)),
    TypeRow("Báo cáo", ("BC",), is_cited=True),
    TypeRow("Biên bản", ("BB",)),
    TypeRow("Tờ trình", ("TTr",), is_cited=True),
    TypeRow("Hợp đồng", ("HĐ",)),
    TypeRow("Công điện", ("CĐ",)),
    TypeRow("Bản ghi nhớ", ("BGN",)),
    TypeRow("Bản thỏa thuận", ("BTT",)),
    TypeRow("Giấy ủy quyền", ("GUQ",)),
    TypeRow("Giấy mời", ("GM",)),
    TypeRow("Giấy giới thiệu", ("GGT",)),
    TypeRow("Giấy nghỉ phép", ("GNP",)),
    TypeRow("Phiếu gửi", ("PG",)),
    TypeRow("Phiếu chuyển", ("PC",)),
    TypeRow("Phiếu báo", ("PB",)),
    TypeRow("Công văn", is_cited=True),
    TypeRow("Thư công"),
)
#: Abbreviations under which several types were numbered: Luật and Pháp lệnh until 1992.
OF_SEVERAL_TYPES = ("LCT",)


class TypeTable:
    """Look-ups in `rows`: by name, by abbreviation, and the patterns made of the names.

    `joint`: abbreviations of joint types; `law`, `acts`: names.
    """

    def __init__(self, rows: Iterable[TypeRow]) -> None:
        self.rows = tuple(rows)
        self.names = tuple(row.name for row in self.rows)
        self.law = frozenset(row.name for row in self.rows if row.is_law)
        self.acts = frozenset(row.name for row in self.rows if row.is_act)
        self.joint = frozenset(
            written for row in self.rows if row.is_joint for written in row.abbreviations
        )
        self._name_of = {written: row.name for row in self.rows for written in row.abbreviations}
        self._abbreviation_of = {
            row.name: row.abbreviations[0] for row in self.rows if row.abbreviations
        }
        known = (*self._name_of, *OF_SEVERAL_TYPES)
        self._written = {vietnamese.fold(written): written for written in reversed(known)}
        self._written |= {written: written for written in known}
        self.cited = tuple(row.name for row in self.rows if row.is_law or row.is_cited)

    def abbreviation_in(self, word: str) -> str:
        """Return the document type's abbreviation that `word` is, in any spelling; "" for other
        words.

        HD and HĐ fold alike: the one written so comes first, then the first row.
        """
        return self._written.get(word) or self._written.get(vietnamese.fold(word), "")

    def name_of(self, abbreviation: str) -> str:
        """Return the name of the document type with this abbreviation; "" where none or several
        have it.
        """
        return self._name_of.get(abbreviation, "")

    def abbreviation_of(self, name: str) -> str:
        """Return the current abbreviation of a document type by its name; "" where it has none."""
        return self._abbreviation_of.get(name, "")

    @property
    def titles(self) -> str:
        """The expression that finds a document type of the table as a title in capitals."""
        return one_of(name.upper() for name in self.names)

    @property
    def citations(self) -> str:
        """The expression that finds a document type of the table in căn cứ."""
        return one_of(self.cited)


def one_of(names: Iterable[str]) -> str:
    """Return the expression that finds one of several type names, the longest first."""
    return "|".join(sorted(names, key=len, reverse=True))


TABLE = TypeTable(ROWS)
