"""Hostile words: our own few, and the corpus of ../shared/hostile where there is one."""

import ast

from tests.support.shared import SHARED

CORPUS = SHARED / "hostile" / "make.py"
#: Always tried. One trick each; the corpus has the rest.
OWN = {
    "script": "<script>alert(1)</script>",
    "attribute": '"><img src=x onerror=alert(1)>',
    "title": "</title></textarea></script><script>alert(1)</script>",
    "template": "{{7*7}}{% debug %}",
    "calendar": "Họp\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:x",
    "header": "a\r\nX-Injected: 1",
    "formula": "=1+1",
    "tab formula": "\t=1",
    "cdata": "]]><x>&amp;",
    "controls": "a\x00b\x0b\x1b[31mc\x7f\ufffe",
    "surrogate": "a\ud800b",
    "emoji": "🇻🇳 cờ",
    "backslash": "a\\;b,c\\n",
    "long word": "ệ" * 240,
}


def _list_of(name):
    """Return the value of the list `name` (str) in the generator of the corpus, without making its
    bombs.
    """
    module = ast.parse(CORPUS.read_text(encoding="utf-8"))
    node = next(
        n
        for n in module.body
        if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == name
    )
    scope = {}
    exec(compile(ast.Module([node], []), str(CORPUS), "exec"), scope)
    return scope[name]


def strings():
    """Return {name: hostile str} for fields of plain text."""
    found = dict(OWN)
    if CORPUS.is_file():
        found |= {
            f"S{n:02}": value
            for n, (target, value) in enumerate(_list_of("S"), 1)
            if target == "text"
        }
    return found


def requests():
    """Return [(id, method, path, headers, allowed statuses)] of the corpus, as written there; none
    where it is absent.
    """
    if not CORPUS.is_file():
        return []
    return [
        (f"R{n:02}", method, path, headers, codes)
        for n, (method, path, headers, codes, _) in enumerate(_list_of("R"), 1)
    ]
