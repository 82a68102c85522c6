"""Extract the text of zipped office files: DOCX, XLSX, ODT, ODS. Standard library only.

Structure after ECMA-376 (WordprocessingML, SpreadsheetML) and OASIS OpenDocument 1.3. XML is read
as a stream, nothing is unpacked to disk; DTDs, own entities and external parts are refused.
"""

import posixpath
import zipfile
import zlib
from typing import IO, NoReturn, Self
from xml.parsers import expat

PART_MAX_BYTES = 150 * 1024 * 1024
TEXT_MAX_CHARACTERS = 10_000_000
ENTRIES_MAX = 5_000


class NotOffice(Exception):
    """The file cannot be read as an office document; the message is a sentence for the clerk."""


BROKEN = "Tệp bị hỏng, không đọc được chữ. Hãy mở tệp, lưu lại rồi tải lên."
TOO_BIG = "Tệp quá lớn khi mở ra, không đọc chữ bên trong."
FORBIDDEN = "Tệp chứa khai báo XML không được phép (DTD), không đọc chữ bên trong."


#: What zipfile and zlib raise for broken archives.
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
)


class _Reader:
    """Collect the text of one XML part; subclasses handle elements, by names without namespaces."""

    #: Elements that are skipped with their content.
    skipped: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.out: list[str] = []
        self.size, self.skipping = 0, 0

    def add(self, words: str) -> None:
        """Add words to the text of the office document; NotOffice beyond its limit."""
        self.size += len(words)
        if self.size > TEXT_MAX_CHARACTERS:
            raise NotOffice(TOO_BIG)
        self.out.append(words)

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        """Read the start tag `name` of an office document's XML."""

    def ends(self, name: str) -> None:
        """Read the end tag `name` of an office document's XML."""

    def says(self, words: str) -> None:
        """Read the characters `words` of an office document's XML."""

    @property
    def text(self) -> str:
        return "".join(self.out)

    def read(self, archive: zipfile.ZipFile, part: str) -> Self:
        """Parse the XML `part` of an office document's zip `archive`; return self.

        Raises NotOffice.
        """
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        left = PART_MAX_BYTES
        try:
            with archive.open(part) as file:
                while piece := file.read(65_536):
                    left -= len(piece)
                    if left < 0:
                        raise NotOffice(TOO_BIG)
                    parser.Parse(piece, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, *_ZIP_ERRORS):
            raise NotOffice(BROKEN) from None
        return self

    def _refuse(self, *args: object) -> NoReturn:
        raise NotOffice(FORBIDDEN)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        if self.skipping or name in self.skipped:
            self.skipping += 1
        else:
            self.begins(name, {key.rpartition(" ")[2]: value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        if self.skipping:
            self.skipping -= 1
        else:
            self.ends(name.rpartition(" ")[2])

    def _characters(self, words: str) -> None:
        if not self.skipping:
            self.says(words)


class _Word(_Reader):
    """Paragraphs of WordprocessingML; "\\f" where Word last broke a page.

    A fallback repeats a choice, so it is skipped.
    """

    skipped = frozenset({"Fallback", "pPr", "rPr", "sectPr", "moveFrom"})
    marks = {
        "lastRenderedPageBreak": "\f", "tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-",
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.in_text = False

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        if name == "t":
            self.in_text = True
        elif name == "br":
            self.add("\f" if attributes.get("type") == "page" else "\n")
        elif mark := self.marks.get(name):
            self.add(mark)

    def ends(self, name: str) -> None:
        if name == "t":
            self.in_text = False
        elif name == "p":
            self.add("\n")

    def says(self, words: str) -> None:
        if self.in_text:
            self.add(words)


class _OpenText(_Reader):
    """Paragraphs of OpenDocument text."""

    skipped = frozenset({"annotation", "tracked-changes", "sequence-decls", "forms", "ruby-text"})
    marks = {"tab": "\t", "line-break": "\n", "soft-page-break": "\f"}

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        if name in ("p", "h"):
            self.depth += 1
        elif name == "s":
            self.add(" " * min(int(attributes.get("c", "1")), 100))
        elif mark := self.marks.get(name):
            self.add(mark)

    def ends(self, name: str) -> None:
        if name in ("p", "h"):
            self.depth -= 1
            self.add("\n")

    def says(self, words: str) -> None:
        if self.depth > 0:
            self.add(words.replace("\n", " "))


class _OpenSheets(_OpenText):
    """Tables of OpenDocument: a page for each, a line for each row."""

    ends_of = {"table-cell": "\t", "covered-table-cell": "\t", "table-row": "\n", "table": "\f"}

    def ends(self, name: str) -> None:
        if name == "p":
            self.depth -= 1
        elif mark := self.ends_of.get(name):
            self.add(mark)


class _Strings(_Reader):
    """The shared strings of a workbook."""

    skipped = frozenset({"rPh"})

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []
        self.in_text = False

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        self.in_text = name == "t"

    def ends(self, name: str) -> None:
        self.in_text = False
        if name == "si":
            self.strings.append(self.text)
            self.out = []

    def says(self, words: str) -> None:
        if self.in_text:
            self.add(words)


class _Sheet(_Reader):
    """Cells of one sheet: a line for each row."""

    skipped = frozenset({"f", "rPh"})

    def __init__(self, strings: list[str]) -> None:
        super().__init__()
        self.strings, self.kind, self.value, self.in_value = strings, "", "", False

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self.kind, self.value = attributes.get("t", "n"), ""
        elif name in ("v", "t"):
            self.in_value = True

    def ends(self, name: str) -> None:
        if name in ("v", "t"):
            self.in_value = False
        elif name == "c" and self.value:
            value = self.value
            if self.kind == "s":
                is_known = value.isdigit() and int(value) < len(self.strings)
                value = self.strings[int(value)] if is_known else ""
            self.add(value + "\t")
        elif name == "row":
            self.add("\n")

    def says(self, words: str) -> None:
        if self.in_value:
            self.value += words


class _Links(_Reader):
    """The relationships of a part: type and target by id."""

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[str, tuple[str, str]] = {}

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            self.links[attributes.get("Id", "")] = (
                attributes.get("Type", ""),
                attributes.get("Target", ""),
            )


class _SheetNames(_Reader):
    """The sheets of a workbook in their order, by their relationship ids."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            self.ids.append(attributes.get("id", ""))


def text_of(file: IO[bytes]) -> str:
    """Extract the text of a DOCX, XLSX, ODT or ODS document; "\\f" parts its pages.

    Raises NotOffice.
    """
    try:
        archive = zipfile.ZipFile(file)
    except _ZIP_ERRORS:
        raise NotOffice(BROKEN) from None
    names = set(archive.namelist())
    if len(names) > ENTRIES_MAX:
        raise NotOffice(TOO_BIG)
    if "content.xml" in names:
        return _open_document(archive)
    main = _main_part(archive, names)
    if main.startswith("xl/"):
        return _workbook(archive, names, main)
    if main not in names:
        raise NotOffice(BROKEN)
    folder = posixpath.dirname(main)
    notes = [
        part for part in (f"{folder}/footnotes.xml", f"{folder}/endnotes.xml") if part in names
    ]
    return "\n".join(_Word().read(archive, part).text for part in [main, *notes])


def _main_part(archive: zipfile.ZipFile, names: set[str]) -> str:
    """Return the name of the main XML part of an office document's zip package."""
    if "_rels/.rels" in names:
        for kind, target in _Links().read(archive, "_rels/.rels").links.values():
            if kind.endswith("/officeDocument"):
                return target.lstrip("/")
    return "word/document.xml"


def _open_document(archive: zipfile.ZipFile) -> str:
    try:
        kind = archive.read("mimetype")[:200] if "mimetype" in archive.namelist() else b""
    except _ZIP_ERRORS:
        raise NotOffice(BROKEN) from None
    reader = _OpenSheets() if b"spreadsheet" in kind else _OpenText()
    return reader.read(archive, "content.xml").text


def _workbook(archive: zipfile.ZipFile, names: set[str], main: str) -> str:
    folder = posixpath.dirname(main)
    relations = f"{folder}/_rels/{posixpath.basename(main)}.rels"
    links = _Links().read(archive, relations).links if relations in names else {}
    strings_part = f"{folder}/sharedStrings.xml"
    strings = _Strings().read(archive, strings_part).strings if strings_part in names else []
    parts = []
    for name in _SheetNames().read(archive, main).ids:
        target = links.get(name, ("", ""))[1]
        part = (
            target.lstrip("/")
            if target.startswith("/")
            else posixpath.normpath(f"{folder}/{target}")
        )
        if part in names and "sheet" in part:
            parts.append(part)
    texts, size = [], 0
    for part in parts:
        texts.append(_Sheet(strings).read(archive, part).text)
        size += len(texts[-1])
        if size > TEXT_MAX_CHARACTERS:
            raise NotOffice(TOO_BIG)
    return "\f".join(texts)
