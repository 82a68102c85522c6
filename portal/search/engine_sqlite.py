"""SQLite's engine: one contentless FTS5 table of tokens without positions and without ranking; its rowid is the entry's key.

A token of the head stands in it a second time, behind a "^". What goes out is taken back token by token, as FTS5 asks for.
"""

import json
from contextlib import contextmanager
from operator import itemgetter

from django.db import connection

TABLE = "search_tokens"
MAKE = [
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5(tokens, content='', detail=none, columnsize=0, tokenize=\"ascii tokenchars '_*=<#@:~^-'\")"
]
DROP = [f"DROP TABLE {TABLE}"]
#: Entries can be taken out only by the tokens that they were entered with: not after the rules for tokens have changed.
TAKES_BACK_TOKENS = True


def _document(head, everything):
    return " ".join([*sorted("^" + token for token in head), *sorted(everything)])


def _in_order(rows):
    """Return the keys and documents of `rows` by key: FTS5 gathers what comes in rising order, and writes at once what does not."""
    return [(key, _document(head, everything)) for key, head, everything in sorted(rows, key=itemgetter(0))]


def write(rows):
    """Enter `rows` (list of (key, tokens of the head, tokens of everything))."""
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {TABLE}(rowid, tokens) VALUES (%s, %s)", _in_order(rows))


def erase(rows):
    """Take `rows` (as they were entered) out."""
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {TABLE}({TABLE}, rowid, tokens) VALUES ('delete', %s, %s)", _in_order(rows))


def clear():
    """Take everything out."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE}({TABLE}) VALUES ('delete-all')")


@contextmanager
def building():
    """While an empty index is filled: merge the pieces at the end, so that the first search does not wait for it."""
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE}({TABLE}) VALUES ('optimize')")


def _expression(condition):
    """Return the FTS5 query (str) of a `Condition`. Each token is a quoted string: nothing in it is an operator."""

    def quoted(token, mark=""):
        return '"' + (mark + token).replace('"', "") + '"'

    def way(tokens, mark=""):
        return "(" + " AND ".join(quoted(token, mark) for token in tokens) + ")"

    asked = [(term, "^") for term in condition.in_head] + [(term, "") for term in condition.terms]
    found = " AND ".join("(" + " OR ".join(way(tokens, mark) for tokens in term) + ")" for term, mark in asked)
    without = " OR ".join(way(tokens) for tokens in condition.none)
    return f"(({found}) NOT ({without}))" if without else f"({found})"


def find(tiers, most, are_many=False):
    """Return the keys (list of int, at most `most`) that meet `tiers` (list of Condition): tier after tier, each newest first.

    `are_many` means nothing to this engine: it always walks along the keys.
    """
    part = f"SELECT * FROM (SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s ORDER BY rowid DESC LIMIT %s)"
    # A tier repeats some of the former ones: of its first `most` enough are new. What is not read is never looked for.
    values = [value for tier in tiers for value in (_expression(tier), most)]
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([part] * len(tiers)), values)
        for (key,) in cursor:
            found[key] = True
            if len(found) == most:
                break
    return list(found)


def count(condition, most):
    """Return {facts (str): number of entries} of the newest `most` that meet `condition`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT facts, count(*) FROM (SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s ORDER BY rowid DESC LIMIT %s) found"
            " CROSS JOIN search_entry ON search_entry.key = found.rowid GROUP BY facts",
            [_expression(condition), most],
        )
        return dict(cursor.fetchall())


def met(conditions):
    """Return the places (set of int) in `conditions` (list of Condition, a few) of those that any entry meets."""
    part = f"SELECT %s WHERE EXISTS (SELECT 1 FROM {TABLE} WHERE {TABLE} MATCH %s)"
    values = [value for place, condition in enumerate(conditions) for value in (place, _expression(condition))]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([part] * len(conditions)), values)
        return {place for (place,) in cursor.fetchall()}


def known(tokens):
    """Return those of `tokens` (collection of str, hundreds) that any entry has (set)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked.value FROM json_each(%s) asked"
            f" WHERE EXISTS (SELECT 1 FROM {TABLE} WHERE {TABLE} MATCH '\"' || asked.value || '\"')",
            [json.dumps([token.replace('"', "") for token in tokens])],
        )
        return {token for (token,) in cursor.fetchall()}


def dump():
    """Return all that the engine holds (set of (token, key)), tokens of the head behind a "^". For tests."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE VIRTUAL TABLE temp.search_dump USING fts5vocab(main, {TABLE}, instance)")
        try:
            cursor.execute("SELECT term, doc FROM temp.search_dump")
            return set(cursor.fetchall())
        finally:
            cursor.execute("DROP TABLE temp.search_dump")
