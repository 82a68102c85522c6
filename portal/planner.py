"""What SQLite's planner knows of the sizes of our tables. PostgreSQL looks by itself."""

from django.db import connection


def tell():
    """Let SQLite look at its tables: without numbers it takes the wrong index for the lists. To be called where many rows have come.

    What a virtual table keeps for itself passes for large. FTS5 merges its pieces while it is written to; looked at while it was empty, its store
    passes for two rows, and each merge reads all of it (measured: 2,200 pages for each article at 8,000 articles, 8,000 at 14,000).
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA analysis_limit = 1000")
        cursor.execute("ANALYZE")
        # Not deleted: a table without numbers keeps, in this connection, those that it had.
        cursor.execute(
            "UPDATE sqlite_stat1 SET stat = '1000000' WHERE idx IS NULL AND EXISTS"
            " (SELECT 1 FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%' AND tbl LIKE name || '%')"
        )
        cursor.execute("ANALYZE sqlite_master")  # takes the numbers in
