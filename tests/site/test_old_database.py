"""Refuse a database from before the renewed migrations, with a sentence, and leave it as it is."""

import sqlite3

import pytest

from tests.support.serving import ROOT, free_port, manage


def contents(path):
    """Return the SQL statements and rows of the SQLite file at `path`."""
    with sqlite3.connect(path) as database:
        return list(database.iterdump())


@pytest.mark.slow
@pytest.mark.parametrize("command", [["migrate"], ["prepare"], ["serve"]])
def test_old_database_is_refused_and_left_as_it_is(tmp_path, command):
    path = tmp_path / "old.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute(
            "CREATE TABLE django_migrations "
            "(id integer PRIMARY KEY, app text, name text, applied text)"
        )
        database.execute(
            "INSERT INTO django_migrations "
            "VALUES (1, 'documents', '0001_register_of_documents', '2026-11-24')"
        )
        database.execute("CREATE TABLE documents_document (id integer PRIMARY KEY, number text)")
        database.execute("INSERT INTO documents_document VALUES (1, '19/2018/TT-BTTTT')")
    before = contents(path)
    done = manage(
        *command,
        PORTAL_DATA_DIR=tmp_path / "var",
        DATABASE_URL=f"sqlite:///{path}",
        PORT=free_port(),
    )
    assert done.returncode == 1
    assert "made by an older version (documents.0001_register_of_documents)" in done.stderr
    assert "Traceback" not in done.stderr
    assert contents(path) == before
    assert "An older database" in (ROOT / "docs/operations/trouble.md").read_text(encoding="utf-8")
