"""Prepared queries answer what the queryset would, with the values of this call; what cannot be prepared says so."""

import random
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from news.models import Article
from portal import prepared
from tests.support import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_ready(monkeypatch):
    monkeypatch.setattr(prepared, "_ready", {})


def older(category, moment, pk):
    return (
        Article.objects.beside(category, True)
        .before(moment, pk)
        .select_related("category")
        .newest_first()
    )


def test_rows_are_those_of_the_queryset():
    chance, now = random.Random(1), timezone.now()
    categories = [make.category(name=f"Chuyên mục {n}") for n in range(3)]
    made = [
        make.article(
            category=chance.choice(categories),
            published_at=now - timedelta(minutes=chance.randrange(5)),
        )
        for _ in range(20)
    ]
    for article in made:
        values = {"category": article.category_id, "moment": article.published_at, "pk": article.pk}
        rows = prepared.rows("older", older, **values)
        assert rows == list(older(**values))
        assert [row.__dict__.keys() for row in rows] == [
            row.__dict__.keys() for row in older(**values)
        ]


def test_rows_come_whole_and_in_one_statement(django_assert_num_queries):
    article = make.article(title="Một", slug="mot")
    make.article(title="Hai", slug="hai")

    def under(slug):
        return Article.objects.filter(slug=slug).select_related("category")

    for _ in range(2):
        with django_assert_num_queries(1):
            (found,) = prepared.rows("under", under, slug="mot")
            assert (found.title, found.category, found.published_at) == (
                "Một",
                article.category,
                article.published_at,
            )
    assert [row.title for row in prepared.rows("under", under, slug="hai")] == ["Hai"]
    assert prepared.rows("under", under, slug="khong-co") == []


def test_a_value_of_the_visitor_stays_a_value():
    make.article(slug="mot")
    for typed in ("' OR 1=1 --", "%s", "%%", "mot%", "\ue0000", 'mot"'):
        assert (
            prepared.rows("under", lambda slug: Article.objects.filter(slug=slug), slug=typed) == []
        )


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_over_its_own_connection():
    article, seen = make.article(), []

    def beside(category):
        return Article.objects.filter(category=category)

    def ask():
        seen.append(
            (prepared.rows("all of", beside, category=article.category_id), connection.connection)
        )
        connection.close()

    ask_here = prepared.rows("all of", beside, category=article.category_id)
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert ask_here == seen[0][0] == [article]
    assert seen[0][1] is not connection.connection


@pytest.mark.parametrize(
    ("build", "values"),
    [
        (
            lambda count: Article.objects.all()[: count % 7],
            {"count": 3},
        ),  # part of the SQL, not a parameter
        (lambda pk: Article.objects.all(), {"pk": 3}),  # nowhere
        (lambda pk: Article.objects.filter(pk=pk).prefetch_related("tags"), {"pk": 3}),
        (lambda pk: Article.objects.filter(pk=pk).values("pk"), {"pk": 3}),
    ],
)
def test_what_cannot_be_prepared_says_so(build, values):
    with pytest.raises(ValueError, match="parameter|plain"):
        prepared.rows("bad", build, **values)
