"""Tình trạng hiệu lực: how a document stands on a day, a pure function of its dates and of what others do to it.

The rules (Luật ban hành văn bản quy phạm pháp luật; `docs/domain.md`), the first that holds counts:
an editor's word above all, but "Chưa có" ends on the day of effect and "Còn" after the day of expiry;
ended by another document or after its expiry; suspended; before its day of effect; ended in part; in force.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

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


#: What the law in force on a day consists of.
IN_FORCE = (Validity.IN_FORCE, Validity.PARTLY)


class Effect(models.IntegerChoices):
    """What a relation does to the document at its target end. The greater one hides the lesser."""

    PARTLY = 1, "hết hiệu lực một phần"
    SUSPENDS = 2, "ngưng hiệu lực"
    ENDS = 3, "hết hiệu lực toàn bộ"


@dataclass(frozen=True)
class Acting:
    """One effect and its days, both included; None: without a beginning, without an end."""

    effect: Effect
    first: date | None = None
    last: date | None = None

    def holds_on(self, day):
        """Tell whether it acts on `day` (date)."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def strongest(day, acting):
    """Return the strongest effect (int; 0 for none) of `acting` (iterable of Acting) on `day` (date)."""
    return max((one.effect for one in acting if one.holds_on(day)), default=0)


def computed_on(day, *, effective_on=None, expires_on=None, effect=0):
    """Return how dates and relations alone make a document stand on `day` (date): a member of `Validity`.

    `effective_on`, `expires_on` (date or None): first and last day in force. `effect`: the strongest `Effect` on that day, 0 for none.
    """
    if effect == Effect.ENDS or expires_on and day > expires_on:
        return Validity.ENDED
    if effect == Effect.SUSPENDS:
        return Validity.SUSPENDED
    if effective_on and day < effective_on:
        return Validity.NOT_YET
    if effect == Effect.PARTLY:
        return Validity.PARTLY
    return Validity.IN_FORCE if effective_on else Validity.UNKNOWN


def validity_on(day, *, given="", effective_on=None, expires_on=None, effect=0):
    """Return how a document stands on `day` (date): a member of `Validity`. `given`: the editor's word, "" for none; see `computed_on`."""
    if not given:
        return computed_on(day, effective_on=effective_on, expires_on=expires_on, effect=effect)
    if given in (Validity.NOT_YET, Validity.IN_FORCE):  # words that time takes back
        by_dates = computed_on(day, effective_on=effective_on, expires_on=expires_on)
        if by_dates != Validity.UNKNOWN:
            return by_dates
    return Validity(given)


def contradiction(day, *, given="", effective_on=None, expires_on=None, effect=0):
    """Return what dates and relations say (member of `Validity`) where the editor's word says otherwise on `day`, else None."""
    facts = {"effective_on": effective_on, "expires_on": expires_on, "effect": effect}
    computed = computed_on(day, **facts)
    said = validity_on(day, given=given, **facts)
    return computed if given and computed not in (said, Validity.UNKNOWN) else None


def validity_q(wanted, day, acted_on):
    """Return the condition (Q) that `validity_on(day, …)` of a row is `wanted` (member of `Validity`).

    `acted_on`: function of one `Effect` or more that gives the keys (queryset) of the documents on which any of them acts on that day.
    A set of keys costs the database a walk over the relations: each condition asks for as few as there can be.
    """
    Q = models.Q

    def under(*effects):
        return Q(pk__in=acted_on(*effects))

    ungiven, timely = (
        Q(validity_given=""),
        Q(validity_given__in=[Validity.NOT_YET, Validity.IN_FORCE]),
    )
    over = Q(expires_on__isnull=False, expires_on__lt=day)
    ahead = Q(effective_on__isnull=False, effective_on__gt=day)
    dated = Q(effective_on__isnull=False)
    free = ungiven & ~over & ~under(Effect.ENDS, Effect.SUSPENDS)
    untouched = ungiven & ~over & ~under(*Effect)
    given = Q(validity_given=wanted)
    if wanted == Validity.ENDED:
        return given | timely & over | ungiven & (over | under(Effect.ENDS))
    if wanted == Validity.SUSPENDED:
        return given | ungiven & ~over & under(Effect.SUSPENDS) & ~under(Effect.ENDS)
    if wanted == Validity.NOT_YET:
        return given & ~over & ~dated | timely & ~over & ahead | free & ahead
    if wanted == Validity.PARTLY:
        return given | free & ~ahead & under(Effect.PARTLY)
    if wanted == Validity.IN_FORCE:
        return given & ~over & ~dated | timely & ~over & dated & ~ahead | untouched & dated & ~ahead
    if wanted == Validity.UNKNOWN:
        return given | untouched & ~dated
    return given


def law_q(day, acted_on):
    """Return the condition (Q) that a row stands as one of `IN_FORCE` on `day` (date); see `validity_q`. Fewer sets than asking for each."""
    Q = models.Q
    begun = Q(effective_on__isnull=False, effective_on__lte=day)
    not_over = Q(expires_on__isnull=True) | Q(expires_on__gte=day)
    not_ahead = Q(effective_on__isnull=True) | Q(effective_on__lte=day)
    given = (
        Q(validity_given=Validity.PARTLY)
        | Q(validity_given=Validity.IN_FORCE, effective_on__isnull=True) & not_over
    )
    timely = Q(validity_given__in=[Validity.NOT_YET, Validity.IN_FORCE]) & not_over & begun
    touched = Q(effective_on__isnull=False) | Q(pk__in=acted_on(Effect.PARTLY))
    computed = (
        Q(validity_given="")
        & not_over
        & not_ahead
        & ~Q(pk__in=acted_on(Effect.ENDS, Effect.SUSPENDS))
        & touched
    )
    return given | timely | computed


# --- counting how many stand how ------------------------------------------------------------------------------


class Dated(models.IntegerChoices):
    """All that the dates of a document say of a day: documents that agree in it, in the editor's word and in `Effect` stand alike."""

    UNDATED = 0, "không rõ ngày có hiệu lực"
    BEGUN = 1, "đã đến ngày có hiệu lực"
    AHEAD = 2, "chưa đến ngày có hiệu lực"
    OVER = 3, "đã qua ngày hết hiệu lực"


def dated_on(day, effective_on, expires_on):
    """Return what the days `effective_on` and `expires_on` (date or None) say of `day` (date): a value of `Dated`."""
    if expires_on and expires_on < day:
        return Dated.OVER
    if effective_on is None:
        return Dated.UNDATED
    return Dated.AHEAD if effective_on > day else Dated.BEGUN


@cache
def validity_if(dated, given, effect):
    """Return how a document stands on a day of which its dates say `dated` (`Dated`): a member of `Validity`; see `validity_on`."""
    day, one = date(2000, 1, 2), timedelta(days=1)
    dates = {
        Dated.UNDATED: {},
        Dated.BEGUN: {"effective_on": day},
        Dated.AHEAD: {"effective_on": day + one},
        Dated.OVER: {"expires_on": day - one},
    }
    return validity_on(day, given=given, effect=effect, **dates[dated])
