"""Tình trạng hiệu lực: the validity of a document on a day, from its dates and its relations.

The rules (Luật ban hành văn bản quy phạm pháp luật; `docs/domain.md`), the first that holds counts:
an editor's word above all, but "Chưa có" ends on the day of effect and "Còn" after the day of
expiry; ended by another document or after its expiry; suspended; before its day of effect; ended in
part; in force.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:  # Django brings no types: what its choices are to mypy
    from enum import IntEnum as IntegerChoices
    from enum import StrEnum as TextChoices
else:
    from django.db.models import IntegerChoices, TextChoices


class Validity(TextChoices):
    """How a document stands in law on a day."""

    NOT_YET = "chua-co", "Chưa có hiệu lực"
    IN_FORCE = "con", "Còn hiệu lực"
    PARTLY = "het-mot-phan", "Hết hiệu lực một phần"
    ENDED = "het", "Hết hiệu lực toàn bộ"
    SUSPENDED = "ngung", "Ngưng hiệu lực"
    UNFIT = "khong-phu-hop", "Không còn phù hợp"
    UNKNOWN = "chua-xac-dinh", "Chưa xác định"


#: What the law in force on a day consists of.
IN_FORCE = (Validity.IN_FORCE, Validity.PARTLY)


class Effect(IntegerChoices):
    """What a relation does to the document at its target end. The greater one hides the lesser."""

    PARTLY = 1, "hết hiệu lực một phần"
    SUSPENDS = 2, "ngưng hiệu lực"
    ENDS = 3, "hết hiệu lực toàn bộ"


@dataclass(frozen=True)
class Acting:
    """One effect with its first and last day; None: without a beginning, without an end."""

    effect: Effect
    first: date | None = None
    last: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether an effect on validity acts on `day`."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def strongest(day: date, acting: Iterable[Acting]) -> int:
    """Return the strongest effect on validity on `day`; 0 for none."""
    return max((each.effect for each in acting if each.holds_on(day)), default=0)


def computed_on(
    day: date, *, effective_on: date | None = None, expires_on: date | None = None, effect: int = 0
) -> Validity:
    """Return the validity on `day` that dates and relations alone make.

    `effective_on`, `expires_on`: first and last day in force. `effect`: the strongest `Effect` on
    that day, 0 for none.
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


def validity_on(
    day: date,
    *,
    given: str = "",
    effective_on: date | None = None,
    expires_on: date | None = None,
    effect: int = 0,
) -> Validity:
    """Return the validity of a document on `day` as a pure function of its facts.

    `given`: the editor's word, "" for none; see `computed_on`.
    """
    if not given:
        return computed_on(day, effective_on=effective_on, expires_on=expires_on, effect=effect)
    if given in (Validity.NOT_YET, Validity.IN_FORCE):  # words that time takes back
        by_dates = computed_on(day, effective_on=effective_on, expires_on=expires_on)
        if by_dates != Validity.UNKNOWN:
            return by_dates
    return Validity(given)


def contradiction(
    day: date,
    *,
    given: str = "",
    effective_on: date | None = None,
    expires_on: date | None = None,
    effect: int = 0,
) -> Validity | None:
    """Return the computed validity where the editor's word contradicts it on `day`.

    None where they agree.
    """
    computed = computed_on(day, effective_on=effective_on, expires_on=expires_on, effect=effect)
    stated = validity_on(
        day, given=given, effective_on=effective_on, expires_on=expires_on, effect=effect
    )
    return computed if given and computed not in (stated, Validity.UNKNOWN) else None


#: Gives the keys of the documents on which one of the effects acts, as a queryset.
ActedOn = Callable[..., "models.QuerySet[models.Model]"]


def validity_q(wanted: Validity, day: date, acted_on: ActedOn) -> models.Q:
    """Return the condition that the validity of a row on `day` is `wanted`; see `validity_on`.

    A set of keys costs the database a walk over the relations: each condition asks for as few as
    there can be.
    """
    Q = models.Q

    def under(*effects: Effect) -> models.Q:
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


def law_q(day: date, acted_on: ActedOn) -> models.Q:
    """Return the condition that a row is in force on `day`, whole or in part (`IN_FORCE`).

    It asks for fewer sets of keys than `validity_q` for each.
    """
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


# --- counting documents by validity ---------------------------------------------------------------


class Dated(IntegerChoices):
    """All that the dates of a document say of a day.

    Documents that agree in it, in the editor's word and in `Effect` have the same validity.
    """

    UNDATED = 0, "không rõ ngày có hiệu lực"
    BEGUN = 1, "đã đến ngày có hiệu lực"
    AHEAD = 2, "chưa đến ngày có hiệu lực"
    OVER = 3, "đã qua ngày hết hiệu lực"


def dated_on(day: date, effective_on: date | None, expires_on: date | None) -> Dated:
    """Return what the dates of a document say of `day`, for its validity."""
    if expires_on and expires_on < day:
        return Dated.OVER
    if effective_on is None:
        return Dated.UNDATED
    return Dated.AHEAD if effective_on > day else Dated.BEGUN


@cache
def validity_if(dated: Dated, given: str, effect: int) -> Validity:
    """Return the validity on a day of which the dates say `dated`; see `validity_on`."""
    day, one_day = date(2000, 1, 2), timedelta(days=1)
    effective_on = {Dated.BEGUN: day, Dated.AHEAD: day + one_day}.get(dated)
    expires_on = day - one_day if dated == Dated.OVER else None
    return validity_on(
        day, given=given, effective_on=effective_on, expires_on=expires_on, effect=effect
    )
