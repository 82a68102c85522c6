"""SQLite's search engine: a contentless FTS5 table of tokens, without positions and ranking.

An entry's rowid in it is its place: the newest has the smallest. FTS5 reads upwards fastest, and
keeps of each row only how far it is from the one before: places are seconds, an entry's key has
28 bits more. A token of the head stands in it a second time, behind a "^". What goes out is taken
back token by token, as FTS5 asks for.
"""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from django.db import connection
from django.db.backends.utils import CursorWrapper

from portal.search.index.sources import SECOND
from portal.search.models import IndexedText
from portal.search.query.read import Alternatives, Condition

#: A place, tokens of the head, tokens of everything.
Row = tuple[int, set[str], set[str]]

TABLE = "search_tokens"
#: Which entry is at which place; its facts stand here too, for they are counted in the order of
#: places.
PLACES = "search_place"
MAKE = [
    f"CREATE VIRTUAL TABLE {TABLE} USING fts5(tokens, content='', detail=none, columnsize=0,"
    " tokenize=\"ascii tokenchars '_*=<#@:~^-'\")"
]
MAKE_PLACES = [
    f"CREATE TABLE {PLACES}"
    " (place INTEGER PRIMARY KEY, key INTEGER NOT NULL UNIQUE, facts TEXT NOT NULL)"
]
DROP = [f"DROP TABLE {TABLE}"]
DROP_PLACES = f"DROP TABLE {PLACES}"
#: Entries can be taken out only by the tokens that they were entered with: not after the rules for
#: tokens have changed.
TAKES_BACK_TOKENS = True
#: From which place on the answers before it are passed over by the engine instead of being read.
FAR = 500
#: Answers that are looked for one by one in a condition.
FEW = 4
#: Places for each second of an entry's date: those of one second have room beside them.
PER_SECOND = 2


def write(texts: list[IndexedText]) -> None:
    """Enter `texts` in FTS5; their entries are written already."""
    rows = [text.stored for text in texts]
    with connection.cursor() as cursor:
        moved = _take_places(cursor, {text.entry_id: text.entry.facts for text in texts})
        again = (
            [
                text.stored
                for text in IndexedText.objects.select_related("entry").filter(pk__in=moved)
            ]
            if moved
            else []
        )
        _put(cursor, "delete", [(moved[key], head, everything) for key, head, everything in again])
        places = _places(cursor, [row[0] for row in [*rows, *again]])
        _put(
            cursor,
            None,
            [(places[key], head, everything) for key, head, everything in [*rows, *again]],
        )


def erase(texts: list[IndexedText]) -> None:
    """Take `texts` out of FTS5, as they were entered."""
    rows = [text.stored for text in texts]
    with connection.cursor() as cursor:
        places = _places(cursor, [key for key, _, _ in rows])
        _put(cursor, "delete", [(places[key], head, everything) for key, head, everything in rows])
        cursor.executemany(
            f"DELETE FROM {PLACES} WHERE place = %s", [(place,) for place in places.values()]
        )


def _put(cursor: CursorWrapper, order: str | None, rows: list[Row]) -> None:
    """Give `rows` (place, tokens of the head, tokens of everything) to FTS5 in rising order.

    FTS5 gathers what comes in order, and writes at once what does not.
    """
    documents = sorted(
        (place, " ".join([*sorted("^" + token for token in head), *sorted(everything)]))
        for place, head, everything in rows
    )
    if order:
        cursor.executemany(
            f"INSERT INTO {TABLE}({TABLE}, rowid, tokens) VALUES ('{order}', %s, %s)", documents
        )
    else:
        cursor.executemany(f"INSERT INTO {TABLE}(rowid, tokens) VALUES (%s, %s)", documents)


def _places(cursor: CursorWrapper, keys: list[int]) -> dict[int, int]:
    """Return {key: FTS5 row} of `keys`."""
    cursor.execute(
        f"SELECT key, place FROM {PLACES} WHERE key IN (SELECT value FROM json_each(%s))",
        [json.dumps(keys)],
    )
    return dict(cursor.fetchall())


def _take_places(cursor: CursorWrapper, facts: dict[int, str]) -> dict[int, int]:
    """Give each entry of `facts` an FTS5 row between its newer and its older neighbour.

    Return {key: former place} of the entries that moved aside.
    """
    taken, crowded, moved = [], [], {}
    for (newer, older), gap in groupby(_neighbours(cursor, sorted(facts)), key=itemgetter(1, 2)):
        keys = [key for key, _, _ in gap]
        if None not in (newer, older) and older - newer <= len(keys):
            crowded += keys
            continue
        for number, key in enumerate(keys):
            place = -(key >> SECOND) * PER_SECOND
            if newer is not None:
                place = max(place, newer + len(keys) - number)  # those that follow have room, too
            if older is not None:
                place = min(place, older - 1)
            taken.append((place, key, facts[key]))
            older = place
    _insert(cursor, taken)
    for key in crowded:
        ((_, newer, older),) = _neighbours(cursor, [key])
        place = older - 1
        if place == newer:
            place, aside = _make_room(cursor, newer, older)
            for other, before in aside:
                if other not in facts:
                    moved.setdefault(other, before)  # where its tokens stand
        _insert(cursor, [(place, key, facts[key])])
    return moved


def _neighbours(cursor: CursorWrapper, keys: list[int]) -> list[tuple[int, int | None, int | None]]:
    """Return (key, FTS5 row of the next newer entry, of the next older one) of `keys`.

    The keys are not entered yet; None where there is no such entry.
    """
    cursor.execute(
        f"SELECT value, (SELECT place FROM {PLACES} WHERE key > value ORDER BY key LIMIT 1),"
        f" (SELECT place FROM {PLACES} WHERE key < value ORDER BY key DESC LIMIT 1)"
        " FROM json_each(%s)",
        [json.dumps(keys)],
    )
    return cursor.fetchall()


def _insert(cursor: CursorWrapper, rows: list[tuple[int, int, str]]) -> None:
    cursor.executemany(f"INSERT INTO {PLACES} (place, key, facts) VALUES (%s, %s, %s)", rows)


def _make_room(cursor: CursorWrapper, newer: int, older: int) -> tuple[int, list[tuple[int, int]]]:
    """Move FTS5 rows aside to free one between the adjoining `newer` and `older`.

    Moved are the fewer of those that stand without a gap on either side. Return the free place, and
    (key, former place) of the entries that moved.
    """
    ends = []
    for before, step, order, place in (("<=", -1, "DESC", newer), (">=", 1, "", older)):
        cursor.execute(
            f"SELECT place FROM {PLACES} one WHERE place {before} %s AND NOT EXISTS"
            f" (SELECT 1 FROM {PLACES} WHERE place = one.place + {step})"
            f" ORDER BY place {order} LIMIT 1",
            [place],
        )
        ends.append(cursor.fetchone()[0])
    first, last = ends
    free, step, span = (
        (newer, -1, (first, newer)) if newer - first <= last - older else (older, 1, (older, last))
    )
    cursor.execute(f"SELECT key, place FROM {PLACES} WHERE place BETWEEN %s AND %s", span)
    moved = sorted(cursor.fetchall(), key=lambda row: row[1] * -step)
    cursor.executemany(
        f"UPDATE {PLACES} SET place = %s WHERE key = %s",
        [(place + step, key) for key, place in moved],
    )
    return free, moved


def clear() -> None:
    """Empty the FTS5 index."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE}({TABLE}) VALUES ('delete-all')")
        cursor.execute(f"DELETE FROM {PLACES}")


@contextmanager
def building() -> Iterator[None]:
    """Fill an empty FTS5 index in this block: its pieces are merged at the end."""
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {TABLE}({TABLE}) VALUES ('optimize')")


@lru_cache(maxsize=10_000)
def _quoted(term: Alternatives, mark: str) -> str:
    """Return the FTS5 query of a term; each token is a quoted string, never an operator."""
    ways = [
        " AND ".join(f'"{mark}{token}"' for token in [token.replace('"', "") for token in way])
        for way in term
    ]
    return ways[0] if len(ways) == 1 else f"(({') OR ('.join(ways)}))"


def _expression(condition: Condition) -> str:
    """Return the FTS5 query of a condition."""
    asked = [_quoted(term, "^") for term in condition.in_head] + [
        _quoted(term, "") for term in condition.terms
    ]
    found = " AND ".join(asked)
    return f"({found}) NOT {_quoted(condition.none, '')}" if condition.none else found


#: The places of one tier; FTS5 gives those of the newest entries first, and stops as soon as nobody
#: reads on.
_ROWS = f"SELECT rowid AS row FROM {TABLE} WHERE {TABLE} MATCH %s"
_TIER = f"SELECT * FROM ({_ROWS} ORDER BY rowid LIMIT %s)"


def _keys_of(rows: str) -> str:
    """Return the SQL that gives the FTS5 rows of the SQL `rows` with their keys, in order."""
    return f"SELECT found.row, key FROM ({rows}) found CROSS JOIN {PLACES} ON place = found.row"


def find(tiers: list[Condition], stop: int, start: int = 0, total: int | None = None) -> list[int]:
    """Find in FTS5 the keys from `start` to `stop` of `tiers`: tier by tier, newest first.

    `total`: how many meet the last tier, where it is known; more are not looked for. The last tier
    holds all others, and the last of those that ask of the head alone holds these: it is asked
    first, for where it is empty they are, too.
    """
    stop = stop if total is None else min(stop, total)
    if start >= stop:
        return []
    if total == 1:  # needs no order
        tiers = tiers[-1:]
    heads, others = (
        [tier for tier in tiers if not tier.terms],
        [tier for tier in tiers if tier.terms],
    )
    with connection.cursor() as cursor:
        if start >= FAR:
            return _far(cursor, tiers, start, stop)
        of_head = {}
        if heads:
            cursor.execute(
                _keys_of(f"{_ROWS} ORDER BY rowid LIMIT %s"), [_expression(heads[-1]), stop]
            )
            of_head = dict(cursor.fetchall())
        are_all = len(of_head) < stop or stop == total
        better = heads[:-1] if len(of_head) > 1 or not are_all else []
        others = others if len(of_head) < stop else []
        if not better and not others:
            return list(of_head.values())[start:]
        # A tier repeats some of the former ones: of its first `stop` enough are new. What is not
        # read is never looked for.
        among = (
            f"MATCH %s AND rowid IN ({', '.join(map(str, of_head))})"
            if are_all and len(of_head) <= FEW
            else "MATCH %s"
        )
        parts = (
            [_TIER.replace("MATCH %s", among)] * len(better)
            + ["SELECT value AS row FROM json_each(%s)"]
            + [_TIER] * len(others)
        )
        values = [value for tier in better for value in (_expression(tier), len(of_head))]
        values += [
            json.dumps(list(of_head)),
            *(value for tier in others for value in (_expression(tier), stop)),
        ]
        cursor.execute(_keys_of(" UNION ALL ".join(parts)), values)
        found = {}
        for _, key in cursor:
            found[key] = True
            if len(found) == stop:
                break
    return list(found)[start:]


def _far(cursor: CursorWrapper, tiers: list[Condition], start: int, stop: int) -> list[int]:
    """Return the keys that `find` gives from FTS5 for a page far behind.

    Of each tier only what is in no former one; what comes before `start` is passed over unread.
    """
    found, former, place = [], [], 0
    for tier in tiers:
        own = _expression(tier)
        new = f"({own}) NOT ({' OR '.join(former)})" if former else own
        passed = max(start - place, 0)
        cursor.execute(
            _keys_of(f"{_ROWS} ORDER BY rowid LIMIT %s OFFSET %s"),
            [new, stop - max(place, start), passed],
        )
        rows = cursor.fetchall()
        if rows or not passed:
            place = max(place, start) + len(rows)
        else:
            cursor.execute(f"SELECT count(*) FROM ({_ROWS})", [new])
            place += cursor.fetchone()[0]
        found += [key for _, key in rows]
        if place >= stop:
            break
        former.append(f"({own})")
    return found


def count(condition: Condition, most: int) -> dict[str, int]:
    """Count in FTS5, {facts: number}, the newest `most` entries that meet `condition`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT facts, count(*) FROM ({_ROWS} ORDER BY rowid LIMIT %s) found"
            f" CROSS JOIN {PLACES} ON place = found.row GROUP BY facts",
            [_expression(condition), most],
        )
        return dict(cursor.fetchall())


def met(conditions: list[Condition]) -> set[int]:
    """Return the indices of those few `conditions` that any FTS5 row meets."""
    part = f"SELECT %s WHERE EXISTS (SELECT 1 FROM {TABLE} WHERE {TABLE} MATCH %s)"
    values = [
        value
        for place, condition in enumerate(conditions)
        for value in (place, _expression(condition))
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([part] * len(conditions)), values)
        return {place for (place,) in cursor.fetchall()}


def known(tokens: Collection[str]) -> set[str]:
    """Return those of `tokens` (hundreds) that any FTS5 row has."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT asked.value FROM json_each(%s) asked"
            f" WHERE EXISTS (SELECT 1 FROM {TABLE}"
            f" WHERE {TABLE} MATCH '\"' || asked.value || '\"')",
            [json.dumps([token.replace('"', "") for token in tokens])],
        )
        return {token for (token,) in cursor.fetchall()}


def dump() -> set[tuple[str, int]]:
    """Return all (token, key) of FTS5, tokens of the head behind a "^".

    For tests.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE VIRTUAL TABLE temp.search_dump USING fts5vocab(main, {TABLE}, instance)"
        )
        try:
            cursor.execute(
                "SELECT term, key FROM temp.search_dump JOIN search_place ON place = doc"
            )
            return set(cursor.fetchall())
        finally:
            cursor.execute("DROP TABLE temp.search_dump")
