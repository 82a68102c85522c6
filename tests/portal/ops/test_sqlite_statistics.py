"""SQLite's planner has statistics of our tables, and no false ones of the search's own store."""

import pytest
from django.db import connection

from portal.ops import sqlite_statistics
from tests.support import make

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL looks by itself"),
]


def plan(sql):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return " ".join(row[3] for row in cursor.fetchall())


def test_pieces_of_the_search_are_removed_by_their_numbers():
    removal = "DELETE FROM search_tokens_data WHERE id >= 137438953473 AND id <= 137438953999"
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    assert plan(removal) == "SCAN search_tokens_data"  # what an empty store is taken for
    sqlite_statistics.analyze()
    assert plan(removal).startswith("SEARCH search_tokens_data USING INTEGER PRIMARY KEY")


def test_our_own_tables_are_known():
    make.article()
    sqlite_statistics.analyze()
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tbl FROM sqlite_stat1")
        known = {name for (name,) in cursor.fetchall()}
    assert {"news_article", "news_category"} <= known
    assert not [name for name in known if name.startswith("search_tokens")]
