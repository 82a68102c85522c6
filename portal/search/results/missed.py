"""What was searched and not found, kept for staff: words and how often, never who asked nor anything that looks like a person's own data.

Counted only where a page is made, not where a kept one is given out; nobody ever waits for it: what cannot be written at once is dropped.
"""

import re
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from portal.search.models import MissedQuery

MOST = 5_000
KEPT_DAYS = 180
WAIT_MS = 50

#: E-mail addresses, and nine digits or more, in groups or not: telephone, CCCD, CMND, tax and bank account numbers.
_PERSONAL = re.compile(r"@|(?:\d[\s.()+-]*){9,}")


def normal(asked):
    """Return the words (str) under which `asked` (Query) is counted; "" where it must not be kept."""
    if _PERSONAL.search(asked.typed):
        return ""
    words = " ".join(word.folded for word in asked.words)
    return words if 2 <= len(words) <= 80 else ""


def note(asked):
    """Count `asked` (Query), which found nothing. Never raises for what the database cannot do now."""
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


def _make_room(today):
    MissedQuery.objects.filter(last_on__lt=today - timedelta(days=KEPT_DAYS)).delete()


@contextmanager
def _in_no_time():
    """A transaction that waits for nobody: at most `WAIT_MS`."""
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
