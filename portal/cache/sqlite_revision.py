"""Asking SQLite which revision of the content is committed: only where its log has moved, and never late."""

import contextlib
import mmap
import os
import threading

from django.db import connection


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
