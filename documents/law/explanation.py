"""Explain the validity of a document on a day: the relations and dates that cause it."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from documents.law.relations import Line
from documents.law.validity import Effect, Validity

if TYPE_CHECKING:
    from documents.models import Document

_MADE_BY = {
    Validity.ENDED: Effect.ENDS,
    Validity.SUSPENDED: Effect.SUSPENDS,
    Validity.PARTLY: Effect.PARTLY,
}


@dataclass(frozen=True)
class Explanation:
    """The validity of a document on `day` and its `causes`: relations, the earliest first."""

    day: date
    validity: Validity
    causes: list[Line]
    last_day: date | None = None  # it is over by its own date
    first_day: date | None = None  # it is still to come


def explanation_of(
    validity: Validity, document: "Document", lines: list[Line], day: date
) -> Explanation:
    """Explain by relations and dates why a document has `validity` on `day`."""
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


def explanation_on(day: date, document: "Document", lines: list[Line]) -> Explanation:
    """Explain by relations and dates the validity that a document has on `day`."""
    return explanation_of(document.validity_on(day), document, lines, day)
