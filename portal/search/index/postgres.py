"""PostgreSQL's search engine: for each entry a narrow row with one array of token numbers.

A GIN index holds the arrays. A token of the head stands in the array a second time, under another
number. A token's number is 64 bits of its BLAKE2 sum: two tokens of one portal share one with a
chance of one in a million millions.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache, partial
from itertools import chain, product
from math import prod
from typing import Any

from django.db import connection
from psycopg2.extras import execute_values

from portal.cache import revision
from portal.search.index.sources import BEGINNING, LAST_SECOND, SECOND
from portal.search.models import IndexedText
from portal.search.query import tokens
from portal.search.query.read import Condition

#: An int, or an array as PostgreSQL writes it; SQL with its values.
Value = int | str
Statement = tuple[str, list[str]]

TABLE = "search_tokens"
INDEX = f"CREATE INDEX search_tokens_of_all ON {TABLE} USING gin (tokens)"
#: Answers are gathered from rows all over the table, so these are as narrow as can be: tokens lie
#: elsewhere (EXTERNAL: far too many to be packed and unpacked; they are asked of their index, never
#: of the row), facts lie in the row (MAIN), where they are counted by the ten thousand.
MAKE = [
    f"CREATE TABLE {TABLE} (key bigint PRIMARY KEY, facts text NOT NULL, tokens bigint[] NOT NULL)"
    " WITH (toast_tuple_target = 128)",
    f"ALTER TABLE {TABLE} ALTER COLUMN facts SET STORAGE MAIN,"
    " ALTER COLUMN tokens SET STORAGE EXTERNAL",
]
DROP = [f"DROP TABLE {TABLE}"]
TAKES_BACK_TOKENS = False

#: What makes the number of a token of the head another one.
IN_HEAD = 0x5EED_0F_4EAD
#: From how many answers on, or where nobody counted, the newest are looked for first, and from how
#: many keys on a page lies far behind.
MANY, FAR = 10_000, 1_000
#: Of how many answers at most it is likely that none has in its head all that was asked.
FEW = 200
#: Shares of all entries among which the newest answers are looked for first: those of a page, those
#: far behind, those that are counted.
NEAR, SHARE, COUNTED = 0.03, 0.1, 0.25
#: Ways at most to meet a condition that are written out.
WAYS = 32


@lru_cache(maxsize=200_000)
def _number(token: str) -> int:
    return int.from_bytes(
        hashlib.blake2b(token.encode(), digest_size=8).digest(), "big", signed=True
    )


def _numbers(head: Iterable[str], everything: Iterable[str]) -> list[int]:
    """Return the GIN token numbers that must stand in the head, and those anywhere."""
    return sorted({*map(_number, everything), *(_number(token) ^ IN_HEAD for token in head)})


def write(texts: list[IndexedText]) -> None:
    """Enter `texts` in the GIN index, each row written once, so that no dead rows lie between."""
    rows = [
        (key, text.entry.facts, _numbers(head, everything))
        for text in texts
        for key, head, everything in [text.stored]
    ]
    with connection.cursor() as cursor:
        execute_values(
            cursor.cursor,
            f"INSERT INTO {TABLE} (key, facts, tokens) VALUES %s",
            rows,
            template="(%s, %s, %s::bigint[])",
        )


def erase(texts: list[IndexedText]) -> None:
    """Take `texts` out of the GIN index."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {TABLE} WHERE key = ANY (%s)", [[text.entry_id for text in texts]]
        )


def clear() -> None:
    """Empty the GIN index."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLE}")


@contextmanager
def building() -> Iterator[None]:
    """Fill an empty GIN index in this block: it is made last, over rows in date order."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX search_tokens_of_all")
        yield
        cursor.execute(f"CLUSTER {TABLE} USING {TABLE}_pkey")
        cursor.execute(INDEX)
        cursor.execute(f"ANALYZE {TABLE}")


# --- how the database is asked -------------------------------------------------------------------


def _way(head: Iterable[str], everything: Iterable[str]) -> str:
    """Return a way to meet a condition as a GIN array: tokens of `head`, and tokens anywhere.

    Tokens that follow from others of them are left away.
    """
    told = frozenset().union(*map(tokens.implied_by, head))
    told_anywhere = told.union(head, *map(tokens.implied_by, everything))
    return _array(
        _numbers(
            [token for token in head if token not in told],
            [token for token in everything if token not in told_anywhere],
        )
    )


def _array(numbers: Iterable[int]) -> str:
    """Return `numbers` as PostgreSQL writes an array."""
    return f"{{{','.join(map(str, numbers))}}}"


@lru_cache(maxsize=10_000)
def _groups(condition: Condition) -> list[list[str]]:
    """Return GIN arrays to meet a condition but for what is left out; one of each must be met.

    One list, where it is not too long, so that the index answers alone: a look at the tokens in a
    row unpacks thousands of them.
    """
    terms = [[(way, ()) for way in term] for term in condition.in_head] + [
        [((), way) for way in term] for term in condition.terms
    ]
    if prod(map(len, terms)) > WAYS:
        return [[_way(*way) for way in term] for term in terms]
    return [
        [
            _way(
                [token for head, _ in way for token in head],
                [token for _, all in way for token in all],
            )
            for way in product(*terms)
        ]
    ]


@lru_cache(maxsize=10_000)
def _ways(condition: Condition) -> str | None:
    """Return the ways to meet a condition as PostgreSQL writes an array of arrays.

    None where that does not tell all of it.
    """
    groups = _groups(condition)
    if condition.none or len(groups) > 1:
        return None
    return "{" + ",".join(f'"{way}"' for way in groups[0]) + "}"


def _rows(condition: Condition, years: str | None = None, union: str = "UNION") -> Statement:
    """Return PostgreSQL's SQL and values of the rows (key, facts) that meet a condition.

    `years` (an array): where it is of use, only those of these years. Then each way is a query of
    its own: of "this or that, in these years" PostgreSQL may look up the years alone and read the
    tokens in each row. What is to be left out is looked for among what meets the rest: a common
    word stands in most entries. `union`: "UNION ALL" where a row may come twice.
    """
    groups = _groups(condition)
    if years and len(groups) == 1:
        sql = f" {union} ".join(
            [f"SELECT key, facts FROM {TABLE} WHERE tokens @> %s AND tokens && %s"] * len(groups[0])
        )
        values = [value for way in groups[0] for value in (way, years)]
    else:
        every = " AND ".join(
            "(" + " OR ".join(["tokens @> %s"] * len(group)) + ")" for group in groups
        )
        sql = f"SELECT key, facts FROM {TABLE} WHERE {every}"
        values = [way for group in groups for way in group]
    if condition.none:
        hidden, more = _rows(
            replace(condition, terms=(*condition.terms, condition.none), none=()),
            years,
            "UNION ALL",
        )
        left_out = f"SELECT key FROM ({hidden}) hidden"
        sql = f"SELECT key, facts FROM ({sql}) met WHERE key NOT IN ({left_out})"
        values += more
    return sql, values


#: Rows are met by the index of tokens and by nothing else: the planner knows nothing of what it
#: costs to look into a long array.
_BY_INDEX = "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; "


def _ask(sql: str, values: Iterable[Value]) -> list[tuple[Any, ...]]:
    """Return PostgreSQL's rows of `sql` with `values` in the places of its "%s".

    One round trip.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BY_INDEX + sql.replace("%s", "{}").format(*map(_literal, values)))
        return cursor.fetchall()


def _literal(value: Value) -> str:
    """Return an int, or an array, as PostgreSQL's SQL."""
    return f"'{value}'::bigint[]" if isinstance(value, str) else str(value)


# --- what is found -------------------------------------------------------------------------------


#: The SQL function that answers `find` in one round trip: the keys that meet `tiers`, one after the
#: other, until there are `most`. A tier is the ways to meet it (text[]), a way an array of tokens.
#: The newest are looked for among the `years` (tokens; null: no years) first. Not 0, `holder` is
#: the number of the tier that is asked before those that stand before it, because it holds all of
#: them: where it finds nothing, or one thing, there is nothing to ask them for. A function keeps
#: its plans, and to plan such a query takes longer than to answer it; what no page reaches is not
#: even begun. Of each way come the newest `most`, whatever is found already: enough to go on with,
#: and nothing else is compared.
IN_TURN = f"""
CREATE OR REPLACE FUNCTION
    search_in_turn(tiers text[], holder integer, most integer, years bigint[]) RETURNS bigint[]
LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_indexscan = off SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    found bigint[] := '{{}}';
    held bigint[];
    newest bigint[];
    ways text[];
    way text;
    wanted bigint[];
    these bigint[];
BEGIN
    FOR turn IN CASE holder WHEN 0 THEN 1 ELSE 0 END .. cardinality(tiers) LOOP
        CONTINUE WHEN turn BETWEEN 1 AND holder - 1 AND cardinality(held) < least(most, 2);
        IF turn = holder AND turn > 0 THEN
            newest := held;
        ELSE
            ways := tiers[CASE turn WHEN 0 THEN holder ELSE turn END];
            newest := '{{}}';
            FOREACH way IN ARRAY ways LOOP
                wanted := way;
                IF years IS NOT NULL THEN
                    these := ARRAY(
                        SELECT key FROM {TABLE} WHERE tokens @> wanted AND tokens && years
                        ORDER BY key + 0 DESC LIMIT most
                    );
                END IF;
                IF years IS NULL OR cardinality(these) < most THEN
                    these := ARRAY(
                        SELECT key FROM {TABLE} WHERE tokens @> wanted
                        ORDER BY key + 0 DESC LIMIT most
                    );
                END IF;
                IF newest = '{{}}' THEN
                    newest := these;
                ELSIF these <> '{{}}' THEN
                    newest := ARRAY(
                        SELECT DISTINCT key FROM unnest(newest || these) key
                        ORDER BY key DESC LIMIT most
                    );
                END IF;
            END LOOP;
            IF turn = 0 THEN
                held := newest;
                CONTINUE;
            END IF;
        END IF;
        IF found = '{{}}' THEN
            found := newest;
        ELSIF newest <> '{{}}' THEN
            found := found || ARRAY(
                SELECT key FROM unnest(newest) key WHERE key <> ALL (found)
                LIMIT most - cardinality(found)
            );
        END IF;
        EXIT WHEN cardinality(found) = most;
    END LOOP;
    RETURN found;
END
$$
"""
DROP_IN_TURN = "DROP FUNCTION search_in_turn(text[], integer, integer, bigint[])"


def _in_turn(tiers: list[str], holder: int, most: int, years: str | None) -> list[int]:
    """Return the keys that PostgreSQL's function `search_in_turn` gives for arrays of ways."""
    written, years = "', '".join(tiers), f"'{years}'" if years else "NULL"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT search_in_turn(ARRAY['{written}'], {holder}, {most}, {years})")
        return cursor.fetchone()[0]


def _walk(tiers: list[Condition], stop: int) -> list[int]:
    """Return the first keys that PostgreSQL's `find` gives, one tier at a time.

    Leaving out thousands costs nothing so, and every condition can be met.
    """
    found = {}
    for tier in tiers:
        found.update(
            (key, True) for (key,) in _newest(_KEYS, len, partial(_rows, tier), stop, SHARE)
        )
        if len(found) >= stop:
            break
    return list(found)[:stop]


def _far(tiers: list[Condition], start: int, stop: int) -> list[int]:
    """Return the keys that PostgreSQL's `find` gives for a page far behind.

    Of each tier only what is in no former one; what comes before `start` never leaves the database.
    Where all that is met in the head comes before `start`, whichever tier it is in, the last of
    those tiers stands for them.
    """
    heads = sum(not tier.terms for tier in tiers)
    if heads and _size(tiers[heads - 1], start + 1) <= start:
        tiers = tiers[heads - 1 :]
    found, former, place = [], [], 0
    for tier in tiers:
        statement, rows = _from(max(start - place, 0)), partial(_new_rows, tier, tuple(former))
        ((number, keys),) = _newest(statement, lambda found: found[0][0], rows, stop - place, SHARE)
        found += keys
        place += number
        if place == stop:
            break
        former.append(tier)
    return found


def _size(condition: Condition, most: int) -> int:
    """Count in PostgreSQL the entries that meet `condition`, up to `most`."""
    rows, values = _rows(condition)
    return _ask(
        f"SELECT count(*) FROM (SELECT FROM ({rows}) met LIMIT %s) counted", [*values, most]
    )[0][0]


def _new_rows(condition: Condition, former: tuple[Condition, ...], years: str | None) -> Statement:
    """Return the SQL for PostgreSQL as `_rows` does, without the rows that meet one of `former`."""
    sql, values = _rows(condition, years)
    if former:
        parts, more = zip(*(_rows(each, years, "UNION ALL") for each in former), strict=True)
        known = " UNION ALL ".join(f"SELECT key FROM ({part}) known" for part in parts)
        sql = f"SELECT key, facts FROM ({sql}) met WHERE key NOT IN ({known})"
        values = [*values, *chain(*more)]
    return sql, values


def _from(start: int) -> str:
    """Return PostgreSQL's SQL for the number of the rows {} and the newest keys from `start`.

    The number is counted up to a limit.
    """
    return (
        f"SELECT cardinality(keys), keys[{start + 1}:]"
        " FROM (SELECT ARRAY(SELECT key FROM ({}) met ORDER BY key + 0 DESC LIMIT %s) keys"
        " OFFSET 0) newest"
    )


_KEYS = "SELECT key FROM ({}) met ORDER BY key + 0 DESC LIMIT %s"
_FACTS = "SELECT facts, count(*) FROM (SELECT facts FROM ({}) met LIMIT %s) found GROUP BY facts"


def _newest(
    statement: str,
    size: Callable[[Any], int],
    rows: Callable[[str | None], Statement],
    most: int,
    share: float,
) -> list[tuple[Any, ...]]:
    """Return PostgreSQL's rows of the SQL `statement` about the newest `most` of `rows`.

    `size`: how many of them a result stands for. `rows`: gives SQL and values, as `_rows` does, for
    some years (an array) or for all (None). They are looked for among the newest `share` of all
    entries first, and among more where these are too few: GIN passes over what is older, and
    nothing of it is gathered and sorted.
    """
    sql, values = rows(None)
    while (years := _last_years(share)) is not None and (some := rows(years)) != (sql, values):
        found = _ask(statement.format(some[0]), [*some[1], most])
        number = size(found)
        if number == most:
            return found
        share = max(2 * share, 1.3 * share * most / number) if number else 1
    return _ask(statement.format(sql), [*values, most])


def _last_years(share: float) -> str | None:
    """Return the GIN tokens of the last years, to which this `share` of all entries belongs.

    None where most of them belong to these years, or PostgreSQL has no statistics of the table yet.
    What it knows decides how soon an answer is found, not which.
    """
    newest, bounds = revision.kept("years of the search", _spread)
    if share > 0.5 or newest is None or not bounds or newest >> SECOND >= LAST_SECOND:
        return None
    first = _year(bounds[min(int(len(bounds) * (1 - share)), len(bounds) - 1)])
    begins = int((datetime(first, 1, 1) - BEGINNING).total_seconds()) << SECOND
    if bisect_left(bounds, begins) < len(bounds) / 2:
        return None
    return _array(_number(tokens.fact("nam", year)) for year in range(first, _year(newest) + 1))


def _spread() -> tuple[int | None, list[int] | None]:
    """Return the newest key, and keys that part PostgreSQL's entries into groups of one size."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT max(key) FROM {TABLE}), (SELECT histogram_bounds::text::bigint[]"
            " FROM pg_stats WHERE schemaname = current_schema()"
            f" AND tablename = '{TABLE}' AND attname = 'key')"
        )
        return cursor.fetchone()


def _year(key: int) -> int:
    return (BEGINNING + timedelta(seconds=key >> SECOND)).year


def find(tiers: list[Condition], stop: int, start: int = 0, total: int | None = None) -> list[int]:
    """Find in PostgreSQL the keys from `start` to `stop` of `tiers`: by tier, newest first.

    `total`: how many meet the last tier, which holds all others, where it is known; more are not
    looked for. Those that ask of the head alone come first, and the last of these holds them.
    """
    stop = stop if total is None else min(stop, total)
    if start >= stop:
        return []
    if total == 1:  # needs no order
        tiers = tiers[-1:]
    written = list(map(_ways, tiers))
    if start >= FAR:
        return _far(tiers, start, stop)
    if stop > FAR or None in written:
        return _walk(tiers, stop)[start:]
    known = MANY + 1 if total is None else total
    heads = sum(not tier.terms for tier in tiers) if known <= FEW else 0
    return _in_turn(
        written, heads if heads > 2 else 0, stop, _last_years(NEAR) if known > MANY else None
    )[start:]


def count(condition: Condition, most: int) -> dict[str, int]:
    """Count in PostgreSQL, {facts: number}, `most` of the newest entries that meet `condition`."""
    return dict(
        _newest(
            _FACTS,
            lambda found: sum(number for _, number in found),
            partial(_rows, condition),
            most,
            COUNTED,
        )
    )


def met(conditions: list[Condition]) -> set[int]:
    """Return the indices of those few `conditions` that any entry in PostgreSQL meets."""
    parts = [_rows(condition) for condition in conditions]
    sql = " UNION ALL ".join(f"SELECT %s WHERE EXISTS ({rows})" for rows, _ in parts)
    return {
        place
        for (place,) in _ask(
            sql, [value for place, (_, own) in enumerate(parts) for value in (place, *own)]
        )
    }


def known(asked: Collection[str]) -> set[str]:
    """Return those of the tokens `asked` (hundreds) that PostgreSQL's index has."""
    by_number = {_number(token): token for token in asked}
    sql = (
        "SELECT one FROM unnest(%s) one"
        f" WHERE EXISTS (SELECT 1 FROM {TABLE} WHERE tokens @> ARRAY[one])"
    )
    return {by_number[number] for (number,) in _ask(sql, [_array(by_number)])}


def dump() -> set[tuple[int, int]]:
    """Return all (number of a token, key) of PostgreSQL's index.

    For tests.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key, tokens FROM {TABLE}")
        return {(number, key) for key, numbers in cursor.fetchall() for number in numbers}
