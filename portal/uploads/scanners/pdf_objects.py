"""Reads one object of a PDF: numbers, names, texts, lists, dictionaries. Source: ISO 32000-1, 7.2 and 7.3."""

import re

_TOKEN = re.compile(
    rb"(?P<space>(?:[\0\t\n\f\r ]+|%[^\r\n]*)+)|/(?P<name>[^\0\t\n\f\r ()<>\[\]{}/%]*)|(?P<open><<|\[)|(?P<close>>>|\])"
    rb"|<(?P<hex>[^<>]*)>|(?P<text>\()|(?P<word>[^\0\t\n\f\r ()<>\[\]{}/%]+)|(?P<odd>.)",
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
    """An object that is not written as the standard says, or is nested beyond reason."""


def unescaped(name):
    """Return the name (bytes, without slash) with every `#xx` as the byte that it stands for."""
    return (
        re.sub(rb"#([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), name)
        if b"#" in name
        else name
    )


def parse(data, position):
    """Return (value, position behind it) of the object at `position` of `data`; never recursive.

    Values: dict, list, Name, Ref, bytes (a text), str (a word or number). Raises Broken.
    """
    stack, marks, count = [], [], 0
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
            stack.append(
                dict(zip(map(str, items[::2]), items[1::2], strict=False))
                if opened == b"<<"
                else items
            )
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
                stack.pop()
                word = Ref(int(stack.pop()))
            stack.append(word)
        else:
            raise Broken
        if not marks:
            return stack[-1], position


def is_whole(value):
    """Tell whether `value`, as `parse` gives it, is a whole number."""
    return type(value) is str and value.isdecimal() and len(value) <= 10


_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _text(data, position):
    """Return (bytes, position behind it) of the text in brackets that begins before `position`."""
    out, depth = [], 1
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


def _escaped(mark):
    if mark[:1].isdigit() and mark[0] < 0x38:
        return bytes([int(mark, 8) & 255])
    return b"" if mark[:1] in b"\r\n" else _ESCAPES.get(mark, mark)


def readable(value):
    """Return the text (bytes or other value) as str, as viewers read it (UTF-16 where it says so)."""
    if not isinstance(value, bytes):
        return ""
    if value.startswith((b"\xfe\xff", b"\xff\xfe")):
        return value.decode("utf-16", "replace")
    return value.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
