"""How PostgreSQL is asked: with statements that were prepared, over whatever connection; among the last years first."""

import pytest
from django.db import connection

from portal.search import index, query
from tests import make
from tests.public import queries

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite's statements are kept by its own library"),
]


def found(typed):
    """Return the keys (list of int) of the answers to `typed`."""
    return index.engine.find(query.read(typed).tiers(), 20)


def execute(sql):
    """Run `sql` on the connection of this thread."""
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_statement_is_prepared_once():
    make.article(title="Chuyển đổi số")
    execute("DEALLOCATE ALL")
    index.engine._prepared.clear()
    with queries() as first:
        assert len(found("chuyen doi so")) == 1
    with queries() as second:
        assert len(found("hoi nghi so")) == 0
    assert len(first) == len(second) == 1
    assert "PREPARE" in str(first) and "PREPARE" not in str(second)


def test_connection_that_another_one_prepared_on_is_asked_plainly():
    """As a pooler gives it (PgBouncer, by transaction): what was prepared is not there, or is there already."""
    make.article(title="Chuyển đổi số")
    assert len(found("chuyen doi so")) == 1
    execute("DEALLOCATE ALL")
    assert len(found("chuyen doi so")) == 1  # not there
    index.engine._prepared.clear()
    assert len(found("chuyen doi so")) == 1
    taken = next(index.engine._names) + 1
    execute(f"PREPARE search_{taken} AS SELECT 1")
    assert len(found("so")) == 1  # there already
    assert len(found("so")) == 1


def test_more_statements_than_are_kept_are_asked_plainly(monkeypatch):
    make.article(title="Chuyển đổi số")
    monkeypatch.setattr(index.engine, "PREPARED", 0)
    index.engine._prepared.clear()
    assert len(found("chuyen doi so")) == 1


def test_many_ways_to_say_it_are_not_all_written_out():
    make.article(title="Chuyển đổi số")
    execute("DEALLOCATE ALL")
    index.engine._prepared.clear()
    ways = tuple((word,) for word in "chuyen doi so hoi nghi".split())
    assert len(index.engine.find([query.Condition(terms=(ways,) * 2, in_head=(ways,))], 5)) == 1  # 125 ways
    assert index.engine.find([query.Condition(terms=(ways,) * 2, in_head=(ways, (("khong",),)))], 5) == []
