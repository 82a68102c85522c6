"""Scan a PDF for actions, scripts, embedded files and encryption, and count its pages.

It does not follow the cross-reference table as a viewer does, for attackers bend that. It searches
the whole file for dangerous names, also in object streams and written with `#xx`, and checks of
each whether it stands in an object (and not in the bytes of a picture or inside a text).
Source: ISO 32000-1, 7.2 (tokens), 7.5.7 (object streams), 12.6.4 (actions).
"""

import bisect
import re
import zlib
from array import array
from collections.abc import Iterator, Sequence
from mmap import mmap

from portal.uploads.scanners.findings import Findings, Limits, Refused, is_program
from portal.uploads.scanners.pdf_objects import (
    Broken,
    Name,
    Ref,
    Value,
    is_whole,
    parse,
    readable,
    unescaped,
)

LAUNCH = (
    "Tệp PDF có lệnh mở chương trình khác. Hãy mở tệp gốc, xuất (hoặc in) ra PDF mới rồi tải lên."
)
ENCRYPTED = (
    "Tệp PDF đặt mật khẩu hoặc khóa quyền, người dân không dùng được và cổng không kiểm tra được. "
    "Hãy lưu lại bản không khóa rồi tải lên."
)
CUT = (
    "Tệp PDF bị cắt ngang, thiếu phần cuối (thường do tải hoặc chép về dở). "
    "Hãy lấy lại tệp gốc rồi tải lên."
)
MIXED = "Sau phần PDF còn gắn thêm một tệp nén. Hãy mở tệp, in ra PDF mới rồi tải lên."
EMBEDDED = (
    "Tệp PDF có nhúng chương trình hoặc tệp không rõ loại («{}»). Hãy bỏ tệp nhúng rồi tải lên."
)
UNREADABLE = (
    "Tệp PDF có phần không kiểm tra được. Hãy mở tệp, xuất (hoặc in) ra PDF mới rồi tải lên."
)

SCRIPT = "PDF có mã lệnh (JavaScript)."
SENDS = "PDF có nút gửi dữ liệu người đọc nhập tới nơi khác."
OPENS = "PDF có liên kết mở tệp khác trên máy hoặc trên mạng."
FORM = "PDF là biểu mẫu XFA, nhiều phần mềm không mở được."
MEDIA = "PDF có nội dung động (phim, Flash, 3D)."
BAD_LINK = "PDF có liên kết lạ ({}:)."
HOLDS = "PDF có tệp nhúng bên trong: {}."
TAIL = "Sau phần cuối của PDF có thêm nội dung lạ."
NO_PAGE = "PDF không có trang nào."
NO_TREE = "PDF không đếm được trang, có thể bị hỏng."

_FLAGS = {
    "JavaScript": SCRIPT, "JS": SCRIPT, "SubmitForm": SENDS, "ImportData": SENDS,
    "GoToR": OPENS, "GoToE": OPENS, "XFA": FORM,
    "RichMedia": MEDIA, "Movie": MEDIA, "Rendition": MEDIA, "3D": MEDIA,
}  # fmt: skip
_WANTED = frozenset([*_FLAGS, "Launch", "EF", "EmbeddedFile", "Encrypt", "ObjStm", "URI"])
_EMBEDDED_KINDS = frozenset(
    "pdf doc docx xls xlsx odt ods txt csv xml jpg jpeg png gif tif tiff".split()
)
_GOOD_SCHEMES = frozenset(["http", "https", "mailto", "tel", "ftp", ""])

_END_OF_NAME = rb"(?=[\0\t\n\f\r ()<>\[\]{}/%]|\Z)"
_NAMES = b"|".join(sorted((name.encode() for name in _WANTED - {"URI"}), reverse=True))
#: A dangerous name; a link only if it is not plainly harmless, for a law may cite thousands.
_PLAIN = re.compile(
    rb"/(?:(?:"
    + _NAMES
    + rb")"
    + _END_OF_NAME
    + rb"|URI(?=[\0\t\n\f\r ]*[(<0-9%])(?![\0\t\n\f\r ]*\((?:https?|mailto):[^()\\]*\)))"
)
_HIDDEN = re.compile(
    rb"/[^\0\t\n\f\r ()<>\[\]{}/%]{0,40}#[0-9A-Fa-f]{2}[^\0\t\n\f\r ()<>\[\]{}/%]{0,120}"
)
_NUMBERED = re.compile(
    rb"(\d{1,10})(?:[\0\t\n\f\r ]|%[^\r\n]*[\r\n])+\d{1,5}(?:[\0\t\n\f\r ]|%[^\r\n]*[\r\n])+\Z"
)
_ROOT = re.compile(rb"/Root[\0\t\n\f\r ]+(\d{1,10})[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+R")
_STREAM = re.compile(rb"(?:[\0\t\n\f\r ]|%[^\r\n]*)*stream(?:\r\n|\n|\r)?")
_WHITE = b"\0\t\n\f\r "
_PAGES_AT_MOST = 200_000


# --- the whole file -----------------------------------------------------------------------------


class Scan:
    """The scan of a PDF: where its objects begin, and what was found in them."""

    def __init__(self, data: bytes | mmap, limits: Limits, findings: Findings) -> None:
        self.data, self.limits, self.findings = data, limits, findings
        self.starts = self._starts()
        #: Of each number its start in the file, or (start of its object stream, text of that,
        #: position in the text).
        self.objects: dict[int, int | tuple[int, bytes, int]] = {}
        for start in self.starts:
            number = _NUMBERED.search(data[max(start - 43, 0) : start - 3])
            if number:
                self.objects[int(number[1])] = start
        self.left = limits.unpacked
        self._parsed: dict[int, tuple[Value, int]] = {}

    def _starts(self) -> "array[int]":
        """Return the sorted positions behind every `obj` and `trailer` of the PDF."""
        data = self.data
        before = _WHITE + b"0123456789"
        return array(
            "Q",
            (
                m.end()
                for m in re.finditer(rb"obj|trailer", data)
                if m[0] != b"obj" or data[m.start() - 1] in before
            ),
        )

    def run(self) -> None:
        """Judge every dangerous name of the PDF and of its object streams; count the pages."""
        hits = sorted({*_hits(self.data)})
        for start in self._suspects([position for position, name in hits if name == "Encrypt"]):
            value = self._at(start)
            if isinstance(value, dict | list | str) and "Encrypt" in value:
                raise Refused(ENCRYPTED)
        for start in self._suspects([position for position, _ in hits]):
            value = self._at(start)
            if isinstance(value, dict) and (
                value.get("Type") == "ObjStm" or "ObjStm" in value.values()
            ):
                self._look_inside(value, start)
            self._judge(value)
        self.findings.pages = self._pages()
        if not self.findings.pages:
            self.findings.flag(NO_TREE if self.findings.pages is None else NO_PAGE)

    def _suspects(self, positions: Sequence[int]) -> Iterator[int]:
        """Yield the start of every PDF object that has one of the sorted `positions` in it.

        A position in the stream of an object does not count.
        """
        last = None
        for position in positions:
            index = bisect.bisect_right(self.starts, position) - 1
            if index < 0 or self.starts[index] == last:
                continue
            try:
                _, end = self._parse(self.starts[index])
            except Broken:
                self._judge_words(self.data[position : position + 200])
                continue
            if end > position:
                last = self.starts[index]
                yield last

    def _parse(self, start: int) -> tuple[Value, int]:
        if start not in self._parsed:
            if len(self._parsed) > 50:
                self._parsed.clear()
            self._parsed[start] = parse(self.data, start)
        return self._parsed[start]

    def _at(self, start: int) -> Value:
        return self._parse(start)[0]

    def _judge_words(self, text: bytes) -> None:
        """Judge the PDF name that `text` begins with alone, where its object cannot be parsed."""
        words = re.split(rb"[\0\t\n\f\r ()<>\[\]{}/%]", text[1:], maxsplit=1)
        name = unescaped(words[0]).decode("latin-1")
        if name == "Encrypt":
            raise Refused(ENCRYPTED)
        if name in ("EF", "EmbeddedFile", "ObjStm"):
            raise Refused(UNREADABLE)
        self._judge(Name(name))

    def _judge(self, value: Value) -> None:
        """Refuse or flag what is dangerous in a parsed PDF `value`."""
        todo = [value]
        while todo:
            item = todo.pop()
            if isinstance(item, dict):
                todo += [Name(key) for key in item if key in _WANTED and key != "URI"]
                todo += item.values()
                if "EF" in item:
                    self._judge_embedded(item)
                if isinstance(item.get("URI"), bytes | Ref):
                    self._judge_link(readable(self._resolved(item["URI"])))
            elif isinstance(item, list):
                todo += item
            elif isinstance(item, Name):
                if item == "Launch":
                    raise Refused(LAUNCH)
                if item in _FLAGS:
                    self.findings.flag(_FLAGS[item])

    def _judge_link(self, address: str) -> None:
        match = re.match(r"[\s\0]*([a-zA-Z][a-zA-Z0-9+.-]*):", address)
        scheme = match[1].lower() if match else ""
        is_host = re.search(r"\.|^localhost$", scheme)  # "nghean.gov.vn:80" has no scheme
        if scheme not in _GOOD_SCHEMES and not is_host:
            self.findings.flag(BAD_LINK.format(scheme[:20]))

    def _judge_embedded(self, spec: dict[str, Value]) -> None:
        """Refuse a PDF's attached program; name any other attached file to the approver."""
        names = [
            readable(self._resolved(spec.get(key))) for key in ("UF", "F", "DOS", "Unix", "Mac")
        ]
        names = [name.strip() for name in names if name.strip()]
        kinds = {name.rpartition(".")[2].strip(" .\0").lower() for name in names}
        if not names or not kinds <= _EMBEDDED_KINDS:
            raise Refused(EMBEDDED.format(shown(names[0]) if names else "không có tên"))
        streams = self._resolved(spec["EF"])
        for ref in streams.values() if isinstance(streams, dict) else []:
            start = self.objects.get(ref) if isinstance(ref, Ref) else None
            if isinstance(start, int):
                head = self._stream(start)
                if head is None or is_program(names[0], head):
                    raise Refused(EMBEDDED.format(shown(names[0])))
        self.findings.flag(HOLDS.format(shown(names[0])))

    def _resolved(self, value: Value) -> Value:
        """Return the PDF object that `value` leads to if it is a Ref; None if unreadable."""
        for _ in range(5):
            if not isinstance(value, Ref):
                return value
            value = self._object(value)
        return None

    def _object(self, number: int) -> Value:
        position = self.objects.get(number)
        text: bytes | mmap = self.data
        if isinstance(position, tuple):
            _, text, position = position
        elif not position:
            return None
        try:
            return parse(text, position)[0]
        except Broken:
            return None

    # --- object streams

    def _look_inside(self, head: dict[str, Value], start: int) -> None:
        """Unpack the PDF's object stream (dictionary `head`) at `start`; judge its objects."""
        text = self._stream(start, whole=True)
        if text is None:
            raise Refused(UNREADABLE)
        first = self._whole(head.get("First"))
        pairs = text[:first].split()
        for number, offset in zip(pairs[::2], pairs[1::2], strict=False):
            if number.isdigit() and offset.isdigit():
                known = self.objects.get(int(number))
                if not known or (known[0] if isinstance(known, tuple) else known) < start:
                    self.objects[int(number)] = (start, text, first + int(offset))
        if not any(True for _ in _hits(text)):
            return
        position = first
        while position < len(text):
            try:
                value, position = parse(text, position)
            except Broken:
                for hit, _ in _hits(text):
                    if hit >= position:
                        self._judge_words(text[hit : hit + 200])
                return
            self._judge(value)

    def _whole(self, value: Value) -> int:
        value = self._resolved(value)
        return int(value) if is_whole(value) else 0

    def _stream(self, start: int, whole: bool = False) -> bytes | None:
        """Unpack the stream of the PDF object at `start`, its beginning or all of it.

        None where it is packed in another way.
        """
        head, end = self._parse(start)
        match = _STREAM.match(self.data, end)
        if not match or not isinstance(head, dict):
            return None
        parameters = self._resolved(head.get("DecodeParms"))
        for each in parameters if isinstance(parameters, list) else [parameters]:
            each = self._resolved(each)
            if isinstance(each, dict) and each.get("Predictor", "1") != "1":
                return None
        return self._decoded(match.end(), whole, head)

    def _decoded(self, begin: int, whole: bool, head: dict[str, Value]) -> bytes | None:
        most = self.left if whole else 4096
        end = self.data.find(b"endstream", begin)
        end = max(end, begin + self._whole(head.get("Length"))) if end >= 0 else len(self.data)
        raw = self.data[begin : min(end, begin + self.limits.unpacked)]
        filters = self._resolved(head.get("Filter"))
        for each in filters if isinstance(filters, list) else [filters] if filters else []:
            name = self._resolved(each)
            if name in ("FlateDecode", "Fl"):
                raw = _inflated(raw, most)
            elif name in ("ASCIIHexDecode", "AHx"):
                digits = re.sub(rb"[^0-9A-Fa-f]", b"", raw.partition(b">")[0])
                raw = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
            else:
                return None
        if whole:
            self.left -= len(raw)
            if self.left <= 0:
                raise Refused(UNREADABLE)
        return raw

    # --- pages

    def _pages(self) -> int | None:
        """Count the pages of the PDF's page tree; None where no tree can be read.

        Loops end.
        """
        root, tree = self._tree()
        if tree is None:
            return None
        count, todo = 0, [tree]
        seen: set[object] = {root}
        leaves: dict[Ref, int] = {}
        while todo and count < _PAGES_AT_MOST:
            kids = self._resolved(todo.pop().get("Kids"))
            for kid in reversed(kids) if isinstance(kids, list) else []:
                if isinstance(kid, Ref) and kid in leaves:
                    count += leaves[kid]
                    continue
                node = self._resolved(kid)
                is_leaf = isinstance(node, dict) and "Kids" not in node
                if isinstance(node, dict) and not is_leaf and kid not in seen:
                    seen.add(kid)
                    todo.append(node)
                if isinstance(kid, Ref):
                    leaves[kid] = int(is_leaf)
                count += is_leaf
        return min(count, _PAGES_AT_MOST)

    def _tree(self) -> tuple[Ref | None, dict[str, Value] | None]:
        """Return the root of the PDF's page tree, its number and dictionary."""
        for match in reversed([*_ROOT.finditer(self.data)][-20:]):
            catalog = self._resolved(Ref(int(match[1])))
            root = catalog.get("Pages") if isinstance(catalog, dict) else None
            pages = self._resolved(root)
            if isinstance(pages, dict) and "Kids" in pages:
                return root if isinstance(root, Ref) else None, pages
        return None, None


def _hits(data: bytes | mmap) -> Iterator[tuple[int, str]]:
    """Yield positions of the dangerous PDF names in `data`, plain ones first."""
    for match in _PLAIN.finditer(data):
        yield match.start(), match[0][1:].decode()
    for match in _HIDDEN.finditer(data):
        name = unescaped(match[0][1:]).decode("latin-1")
        if name in _WANTED:
            yield match.start(), name


def _inflated(raw: bytes, most: int) -> bytes:
    """Inflate at most `most` bytes of a PDF stream; of a broken one what comes before the break."""
    machine = zlib.decompressobj()
    try:
        return machine.decompress(raw, most)
    except zlib.error:
        out, machine = [], zlib.decompressobj()
        try:
            for start in range(0, min(len(raw), most), 64):
                out.append(machine.decompress(raw[start : start + 64]))
        except zlib.error:
            pass
        return b"".join(out)[:most]


def shown(name: str) -> str:
    """Make the name of a PDF's embedded file fit for a sentence."""
    return "".join(c if c.isprintable() else "_" for c in name)[:80]


def inspect(data: bytes | mmap, limits: Limits, findings: Findings) -> None:
    """Scan the PDF `data`: raise Refused, or fill `findings`."""
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise Refused(CUT)
    tail = data[end + 5 :]
    if b"PK\x05\x06" in data[max(len(data) - 70_000, 0) :]:
        raise Refused(MIXED)
    if re.search(rb"\d[\0\t\n\f\r ]+obj[\0\t\n\f\r <\[(/]", tail):
        raise Refused(CUT)
    if tail.strip(_WHITE + b"\x1a"):
        findings.flag(TAIL)
    Scan(data, limits, findings).run()
