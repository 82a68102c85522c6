"""Both search engines find the same as a plain reading of each condition."""

import contextlib
import random
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from portal.search.index import update
from portal.search.models import IndexedText
from portal.search.query import tokens
from portal.search.query.read import meanings, number_in, read
from tests.support import make
from tests.support.public import queries

pytestmark = pytest.mark.django_db


def test_far_pages_go_on_where_the_near_ones_end():
    for n in range(30):
        make.article(title=f"{'Thông tư' if n % 3 else 'Tư thông'} {n}", lead="", body="")
    make.article(title="Bài", lead="", body="<p>thông tư</p>")
    tiers = read("thông tư").tiers()
    near = update.engine.find(tiers, 40)
    assert len(near) == 31
    for most in (5, 25, 31):
        assert update.engine.find(tiers, most) == near[:most]
    with patch.object(update.engine, "FAR", 1):
        for most in (5, 25, 31, 40):
            assert update.engine.find(tiers, most) == near[:most]
            assert update.engine.find(tiers, most, 4) == near[4:most]


@pytest.fixture
def few_words():
    """Articles and documents of few words, so that whatever is asked stands in many, in each way
    that tiers tell apart; their rows, the newest first.
    """
    chance = random.Random(7)

    def said(most):
        return " ".join(chance.choice(WORDS) for _ in range(chance.randrange(1, most)))

    for _ in range(40):
        on = timezone.now() - timedelta(days=chance.randrange(1500))
        make.article(title=said(4), lead=said(4), body=f"<p>{said(9)}</p>", published_at=on)
    make.page(title=said(4), body=f"<p>{said(9)}</p>")  # without a date
    for number in range(20):
        make.document(
            number=f"{number % 7 + 1}/{2018 + number % 2}/TT-{'BTC' if number % 3 else 'CP'}",
            summary=said(5),
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # PostgreSQL looks among the last years first
    return list(IndexedText.objects.select_related("entry").order_by("-pk"))


WORDS = [
    "đường",
    "đương",
    "duong",
    "sắt",
    "thông",
    "tư",
    "thông tư",
    "số",
    "sở",
    "19",
    "2018",
    "btc",
    "tưởng",
]


def meets(condition, head, everything):
    """Whether an entry with the tokens `head` and `everything` (sets) meets `condition`
    (Condition), as its docstring says.
    """
    parts = [(condition.in_head, head), (condition.terms, everything)]
    are_met = all(
        any(has.issuperset(way) for way in term) for terms, has in parts for term in terms
    )
    return are_met and not any(everything.issuperset(way) for way in condition.none)


def plainly(tiers, rows):
    """Return the keys of `rows` (the newest first) that meet `tiers`, tier after tier: what every
    engine must find, said plainly.
    """
    held = [(row.pk, row.heads(row.entry.facts), row.all(row.entry.facts)) for row in rows]
    return list(
        dict.fromkeys(
            key for tier in tiers for key, head, everything in held if meets(tier, head, everything)
        )
    )


def words(value):
    """Return `value` (str) as a tuple of Word."""
    return tuple(tokens.words(value))


def typed_at_random(count):
    """Give `count` queries: words, phrases, what is left out, numbers, a last word that is only
    begun.
    """
    chance = random.Random(11)
    for _ in range(count):
        pieces = [chance.choice(WORDS) for _ in range(chance.randrange(1, 5))]
        pieces += chance.choice(
            [[], [], [], ['"thông tư"'], ["-sắt"], ["3/2018"], ["5/2019/TT"], ["th"], ["đ"]]
        )
        yield " ".join(pieces) + chance.choice(["", "", " "])


SHORTCUTS = {
    "near": {},
    "far": {"FAR": 3, "FEW": 8, "MANY": 5},
    "among the last years": {"MANY": 3, "NEAR": 0.3},
    "walked": {"WAYS": 1},
}


@pytest.mark.slow
@pytest.mark.parametrize("shortcuts", SHORTCUTS.values(), ids=SHORTCUTS)
def test_every_shortcut_finds_what_is_found_plainly(few_words, shortcuts):
    same = meanings([(words("tt"), words("thông tư")), (words("btc"), words("sắt"))])
    chance, engine = random.Random(13), update.engine
    with contextlib.ExitStack() as patched:
        for name, value in shortcuts.items():
            patched.enter_context(patch.object(engine, name, value, create=True))
        for typed in typed_at_random(60):
            facts = chance.choice(
                [(), (), (tokens.fact("loai", "van-ban"),), (tokens.fact("nam", 2018),)]
            )
            asked = read(typed, same).narrowed(facts)
            right = plainly(asked.tiers(), few_words)
            total = len(plainly([asked.everything], few_words))
            assert len(right) == total, typed
            for start, stop in [(0, 1), (0, 3), (0, 20), (3, 6), (10, 30), (0, 100)]:
                assert engine.find(asked.tiers(), stop, start) == right[start:stop], typed
                assert engine.find(asked.tiers(), stop, start, total) == right[start:stop], typed
            heads = [tier for tier in asked.tiers() if not tier.terms]
            assert set(plainly(heads, few_words)) == set(plainly(heads[-1:], few_words)), typed
            assert engine.find(heads, 8) == plainly(heads, few_words)[:8], typed


def test_number_is_found_in_the_query_the_short_way_too():
    spellings = [
        "19/2018/TT-BTTTT",
        "số 19 / 2018",
        "19 2018 tt btttt ngày 19/12/2018",
        "QD-UBND",
        "-19/2018",
        '"7/QĐ"',
        "7/QĐ - UBND",
        "7/QĐ -sắt",
        "7 -",
    ]
    for typed in [*spellings, *typed_at_random(200)]:
        assert number_in(typed) == read(typed).number, typed


def test_page_is_found_in_two_statements(few_words):
    asked = read("thông tư số 19")
    with queries() as statements:
        update.engine.find(asked.tiers(), 20, 0, 60)
    assert len(statements) <= 2
