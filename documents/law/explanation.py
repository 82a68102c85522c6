"""How a document stands, told to a reader: today and on a day asked for, what made it so, and where the editor's word and the facts part."""

from dataclasses import dataclass
from datetime import date

from documents.law.validity import Effect, Validity
from portal.web.filters import DayField, Filter

_MADE_BY = {
    Validity.ENDED: Effect.ENDS,
    Validity.SUSPENDED: Effect.SUSPENDS,
    Validity.PARTLY: Effect.PARTLY,
}


class DayAsked(Filter):
    """`?ngay=`: the day for which a reader wants to know how a document stood or will stand."""

    def __init__(self, data):
        super().__init__(data)
        self.fields["ngay"] = DayField(label="Xem tình trạng tại ngày")

    @property
    def day(self):
        """The day asked for (date); None where none, or none that exists, was asked."""
        return self.values().get("ngay")


@dataclass(frozen=True)
class Explanation:
    """How a document stands on `day`. `causes`: the relations (list of Line) that made it so, the earliest first."""

    day: date
    validity: Validity
    causes: list
    last_day: date | None = None  # it is over by its own date
    first_day: date | None = None  # it is still to come


def explanation_of(validity, document, lines, day):
    """Return why `document` with its `lines` (list of Line) stands as `validity` on `day` (date), as a `Explanation`."""
    effect = _MADE_BY.get(validity)
    causes = [line for line in lines if effect and line.acts_with(effect, day)]
    is_over = validity == Validity.ENDED and document.expires_on and day > document.expires_on
    is_ahead = (
        validity == Validity.NOT_YET and document.effective_on and day < document.effective_on
    )
    return Explanation(
        day,
        validity,
        sorted(causes, key=lambda line: line.acts_from or date.max),
        document.expires_on if is_over else None,
        document.effective_on if is_ahead else None,
    )


def explanation_on(day, document, lines):
    """Return how and why `document` with its `lines` (list of Line) stands on `day` (date), as a `Explanation`."""
    return explanation_of(document.validity_on(day), document, lines, day)
