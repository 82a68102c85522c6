"""Issuers of a document, and the agencies that succeeded those that are no more."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import BooleanField, Case, Q, When
from django.utils import timezone

from documents.agency_names import successors_of
from documents.vocabulary import Agency

if TYPE_CHECKING:
    from documents.models import Document


@dataclass(frozen=True)
class Issuer:
    """An issuer of a document today. `present`: the agency that has its duties now, or itself."""

    agency: Agency
    present: Agency
    is_over: bool
    is_present_over: bool

    @property
    def is_succeeded(self) -> bool:
        """Tell whether another agency has succeeded the issuer."""
        return self.present.pk != self.agency.pk


def _is_over(agency: Agency, day: date) -> bool:
    """Tell whether an issuer has ended by `day`: by its end, or by a successor without an end."""
    return agency.ended_on <= day if agency.ended_on else agency.successor_id is not None


def issuers_of(document: "Document", day: date | None = None) -> list[Issuer]:
    """Return the issuers of a document and the agencies that succeeded them on `day`.

    One query for all of them and for all successors, however long their line.
    """
    day = day or timezone.localdate()
    joint = Q(pk__in=document.co_agencies.order_by().values("pk"))
    successors = Q(pk__in=Agency.objects.filter(successor__isnull=False).values("successor"))
    is_joint = Case(When(joint, then=True), default=False, output_field=BooleanField())
    rows = Agency.objects.annotate(is_joint=is_joint).order_by("pk")
    known = {
        agency.pk: agency for agency in rows.filter(joint | successors | Q(successor__isnull=False))
    }
    agencies = [document.agency] if document.agency else []
    agencies += [
        agency for agency in known.values() if agency.is_joint and agency != document.agency
    ]

    def successor_of(agency: Agency) -> Agency | None:
        return known.get(agency.successor_id) if _is_over(agency, day) else None

    issuers = []
    for agency in agencies:
        present = successors_of(agency, successor_of)[-1]
        issuers.append(Issuer(agency, present, _is_over(agency, day), _is_over(present, day)))
    return issuers
