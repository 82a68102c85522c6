"""PostgreSQL's search engine asks by one function, and among the last years first."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from portal.search.index import update
from portal.search.models import IndexedText, IndexEntry
from portal.search.query import tokens
from portal.search.query.read import Condition, meanings, read
from tests.support import make
from tests.support.public import queries

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="the function is PostgreSQL's"),
]


def setting(name):
    """Return what a setting of the server is for this connection (str)."""
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return cursor.fetchone()[0]


def rows():
    """Return the keys of the rows in the order in which they lie, and how many rows, dead ones too,
    lie there.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid, key FROM search_tokens ORDER BY ctid")
        found = cursor.fetchall()
    last = dict(
        place.strip("()").split(",") for place, _ in found
    )  # each page numbers its rows from one
    return [key for _, key in found], sum(map(int, last.values()))


def test_page_is_found_in_one_round_trip_that_leaves_nothing_behind():
    """A pooler gives one connection to many (PgBouncer, by transaction): no statement is prepared
    on it, no setting stays.
    """
    make.article(title="Chuyển đổi số")
    asked = read("chuyen doi so")
    with queries() as statements:
        assert len(update.engine.find(asked.tiers(), 20, 0, 30)) == 1
    assert len(statements) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert cursor.fetchone() == (0,)
    update.engine.count(asked.everything, 20)
    assert (setting("enable_seqscan"), setting("enable_indexscan"), setting("plan_cache_mode")) == (
        "on",
        "on",
        "auto",
    )


def test_many_ways_to_say_it_are_not_all_written_out():
    make.article(title="Chuyển đổi số")
    ways = tuple((word,) for word in "chuyen doi so hoi nghi".split())
    assert (
        len(update.engine.find([Condition(terms=(ways,) * 2, in_head=(ways,))], 5)) == 1
    )  # 125 ways
    assert (
        update.engine.find([Condition(terms=(ways,) * 2, in_head=(ways, (("khong",),)))], 5) == []
    )


def test_index_is_not_asked_what_other_tokens_tell():
    """Each token is a list of places to go through; of "thong_tu" in the head follow both words,
    there and anywhere.
    """
    whole = Condition(
        terms=((("thong",),), (("tu*",),), (("so",),)), in_head=((("thong_tu",),), (("thong",),))
    )
    least = Condition(terms=((("so",),),), in_head=((("thong_tu",),),))
    assert update.engine._groups(whole) == update.engine._groups(least)


def looks(tiers, total):
    """Return how often the index is looked into (int) to find what meets `tiers`, of which there
    are `total`.
    """
    number = "SELECT pg_stat_get_xact_numscans('search_tokens_of_all'::regclass)"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(number)
        (before,) = cursor.fetchone()
        update.engine.find(tiers, 20, 0, total)
        cursor.execute(number)
        return cursor.fetchone()[0] - before


def test_tiers_of_the_head_are_asked_in_one_look_where_none_finds_anything():
    make.article(title="Tin", lead="", body="<p>số hội nghị</p>")
    make.article(title="Bài", lead="", body="<p>nghị số hội</p>")
    tiers = read("hội nghị số").tiers()
    heads = sum(not tier.terms for tier in tiers)
    assert heads > 4
    in_text = 2  # side by side, apart; then both are found
    assert looks(tiers, 2) == 1 + in_text
    with patch.object(update.engine, "FEW", 1):  # whether any has it in the head is anyone's guess
        assert looks(tiers, 2) == heads + in_text


@pytest.mark.parametrize(("this_year", "questions"), [(3, 2), (27, 1)])
def test_last_years_are_asked_first_only_where_few_are_of_them(this_year, questions):
    """Of a young portal the same would be asked twice."""
    for number in range(30):
        on = (
            timezone.now()
            if number < this_year
            else timezone.now() - timedelta(days=800 + number * 366)
        )
        make.article(title=f"Chuyển đổi số {number}", published_at=on)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with queries() as statements:
        update.engine.count(read("chuyen doi so").everything, 100)
    assert len([statement for statement in statements if "SET LOCAL" in statement]) == questions


def test_facts_lie_in_their_rows_and_tokens_do_not():
    """Facts are counted by the ten thousand; tokens are looked at in no row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, attstorage FROM pg_attribute WHERE "
            "attrelid = 'search_tokens'::regclass"
        )
        kept = dict(cursor.fetchall())
    assert (kept["facts"], kept["tokens"]) == ("m", "e")  # main, external


@pytest.mark.parametrize("typed", ["thông tư", "cntt số", "số -thông -chuyển", "cntt -tư -đổi"])
def test_tokens_are_looked_up_in_their_index_and_read_in_no_row(typed):
    """A row has thousands of them: to unpack those of 15,000 rows took 0.7 s where one look into
    the index takes 4 ms.
    """
    for number in range(60):
        make.article(title=f"Chuyển đổi số {number}", body="<p>thông tư công nghệ thông tin</p>")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    same = meanings([(tuple(tokens.words("cntt")), tuple(tokens.words("công nghệ thông tin")))])
    asked = read(typed, same)
    with (
        patch.object(update.engine, "COUNTED", 0.2),
        patch.object(update.engine, "FAR", 5),
        queries() as statements,
    ):
        update.engine.count(asked.everything, 10)
        update.engine.find(asked.tiers(), 20, 0, 30)
        update.engine.find(asked.tiers(), 20, 10, 30)
    plans = []
    for statement in statements:
        if "SET LOCAL" in statement:
            with connection.cursor() as cursor:
                cursor.execute(statement.replace("; SELECT", "; EXPLAIN SELECT"))
                plans.append("\n".join(line for (line,) in cursor.fetchall()))
    assert len(plans) > 6
    assert not [
        plan
        for plan in plans
        for line in plan.splitlines()
        if "Filter" in line and "tokens" in line
    ]


@pytest.fixture
def unordered():
    """Articles whose dates do not come in the order in which they are entered."""
    for number in range(30):
        make.article(
            title=f"Chuyển đổi số {number}",
            published_at=timezone.now() - timedelta(days=number * 7 % 30),
        )


def test_row_is_written_once(unordered):
    """What was written twice leaves dead rows between the others, and answers are gathered from
    twice as many pages.
    """
    update.engine.clear()
    update.engine.write(list(IndexedText.objects.select_related("entry")))
    keys, there = rows()
    assert len(keys) == there == 30


def test_rows_of_a_new_index_lie_in_the_order_of_their_dates(unordered):
    keys, _ = rows()
    assert keys != sorted(keys)
    IndexedText.objects.all().delete()
    IndexEntry.objects.all().delete()
    call_command("reindex", verbosity=0)
    assert rows() == (sorted(keys), 30)
