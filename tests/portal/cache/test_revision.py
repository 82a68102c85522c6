"""The revision of the public content: new with every change that a visitor can see.

It is noted in the transaction of the change; the clock ends it.
"""

import threading
import time
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.utils import timezone

from portal.cache import postgres_revision, revision, sqlite_revision
from portal.cache.revision import ROWS_KEPT, ContentChange, Revision, Revisions, keep_in, kept
from portal.publishing.public import Public
from portal.publishing.states import State, next_scheduled_change
from tests.support import make
from tests.support.world import World

pytestmark = pytest.mark.django_db


def mark():
    return ContentChange.objects.order_by("-pk").values_list("pk", flat=True).first()


def everything():
    """Return one row of every model that a visitor sees something of."""
    World()
    models = [model for model in apps.get_models() if issubclass(model, Public)]
    return {model._meta.label: model.objects.first() for model in models if model.objects.exists()}


@pytest.mark.slow
def test_saving_or_deleting_anything_public_moves_the_mark():
    rows = everything()
    assert len(rows) >= 15
    for label, row in rows.items():
        before = mark()
        row.save()
        assert mark() > before, label


def test_bulk_writes_tags_and_menu_move_the_mark():
    article = make.article(tags=["Một"])
    steps = {
        "update": lambda: type(article).objects.filter(pk=article.pk).update(title="Khác"),
        "bulk_create": lambda: type(article).objects.bulk_create([make.unsaved_article()]),
        "tag added": lambda: article.tags.add("Hai"),
        "tag renamed": lambda: rename(article.tags.first()),
        "tag deleted": lambda: article.tags.first().delete(),
        "menu": lambda: make.menu_item(),
        "notice": lambda: make.notice(),
        "deleted": lambda: article.delete(),
    }
    for name, step in steps.items():
        before = mark()
        step()
        assert mark() > before, name


def rename(tag):
    tag.name = "Tên mới"
    tag.save()


def test_a_change_that_is_rolled_back_leaves_the_mark():
    make.article()
    before = mark()
    with pytest.raises(RuntimeError), transaction.atomic():
        make.article()
        assert mark() > before
        raise RuntimeError
    assert mark() == before


def test_the_table_of_changes_stays_short():
    category = make.category()
    for _ in range(3 * ROWS_KEPT):
        category.save()
    assert ContentChange.objects.count() <= 2 * ROWS_KEPT


def test_next_scheduled_change_is_the_soonest_appearance_or_end_of_anything():
    now = timezone.now()
    at = lambda minutes: now + timedelta(minutes=minutes)  # noqa: E731
    assert next_scheduled_change(now) is None
    make.article(published_at=at(-5))
    make.article(published_at=at(50), published_until=at(60))
    assert next_scheduled_change(now) == at(50)
    make.notice(published_until=at(40))
    assert next_scheduled_change(now) == at(40)
    make.week(published_at=at(30))
    make.document(published_at=at(20), state=State.DRAFT)
    assert next_scheduled_change(now) == at(30)
    assert next_scheduled_change(at(45)) == at(50)


def test_a_revision_ends_at_midnight_here_at_the_latest():
    end = datetime.fromtimestamp(Revision("mark").until, timezone.get_default_timezone())
    assert (end.hour, end.minute, end.second) == (0, 0, 0)
    assert timedelta() < end - timezone.now() <= timedelta(days=1)


def test_a_revision_ends_when_an_item_appears():
    soon = timezone.now() + timedelta(seconds=50)
    make.article(published_at=soon)
    assert Revision("mark").until == pytest.approx(soon.timestamp(), abs=1e-3)


def test_something_is_kept_within_a_revision_only(monkeypatch):
    made = []

    def thing():
        made.append(1)
        return len(made)

    assert [kept("thing", thing), kept("thing", thing)] == [1, 2]
    first, second = Revision(1), Revision(2)
    for present in (first, first, second):
        with keep_in(present):
            kept("thing", thing)
    assert len(made) == 4
    monkeypatch.setattr(revision, "KEPT_MOST", 1)
    with keep_in(first):
        assert kept("another", thing) == 5
        assert kept("another", thing) == 6


@pytest.mark.django_db(transaction=True)
def test_present_revision_is_new_after_each_commit_and_each_end():
    present = Revisions()
    first = present.present()
    assert present.present() is first
    make.category()
    second = present.present()
    assert second is not first
    assert second.mark != first.mark
    second.until = 0
    assert present.present() is not second


@pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="only PostgreSQL is asked by leases"
)
@pytest.mark.django_db(transaction=True)
def test_nobody_changes_anything_while_a_lease_runs():
    """A process hangs in its lease: a writer waits for the end of it, two seconds at most."""
    make.category()
    reader, own = postgres_revision.PostgresRevisionReader(), connection.copy()
    own.connect()
    cursor = own.connection.cursor()
    postgres_revision.LEASE_SECONDS, usual = 0, postgres_revision.LEASE_SECONDS
    try:
        cursor.execute("BEGIN")
        cursor.execute(reader.renew_sql.replace("2s", "300ms"))
        before = reader.read()
        assert cursor.fetchone() == before
        with connection.cursor() as settings:
            settings.execute("SET lock_timeout = '50ms'")
        with pytest.raises(Exception, match="lock timeout"):
            make.category()
        with connection.cursor() as settings:
            settings.execute("SET lock_timeout = '5s'")
        make.category()  # the server has ended the lease
        assert reader.read() != before
    finally:
        postgres_revision.LEASE_SECONDS = usual
        own.close()
        with connection.cursor() as settings:
            settings.execute("SET lock_timeout = 0")


def test_the_first_visitors_of_a_process_may_come_together(monkeypatch):
    """A process's first requests come in several threads; none may find it half begun."""
    fresh, together, found = Revisions(), threading.Barrier(8), []

    class Slow:
        def __init__(self):
            time.sleep(0.05)  # the window in which the others come

        def read(self):
            return ("mark",)

    monkeypatch.setattr(postgres_revision, "PostgresRevisionReader", Slow)
    monkeypatch.setattr(sqlite_revision, "SqliteRevisionReader", Slow)

    def come():
        together.wait()
        try:
            found.append(fresh.present())
        except Exception as error:  # noqa: BLE001 - it is what is looked for
            found.append(error)

    monkeypatch.setattr(revision, "next_timed_change", lambda: timezone.now() + timedelta(hours=1))
    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert set(map(id, found)) == {id(fresh.newest)}
