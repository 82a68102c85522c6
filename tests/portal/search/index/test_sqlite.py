"""Places of SQLite's search index follow the order of the keys."""

import random

import pytest
from django.db import connection

from portal.search.index import sqlite as engine
from portal.search.models import IndexedText, IndexEntry

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps no places"),
]


def entry(second, thing):
    """Return the stored text of an entry of `second` (int) whose words are rare and common ones."""
    key = second << 28 | thing
    row = IndexEntry.objects.create(
        key=key, kind="tin-tuc", object_id=thing, facts=f"@nam:{second % 3}"
    )
    return IndexedText.objects.create(
        entry=row,
        title=f"tin {thing} {'chan' if thing % 2 else 'le'}",
        address="/",
        body="noi dung",
    )


def places():
    """Return [(key, place)] by place."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key, place FROM {engine.PLACES} ORDER BY place")
        return cursor.fetchall()


def expected(texts):
    """Return what the engine must hold of `texts`."""
    rows = [text.stored for text in texts]
    return {
        (token, key)
        for key, head, everything in rows
        for token in [*("^" + token for token in head), *everything]
    }


@pytest.mark.parametrize("seconds", [1, 4, 60, 10_000])
def test_places_stand_in_the_order_of_keys_whoever_comes_when(seconds):
    chance, standing = random.Random(seconds), []
    for thing in range(1, 150):
        if standing and chance.random() < 0.3:
            gone = standing.pop(chance.randrange(len(standing)))
            engine.erase([gone])
            gone.entry.delete()
        some = [
            entry(chance.randrange(seconds), thing * 10 + turn)
            for turn in range(chance.choice([1, 1, 3]))
        ]
        engine.write(some)
        standing += some
    keys = [key for key, _ in places()]
    assert keys == sorted((text.pk for text in standing), reverse=True)
    assert engine.dump() == expected(standing)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key, facts FROM {engine.PLACES}")
        assert dict(cursor.fetchall()) == {text.pk: text.entry.facts for text in standing}


def test_those_with_the_shorter_way_move_aside():
    texts = [entry(second, 100 + second) for second in range(20)]
    engine.write(texts)
    crowd = [entry(5, thing) for thing in range(10, 40)]
    engine.write(crowd)
    before = dict(places())
    late = entry(6, 0)  # between the seconds 5 and 6, where nothing is free
    engine.write([late])
    after = dict(places())
    moved = [key for key, place in before.items() if after[key] != place]
    assert 0 < len(moved) < 20
    assert engine.dump() == expected([*texts, *crowd, late])


def test_places_of_an_emptied_index_are_free():
    engine.write([entry(1, 1)])
    engine.clear()
    assert places() == []
    assert engine.dump() == set()
