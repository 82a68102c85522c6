"""The plan of the house holds: floors, one place of trust, a public side that knows no users.

Taste does not decide.
"""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
from django.urls import get_resolver

from tests.support.serving import ROOT

ROOMS = ("portal", "news", "documents", "schedule")
PYTHON = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
PUBLIC = [path for path in TEMPLATES if "admin" not in path.relative_to(ROOT / "templates").parts]
TRUSTED = ROOT / "templates" / "includes" / "prose.html"

#: Who may import what comes from outside and may one day be exchanged; a folder stands for all
#: modules in it.
SEAMS = {
    "ckeditor": {"portal/richtext/ckeditor.py"},
    "nh3": {"portal/richtext/cleaner.py"},
    "taggit": {"news/models.py", "documents/models.py"},
    "PIL": {"portal/pictures", "portal/extraction/worker.py"},
    "pypdf": {"portal/extraction/worker.py"},
    "pdfminer": {"portal/extraction/worker.py"},
    "fitz": {"portal/extraction/worker.py"},
    "pypdfium2": {"portal/extraction/worker.py"},
    "icalendar": {"schedule/views/calendar_feed.py"},
    "environ": {"portal/settings.py"},
    "filetype": {"portal/uploads/inspection.py"},
    "redis": set(),
    "granian": {"portal/ops/server.py", "portal/wsgi.py"},
}
#: Modules of `portal` that stand on no floor: Django asks for them by name, or they look at the
#: house from outside.
OUTSIDE = {
    "settings",
    "ops",
    "wsgi",
    "pagestore",
    "middleware",
    "apps",
    "models",
    "management",
    "migrations",
    "formats",
    "templatetags",
    "sample",
}


def short(path):
    """Return `path` (Path) as written in the docs (str)."""
    return path.relative_to(ROOT).as_posix()


def found(pattern, paths, flags=re.IGNORECASE):
    """Return where `pattern` occurs in the files `paths`, as a list of "file:line: text"."""
    places = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        for match in re.finditer(pattern, text, flags):
            number = text.count("\n", 0, match.start()) + 1
            places.append(f"{short(path)}:{number}: {text.splitlines()[number - 1].strip()}")
    return places


def uncommented(paths):
    """Return copies of the template texts without comments, by path."""
    return {
        p: re.sub(
            r"{#.*?#}|{% comment.*?endcomment %}|<!--.*?-->",
            "",
            p.read_text(encoding="utf-8"),
            flags=re.DOTALL,
        )
        for p in paths
    }


@cache
def imports(path):
    """Return the modules (set of str) that the Python file `path` imports, wherever in the file."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return names


def test_import_contract_is_kept():
    code = "from importlinter.cli import lint_imports_command as command; command()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_module_of_the_ground_stands_on_a_floor():
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"][0]
    floors = {name.strip() for layer in contract["layers"] for name in re.split("[|:]", layer)}
    modules = {
        path.stem
        for path in (ROOT / "portal").iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    homeless = {name for name in modules - OUTSIDE - {"__init__"} if f"portal.{name}" not in floors}
    assert not homeless, (
        f"name these in pyproject.toml, on a floor of docs/house.md: {sorted(homeless)}"
    )


def test_every_module_says_what_it_is_for():
    silent = []
    for path in [*PYTHON, *(ROOT / "tests").rglob("*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if tree.body and not ast.get_docstring(tree) and "migrations" not in path.parts:
            silent.append(short(path))
    assert not silent


def test_no_room_for_odds_and_ends():
    names = {"utils", "util", "helpers", "services", "core", "common", "misc"}
    assert not [
        short(path)
        for path in PYTHON
        if path.stem in names or names & set(path.relative_to(ROOT).parts)
    ]


@pytest.mark.parametrize("package", sorted(SEAMS))
def test_third_party_stays_behind_its_seam(package):
    allowed = SEAMS[package]
    users = [
        path
        for path in PYTHON
        if any(name.split(".")[0] == package for name in imports(path))
        and "migrations" not in path.parts
    ]
    strangers = [
        short(path)
        for path in users
        if short(path) not in allowed and short(path.parent) not in allowed
    ]
    assert not strangers


def test_html_is_trusted_in_one_place():
    assert TRUSTED.exists()
    others = [path for path in TEMPLATES if path != TRUSTED]
    assert not found(r"\|\s*safe(seq)?\b|{%\s*autoescape\s+off", others)
    assert not found(r"\b(mark_safe|SafeString|SafeText|html_safe)\b", PYTHON)
    assert len(found(r"\|\s*safe\b", [TRUSTED])) == 1


def test_public_side_knows_no_users():
    for path, text in uncommented(PUBLIC).items():
        inside = " ".join(re.findall(r"{[{%].*?[%}]}", text, re.DOTALL))
        words = re.findall(
            r"\b(?:user|perms|messages|csrf_token|request\.user|request\.session|csrf_input)\b",
            inside,
        )
        assert not words, f"{short(path)}: {words}"
    views = [
        path
        for path in PYTHON
        if path.name in ("views.py", "feeds.py", "sitemaps.py", "calendars.py", "doors.py")
    ]
    assert views
    assert not found(
        r"\brequest\.(user|session)\b|contrib\.messages|csrf_token|\bget_user\b", views
    )


def test_nothing_inline_in_public_templates():
    for path, text in uncommented(PUBLIC).items():
        assert not re.search(r"<style\b", text, re.IGNORECASE), short(path)
        assert not re.search(r"<[^>]*\sstyle\s*=", text, re.IGNORECASE), short(path)
        assert not re.search(r"<[^>]*\son[a-z]+\s*=", text, re.IGNORECASE), short(path)
        assert not re.search(r"javascript:", text, re.IGNORECASE), short(path)
        for attributes, body in re.findall(
            r"<script\b([^>]*)>(.*?)</script>", text, re.IGNORECASE | re.DOTALL
        ):
            is_data = re.search(r"type=[\"']application/(ld\+)?json", attributes)
            assert is_data or (re.search(r"\ssrc=", attributes) and not body.strip()), short(path)


def test_public_templates_call_no_other_site():
    for path, text in uncommented(PUBLIC).items():
        called = re.findall(
            r"<(?:script|img|iframe|source|video|audio|embed|object|use|track)\b[^>]*"
            r"\s(?:src|srcset|data|href)=[\"'](?:https?:)?//",
            text,
        )
        linked = re.findall(r"<link\b[^>]*\shref=[\"'](?:https?:)?//", text)
        forms = re.findall(r"<form\b[^>]*\saction=[\"'](?:https?:)?//", text)
        assert not called + linked + forms, short(path)
    sheets = [*(ROOT / "static").rglob("*.css"), *(ROOT / "static").rglob("*.js")]
    assert not found(
        r"url\([\"']?(?:https?:)?//|@import\s+[\"'](?:https?:)?//|\bfetch\([\"'](?:https?:)?//",
        sheets,
    )


def test_editors_own_uploader_is_not_mounted():
    assert not found(
        r"ckeditor_uploader|ckeditor\.urls",
        [path for path in PYTHON if path.name != "test_house.py"],
    )

    def names(patterns):
        for pattern in patterns:
            yield getattr(pattern, "urlconf_name", None) or getattr(pattern, "lookup_str", "")
            yield from names(getattr(pattern, "url_patterns", []))

    assert not [name for name in names(get_resolver().url_patterns) if "ckeditor" in str(name)]


def test_now_is_asked_when_the_page_is_asked():
    """A class or module that reads the clock while it is imported would show yesterday's week for
    ever.
    """
    early = []
    for path in PYTHON:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        bodies = [
            tree.body,
            *(node.body for node in ast.walk(tree) if isinstance(node, ast.ClassDef)),
        ]
        for statement in (
            s
            for body in bodies
            for s in body
            if isinstance(s, ast.Assign | ast.AnnAssign | ast.Expr)
        ):
            lambdas = {
                id(inner)
                for node in ast.walk(statement)
                if isinstance(node, ast.Lambda)
                for inner in ast.walk(node)
            }
            for call in (
                node
                for node in ast.walk(statement)
                if isinstance(node, ast.Call) and id(node) not in lambdas
            ):
                if re.fullmatch(
                    r"(timezone\.|datetime\.|date\.|datetime\.datetime\.)?"
                    r"(now|localdate|localtime|today|utcnow)",
                    ast.unparse(call.func),
                ):
                    early.append(f"{short(path)}:{call.lineno}")
    assert not early


def test_documents_of_the_house_exist():
    for name in (
        "README.md",
        "CHANGELOG.md",
        ".env.example",
        "docs/house.md",
        "docs/operations.md",
        "docs/editors.md",
    ):
        assert (ROOT / name).exists(), name
    records = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))
    numbers = [int(name[:4]) for name in records]
    assert len(set(numbers)) == len(numbers) >= 6


def test_every_variable_is_explained():
    source = (ROOT / "portal" / "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r"_(?:text|switch|whole|address|parsed)\(\s*\"([A-Z0-9_]+)\"", source))
    from tests.support.serving import NAMES

    assert names == NAMES
    for document in ("docs/operations.md", ".env.example"):
        written = (ROOT / document).read_text(encoding="utf-8")
        assert not [name for name in sorted(names) if not re.search(rf"\b{name}\b", written)], (
            document
        )


def test_pins_are_exact():
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in Path(ROOT / name).read_text(encoding="utf-8").splitlines():
            line = line.partition("#")[0].strip()
            assert (
                not line or line.startswith("-r ") or re.match(r"[\w.-]+==[\w.]+(;.*)?$", line)
            ), line
