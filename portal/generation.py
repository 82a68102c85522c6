"""What state of the public content this is: a mark that moves in the same transaction as anything a visitor can see.

What is made from the content (a page, a sidebar, a count) may be kept by whoever asked for the mark before making it, and given
out to whoever finds the same mark after. `docs/decisions/0010-…` says why it is exact.
"""

import contextlib
import mmap
import os
import threading
import time
from contextvars import ContextVar
from datetime import datetime, timedelta

from django.db import connection, models, transaction
from django.dispatch import receiver
from django.utils import timezone

from portal.publishing.public import content_changed
from portal.publishing.states import next_turn

#: Rows of `Change` that stay. They are a mark and no history.
ROWS_KEPT = 32
#: Things at most that are kept of one generation: visitors' filters are without number.
KEPT_MOST = 2000
#: How long (seconds) a process may rely on PostgreSQL's word; a writer waits so long at most. See `Lease`.
LEASE = 0.05


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


# --- asking for the mark -------------------------------------------------------------------------------


class Asker:
    """Asks the database each time, over a kept connection of each thread."""

    #: SQLite has one writer at a time: keys are committed in their order.
    sql = "SELECT max(id) FROM portal_change"

    def __init__(self):
        self.threads = threading.local()

    def ask(self):
        """Return the mark (hashable) of what is committed now. Raises `django.db.Error` where the database does not answer."""
        try:
            cursor = self.threads.cursor
            cursor.execute(self.sql)
            return cursor.fetchone()
        except Exception:  # noqa: BLE001 - none yet, or one that the server has closed; each engine has its own errors
            return self._ask_anew()

    def _ask_anew(self):
        old = getattr(self.threads, "connection", None)
        if old is not None:
            with contextlib.suppress(Exception):
                old.close()
        self.threads.connection = opened = connection.copy()
        opened.ensure_connection()
        self.threads.cursor = opened.connection.cursor()
        with opened.wrap_database_errors:
            self.threads.cursor.execute(self.sql)
            return self.threads.cursor.fetchone()


class Glance:
    """Asks SQLite only where its log has moved, and is never late.

    A commit writes the head of the log's index (the `-shm` file, sqlite.org/walformat.html §2) before it returns: a counter, how
    far the log reaches, checksums. SQLite's own readers look there first. While the bytes are those that were there before the mark
    was asked for, nothing has been committed since. A statement would let go of the interpreter's lock, and half of the time go into getting it back.
    """

    HEAD = 48

    def __init__(self):
        self.asker = Asker()
        self.head = None
        self.seen = (None, None)  # the head, and the mark that was asked for after it

    def ask(self):
        """Return the mark as `Asker` does."""
        if self.head is None:
            self.head = self._head()
        present = self.head[: self.HEAD]
        seen, mark = self.seen
        if not present or present != seen:
            mark = self.asker.ask()
            self.seen = (present, mark)
        return mark

    def _head(self):
        """Return the file's beginning (bytes-like, moves as the file does); b"" where there is no log: then each page asks."""
        own = connection.copy()  # stays open: SQLite removes the file with the last connection
        with own.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            journal = cursor.fetchone()[0]
            cursor.execute(self.asker.sql)
            cursor.fetchone()
        if journal != "wal":
            own.close()
            return b""
        # Never closed: by POSIX, closing any descriptor of a file ends all locks that this process has on it, SQLite's too.
        file = os.open(f"{connection.settings_dict['NAME']}-shm", os.O_RDONLY)
        head = mmap.mmap(file, self.HEAD, prot=mmap.PROT_READ)
        _never_closed.extend([own, head])
        return head


_never_closed = []


class Lease:
    """Asks PostgreSQL twenty times a second instead of at each page, and is never late.

    A thread holds the table of changes in SHARE mode for `LEASE` seconds at a time. Whoever adds a row to it waits for that, the
    database sees to it; so while the lease runs nothing can have changed, on any machine. A process that is stopped in its lease
    loses it after two seconds, and finds by its own clock that it is over. Where a writer is at work there is no lease to be had, and each page asks.
    """

    #: Keys may be committed out of their order: the number of rows tells of one that came late.
    sql = "SELECT max(id), count(*) FROM portal_change"
    take = (
        "COMMIT; BEGIN; SET LOCAL idle_in_transaction_session_timeout = '2s';"
        f" LOCK TABLE portal_change IN SHARE MODE NOWAIT; {sql}"
    )

    def __init__(self):
        self.held = (None, 0.0)  # the mark, and until when (time.monotonic) it needs no asking
        self.wanted = threading.Event()
        self.thread = None
        self.starting = threading.Lock()

    def ask(self):
        """Return the mark as `Asker` does."""
        mark, until = self.held
        if time.monotonic() < until:
            return mark
        if not self.wanted.is_set():
            self._want()
        with connection.cursor() as cursor:  # the thread's usual one: PostgreSQL's connections are few
            cursor.execute(self.sql)
            return cursor.fetchone()

    def _want(self):
        self.wanted.set()
        with self.starting:
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self._renew, name="lease of the generation", daemon=True)
                self.thread.start()

    def _renew(self):
        """Take one lease after the other while pages are asked for."""
        while True:
            self.wanted.wait()
            own = connection.copy()
            try:
                own.connect()
                with own.connection.cursor() as cursor:
                    cursor.execute("BEGIN")
                    while self.wanted.is_set():
                        self.wanted.clear()
                        self._take(cursor)
                    cursor.execute("COMMIT")
            except Exception:  # noqa: BLE001 - the database is away: pages ask, and say so
                time.sleep(1)
            finally:
                self.held = (None, 0.0)
                with contextlib.suppress(Exception):
                    own.close()

    def _take(self, cursor):
        """End the lease before and take another: one message, for between the two each page asks. Return when it is over."""
        try:
            cursor.execute(self.take)
        except cursor.connection.OperationalError as error:
            if error.pgcode != "55P03":  # lock_not_available: somebody is writing
                raise
            cursor.execute("ROLLBACK; BEGIN")
            time.sleep(LEASE / 5)
            return
        self.held = (cursor.fetchone(), time.monotonic() + LEASE)
        time.sleep(LEASE)


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
        usual, connection.transaction_mode = connection.transaction_mode, "DEFERRED"  # waits for no writer
        try:
            with transaction.atomic():
                yield
        finally:
            connection.transaction_mode = usual


# --- what is made of one generation ----------------------------------------------------------------------


class Generation:
    """What one process keeps of one state of the content: `mark`, `until` (time.time) and `kept` (dict)."""

    def __init__(self, mark):
        self.mark = mark
        self.until = next_turn_of_the_clock().timestamp()
        self.kept = {}

    def holds(self, mark):
        """Tell whether this is the generation of `mark` at this moment."""
        return self.mark == mark and time.time() < self.until


def next_turn_of_the_clock():
    """Return the next moment (aware datetime) at which a page changes by itself: an item appears or ends, or a day begins."""
    now = timezone.localtime()
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), now.tzinfo)
    return min(filter(None, (midnight, next_turn(now))))


class Generations:
    """The present generation of this process."""

    def __init__(self):
        self.asker = None  # how the database is asked
        self.newest = None
        self.lock = threading.Lock()

    def present(self):
        """Return the `Generation` of this moment; what is made from now on may be kept in it. Raises `django.db.Error`."""
        mark = (self.asker or self._asker()).ask()
        newest = self.newest
        if newest is None or not newest.holds(mark):
            with self.lock:  # those who find the same mark share one
                newest = self.newest
                if newest is None or not newest.holds(mark):
                    self.newest = newest = Generation(mark)
        return newest

    def _asker(self):
        with self.lock:
            if self.asker is None:
                self.asker = Lease() if connection.vendor == "postgresql" else Glance()
            return self.asker

    def is_present(self, generation):
        """Tell whether nothing has changed since `generation` (Generation) was given out."""
        return generation.holds(self.asker.ask())


generations = Generations()
os.register_at_fork(after_in_child=generations.__init__)  # no connection, thread or lock of another process
_under_way = ContextVar("generation", default=None)


@contextlib.contextmanager
def within(generation):
    """Let what is made inside be kept in `generation` (Generation, asked for before; None: nothing is kept)."""
    token = _under_way.set(generation)
    try:
        yield
    finally:
        _under_way.reset(token)


def is_under_way():
    """Tell whether what is made now may be kept."""
    return _under_way.get() is not None


def kept(key, make):
    """Return `make()`, made once per generation; anew each time where no generation was asked for. `key`: hashable."""
    generation = _under_way.get()
    if generation is None:
        return make()
    try:
        return generation.kept[key]
    except KeyError:
        value = make()
        if len(generation.kept) < KEPT_MOST:
            generation.kept[key] = value
        return value
