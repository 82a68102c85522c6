"""Who issued a document, and who has the duties of an issuer that is no more."""

from dataclasses import dataclass

from django.db.models import BooleanField, Case, Q, When
from django.utils import timezone

from documents.vocabulary import Agency


@dataclass(frozen=True)
class Issuer:
    """An issuer of a document as a reader of today sees it. `present`: the agency that has its duties now, itself where it lives on."""

    agency: Agency
    present: Agency
    is_over: bool
    is_present_over: bool

    @property
    def is_succeeded(self):
        """Tell whether another agency has its duties now."""
        return self.present.pk != self.agency.pk


def _is_over(agency, day):
    """Tell whether `agency` is no more on `day`: by its end, or by a successor where its end is not known."""
    return agency.ended_on <= day if agency.ended_on else agency.successor_id is not None


def issuers_of(document, day=None):
    """Return the issuers of `document` (list of Issuer), its agency first, as they are on `day` (date, default today).

    One query for all of them and for all successors, however long their line.
    """
    day = day or timezone.localdate()
    joint = Q(pk__in=document.co_agencies.order_by().values("pk"))
    successors = Q(pk__in=Agency.objects.filter(successor__isnull=False).values("successor"))
    agencies = Agency.objects.annotate(
        is_joint=Case(When(joint, then=True), default=False, output_field=BooleanField())
    )
    known = {
        agency.pk: agency
        for agency in agencies.filter(joint | successors | Q(successor__isnull=False)).order_by(
            "pk"
        )
    }
    agencies = [document.agency] if document.agency else []
    agencies += [
        agency for agency in known.values() if agency.is_joint and agency != document.agency
    ]

    def present(agency):
        seen = {agency.pk}
        while _is_over(agency, day) and agency.successor_id and agency.successor_id not in seen:
            agency = known[agency.successor_id]
            seen.add(agency.pk)
        return agency

    issuers = []
    for agency in agencies:
        last = present(agency)
        issuers.append(Issuer(agency, last, _is_over(agency, day), _is_over(last, day)))
    return issuers
