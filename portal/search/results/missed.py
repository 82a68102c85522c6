"""Count for staff what was searched without an answer: words and how often, no personal data.

Counted only where a page is made, not where a kept one is given out. A visitor never waits for
it: what cannot be written at once is dropped.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from portal.search.models import MissedQuery
from portal.search.query.read import Query

MOST = 5_000
KEPT_DAYS = 180
WAIT_MS = 50

#: E-mail addresses, and nine digits or more, in groups or not: telephone, CCCD, CMND, tax and bank
#: account numbers.
_PERSONAL = re.compile(r"@|(?:\d[\s.()+-]*){9,}")


def normal(asked: Query) -> str:
    """Return the words under which a missed query is counted; "" where it must not be kept."""
    if _PERSONAL.search(asked.typed):
        return ""
    words = " ".join(word.folded for word in asked.words)
    return words if 2 <= len(words) <= 80 else ""


def note(asked: Query) -> None:
    """Count a missed query, which found nothing; ignore what the database cannot do now."""
    words = normal(asked)
    if not words:
        return
    today = timezone.localdate()
    try:
        with _in_no_time():
            if not MissedQuery.objects.filter(query=words).update(
                times=F("times") + 1, last_on=today
            ):
                _make_room(today)
                if MissedQuery.objects.count() < MOST:
                    MissedQuery.objects.create(query=words, last_on=today)
    except DatabaseError:
        return  # somebody else writes, or nobody may


def _make_room(today: date) -> None:
    MissedQuery.objects.filter(last_on__lt=today - timedelta(days=KEPT_DAYS)).delete()


@contextmanager
def _in_no_time() -> Iterator[None]:
    """Open a transaction to count a missed query; it waits for locks `WAIT_MS` at most."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(WAIT_MS)])
            yield
        return
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        (usual,) = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {WAIT_MS}")
    try:
        with transaction.atomic():
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")
