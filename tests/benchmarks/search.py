"""How fast the search is, class by class, beside `icontains` and, where it is installed, tantivy:
`python tests/benchmarks/search.py`.

Entries are written straight into the index: 62,323 real articles of ../shared, or as many as
wanted, put together from their sentences. Each class is asked in turns with the others, so that a
slow moment of the machine meets all of them. Every number is one of this run.
"""

import argparse
import contextlib
import gzip
import html
import itertools
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.benchmarks import servers  # noqa: E402
from tests.support import postgres  # noqa: E402
from tests.support.shared import SHARED  # noqa: E402

TANTIVY = "tantivy==0.27.0"
#: Words of a generated entry, about.
WORDS = 900
TYPES = [
    "Thông tư",
    "Quyết định",
    "Nghị định",
    "Công văn",
    "Kế hoạch",
    "Chỉ thị",
    "Luật",
    "Nghị quyết",
]
BODIES = ["BTTTT", "UBND", "CP", "BTC", "BNV", "BGDĐT", "TTg", "HĐND"]
ROUNDS = 3


# --- what is searched ----------------------------------------------------------------------------


def real_articles():
    """Give the real articles of the shared corpus: (title, note, text)."""
    with gzip.open(SHARED / "data" / "articles_phapdien.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            text = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", row["html"]))).strip()
            yield row["ten_dieu"], row["ghi_chu"] or "", text


def generated(count, words, seed=5):
    """Give `count` (int) entries of about `words` (int) words, put together from sentences of real
    articles.
    """
    chance = random.Random(seed)
    titles, sentences = [], []
    for title, _, text in itertools.islice(real_articles(), 0, 30_000):
        titles.append(title.split(". ", 1)[-1])
        sentences += [part for part in re.split(r"(?<=[.;])\s+", text) if 30 < len(part) < 900]
    for _ in range(count):
        text, length = [], 0
        while length < words:
            text.append(chance.choice(sentences))
            length += text[-1].count(" ") + 1
        yield chance.choice(titles), "", " ".join(text)


def entries_of(texts, seed=9):
    """Give one `SearchDocument` for each of `texts`: a third of them documents with number, type
    and year, dates over twenty years.
    """
    from portal.search.index.sources import SearchDocument

    chance, day = random.Random(seed), datetime(2006, 1, 1)
    for pk, (title, note, text) in enumerate(texts, 1):
        day += timedelta(minutes=chance.randrange(60))
        moment = day + timedelta(days=chance.randrange(5_000))
        facts = {
            "kind": "tin-tuc",
            "object_id": pk,
            "title": title,
            "address": f"/tin-tuc/{pk}/",
            "moment": moment,
        }
        if pk % 3 == 0:
            kind = chance.choice(TYPES)
            short = "".join(word[0] for word in kind.split())
            order, body = chance.randrange(1, 3000), chance.choice(BODIES)
            number = f"{order}/{moment.year}/{short}-{body}"
            facts |= {
                "kind": "van-ban",
                "title": f"{kind} {number}",
                "number": number,
                "summary": title,
                "address": f"/van-ban/{pk}/",
            }
            facts["facts"] = {
                "nhom": [chance.choice(["phap-quy", "chi-dao-dieu-hanh"])],
                "loai-van-ban": [str(TYPES.index(kind))],
                "co-quan": [str(chance.randrange(40))],
                "linh-vuc": [str(chance.randrange(30))],
            }
        yield SearchDocument(note=note, body=text, **facts)


def fill(found, copy):
    """Write the entries `found` into the index; `copy`: a file that gets each as a line of JSON.

    Return seconds and number.
    """
    from django.db import connection, transaction

    from portal.search.index import update
    from portal.search.models import IndexedText, IndexEntry

    began, count = time.perf_counter(), 0
    with transaction.atomic(), update.engine.building():
        while batch := list(itertools.islice(found, 500)):
            rows = [update._row(each) for each in batch]
            IndexEntry.objects.bulk_create([row.entry for row in rows])
            IndexedText.objects.bulk_create(rows)
            update.engine.write(rows)
            count += len(rows)
            for row in rows:
                line = {
                    "key": row.entry.key,
                    "head": f"{row.title} {row.summary}",
                    "number": row.number,
                    "body": f"{row.note} {row.body}",
                }
                copy.write(
                    json.dumps(line | {"facts": row.entry.facts.split()}, ensure_ascii=False) + "\n"
                )
            if count % 10_000 == 0:
                print(
                    f"  {count} entries, {time.perf_counter() - began:.0f} s",
                    file=sys.stderr,
                    flush=True,
                )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - began, count


# --- what is asked -------------------------------------------------------------------------------


def classes(sample, seed=3):
    """Return {class: queries} made of `sample` (list of dict as `fill` copies them)."""
    from portal.search.query import tokens

    chance, often = random.Random(seed), {}
    for row in sample:
        for word in {
            word.folded
            for word in tokens.words(row["body"])
            if len(word.folded) > 1 and word.folded.isalpha()
        }:
            often[word] = often.get(word, 0) + 1
    # Sorted, so that each database and tantivy are asked the same.
    common = sorted(word for word, number in often.items() if number > len(sample) * 0.25)
    middling = sorted(
        word for word, number in often.items() if len(sample) * 0.01 < number < len(sample) * 0.25
    )

    def run(length):
        words = chance.choice(sample)["body"].split()
        place = chance.randrange(max(1, len(words) - length))
        return " ".join(re.sub(r"[^\w\s]", "", " ".join(words[place : place + length])).split())

    numbers = [row["number"] for row in sample if row["number"]]
    titles = [
        row["head"].split() for row in sample if not row["number"] and len(row["head"].split()) > 4
    ]

    def begun():
        words = chance.choice(titles)[-4:-1]
        return " ".join([*words[:2], words[2][: chance.randrange(1, 4)]])

    def of(make):
        return [make() for _ in range(40)]

    return {
        "one common word": of(lambda: chance.choice(common)),
        "two common words": of(lambda: " ".join(chance.sample(common, 2))),
        "three, four words": of(lambda: " ".join(chance.sample(middling, chance.choice([3, 4])))),
        "words of a sentence": of(lambda: run(4)),
        "phrase of 3-4 words": of(lambda: f'"{run(chance.choice([3, 4]))}"'),
        "exact number": of(lambda: chance.choice(numbers)),
        "part of a number": of(lambda: "/".join(chance.choice(numbers).split("/")[:2])),
        "prefix while typing": of(begun),
        "type and year, by rank": of(lambda: chance.choice(common) + " " + chance.choice(middling)),
        "facet counts": of(lambda: " ".join(chance.sample(common, chance.choice([1, 2])))),
        "page 500": of(lambda: chance.choice(common)),
    }


def askers():
    """Return {class: function of a query} of how the portal is asked; what a class does not name is
    asked for its first page.
    """
    from portal.search.index import update
    from portal.search.query import tokens
    from portal.search.query.read import number_in, read, whole_number
    from portal.search.results import answers

    by_name, totals = answers.synonyms(), {}

    def total(asked):
        """How many answers there are: the page has counted them before it asks for keys; that is
        the class "facet counts", and no part of the others.
        """
        if asked.everything not in totals:
            totals[asked.everything] = sum(
                update.engine.count(asked.everything, answers.MOST + 1).values()
            )
        return totals[asked.everything]

    def first_page(typed, start=0, facts=()):
        known = total(read(typed, by_name).narrowed(facts))
        began = time.perf_counter()
        asked = read(typed, by_name).narrowed(facts)
        update.engine.find(asked.tiers(), start + 20, start, known)
        return time.perf_counter() - began

    def counts(typed):
        began = time.perf_counter()
        update.engine.count(read(typed, by_name).everything, answers.MOST + 1)
        return time.perf_counter() - began

    def straight(typed):
        began = time.perf_counter()
        update.engine.find([whole_number(number_in(typed))], answers.PER_NUMBER)
        return time.perf_counter() - began

    narrowed = (tokens.fact("loai-van-ban", "1"), tokens.fact("nam", 2015))
    return {
        "exact number": straight,
        "type and year, by rank": lambda typed: first_page(typed, facts=narrowed),
        "facet counts": counts,
        "page 500": lambda typed: first_page(typed, start=9_980),
    }, first_page


def timed(asked):
    """Return {class: [seconds]} over all rounds, in one state of the content, as pages are made."""
    from portal.cache import revision

    with revision.keep_in(revision.Revision(mark=None)):
        return _timed(asked)


def _timed(asked):
    special, usual = askers()
    times = {name: [] for name in asked}
    for number in range(ROUNDS + 1):
        for place in range(40):
            for name, queries in asked.items():
                took = special.get(name, usual)(queries[place])
                if number:  # the first round warms up
                    times[name].append(took)
    return times


def icontains(asked):
    """Return {class: [seconds]} of the same words asked with `icontains` of Django, five queries of
    each class, once.
    """
    from django.db.models import Q

    from portal.search.models import IndexedText

    times = {}
    for name, queries in asked.items():
        if name in ("page 500", "facet counts"):
            continue
        times[name] = []
        for typed in queries[:5]:
            rows = IndexedText.objects.order_by("-entry_id")
            for word in [typed.strip('"')] if typed.startswith('"') else typed.split():
                rows = rows.filter(
                    Q(title__icontains=word) | Q(summary__icontains=word) | Q(body__icontains=word)
                )
            began = time.perf_counter()
            list(rows.values_list("pk")[:20])
            times[name].append(time.perf_counter() - began)
    return times


def sizes():
    """Return the size of what the engine needs beside the texts (MB)."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT pg_total_relation_size('search_entry') + "
                "pg_total_relation_size('search_tokens')"
            )
        else:
            cursor.execute(
                "SELECT sum(pgsize) FROM dbstat WHERE name LIKE 'search_tokens%%' OR "
                "name IN ('search_entry', 'search_place')"
            )
            with contextlib.suppress(Exception):
                return round(cursor.fetchone()[0] / 1e6)
            return None
        return round(cursor.fetchone()[0] / 1e6)


# --- the whole -----------------------------------------------------------------------------------


def summary(times):
    """Return {class: [p50, p95]} in milliseconds."""
    return {
        name: [
            round(statistics.median(t) * 1000, 3),
            round(statistics.quantiles(t, n=20)[-1] * 1000, 3),
        ]
        for name, t in times.items()
        if len(t) > 1
    }


def one_database(entries, words, folder):
    """Fill and measure the database of the environment; print the result as JSON."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    texts = generated(entries, words) if entries else real_articles()
    corpus = Path(folder) / "corpus.jsonl"
    with corpus.open("w", encoding="utf-8") as copy:
        seconds, count = fill(entries_of(texts), copy)
    with corpus.open(encoding="utf-8") as lines:
        chance = random.Random(1)
        sample = [json.loads(line) for line in lines if chance.random() < 4_000 / count]
    asked = classes(sample)
    (Path(folder) / "asked.json").write_text(
        json.dumps(asked, ensure_ascii=False), encoding="utf-8"
    )
    result = {
        "entries": count,
        "filled_s": round(seconds),
        "engine_mb": sizes(),
        "portal": summary(timed(asked)),
    }
    result["icontains"] = summary(icontains(asked))
    print(json.dumps(result))


def in_process(entries, words, folder, **environment):
    """Run this file for one database in a process of its own; return its result (dict)."""
    command = [
        sys.executable,
        __file__,
        "--inside",
        folder,
        "--entries",
        str(entries),
        "--words",
        str(words),
    ]
    done = subprocess.run(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def tantivy_python():
    """Return a Python (Path) that has tantivy, made once; None where it does not install."""
    try:
        return servers.own_environment("tantivy", TANTIVY)
    except (OSError, subprocess.CalledProcessError):
        print("tantivy does not install: left out.")
        return None


def measure():
    """Return {volume: {database: results}}: the real articles of ../shared, where they are, and
    with SEARCH=1 250,000 generated entries.
    """
    volumes = {"62,323 real articles": 0} if SHARED.is_dir() else {}
    volumes |= {"250,000 generated entries": 250_000} if os.environ.get("SEARCH") == "1" else {}
    return {words: over(entries) for words, entries in volumes.items()}


def show(results):
    """Print what `measure` found."""
    for words, rows in results.items():
        print(f"\nSearch among {words}")
        show_one(rows)


def over(entries, words=WORDS):
    """Return {name: results} of both databases and tantivy over `entries` (int) generated entries
    of `words` (int); 0: the real articles.
    """
    results = {}
    with tempfile.TemporaryDirectory(prefix="portal-search-") as folder:
        data = {"PORTAL_DATA_DIR": f"{folder}/var", "DATABASE_URL": ""}
        results["SQLite"] = in_process(entries, words, folder, **data)
        if postgres.binaries():
            with postgres.cluster() as url:
                results["PostgreSQL"] = in_process(
                    entries, words, folder, **data | {"DATABASE_URL": url}
                )
        if python := tantivy_python():
            command = [python, str(Path(__file__).with_name("search_tantivy.py")), folder]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
            if done.returncode == 0:
                results["tantivy"] = json.loads(done.stdout)
    return results


def show_one(results):
    """Print what `over` found: a line for each class, a column for each database and its
    `icontains`, and tantivy.
    """
    columns = [
        (f"{base} {what}".removesuffix(" portal").replace("tantivy tantivy", "tantivy"), rows[what])
        for base, rows in results.items()
        for what in ("portal", "icontains", "tantivy", "tantivy, open end")
        if what in rows
    ]
    print("ms, p50 / p95".ljust(24), *(name.rjust(21) for name, _ in columns))
    for name in next(iter(results.values()))["portal"]:
        cells = [
            "{:.3f} / {:.3f}".format(*rows[name]) if name in rows else "–" for _, rows in columns
        ]
        print(name.ljust(24), *(cell.rjust(21) for cell in cells))
    for base, rows in results.items():
        if "entries" in rows:
            print(
                f"{base}: {rows['entries']:,} entries filled in "
                f"{rows['filled_s']} s, engine {rows['engine_mb']} MB"
            )


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--entries", type=int, default=0, help="generated entries; 0: the real articles"
    )
    parser.add_argument(
        "--words", type=int, default=WORDS, help="words of a generated entry, about"
    )
    parser.add_argument("--inside", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        one_database(options.entries, options.words, options.inside)
    else:
        show_one(over(options.entries, options.words))


if __name__ == "__main__":
    main()
