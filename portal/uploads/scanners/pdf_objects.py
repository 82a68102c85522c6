"""Parse one object of a PDF: a number, name, text, list or dictionary (ISO 32000-1, 7.2, 7.3)."""

import re
from mmap import mmap
from typing import TypeGuard, Union

_TOKEN = re.compile(
    rb"(?P<space>(?:[\0\t\n\f\r ]+|%[^\r\n]*)+)|/(?P<name>[^\0\t\n\f\r ()<>\[\]{}/%]*)"
    rb"|(?P<open><<|\[)|(?P<close>>>|\])|<(?P<hex>[^<>]*)>|(?P<text>\()"
    rb"|(?P<word>[^\0\t\n\f\r ()<>\[\]{}/%]+)|(?P<odd>.)",
    re.DOTALL,
)
_TEXT = re.compile(rb"([^()\\]+)|(\\(?:[0-7]{1,3}|\r\n|.)|[()])", re.DOTALL)
_DEEPEST = 400
_TOKENS_OF_ONE = 400_000


class Name(str):
    """A name of PDF without its slash."""


class Ref(int):
    """The number of another object."""


class Broken(ValueError):
    """An object that is not written as the standard says, or is nested too deep."""


#: A word or number is a str, a text is bytes; None is an object that cannot be read.
Value = Union[dict[str, "Value"], list["Value"], Name, Ref, bytes, str, None]  # noqa: UP007


def unescaped(name: bytes) -> bytes:
    """Replace every `#xx` of a PDF name by the byte that it stands for."""
    if b"#" not in name:
        return name
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), name)


def parse(data: bytes | mmap, position: int) -> tuple[Value, int]:
    """Parse the PDF object at `position` without recursion; also return the position behind it.

    Raises Broken.
    """
    stack: list[Value] = []
    marks: list[tuple[bytes, int]] = []
    count = 0
    while True:
        match = _TOKEN.match(data, position)
        count += 1
        if match is None or count > _TOKENS_OF_ONE:
            raise Broken
        position, kind = match.end(), match.lastgroup
        if kind == "space":
            continue
        if kind == "open":
            marks.append((match["open"], len(stack)))
            if len(marks) > _DEEPEST:
                raise Broken
            continue
        if kind == "close":
            if not marks or (marks[-1][0] == b"<<") != (match["close"] == b">>"):
                raise Broken
            opened, start = marks.pop()
            items = stack[start:]
            del stack[start:]
            pairs = zip(map(str, items[::2]), items[1::2], strict=False)
            stack.append(dict(pairs) if opened == b"<<" else items)
        elif kind == "name":
            stack.append(Name(unescaped(match["name"]).decode("latin-1")))
        elif kind == "hex":
            digits = re.sub(rb"[^0-9A-Fa-f]", b"", match["hex"])
            stack.append(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()))
        elif kind == "text":
            value, position = _text(data, position)
            stack.append(value)
        elif kind == "word":
            word = match["word"].decode("latin-1")
            if word in ("stream", "endobj", "obj"):
                raise Broken
            if word == "R" and len(stack) >= 2 and is_whole(stack[-1]) and is_whole(stack[-2]):
                stack[-2:] = [Ref(int(str(stack[-2])))]
            else:
                stack.append(word)
        else:
            raise Broken
        if not marks:
            return stack[-1], position


def is_whole(value: Value) -> TypeGuard[str]:
    """Tell whether a parsed PDF `value` is a whole number."""
    return type(value) is str and value.isdecimal() and len(value) <= 10


_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _text(data: bytes | mmap, position: int) -> tuple[bytes, int]:
    """Parse the PDF text in brackets that begins before `position`; return where it ends."""
    out: list[bytes] = []
    depth = 1
    for match in _TEXT.finditer(data, position):
        plain, mark = match.groups()
        if plain:
            out.append(plain)
        elif mark.startswith(b"\\"):
            out.append(_escaped(mark[1:]))
        else:
            depth += 1 if mark == b"(" else -1
            if not depth:
                return b"".join(out), match.end()
            out.append(mark)
    raise Broken


def _escaped(mark: bytes) -> bytes:
    if mark[:1].isdigit() and mark[0] < 0x38:
        return bytes([int(mark, 8) & 255])
    return b"" if mark[:1] in b"\r\n" else _ESCAPES.get(mark, mark)


def readable(value: Value) -> str:
    """Decode a PDF text as viewers do: UTF-16 where its mark says so; "" for other values."""
    if not isinstance(value, bytes):
        return ""
    if value.startswith((b"\xfe\xff", b"\xff\xfe")):
        return value.decode("utf-16", "replace")
    return value.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
