"""Read the committed revision of the content from PostgreSQL, once in 50 ms, and never late.

Speed: `make bench PARTS=pages`, "article, PostgreSQL". A statement to a server takes 60 to 100 µs,
three to five times what a kept page costs. Delete this file (and use a `RevisionQuery`) if a
statement takes less than half of a kept page's cost.
"""

import contextlib
import threading
import time
from typing import Any

from django.db import connection

from portal.cache.sqlite_revision import Mark

#: How long (seconds) a process relies on one reading; a writer waits so long at most.
LEASE_SECONDS = 0.05


class PostgresRevisionReader:
    """Reads the mark from PostgreSQL under a lock (a lease), twenty times a second.

    A thread locks the table of changes in SHARE mode for `LEASE_SECONDS` at a time. A writer who
    adds a row must wait for that, on any machine; so nothing can change during a lease. A process
    that is stopped in its lease loses it after two seconds, and finds by its own clock that it is
    over. While somebody writes, no lease is given, and each page runs the statement.
    """

    #: Keys may be committed out of their order: the number of rows tells of one that came late.
    sql = "SELECT max(id), count(*) FROM portal_change"
    renew_sql = (
        "COMMIT; BEGIN; SET LOCAL idle_in_transaction_session_timeout = '2s';"
        f" LOCK TABLE portal_change IN SHARE MODE NOWAIT; {sql}"
    )

    def __init__(self) -> None:
        #: The mark, and until when (time.monotonic) it is sure.
        self.lease: tuple[Mark | None, float] = (None, 0.0)
        self.wanted = threading.Event()
        self.thread: threading.Thread | None = None
        self.starting = threading.Lock()

    def read(self) -> Mark:
        """Return the revision's mark that is committed in PostgreSQL now.

        Raises `django.db.Error` without a database.
        """
        mark, until = self.lease
        if time.monotonic() < until:
            return mark
        if not self.wanted.is_set():
            self._want()
        # The thread's usual connection: PostgreSQL's are few.
        with connection.cursor() as cursor:
            cursor.execute(self.sql)
            return cursor.fetchone()

    def _want(self) -> None:
        self.wanted.set()
        with self.starting:
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(
                    target=self._renew_leases, name="lease of the revision", daemon=True
                )
                self.thread.start()

    def _renew_leases(self) -> None:
        """Take one PostgreSQL lease on the revision after the other while pages are asked for."""
        while True:
            self.wanted.wait()
            own = connection.copy()
            try:
                own.connect()
                with own.connection.cursor() as cursor:
                    cursor.execute("BEGIN")
                    while self.wanted.is_set():
                        self.wanted.clear()
                        self._renew_lease(cursor)
                    cursor.execute("COMMIT")
            except Exception:  # noqa: BLE001 - the database is away: pages ask, and say so
                time.sleep(1)
            finally:
                self.lease = (None, 0.0)
                with contextlib.suppress(Exception):
                    own.close()

    def _renew_lease(self, cursor: Any) -> None:
        """End the PostgreSQL lease and take another in one message, and wait for it."""
        try:
            cursor.execute(self.renew_sql)
        except cursor.connection.OperationalError as error:
            if error.pgcode != "55P03":  # lock_not_available: somebody is writing
                raise
            cursor.execute("ROLLBACK; BEGIN")
            time.sleep(LEASE_SECONDS / 5)
            return
        self.lease = (cursor.fetchone(), time.monotonic() + LEASE_SECONDS)
        time.sleep(LEASE_SECONDS)
