"""Bit sets of the register: what is in them; they are read once for each content revision."""

from datetime import date

import pytest

from documents.filters.bitsets import Sets, sets
from documents.filters.facets import Facets
from documents.filters.form import DocumentFilter
from documents.law.relations import Relation, RelationKind
from documents.law.validity import Validity
from documents.models import Document
from portal.cache import revision
from portal.publishing.states import State
from tests.support import make
from tests.support.public import queries

pytestmark = pytest.mark.django_db


def keys(register, found):
    """Return the keys of the documents in a set of `register`, found both ways."""
    one_by_one = {
        key for key in Document.objects.values_list("pk", flat=True) if found & register.of([key])
    }
    assert set(register.keys(found)) == one_by_one
    return one_by_one


def test_sets_hold_what_is_visible_and_nothing_else():
    shown, draft = make.document(), make.document(state=State.DRAFT)
    register = Sets()
    assert keys(register, register.all) == {shown.pk}
    assert register.of([shown.pk, draft.pk, 10**9]) == register.of([shown.pk]) == register.all


def test_no_document_makes_empty_sets():
    register = Sets()
    assert (
        register.all,
        register.types,
        register.of([1]),
        register.with_validity(date(2020, 1, 1)),
    ) == (0, {}, 0, {})
    assert register.issued_between(date(2020, 1, 1)) == 0


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (None, None),
        (date(2020, 1, 2), None),
        (None, date(2020, 1, 2)),
        (date(2020, 1, 2), date(2020, 1, 2)),
        (date(2020, 1, 3), date(2020, 1, 1)),
        (date(2030, 1, 1), None),
        (None, date(1990, 1, 1)),
    ],
)
def test_days_of_issue_are_a_range(first, last):
    for day in (date(2020, 1, 3), None, date(2020, 1, 1), date(2020, 1, 2), date(2020, 1, 2)):
        make.document(issued_on=day)
    register = Sets()
    expected = set(Document.objects.issued_between(first, last).values_list("pk", flat=True))
    assert keys(register, register.issued_between(first, last)) == expected


def test_standing_follows_the_day_and_who_acts_on_it():
    document = make.document(effective_on=date(2019, 1, 1))
    repealing = make.document(effective_on=date(2021, 1, 1))
    Relation.objects.create(source=repealing, target=document, kind=RelationKind.REPEALS)
    register = Sets()
    for day, expected in (
        (date(2018, 1, 1), Validity.NOT_YET),
        (date(2020, 1, 1), Validity.IN_FORCE),
        (date(2021, 1, 1), Validity.ENDED),
    ):
        assert register.of([document.pk]) & register.with_validity(day)[expected]


def test_sets_are_read_once_for_each_state_of_the_content():
    form, documents = DocumentFilter({}), Document.objects.visible()
    with revision.keep_in(revision.Revision("a")):
        first = make.document()
        assert Facets(form, documents).total == 1
        with queries() as statements:
            assert sets().all == 1
            assert Facets(DocumentFilter({"tu": "2000-01-01"}), documents).total == (
                1 if first.issued_on else 0
            )
        assert len(statements) == 1  # the words of the filter
    make.document()
    with revision.keep_in(revision.Revision("b")):
        assert Facets(form, documents).total == 2
