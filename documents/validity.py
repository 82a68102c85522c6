"""Tình trạng hiệu lực: whether a document is in force on a day. Pure functions of its facts."""

from django.db import models


class Validity(models.TextChoices):
    """The words of the field for how a document stands on a day."""

    NOT_YET = "chua-co", "Chưa có hiệu lực"
    IN_FORCE = "con", "Còn hiệu lực"
    PARTLY = "het-mot-phan", "Hết hiệu lực một phần"
    ENDED = "het", "Hết hiệu lực toàn bộ"
    SUSPENDED = "ngung", "Ngưng hiệu lực"
    UNFIT = "khong-phu-hop", "Không còn phù hợp"
    UNKNOWN = "chua-xac-dinh", "Chưa xác định"


def validity_on(day, *, given="", effective_on=None, expires_on=None):
    """Return how a document stands on `day` (date): a member of `Validity`.

    `given`: the editor's word, "" for none. It stands above the dates, but "Chưa có" ends on the day of effect and
    "Còn" after the day of expiry. `effective_on`, `expires_on` (date or None): first day in force, last day in force.
    """
    if given and given not in (Validity.NOT_YET, Validity.IN_FORCE):
        return Validity(given)
    if expires_on and day > expires_on:
        return Validity.ENDED
    if effective_on and day < effective_on:
        return Validity.NOT_YET
    if given == Validity.NOT_YET and not effective_on:
        return Validity.NOT_YET
    if given == Validity.IN_FORCE or effective_on:
        return Validity.IN_FORCE
    return Validity.UNKNOWN


def validity_q(wanted, day):
    """Return the condition (Q) that `validity_on(day, …)` of a row is `wanted` (member of `Validity`)."""
    Q = models.Q
    by_dates = Q(validity_given__in=["", Validity.NOT_YET, Validity.IN_FORCE])
    over = Q(expires_on__isnull=False, expires_on__lt=day)
    ahead = Q(effective_on__isnull=False, effective_on__gt=day)
    unset = Q(effective_on__isnull=True)
    running = by_dates & ~over & ~ahead
    return {
        Validity.ENDED: Q(validity_given=Validity.ENDED) | by_dates & over,
        Validity.NOT_YET: by_dates & ~over & ahead | running & unset & Q(validity_given=Validity.NOT_YET),
        Validity.IN_FORCE: running & (Q(validity_given=Validity.IN_FORCE) | ~unset),
        Validity.UNKNOWN: Q(validity_given=Validity.UNKNOWN) | running & unset & Q(validity_given=""),
    }.get(wanted, Q(validity_given=wanted))
