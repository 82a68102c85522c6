"""Twenty functions by chance: print their first sentences, so that a reader says the file of each.

`python tests/house/first_sentences.py SEED` prints the sentences only; with `--files` the answers.
Who has not seen the code should find 17 of 20 with docs/house.md and the tree of files beside him.
"""

import argparse
import ast
import random
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("portal", "news", "documents", "schedule")


def shipped_files():
    """Return the Python files (list of Path) that are shipped, without migrations."""
    found = (path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def first_sentence(docstring):
    """Return the first sentence (str) of `docstring` (str), on one line."""
    paragraph = " ".join(docstring.strip().split("\n\n")[0].split())
    return re.split(r"(?<=[.!?])\s+(?=[A-ZĐ`(])", paragraph)[0]


def sentences():
    """Return [(file, line, first sentence)] of all functions that have a docstring, in order."""
    rows = []
    for path in shipped_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                docstring = ast.get_docstring(node)
                if docstring:
                    name = path.relative_to(ROOT).as_posix()
                    rows.append((name, node.lineno, first_sentence(docstring)))
    return sorted(rows)


def main():
    """Print the sentences of twenty functions, or where they stand."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("seed", type=int)
    parser.add_argument("--files", action="store_true", help="the answers")
    parser.add_argument("--count", type=int, default=20)
    options = parser.parse_args()
    chosen = random.Random(options.seed).sample(sentences(), options.count)
    for number, (name, line, sentence) in enumerate(chosen, start=1):
        sys.stdout.write(f"{number:2} {f'{name}:{line}' if options.files else sentence}\n")


if __name__ == "__main__":
    main()
