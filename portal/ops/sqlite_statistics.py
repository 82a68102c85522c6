"""Update the statistics of SQLite's query planner (ANALYZE). PostgreSQL does so by itself.

Benchmark: tests/benchmarks/pages.py at 12,000 documents. Gain: a portlet takes 0.2 ms instead of
5; a page has several. It goes when a page gains less than 5 ms.
"""

from django.db import connection


def analyze() -> None:
    """Analyze the tables of SQLite after many rows were written, so that lists use their index.

    All rows are analyzed: from a thousand (`PRAGMA analysis_limit`) it takes the wrong index, too.
    The tables inside of a virtual one are left out: FTS5 merges its segments while it is written
    to; its store, analyzed while it was empty, passes for two rows, and each merge reads all of it
    (measured: 2,200 pages for each article at 8,000 articles, 8,000 at 14,000).
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'")
        virtual = tuple(f"{name}_" for (name,) in cursor.fetchall())
        cursor.execute("SELECT DISTINCT tbl_name FROM sqlite_master WHERE type = 'index'")
        for (name,) in cursor.fetchall():
            if not name.startswith(virtual):
                cursor.execute(f"ANALYZE {connection.ops.quote_name(name)}")
        # Where somebody has analyzed everything. Not deleted: a table without statistics keeps, in
        # this connection, those that it had.
        cursor.execute("SELECT DISTINCT tbl FROM sqlite_stat1 WHERE idx IS NULL")
        inner = [name for (name,) in cursor.fetchall() if name.startswith(virtual)]
        cursor.executemany(
            "UPDATE sqlite_stat1 SET stat = '1000000' WHERE tbl = %s", [(name,) for name in inner]
        )
        cursor.execute("ANALYZE sqlite_master")  # loads the statistics
