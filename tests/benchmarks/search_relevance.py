"""Whether the search finds the right thing first: `python tests/benchmarks/search_relevance.py`.

Takes the real documents and articles of ../shared into an empty portal on each database, the way
staff import them, and asks tests/data/search_relevance.jsonl: what a citizen types, and what by its
own words is the right answer (any of `expected`, told by title or number; written down from the
corpus before the engine was asked). Three promises: the right answer stands among the first three
of 95 % of the queries; without accents everything is found that is found with them; both databases
find the same.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.support import postgres  # noqa: E402
from tests.support.serving import manage  # noqa: E402
from tests.support.shared import SHARED  # noqa: E402

FILES = {
    "import_documents": ["documents_congbao_sonla.jsonl", "documents_phapdien.jsonl.gz"],
    "import_articles": ["articles_phapdien.jsonl.gz"],
}
ENOUGH = 0.95


def asked():
    """Return the queries (list of dict: class, query, expected)."""
    with (ROOT / "tests" / "data" / "search_relevance.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def fill(**environment):
    """Import the corpora into the portal of `environment`."""
    for command, names in [("migrate", []), *FILES.items()]:
        for arguments in [[str(SHARED / "data" / name)] for name in names] or [[]]:
            print(f"  {command} {' '.join(arguments)}", file=sys.stderr, flush=True)
            done = manage(command, *arguments, timeout=7200, **environment)
            if done.returncode:
                raise SystemExit(done.stderr)


def answer():
    """Ask the database of the environment; print {query: {first: names of the first three, found,
    folded: addresses}} as JSON.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django

    django.setup()
    from portal.search.index import update
    from portal.search.models import IndexedText, IndexEntry
    from portal.search.query.read import read
    from portal.search.results import answers
    from portal.text import vietnamese

    addresses = dict(IndexedText.objects.values_list("pk", "address"))
    synonyms, most = answers.synonyms(), IndexEntry.objects.count()

    def found(typed):
        return sorted(
            addresses[key] for key in update.engine.find([read(typed, synonyms).everything], most)
        )

    results = {}
    for typed in [row["query"] for row in asked()]:
        first = [[hit.title, hit.number] for hit in answers.Answers(typed)[:3]]
        results[typed] = {
            "first": first,
            "found": found(typed),
            "folded": found(vietnamese.fold(typed)),
        }
    print(json.dumps(results))


def judged(results):
    """Print how many of each class of queries `results` (as `answer` gives them) meet; return
    whether the promises hold (bool).
    """
    classes, lost = {}, []
    for row in asked():
        first = {name for names in results[row["query"]]["first"] for name in names}
        is_met = bool(first & set(row["expected"]))
        classes.setdefault(row["class"], []).append(is_met)
        if not is_met:
            print(f"    not among the first three: {row['query']!r}")
        if not set(results[row["query"]]["found"]) <= set(results[row["query"]]["folded"]):
            lost.append(row["query"])
    for name, met in classes.items():
        print(f"  {name:32} {sum(met):4} of {len(met):4}")
    every = [is_met for met in classes.values() for is_met in met]
    print(f"  {'all':32} {sum(every):4} of {len(every):4} ({100 * sum(every) / len(every):.1f} %)")
    print(f"  found with accents only: {lost or 'nothing'}")
    return sum(every) >= ENOUGH * len(every) and not lost


def one_database(name, is_filled, **environment):
    """Fill and ask one database; return its results (dict)."""
    if not is_filled:
        fill(**environment)
    command = [sys.executable, __file__, "--inside"]
    done = subprocess.run(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def main():
    """Ask both databases; the status is 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument(
        "--filled",
        nargs="*",
        default=[],
        metavar="FOLDER|URL",
        help="databases that hold the corpora already",
    )
    options = parser.parse_args()
    if options.inside:
        answer()
        return
    results = {}
    with tempfile.TemporaryDirectory(prefix="portal-search-") as folder:
        for place in options.filled:
            values = (
                {"DATABASE_URL": place}
                if "://" in place
                else {"DATABASE_URL": "", "PORTAL_DATA_DIR": place}
            )
            results[place] = one_database(place, True, **{"PORTAL_DATA_DIR": folder} | values)
        if not options.filled:
            results["SQLite"] = one_database(
                "SQLite", False, PORTAL_DATA_DIR=f"{folder}/sqlite", DATABASE_URL=""
            )
            if postgres.binaries():
                with postgres.cluster() as url:
                    results["PostgreSQL"] = one_database(
                        "PostgreSQL", False, PORTAL_DATA_DIR=f"{folder}/pg", DATABASE_URL=url
                    )
    are_good = True
    for name, rows in results.items():
        print(f"\n{name}")
        are_good &= judged(rows)
    one, *others = results.values()
    apart = [typed for typed in one for other in others if one[typed] != other[typed]]
    if others:
        print(f"\nfound otherwise on the other database: {apart or 'nothing'}")
    sys.exit(0 if are_good and not apart else 1)


if __name__ == "__main__":
    main()
