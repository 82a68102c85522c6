"""The queries of search.py put to tantivy, from a Python that has it installed: `python
search_tantivy.py FOLDER`.

The folder holds corpus.jsonl and asked.json. The words are folded as simply as can be; the answer
is the best twenty by BM25, uncounted: the portal, too, counts in the class "facet counts" only.
Asked twice: for whole words, which is the least it can be asked, and with an open end, which is
what the portal answers: there the last word may go on.
"""

import json
import re
import statistics
import sys
import time
import unicodedata
from pathlib import Path

import tantivy

ROUNDS = 3


def fold(value):
    """Return `value` (str) without accents, small."""
    value = unicodedata.normalize("NFKD", value.lower())
    return "".join(c for c in value if not unicodedata.combining(c)).replace("đ", "d")


def build(folder):
    """Return an index of the corpus in `folder` (Path)."""
    schema = tantivy.SchemaBuilder()
    schema.add_integer_field("key", stored=True, fast=True)
    for name in ("head", "body"):
        schema.add_text_field(name)
    schema.add_text_field("facts", tokenizer_name="raw", fast=True, index_option="basic")
    index = tantivy.Index(schema.build(), path=None)
    writer = index.writer(200_000_000, 1)
    with (folder / "corpus.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            writer.add_document(
                tantivy.Document(
                    key=[row["key"]],
                    head=[fold(row["head"])],
                    body=[fold(row["body"])],
                    facts=row["facts"],
                )
            )
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    return index


def asker(index, name, is_open):
    """Return a function that asks `index` for a query of the class `name` and gives the seconds it
    took; `is_open`: the last word may go on.
    """
    searcher = index.searcher()
    fields = (
        ["head"]
        if name == "prefix while typing"
        else ["head", "body"]
        if is_open and name != "exact number"
        else []
    )

    def ask(typed):
        began = time.perf_counter()
        if typed.startswith('"'):
            text = fold(typed)
        else:
            words = re.findall(r"\w+", fold(typed))
            text = " ".join(f"+{word}" for word in words)
            if fields:
                text = " ".join(f"+{word}" for word in words[:-1])
        query = index.parse_query(text, ["head", "body"]) if text else tantivy.Query.all_query()
        if fields and not typed.startswith('"'):
            begun = [
                tantivy.Query.regex_query(index.schema, field, words[-1] + ".*") for field in fields
            ]
            last = (
                tantivy.Query.boolean_query([(tantivy.Occur.Should, each) for each in begun])
                if len(begun) > 1
                else begun[0]
            )
            query = (
                tantivy.Query.boolean_query(
                    [(tantivy.Occur.Must, query), (tantivy.Occur.Must, last)]
                )
                if text
                else last
            )
        if name == "type and year, by rank":
            terms = [
                tantivy.Query.term_query(index.schema, "facts", fact)
                for fact in ("@loai-van-ban:1", "@nam:2015")
            ]
            query = tantivy.Query.boolean_query(
                [(tantivy.Occur.Must, each) for each in (query, *terms)]
            )
        if name == "facet counts":
            searcher.aggregate(query, {"facts": {"terms": {"field": "facts", "size": 200}}})
        elif name == "page 500":
            searcher.search(query, 20, count=False, offset=9_980)
        else:
            searcher.search(query, 20, count=False)
        return time.perf_counter() - began

    return ask


def main():
    """Build, ask in turns, print p50 and p95 (ms) of each class as JSON, for whole words and with
    an open end.
    """
    folder = Path(sys.argv[1])
    asked = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    index = build(folder)
    print(
        json.dumps(
            {
                words: timed(index, asked, is_open)
                for words, is_open in {"tantivy": False, "tantivy, open end": True}.items()
            }
        )
    )


def timed(index, asked, is_open):
    """Return {class: [p50, p95]} in milliseconds."""
    times, ask = {name: [] for name in asked}, {name: asker(index, name, is_open) for name in asked}
    for number in range(ROUNDS + 1):
        for place in range(40):
            for name, queries in asked.items():
                try:
                    took = ask[name](queries[place])
                except Exception as error:  # noqa: BLE001 - a class that this version cannot do
                    print(f"{name}: {error}", file=sys.stderr)
                    continue
                if number:
                    times[name].append(took)
    return {
        n: [
            round(statistics.median(t) * 1000, 3),
            round(statistics.quantiles(t, n=20)[-1] * 1000, 3),
        ]
        for n, t in times.items()
        if len(t) > 1
    }


if __name__ == "__main__":
    main()
