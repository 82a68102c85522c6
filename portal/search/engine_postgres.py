"""PostgreSQL's engine: two arrays of token numbers beside each entry, of its head and of everything, each with a GIN index.

A token's number is 64 bits of its BLAKE2 sum: two tokens of one portal share one with a chance of one in a million millions.
"""

import hashlib
from contextlib import contextmanager
from functools import lru_cache

from django.db import connection
from psycopg2.extras import execute_values

TABLE = "search_entry"
INDEXES = [
    f"CREATE INDEX search_entry_heads ON {TABLE} USING gin (heads)",
    f"CREATE INDEX search_entry_tokens ON {TABLE} USING gin (tokens)",
]
MAKE = [
    f"ALTER TABLE {TABLE} ADD COLUMN heads bigint[], ADD COLUMN tokens bigint[]",
    # Tokens are far too many to be packed and unpacked; they are asked of their index wherever that can be.
    f"ALTER TABLE {TABLE} ALTER COLUMN tokens SET STORAGE EXTERNAL, ALTER COLUMN heads SET STORAGE MAIN",
    f"ALTER TABLE {TABLE} ALTER COLUMN heads SET STATISTICS 400",
    *INDEXES,
]
#: Answers are gathered from rows all over the table: these are as narrow as can be, with the heads outside, too.
NARROW = [
    f"ALTER TABLE {TABLE} SET (toast_tuple_target = 128)",
    f"ALTER TABLE {TABLE} ALTER COLUMN heads SET STORAGE EXTERNAL",
]
DROP = [f"ALTER TABLE {TABLE} DROP COLUMN heads, DROP COLUMN tokens"]
TAKES_BACK_TOKENS = False


#: Answers that are sorted in one go; those of which the newest are met soon; and from how many keys on tiers are asked for one by one.
FEW, MANY, FAR = 20, 10_000, 1_000


@lru_cache(maxsize=200_000)
def _number(token):
    return int.from_bytes(hashlib.blake2b(token.encode(), digest_size=8).digest(), "big", signed=True)


def _numbers(tokens):
    return sorted({_number(token) for token in tokens})


def write(rows):
    """Enter `rows` (list of (key, tokens of the head, tokens of everything)); their entries stand already."""
    values = [(key, _numbers(head), _numbers(everything)) for key, head, everything in rows]
    with connection.cursor() as cursor:
        execute_values(
            cursor.cursor,
            f"UPDATE {TABLE} SET heads = found.heads, tokens = found.tokens FROM (VALUES %s) AS found (key, heads, tokens)"
            f" WHERE {TABLE}.key = found.key",
            values,
            template="(%s, %s::bigint[], %s::bigint[])",
        )


def erase(rows):
    """Nothing to do: the tokens go with the entries."""


def clear():
    """Nothing to do: the tokens go with the entries."""


@contextmanager
def building():
    """While an empty index is filled: without the GIN indexes, which are made in one go at the end."""
    with connection.cursor() as cursor:
        for name in ("heads", "tokens"):
            cursor.execute(f"DROP INDEX search_entry_{name}")
        yield
        for statement in INDEXES:
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {TABLE}")


def _sql(condition):
    """Return (SQL, values) of a `Condition`; the values are numbers only."""
    sql, values = [], []
    for column, terms in (("heads", condition.in_head), ("tokens", condition.terms)):
        plain = [token for term in terms if len(term) == 1 for token in term[0]]
        if plain:
            sql.append(f"{column} @> %s::bigint[]")
            values.append(_numbers(plain))
        for term in terms:
            if len(term) > 1:
                sql.append("(" + " OR ".join(f"{column} @> %s::bigint[]" for _ in term) + ")")
                values += [_numbers(way) for way in term]
    for way in condition.none:
        sql.append("NOT tokens @> %s::bigint[]")
        values.append(_numbers(way))
    return "(" + " AND ".join(sql) + ")", values


#: Before each question: no reading of the whole table, for the planner knows nothing of what it costs to look into a long array.
#: In one go with the question, so that the two are one round trip and one transaction.
_BY_INDEX = "SELECT set_config('enable_seqscan', 'off', true); "


def _ask(sql, values):
    with connection.cursor() as cursor:
        cursor.execute(_BY_INDEX + sql, values)
        return cursor.fetchall()


def _at_once(tiers, stop):
    """Return the keys as `find` does from the first: all that meet the last tier are gathered, and each is asked which tier it meets first."""
    *better, (widest, values) = map(_sql, tiers)
    place = f"CASE {' '.join(f'WHEN {sql} THEN {number}' for number, (sql, _) in enumerate(better))} END, " if better else ""
    asked = f"SELECT key FROM {TABLE} WHERE {widest} ORDER BY {place}key + 0 DESC LIMIT %s"
    return [key for (key,) in _ask(asked, [*values, *(value for _, own in better for value in own), stop])]


def _in_turn(tiers, stop, are_many):
    """Return the keys as `find` does from the first, in one statement, which ends with the tier that fills it.

    A tier leaves out what the former ones gave by its key: to look into its tokens again would cost far more. Where texts that meet
    the last tier `are_many` (bool), the newest are met soon by walking along the keys; else all are gathered and sorted.
    """
    parts, values = [], []
    for number, tier in enumerate(tiers):
        sql, own = _sql(tier)
        order = "key" if are_many and tier.terms else "key + 0"
        new = "".join(f" AND key NOT IN (SELECT key FROM tier{former})" for former in range(number))
        parts.append(f"tier{number} AS (SELECT key FROM {TABLE} WHERE {sql}{new} ORDER BY {order} DESC LIMIT %s)")
        values += [*own, stop]
    found = " UNION ALL ".join(f"SELECT key FROM tier{number}" for number in range(len(tiers)))
    return [key for (key,) in _ask(f"WITH {', '.join(parts)} {found} LIMIT %s", [*values, stop])]


def _walk(tiers, stop):
    """Return the keys as `find` does from the first, one tier at a time: to leave out thousands here is faster than in the statement."""
    found = {}
    for tier in tiers:
        sql, values = _sql(tier)
        rows = _ask(f"SELECT key FROM {TABLE} WHERE {sql} ORDER BY key + 0 DESC LIMIT %s", [*values, stop])
        found.update((key, True) for (key,) in rows)
        if len(found) >= stop:
            break
    return list(found)[:stop]


def find(tiers, stop, start=0, total=None):
    """Return the keys (list of int) that meet `tiers` (list of Condition), tier after tier, each newest first: those from the place `start` to `stop`.

    `total`: how many meet the last tier, which holds all others, where it is known; more are not looked for.
    """
    stop = stop if total is None else min(stop, total)
    if start >= stop:
        return []
    if total is not None and total <= FEW:
        return _at_once(tiers, stop)[start:]
    if stop > FAR:
        return _walk(tiers, stop)[start:]
    return _in_turn(tiers, stop, are_many=total is not None and total > MANY)[start:]


def count(condition, most):
    """Return {facts (str): number of entries} of `most` that meet `condition`."""
    sql, values = _sql(condition)
    found = f"SELECT facts FROM {TABLE} WHERE {sql} LIMIT %s"
    return dict(_ask(f"SELECT facts, count(*) FROM ({found}) found GROUP BY facts", [*values, most]))


def met(conditions):
    """Return the places (set of int) in `conditions` (list of Condition, a few) of those that any entry meets."""
    parts = [_sql(condition) for condition in conditions]
    sql = " UNION ALL ".join(f"SELECT %s::int WHERE EXISTS (SELECT 1 FROM {TABLE} WHERE {part})" for part, _ in parts)
    return {place for (place,) in _ask(sql, [value for place, (_, own) in enumerate(parts) for value in (place, *own)])}


def known(tokens):
    """Return those of `tokens` (collection of str, hundreds) that any entry has (set)."""
    by_number = {_number(token): token for token in tokens}
    asked = "SELECT asked FROM unnest(%s::bigint[]) asked"
    rows = _ask(f"{asked} WHERE EXISTS (SELECT 1 FROM {TABLE} WHERE tokens @> ARRAY[asked])", [list(by_number)])
    return {by_number[number] for (number,) in rows}


def dump():
    """Return all that the engine holds (set of (token number, key)), those of the head as ("^", number). For tests."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key, heads, tokens FROM {TABLE}")
        rows = cursor.fetchall()
    return {
        (token, key) for key, heads, tokens in rows for token in [*(("^", number) for number in heads or ()), *(tokens or ())]
    }
