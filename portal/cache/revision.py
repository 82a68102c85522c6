"""What state of the public content this is: a mark that moves in the same transaction as anything a visitor can see.

What is made from the content (a page, a sidebar, a count) may be kept by whoever asked for the mark before making it, and given
out to whoever finds the same mark after. `docs/decisions/0010-…` says why it is exact.
"""

import contextlib
import os
import threading
import time
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.db import connection, models, transaction
from django.dispatch import receiver
from django.utils import timezone

from portal.cache.postgres_revision import Lease
from portal.cache.sqlite_revision import Glance
from portal.publishing.public import content_changed
from portal.publishing.states import next_scheduled_change

#: Rows of `Change` that stay. They are a mark and no history.
ROWS_KEPT = 32

#: Things at most that are kept of one revision: visitors' filters are without number.
KEPT_MOST = 2000


class Change(models.Model):
    """One change of what a visitor can see. Rows are only added, so that two writers never wait for each other."""

    class Meta:
        verbose_name = "thay đổi"
        verbose_name_plural = "thay đổi"

    def __str__(self):
        return str(self.pk)


@receiver(content_changed)
def move_on(**kwargs):
    """Move the mark, within the transaction of the change."""
    row = Change.objects.create()
    if row.pk % ROWS_KEPT == 0:
        Change.objects.filter(pk__lte=row.pk - ROWS_KEPT).delete()


@contextlib.contextmanager
def one_state():
    """Let whatever is asked inside see one state of the database, that of the first question; nothing is written.

    Inside a transaction, what that one sees. Raises `django.db.Error` where the database does not answer.
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
        usual, connection.transaction_mode = (
            connection.transaction_mode,
            "DEFERRED",
        )  # waits for no writer
        try:
            with transaction.atomic():
                yield
        finally:
            connection.transaction_mode = usual


class Revision:
    """What one process keeps of one state of the content: `mark`, `until` (time.time) and `kept` (dict)."""

    def __init__(self, mark):
        self.mark = mark
        self.until = next_turn_of_the_clock().timestamp()
        self.kept = {}

    def holds(self, mark):
        """Tell whether this is the revision of `mark` at this moment."""
        return self.mark == mark and time.time() < self.until


def next_turn_of_the_clock():
    """Return the next moment (aware datetime) at which a page changes by itself: an item appears or ends, or a day begins."""
    now = timezone.localtime()
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo)
    return min(filter(None, (midnight, next_scheduled_change(now))))


class Revisions:
    """The present revision of this process."""

    def __init__(self):
        self.asker = None  # how the database is asked
        self.newest = None
        self.lock = threading.Lock()

    def present(self):
        """Return the `Revision` of this moment; what is made from now on may be kept in it. Raises `django.db.Error`."""
        mark = (self.asker or self._asker()).ask()
        newest = self.newest
        if newest is None or not newest.holds(mark):
            with self.lock:  # those who find the same mark share one
                newest = self.newest
                if newest is None or not newest.holds(mark):
                    self.newest = newest = Revision(mark)
        return newest

    def _asker(self):
        with self.lock:
            if self.asker is None:
                self.asker = Lease() if connection.vendor == "postgresql" else Glance()
            return self.asker

    def is_present(self, revision):
        """Tell whether nothing has changed since `revision` (Revision) was given out."""
        return revision.holds(self.asker.ask())


revisions = Revisions()
os.register_at_fork(
    after_in_child=revisions.__init__
)  # no connection, thread or lock of another process
_under_way = ContextVar("revision", default=None)


@contextlib.contextmanager
def within(revision):
    """Let what is made inside be kept in `revision` (Revision, asked for before; None: nothing is kept)."""
    token = _under_way.set(revision)
    try:
        yield
    finally:
        _under_way.reset(token)


def is_under_way():
    """Tell whether what is made now may be kept."""
    return _under_way.get() is not None


def kept(key, make):
    """Return `make()`, made once per revision; anew each time where no revision was asked for. `key`: hashable."""
    revision = _under_way.get()
    if revision is None:
        return make()
    try:
        return revision.kept[key]
    except KeyError:
        value = make()
        if len(revision.kept) < KEPT_MOST:
            revision.kept[key] = value
        return value
