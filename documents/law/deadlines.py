"""Legal deadlines: within how many working days of its issue a document has to be published.

The day of issue is not counted; the limit is kept by publishing on the last day counted
(`docs/domain.md`, Legal clocks). Imported rows and documents without a day of issue are not judged.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from documents.vocabulary import Agency
from portal.publishing.addresses import AddressedQuerySet
from portal.publishing.states import State
from portal.workdays import Workdays

if TYPE_CHECKING:
    from documents.models import Document

#: Working days after the day of issue, for documents that the department issued and for those that
#: only concern it (NĐ 43/2011 art. 10–18).
OURS, CONCERNS = 2, 10
#: Working days of a year; a greater delay, of an old document entered late, is not told in days.
A_YEAR = 250


class Pace(Enum):
    """Whether a document was published in time, is late, due or ahead of its deadline."""

    DONE = "done"
    LATE = "late"
    OVERDUE = "overdue"
    DUE = "due"
    AHEAD = "ahead"


@dataclass(frozen=True)
class Clock:
    """The deadline of one document. `days`: working days – taken, too late, or left."""

    pace: Pace
    days: int
    deadline: date

    @property
    def words(self) -> str:
        """The deadline for publishing in Vietnamese words."""
        return {
            Pace.DONE: f"đã đăng sau {self.days} ngày làm việc"
            if self.days > 0
            else "đã đăng ngay",
            Pace.LATE: f"đã đăng, muộn {self._delay}",
            Pace.OVERDUE: f"quá hạn {self._delay}",
            Pace.DUE: "hạn hôm nay",
            Pace.AHEAD: f"còn {self.days} ngày",
        }[self.pace]

    @property
    def _delay(self) -> str:
        return f"{self.days} ngày" if self.days <= A_YEAR else "hơn một năm"


def limit_of(is_ours: bool) -> int:
    """Return the legal deadline in working days; `is_ours`: the department issued the document."""
    return OURS if is_ours else CONCERNS


def clock_of(document: "Document", workdays: Workdays, today: date) -> Clock | None:
    """Return the legal deadline of a document fetched with `clocked`; None where it has none."""
    if document.origin or document.issued_on is None:
        return None
    limit = limit_of(document.is_ours)
    deadline = workdays.after(document.issued_on, limit)
    published_on = _published_on(document.state, document.published_at)
    if published_on:
        taken = workdays.between(document.issued_on, published_on)
        late = published_on > deadline
        return Clock(
            Pace.LATE if late else Pace.DONE, max(taken - limit, 1) if late else taken, deadline
        )
    if document.state == State.WITHDRAWN:
        return None
    left = workdays.between(today, deadline)
    if today > deadline:
        return Clock(Pace.OVERDUE, max(-left, 1), deadline)
    return Clock(Pace.AHEAD if left > 0 else Pace.DUE, left, deadline)


def _published_on(state: str, published_at: datetime | None) -> date | None:
    """Return the day of publication that a deadline is compared with; None without one."""
    is_out = (
        state in (State.PUBLISHED, State.WITHDRAWN)
        and published_at is not None
        and published_at <= timezone.now()
    )
    return timezone.localdate(published_at) if is_out else None


class ClockedQuerySet(AddressedQuerySet):
    """Documents by their publishing deadline. `day` is today."""

    def _issued_by_us(self) -> models.Q:
        ours = Agency.objects.filter(is_ours=True).values("pk")
        shared = self.model.co_agencies.through.objects.filter(agency__in=ours).values("document")
        return models.Q(agency__in=ours) | models.Q(pk__in=shared)

    def clocked(self) -> Self:
        """Annotate the documents with `is_ours`, on which their publishing deadline depends."""
        ours = models.Case(
            models.When(self._issued_by_us(), then=models.Value(True)),
            default=False,
            output_field=models.BooleanField(),
        )
        return self.annotate(is_ours=ours)

    def _judged(self) -> Self:
        return self.filter(origin="", issued_on__isnull=False)

    def _started_by(self, workdays: Workdays, day: date) -> Self:
        """Return the unpublished documents whose deadline is `day` or earlier.

        Two days of issue decide, no row is counted.
        """
        ahead = models.Q(state=State.PUBLISHED, published_at__gt=timezone.now())
        ours, others = (workdays.latest_start(limit, day) for limit in (OURS, CONCERNS))
        reached = (
            models.Q(issued_on__lte=others) | models.Q(issued_on__lte=ours) & self._issued_by_us()
        )
        return (
            self._judged()
            .filter(models.Q(state__in=[State.DRAFT, State.REVIEW]) | ahead)
            .filter(reached)
        )

    def overdue(self, workdays: Workdays, day: date) -> Self:
        """Return the unpublished documents whose deadline has passed."""
        return self._started_by(workdays, date.fromordinal(day.toordinal() - 1))

    def due_soon(self, workdays: Workdays, day: date) -> Self:
        """Return the unpublished documents whose deadline is `day` or the next working day."""
        overdue = self.overdue(workdays, day).values("pk")
        return self._started_by(workdays, workdays.after(day, 1)).exclude(pk__in=overdue)

    def published_late(self, workdays: Workdays, day: date) -> Self:
        """Return the documents published after their deadline since 1 January of last year."""
        first = timezone.make_aware(datetime(day.year - 1, 1, 1))
        rows = (
            self._judged()
            .filter(state__in=[State.PUBLISHED, State.WITHDRAWN], published_at__gte=first)
            .clocked()
        )
        deadlines, late = {}, []
        facts = rows.order_by().values_list("pk", "issued_on", "is_ours", "state", "published_at")
        for pk, issued_on, is_ours, state, published_at in facts:
            if (issued_on, is_ours) not in deadlines:
                deadlines[issued_on, is_ours] = workdays.after(issued_on, limit_of(is_ours))
            published_on = _published_on(state, published_at)
            if published_on and published_on > deadlines[issued_on, is_ours]:
                late.append(pk)
        return self.filter(pk__in=late)
