"""The tree of the house is the plan of docs/house.md: folders, their lines, package files, widths,
names that are gone.
"""

import ast
import re
import subprocess
from collections import Counter
from functools import cache

import pytest

from portal.publishing.public import content_changed
from tests.house.first_sentences import ROOMS, ROOT, sentences, shipped_files

HOUSE = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
#: Modules of before the house was rebuilt, by folder.
GONE = {
    "portal": "legacy_text confined rights server planner files "
    "inspection antivirus storage insides "
    "generation pagestore portlets prepared rows doors filters middleware admin admin_site "
    "admin_forms admin_choices",
    "portal/search": "tokens entries engine_sqlite engine_postgres answers "
    "facets snippets near misses",
    "documents": "fence extraction office word_binary attachments reading page_pictures staging "
    "keeping validity relations standing deadlines issuers paper parties grounds understanding "
    "forms facets sets registers reader feeds data diagram admin_entry entry admin_files "
    "admin_relations admin_words admin_doubts admin_forms",
    "news": "forms",
    "schedule": "calendars",
}
#: Labels of tables, which are written like the modules of those names.
LABELS = {"documents.relation", "documents.attachment"}


def folders():
    """Return the folders (list of str) below the rooms that hold Python, as written in the docs."""
    found = {path.parent.relative_to(ROOT).as_posix() for path in shipped_files()}
    return sorted(name for name in found if "/management" not in name)


@cache
@cache
def texts():
    """Return [(name, text)] of all files with words in the tree, but for the changelog."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    names = [
        name
        for name in listed.stdout.split()
        if re.search(r"(\.(py|md|toml|html|css|js|txt|yaml|cfg)|Makefile)$", name)
        and name not in ("CHANGELOG.md", "tests/house/test_plan.py")
        and not name.startswith(("portal/sample/texts/", "tests/data/"))
    ]
    return [(n, (ROOT / n).read_text(encoding="utf-8")) for n in names if (ROOT / n).exists()]


def test_no_folder_holds_more_than_sixteen_modules():
    modules = Counter(path.parent for path in shipped_files() if path.name != "__init__.py")
    assert not {str(folder): n for folder, n in modules.items() if n > 16}


def test_packages_hold_one_line_of_words_and_no_code():
    """Programs of the sandbox are started by name: their parents must import nothing (Django's
    admin is asked for as a module).
    """
    for path in shipped_files():
        if path.name == "__init__.py":
            body = ast.parse(path.read_text(encoding="utf-8")).body
            allowed = 2 if path.parent.name == "admin" else 1
            assert len(body) <= allowed and ast.get_docstring(ast.Module(body, [])), path


def test_no_line_is_wider_than_a_hundred_characters():
    wide = [
        f"{name}:{number}"
        for name, text in texts()
        if name.endswith(".py") and "/migrations/" not in name
        for number, line in enumerate(text.splitlines(), start=1)
        if len(line) > 100
    ]
    assert not wide


def test_every_folder_has_its_line_in_the_plan():
    missing = [name for name in folders() if f"`{name}/`" not in HOUSE]
    assert not missing


def test_every_module_is_named_in_the_plan():
    """Who looks for a line of code finds the module's name there; what Django names itself needs
    none.
    """
    usual = {"__init__", "__main__", "apps", "models", "urls", "admin"}
    missing = [
        path.relative_to(ROOT).as_posix()
        for path in shipped_files()
        if path.stem not in usual and f"`{path.stem}`" not in HOUSE
    ]
    assert not missing


def test_the_plan_names_nothing_that_is_not_there():
    named = re.findall(
        r"`((?:portal|documents|news|schedule|tests|templates|static)/[\w./]*)`", HOUSE
    )
    assert named
    assert not [name for name in named if not (ROOT / name).exists()]


@pytest.mark.parametrize("folder", GONE)
def test_names_of_before_are_gone(folder):
    names = "|".join(GONE[folder].split())
    path = rf"(?<![\w/]){re.escape(folder)}/(?:{names})\.py"
    dotted = rf"(?<![\w.]){re.escape(folder.replace('/', '.'))}\.(?:{names})(?![\w(])"
    found = [
        f"{file}: {match[0]}"
        for file, text in texts()
        for match in re.finditer(f"{path}|{dotted}", text)
        if match[0] not in LABELS
    ]
    assert not found


def test_receivers_of_a_change_stand_in_one_table():
    """What hangs on `content_changed` is listed, each with its module, and the list holds nothing
    else.
    """
    table = HOUSE.split("## What hangs on a change", 1)[1].split("\n## ", 1)[0]
    listed = set(re.findall(r"^\| `([\w.]+)` \|", table, re.M))
    connected = set()
    for _, reference, *_ in content_changed.receivers:
        function = reference() if hasattr(reference, "__self__") or callable(reference) else None
        function = function if callable(function) else reference
        if function.__module__.split(".")[0] in ROOMS:
            connected.add(f"{function.__module__}.{function.__qualname__}")
    assert connected == listed


def test_sentences_can_be_drawn_by_chance():
    drawn = sentences()
    assert len(drawn) > 500
    assert all(sentence.strip() for *_, sentence in drawn)
