"""One word, one thing: the glossary of docs/domain.md against the names of classes and modules; the
journeys against the functions they name.
"""

import ast
import re

from tests.house.first_sentences import ROOT, shipped_files

DOMAIN = (ROOT / "docs" / "domain.md").read_text(encoding="utf-8")
JOURNEYS = (ROOT / "docs" / "journeys.md").read_text(encoding="utf-8")


def words_of(name):
    """Return the words (set of str) of the name of a class or module: "FormerAddress" → {"former",
    "address"}.
    """
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}


def names():
    """Return the names (set of str) of all classes and modules that are shipped."""
    found = set()
    for path in shipped_files():
        found |= {path.stem, path.parent.name}
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    return found


def glossary():
    """Return {term: names (set of str) that may bear its word} of the table in docs/domain.md."""
    table = DOMAIN.split("## Glossary", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| \*\*([\w ]+)\*\* \|.*\| ([^|]*) \|$", table, re.M)
    return {term: set(re.findall(r"`(\w+)`", cell)) for term, cell in rows}


def gone():
    """Return the words (set of str) that the glossary says are used for nothing any more."""
    sentence = re.search(r"Words that are gone: (.*?)\.\n", DOMAIN, re.S)[1]
    return set(re.findall(r"\*(\w+)\*", sentence))


def test_glossary_has_its_terms():
    assert {"phase", "validity", "revision", "intake"} <= set(glossary())
    assert {"standing", "generation", "turn"} <= gone()


def test_a_word_of_the_glossary_names_nothing_else():
    present = names()
    for term, allowed in glossary().items():
        bearers = {name for name in present if set(term.split()) <= words_of(name)}
        assert bearers <= allowed, f"{term}: {sorted(bearers - allowed)} mean something else"
        assert allowed <= present, f"{term}: {sorted(allowed - present)} are not there"


def test_words_that_are_gone_name_nothing():
    assert not {name for name in names() if gone() & words_of(name)}


def defined(path):
    """Return the names (set of str) of functions, classes and `Class.method`s in the file at
    `path`.
    """
    found = set()

    def walk(body, prefix):
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.add(prefix + node.name)
                walk(node.body, f"{prefix}{node.name}.")

    walk(ast.parse(path.read_text(encoding="utf-8")).body, "")
    return found


def test_journeys_name_functions_that_are_there():
    steps = re.findall(r"`([\w/]+\.py)` · `([\w.]+)`", JOURNEYS)
    assert len(steps) > 20
    missing = [
        f"{path}: {name}"
        for path, name in steps
        if not (ROOT / path).exists() or name not in defined(ROOT / path)
    ]
    assert not missing
