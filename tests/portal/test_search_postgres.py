"""How PostgreSQL is asked: by one function, over whatever connection; among the last years first."""

from unittest.mock import patch

import pytest
from django.db import connection

from portal.search import index, query, tokens
from tests import make
from tests.public import queries

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the function is PostgreSQL's"),
]


def setting(name):
    """Return what a setting of the server is for this connection (str)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return cursor.fetchone()[0]


def test_page_is_found_in_one_round_trip_that_leaves_nothing_behind():
    """A pooler gives one connection to many (PgBouncer, by transaction): no statement is prepared on it, no setting stays."""
    make.article(title="Chuyển đổi số")
    asked = query.read("chuyen doi so")
    with queries() as statements:
        assert len(index.engine.find(asked.tiers(), 20, 0, 30)) == 1
    assert len(statements) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == (0,)
    index.engine.count(asked.everything, 20)
    assert (setting("enable_seqscan"), setting("enable_indexscan"), setting("plan_cache_mode")) == ("on", "on", "auto")


def test_many_ways_to_say_it_are_not_all_written_out():
    make.article(title="Chuyển đổi số")
    ways = tuple((word,) for word in "chuyen doi so hoi nghi".split())
    assert len(index.engine.find([query.Condition(terms=(ways,) * 2, in_head=(ways,))], 5)) == 1  # 125 ways
    assert index.engine.find([query.Condition(terms=(ways,) * 2, in_head=(ways, (("khong",),)))], 5) == []


def test_facts_lie_in_their_rows_and_tokens_do_not():
    """Facts are counted by the ten thousand; tokens are looked at in no row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT attname, attstorage FROM pg_attribute WHERE attrelid = 'search_entry'::regclass")
        kept = dict(cursor.fetchall())
    assert (kept["facts"], kept["tokens"]) == ("m", "e")  # main, external


@pytest.mark.parametrize("typed", ["thông tư", "cntt số", "số -thông -chuyển", "cntt -tư -đổi"])
def test_tokens_are_looked_up_in_their_index_and_read_in_no_row(typed):
    """A row has thousands of them: to unpack those of 15,000 rows took 0.7 s where one look into the index takes 4 ms."""
    for number in range(60):
        make.article(title=f"Chuyển đổi số {number}", body="<p>thông tư công nghệ thông tin</p>")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE search_entry")
    same = query.meanings([(tuple(tokens.words("cntt")), tuple(tokens.words("công nghệ thông tin")))])
    asked = query.read(typed, same)
    with patch.object(index.engine, "COUNTED", 0.2), patch.object(index.engine, "FAR", 5), queries() as statements:
        index.engine.count(asked.everything, 10)
        index.engine.find(asked.tiers(), 20, 0, 30)
    plans = []
    for statement in statements:
        if "SET LOCAL" in statement:
            with connection.cursor() as cursor:
                cursor.execute(statement.replace("; SELECT", "; EXPLAIN SELECT"))
                plans.append("\n".join(line for (line,) in cursor.fetchall()))
    assert len(plans) > 3
    assert not [plan for plan in plans for line in plan.splitlines() if "Filter" in line and "tokens" in line]
