"""What SQLite's planner knows of the sizes of our tables. PostgreSQL looks by itself."""

from django.db import connection


def tell():
    """Let SQLite look at its tables: without numbers it takes the wrong index for the lists. To be called where many rows have come.

    At all rows: from a thousand (`PRAGMA analysis_limit`) it takes the wrong one, too (12,000 documents: 5 ms instead of 0.2 for a portlet). Not
    at what a virtual table keeps for itself: FTS5 merges its pieces while it is written to; its store, looked at while it was empty, passes for two
    rows, and each merge reads all of it (measured: 2,200 pages for each article at 8,000 articles, 8,000 at 14,000).
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
        # Where somebody has looked at everything. Not deleted: a table without numbers keeps, in this connection, those that it had.
        cursor.execute("SELECT DISTINCT tbl FROM sqlite_stat1 WHERE idx IS NULL")
        kept = [name for (name,) in cursor.fetchall() if name.startswith(virtual)]
        cursor.executemany(
            "UPDATE sqlite_stat1 SET stat = '1000000' WHERE tbl = %s", [(name,) for name in kept]
        )
        cursor.execute("ANALYZE sqlite_master")  # takes the numbers in
