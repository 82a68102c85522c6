"""Read the committed revision of the content from SQLite, with a statement only after a commit.

Speed: `make bench PARTS=pages`, "article, SQLite". A statement at each page costs 4 µs and a wait
for the interpreter's lock, of 20 µs that a kept page costs with both. Delete
`SqliteRevisionReader` (and use `RevisionQuery`) if kept pages lose less than a tenth by it.
"""

import contextlib
import mmap
import os
import threading

from django.db import connection

#: The identity of a revision in the database, as the row of the statement: equal or not.
Mark = tuple[int | None, ...]


class RevisionQuery:
    """Reads the mark by a statement each time, over a connection of each thread that stays open."""

    #: SQLite has one writer at a time: keys are committed in their order.
    sql = "SELECT max(id) FROM portal_change"

    def __init__(self) -> None:
        self.threads = threading.local()

    def read(self) -> Mark:
        """Return the revision's mark that is committed in SQLite now.

        Raises `django.db.Error` without a database.
        """
        try:
            cursor = self.threads.cursor
            cursor.execute(self.sql)
            return cursor.fetchone()
        except Exception:  # noqa: BLE001 - none yet, or closed; errors differ by engine
            return self._read_over_new_connection()

    def _read_over_new_connection(self) -> Mark:
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


class SqliteRevisionReader:
    """Reads the mark from SQLite by a statement only after its log has moved, and is never late.

    A commit writes the head of the log's index (the `-shm` file, sqlite.org/walformat.html §2)
    before it returns: a counter, the end of the log, checksums. SQLite's own readers look there
    first. While these bytes are the same as before the mark was read, nothing was committed since.
    """

    HEAD_BYTES = 48

    def __init__(self) -> None:
        self.query = RevisionQuery()
        self.shared_memory: mmap.mmap | bytes | None = None
        #: The head, and the mark that was read after it.
        self.last_read: tuple[bytes | None, Mark | None] = (None, None)

    def read(self) -> Mark:
        """Return the revision's mark, read from the mapped index of SQLite's log.

        Raises `django.db.Error` without a database.
        """
        if self.shared_memory is None:
            self.shared_memory = self._shared_memory()
        head = self.shared_memory[: self.HEAD_BYTES]
        last_head, mark = self.last_read
        if not head or head != last_head:
            mark = self.query.read()
            self.last_read = (head, mark)
        return mark

    def _shared_memory(self) -> mmap.mmap | bytes:
        """Map the index of SQLite's log into memory; b"" where the database keeps no log."""
        own = connection.copy()  # stays open: SQLite removes the file with the last connection
        with own.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            journal = cursor.fetchone()[0]
            cursor.execute(self.query.sql)
            cursor.fetchone()
        if journal != "wal":
            own.close()
            return b""
        # Never closed: by POSIX, closing any descriptor of a file ends all locks that this process
        # has on it, SQLite's too.
        file = os.open(f"{connection.settings_dict['NAME']}-shm", os.O_RDONLY)
        memory = mmap.mmap(file, self.HEAD_BYTES, prot=mmap.PROT_READ)
        _never_closed.extend([own, memory])
        return memory


_never_closed: list[object] = []
