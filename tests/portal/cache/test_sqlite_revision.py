"""Reading the revision from SQLite: each commit of another process is seen at once.

Without a commit no statement runs.
"""

import contextlib
import json
import random
import sqlite3
import subprocess
import sys

import pytest

from tests.support.serving import ROOT, environment, manage

#: Prints [mark, number of statements so far] for every line that comes in.
WATCHER = """
import json, sys
import django
django.setup()
from portal.cache.sqlite_revision import SqliteRevisionReader
reader, statements = SqliteRevisionReader(), []
read = reader.query.read
reader.query.read = lambda: statements.append(1) or read()
for _ in sys.stdin:
    print(json.dumps([reader.read()[0], len(statements)]), flush=True)
"""


@pytest.fixture
def office(tmp_path):
    """Give a connection to a database of its own, and a function that reads its revision.

    The function reads in another process; it returns what `WATCHER` prints.
    """
    values = {"PORTAL_DATA_DIR": tmp_path, "DATABASE_URL": ""}
    done = manage("migrate", "-v0", **values)
    assert done.returncode == 0, done.stderr
    env = environment(**values) | {"DJANGO_SETTINGS_MODULE": "portal.settings"}
    command = [sys.executable, "-c", WATCHER]
    watcher = subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def look():
        watcher.stdin.write("\n")
        watcher.stdin.flush()
        return json.loads(watcher.stdout.readline())

    path = next(tmp_path.glob("*.sqlite3"))
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as writer:
        yield writer, look
    watcher.stdin.close()
    assert watcher.wait(20) == 0


@pytest.mark.slow
def test_every_commit_of_another_process_is_seen_at_once(office):
    writer, look = office
    chance = random.Random(4)
    look()
    for number in range(1, 301):
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO portal_change (id) VALUES (?)", [number])
        before = look()[0]
        assert before == (number - 1 or None)  # not committed
        writer.execute("COMMIT")
        assert look()[0] == number
        if chance.random() < 0.1:
            writer.execute(
                f"PRAGMA wal_checkpoint({chance.choice(['PASSIVE', 'RESTART', 'TRUNCATE'])})"
            )
            assert look()[0] == number
        if chance.random() < 0.02:
            writer.execute("VACUUM")
            assert look()[0] == number


@pytest.mark.slow
def test_the_database_is_asked_only_after_a_commit(office):
    writer, look = office
    first = look()
    assert [look() for _ in range(50)] == [first] * 50
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO portal_change (id) VALUES (1)")
    writer.execute("ROLLBACK")
    assert look() == first
    writer.execute("INSERT INTO portal_change (id) VALUES (1)")
    assert [look(), look()] == [[1, first[1] + 1]] * 2


@pytest.mark.slow
def test_the_log_stays_when_its_other_readers_go(office):
    writer, look = office
    look()
    path = writer.execute("PRAGMA database_list").fetchone()[2]
    for number in range(1, 20):
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("INSERT INTO portal_change (id) VALUES (?)", [number])
        assert look()[0] == number
