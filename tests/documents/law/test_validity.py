"""Tình trạng hiệu lực: the function and the query say the same for every mix of facts."""

from datetime import date, timedelta
from itertools import product

import pytest

from documents.law.validity import Validity, validity_on
from documents.models import Document
from tests.support import make

DAY = date(2018, 12, 19)


@pytest.mark.parametrize(
    ("facts", "stands"),
    [
        ({}, Validity.UNKNOWN),
        ({"effective_on": DAY}, Validity.IN_FORCE),
        ({"effective_on": DAY + timedelta(1)}, Validity.NOT_YET),
        ({"effective_on": DAY, "expires_on": DAY}, Validity.IN_FORCE),
        ({"effective_on": date(2018, 1, 1), "expires_on": DAY - timedelta(1)}, Validity.ENDED),
        ({"expires_on": DAY - timedelta(1)}, Validity.ENDED),
        ({"given": Validity.PARTLY, "effective_on": date(2018, 1, 1)}, Validity.PARTLY),
        ({"given": Validity.NOT_YET, "effective_on": DAY}, Validity.IN_FORCE),
        ({"given": Validity.NOT_YET}, Validity.NOT_YET),
        ({"given": Validity.IN_FORCE, "expires_on": DAY - timedelta(1)}, Validity.ENDED),
        ({"given": Validity.IN_FORCE, "effective_on": DAY + timedelta(1)}, Validity.NOT_YET),
        ({"given": Validity.ENDED, "effective_on": DAY + timedelta(1)}, Validity.ENDED),
    ],
)
def test_validity_on_a_day(facts, stands):
    assert validity_on(DAY, **facts) == stands


@pytest.mark.slow
@pytest.mark.django_db
def test_query_and_function_agree_for_every_mix_of_facts():
    dates = [None, DAY - timedelta(1), DAY, DAY + timedelta(1)]
    made = [
        make.document(
            number=f"{n}/QĐ-STTTT", validity_given=given, effective_on=effective, expires_on=expires
        )
        for n, (given, effective, expires) in enumerate(
            product(["", *Validity.values], dates, dates), start=1
        )
    ]
    for validity in Validity:
        found = set(Document.objects.with_validity(validity, DAY).values_list("pk", flat=True))
        assert found == {
            document.pk for document in made if document.validity_on(DAY) == validity
        }, validity


@pytest.mark.django_db
def test_not_yet_turns_into_in_force_on_its_day_without_any_job():
    document = make.document(effective_on=DAY)
    assert document.validity_on(DAY - timedelta(1)) == Validity.NOT_YET
    assert Document.objects.in_force(DAY).get() == document
    assert not Document.objects.in_force(DAY - timedelta(1)).exists()
