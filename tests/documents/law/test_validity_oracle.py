"""Validity against a brute-force oracle: 2,000 random sets of relations, by function and query."""

import random
from datetime import date, timedelta

import pytest

from documents.law.relations import Relation, RelationKind
from documents.law.validity import Validity
from documents.models import Document
from portal.publishing.states import State
from tests.support import make

pytestmark = pytest.mark.django_db

SETS = 2_000
FIRST = date(2015, 1, 1)
DAYS = [FIRST + timedelta(days=n) for n in (-4000, 0, 31, 90, 91, 180, 365, 500, 730, 1200, 4000)]


def some_day(chance, least=0.6):
    """Return a day of the years in question, or None with the probability 1 - `least`."""
    return FIRST + timedelta(days=chance.randrange(0, 800)) if chance.random() < least else None


def world(chance):
    """Save random documents and relations, and return their facts; a fifth of sources is hidden."""
    sources = [
        make.unsaved_document(
            number=f"{n}/2016/NĐ-CP" if chance.random() < 0.7 else "",
            summary=f"Nguồn {n}",
            issued_on=some_day(chance),
            effective_on=some_day(chance),
            state=chance.choice([State.PUBLISHED] * 4 + [State.DRAFT]),
        )
        for n in range(1, 81)
    ]
    targets = [
        make.unsaved_document(
            number=f"{n}/2010/TT-BTTTT",
            effective_on=some_day(chance, 0.8),
            expires_on=some_day(chance, 0.2),
            validity_given=chance.choice([""] * 8 + Validity.values),
        )
        for n in range(1, SETS + 1)
    ]
    documents = Document.objects.bulk_create(sources + targets)
    sources, targets = documents[: len(sources)], documents[len(sources) :]
    relations = []
    for target in targets:
        for _ in range(chance.choice([0, 1, 1, 2, 3, 5])):
            named = chance.random() < 0.2
            relations.append(
                Relation(
                    source=None if named else chance.choice(sources),
                    source_number=chance.choice(["7/2016/TT-BTC", "không rõ", "9/QĐ-TTg"])
                    if named
                    else "",
                    source_issued_on=some_day(chance, 0.3) if named else None,
                    kind=chance.choice(RelationKind.values),
                    is_partial=chance.random() < 0.3,
                    acts_from=some_day(chance, 0.2),
                    acts_until=some_day(chance, 0.1),
                    target=target,
                )
            )
    Relation.objects.bulk_create(relations)
    return targets, relations


def oracle(document, relations, day):
    """Return the validity of `document` on `day`, spelled out from the words of the law."""
    ended = document.expires_on is not None and document.expires_on < day
    by_dates_ended, suspended, partly = ended, False, False
    for relation in relations:
        source = relation.source
        if source is not None and source.state != State.PUBLISHED:
            continue
        beginnings = [relation.acts_from]
        beginnings += (
            [source.effective_on, source.issued_on] if source else [relation.source_issued_on]
        )
        if source is None and relation.source_number == "7/2016/TT-BTC":
            beginnings.append(date(2016, 1, 1))
        beginning = next((each for each in beginnings if each is not None), None)
        if (
            beginning is not None
            and day < beginning
            or relation.acts_until is not None
            and day > relation.acts_until
        ):
            continue
        whole = not relation.is_partial
        ended |= relation.kind in ("thay-the", "bai-bo") and whole
        suspended |= relation.kind == "dinh-chi" and whole
        partly |= (
            relation.kind == "sua-doi" or relation.kind in ("thay-the", "bai-bo") and not whole
        )
    begins = document.effective_on
    word = document.validity_given
    if word in ("chua-co", "con"):
        if by_dates_ended:
            return "het"
        return word if begins is None else "chua-co" if day < begins else "con"
    if word:
        return word
    if ended:
        return "het"
    if suspended:
        return "ngung"
    if begins is not None and day < begins:
        return "chua-co"
    if partly:
        return "het-mot-phan"
    return "con" if begins is not None else "chua-xac-dinh"


@pytest.mark.slow
def test_engine_equals_the_oracle_for_2000_sets_of_relations_on_many_days():
    targets, relations = world(random.Random(20181219))
    on = {}
    for relation in relations:
        on.setdefault(relation.target_id, []).append(relation)
    seen = set()
    for day in DAYS:
        expected = {target.pk: oracle(target, on.get(target.pk, []), day) for target in targets}
        by_function = {
            row.pk: row.validity.value
            for row in Document.objects.filter(pk__in=expected).judged_on(day)
        }
        assert by_function == expected, day
        for validity in Validity:
            by_query = set(
                Document.objects.filter(pk__in=expected)
                .with_validity(validity, day)
                .values_list("pk", flat=True)
            )
            assert by_query == {pk for pk, stands in expected.items() if stands == validity}, (
                day,
                validity,
            )
        law = set(
            Document.objects.filter(pk__in=expected).in_force(day).values_list("pk", flat=True)
        )
        assert law == {pk for pk, stands in expected.items() if stands in ("con", "het-mot-phan")}
        seen.update(expected.values())
    assert seen == set(Validity.values)


@pytest.mark.slow
def test_contradiction_is_told_exactly_where_the_word_differs_from_what_is_computed():
    targets, relations = world(random.Random(7))
    on = {}
    for relation in relations:
        on.setdefault(relation.target_id, []).append(relation)
    day = DAYS[6]
    told = 0
    for row in Document.objects.filter(pk__in=[target.pk for target in targets]).judged_on(day):
        stands = row.validity.value
        row.validity_given = ""
        computed = oracle(row, on.get(row.pk, []), day)
        row.validity_given = next(
            target.validity_given for target in targets if target.pk == row.pk
        )
        differs = row.validity_given != "" and computed not in (stands, "chua-xac-dinh")
        assert (row.contradiction is not None) == differs, row.pk
        told += differs
    assert told > 20
