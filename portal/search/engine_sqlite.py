"""SQLite's engine: one contentless FTS5 table of tokens without positions and without ranking; its rowid is the entry's key below zero.

So the newest come first in the order in which FTS5 reads fastest. A token of the head stands in it a second time, behind a "^".
What goes out is taken back token by token, as FTS5 asks for.
"""

import json
from contextlib import contextmanager
from functools import lru_cache

from django.db import connection

TABLE = "search_tokens"
MAKE = [
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5(tokens, content='', detail=none, columnsize=0, tokenize=\"ascii tokenchars '_*=<#@:~^-'\")"
]
DROP = [f"DROP TABLE {TABLE}"]
#: Entries can be taken out only by the tokens that they were entered with: not after the rules for tokens have changed.
TAKES_BACK_TOKENS = True
#: From which place on the answers before it are passed over by the engine instead of being read.
FAR = 500
#: Answers that are looked for one by one in a condition.
FEW = 4


def _document(head, everything):
    return " ".join([*sorted("^" + token for token in head), *sorted(everything)])


def _in_order(rows):
    """Return the rowids and documents of `rows`, rising: FTS5 gathers what comes in order, and writes at once what does not."""
    return sorted((-key, _document(head, everything)) for key, head, everything in rows)


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


@lru_cache(maxsize=10_000)
def _quoted(term, mark):
    """Return the FTS5 query (str) of a term. Each token is a quoted string: nothing in it is an operator."""
    ways = [" AND ".join(f'"{mark}{token}"' for token in [token.replace('"', "") for token in way]) for way in term]
    return ways[0] if len(ways) == 1 else f"(({') OR ('.join(ways)}))"


def _expression(condition):
    """Return the FTS5 query (str) of a `Condition`."""
    asked = [_quoted(term, "^") for term in condition.in_head] + [_quoted(term, "") for term in condition.terms]
    found = " AND ".join(asked)
    return f"({found}) NOT {_quoted(condition.none, '')}" if condition.none else found


#: The rows of one tier; FTS5 gives those of the newest entries first, and stops as soon as nobody reads on.
_ROWS = f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s"
_TIER = f"SELECT * FROM ({_ROWS} ORDER BY rowid LIMIT %s)"


def find(tiers, stop, start=0, total=None):
    """Return the keys (list of int) that meet `tiers` (list of Condition), tier after tier, each newest first: those from the place `start` to `stop`.

    `total`: how many meet the last tier, where it is known; more are not looked for. The last tier holds all others, and the last of those
    that ask of the head alone holds these: it is asked first, for where it is empty they are, too.
    """
    stop = stop if total is None else min(stop, total)
    if start >= stop:
        return []
    heads, others = [tier for tier in tiers if not tier.terms], [tier for tier in tiers if tier.terms]
    with connection.cursor() as cursor:
        if start >= FAR:
            return _far(cursor, tiers, start, stop)
        of_head = []
        if heads:
            cursor.execute(_TIER, [_expression(heads[-1]), stop])
            of_head = [row for (row,) in cursor.fetchall()]
        are_all = len(of_head) < stop or stop == total
        better = heads[:-1] if len(of_head) > 1 or not are_all else []
        others = others if len(of_head) < stop else []
        if not better and not others:
            return [-row for row in of_head[start:]]
        # A tier repeats some of the former ones: of its first `stop` enough are new. What is not read is never looked for.
        among = f"MATCH %s AND rowid IN ({', '.join(map(str, of_head))})" if are_all and len(of_head) <= FEW else "MATCH %s"
        parts = [_TIER.replace("MATCH %s", among)] * len(better) + ["SELECT value FROM json_each(%s)"] + [_TIER] * len(others)
        values = [value for tier in better for value in (_expression(tier), len(of_head))]
        values += [json.dumps(of_head), *(value for tier in others for value in (_expression(tier), stop))]
        cursor.execute(" UNION ALL ".join(parts), values)
        found = {}
        for (row,) in cursor:
            found[-row] = True
            if len(found) == stop:
                break
    return list(found)[start:]


def _far(cursor, tiers, start, stop):
    """Return the keys as `find` does, far behind: of each tier only what is in no former one, and what comes before `start` is passed over unread."""
    found, former, place = [], [], 0
    for tier in tiers:
        own = _expression(tier)
        new = f"({own}) NOT ({' OR '.join(former)})" if former else own
        passed = max(start - place, 0)
        cursor.execute(f"{_ROWS} ORDER BY rowid LIMIT %s OFFSET %s", [new, stop - max(place, start), passed])
        rows = cursor.fetchall()
        if rows or not passed:
            place = max(place, start) + len(rows)
        else:
            cursor.execute(f"SELECT count(*) FROM ({_ROWS})", [new])
            place += cursor.fetchone()[0]
        found += [-row for (row,) in rows]
        if place >= stop:
            break
        former.append(f"({own})")
    return found


def count(condition, most):
    """Return {facts (str): number of entries} of the newest `most` that meet `condition`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT facts, count(*) FROM ({_ROWS} ORDER BY rowid LIMIT %s) found"
            " CROSS JOIN search_entry ON search_entry.key = -found.rowid GROUP BY facts",
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
            cursor.execute("SELECT term, -doc FROM temp.search_dump")
            return set(cursor.fetchall())
        finally:
            cursor.execute("DROP TABLE temp.search_dump")
