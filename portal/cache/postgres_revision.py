"""Asking PostgreSQL which revision of the content is committed: by a lease, twenty times a second, and never late."""

import contextlib
import threading
import time

from django.db import connection

#: How long (seconds) a process may rely on PostgreSQL's word; a writer waits so long at most. See `Lease`.
LEASE = 0.05


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
        with (
            connection.cursor() as cursor
        ):  # the thread's usual one: PostgreSQL's connections are few
            cursor.execute(self.sql)
            return cursor.fetchone()

    def _want(self):
        self.wanted.set()
        with self.starting:
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(
                    target=self._renew, name="lease of the generation", daemon=True
                )
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
