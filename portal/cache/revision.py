"""The revision of the public content: noted with each change that a visitor can see.

A page, a sidebar or a count may be kept in the revision that was read before it was made, and is
given out while the database still has that revision. `docs/decisions/0010-…` says why it is exact.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.dispatch import receiver
from django.utils import timezone

from portal.cache.postgres_revision import PostgresRevisionReader
from portal.cache.sqlite_revision import Mark, SqliteRevisionReader
from portal.publishing.public import content_changed
from portal.publishing.states import next_scheduled_change

Value = TypeVar("Value")

#: Rows of `ContentChange` that stay. They tell revisions apart and are no history.
ROWS_KEPT = 32

#: Values at most that are kept of one revision: visitors' filters are without number.
KEPT_MOST = 2000


class ContentChange(models.Model):
    """One change of the public content: its key makes a new revision.

    Rows are only added, so that two writers never wait for each other.
    """

    class Meta:
        db_table = "portal_change"
        verbose_name = "thay đổi"
        verbose_name_plural = "thay đổi"

    def __str__(self) -> str:
        return str(self.pk)


@receiver(content_changed)
def note_revision(**kwargs: Any) -> None:
    """Note a new revision of the public content, within the transaction of the change."""
    row = ContentChange.objects.create()
    if row.pk % ROWS_KEPT == 0:
        ContentChange.objects.filter(pk__lte=row.pk - ROWS_KEPT).delete()


@contextlib.contextmanager
def read_snapshot() -> Iterator[None]:
    """Let all queries see one state of the database and its revision; they only read.

    Inside a transaction, what that one sees. Raises `django.db.Error` without a database.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        connection.ensure_connection()
        usual_mode = connection.transaction_mode
        connection.transaction_mode = "DEFERRED"  # waits for no writer
        try:
            with transaction.atomic():
                yield
        finally:
            connection.transaction_mode = usual_mode


class Revision:
    """What one process keeps of one revision: `kept` by key, `until` time.time at the latest."""

    def __init__(self, mark: Mark) -> None:
        self.mark = mark
        self.until = next_timed_change().timestamp()
        self.kept: dict[Hashable, Any] = {}

    def is_of(self, mark: Mark) -> bool:
        """Tell whether the database still has the revision of `mark`."""
        return self.mark == mark and time.time() < self.until


def next_timed_change() -> datetime:
    """Return when the clock alone changes pages of this revision: a publication or a new day."""
    now = timezone.localtime()
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo)
    return min(filter(None, (midnight, next_scheduled_change(now))))


class Revisions:
    """Gives the present revision of the content to all threads of this process."""

    def __init__(self) -> None:
        self.reader: SqliteRevisionReader | PostgresRevisionReader | None = None
        self.newest: Revision | None = None
        self.lock = threading.Lock()

    def present(self) -> Revision:
        """Return the present revision; what is made from now on may be kept in it.

        Raises `django.db.Error` without a database.
        """
        mark = (self.reader or self._new_reader()).read()
        newest = self.newest
        if newest is None or not newest.is_of(mark):
            with self.lock:  # those who find the same mark share one
                newest = self.newest
                if newest is None or not newest.is_of(mark):
                    self.newest = newest = Revision(mark)
        return newest

    def _new_reader(self) -> SqliteRevisionReader | PostgresRevisionReader:
        with self.lock:
            if self.reader is None:
                is_postgres = connection.vendor == "postgresql"
                self.reader = PostgresRevisionReader() if is_postgres else SqliteRevisionReader()
            return self.reader

    def is_present(self, revision: Revision) -> bool:
        """Tell whether nothing has changed since `revision` was given out."""
        return revision.is_of(self.reader.read())


revisions = Revisions()
# A child process takes over no connection, thread or lock of its parent.
os.register_at_fork(after_in_child=revisions.__init__)
_keeping_in: ContextVar[Revision | None] = ContextVar("revision", default=None)


@contextlib.contextmanager
def keep_in(revision: Revision | None) -> Iterator[None]:
    """Let `kept` keep its values in `revision`, read before; with None they are not kept."""
    token = _keeping_in.set(revision)
    try:
        yield
    finally:
        _keeping_in.reset(token)


def is_keeping() -> bool:
    """Tell whether `kept` has a revision to keep values in."""
    return _keeping_in.get() is not None


def kept(key: Hashable, make: Callable[[], Value]) -> Value:
    """Return `make()`, kept once for each revision and `key`; made anew outside of `keep_in`."""
    revision = _keeping_in.get()
    if revision is None:
        return make()
    try:
        return revision.kept[key]
    except KeyError:
        value = make()
        if len(revision.kept) < KEPT_MOST:
            revision.kept[key] = value
        return value
