"""Relations: both ends agree, named ends find their documents, hidden documents are not told."""

import random
from datetime import date

import pytest

from documents.law.relations import PASSIVE, Relation, RelationKind, lines_of
from documents.law.validity import Validity
from documents.models import Document
from portal.publishing.states import State
from tests.support import make

pytestmark = pytest.mark.django_db


def relate(kind=RelationKind.REPLACES, **values):
    """Return a saved relation, read anew."""
    return Relation.objects.get(pk=Relation.objects.create(kind=kind, **values).pk)


# --- named ends find their documents


@pytest.mark.parametrize("end", ["source", "target"])
@pytest.mark.parametrize("way", ["save", "bulk_create", "update"])
def test_named_end_finds_its_document_when_that_is_entered_later(end, way):
    other = "target" if end == "source" else "source"
    relation = relate(
        **{other: make.document(issued_on=None), f"{end}_number": "Thông tư số 19/2018/TT–BTTTT"}
    )
    assert getattr(relation, end) is None
    if way == "save":
        document = make.document(number="19 / 2018/TT-BTTTT")
    elif way == "bulk_create":
        [document] = Document.objects.bulk_create(
            [make.unsaved_document(number="19/2018/TT-BTTTT")]
        )
    else:
        document = make.document(number="20/2018/TT-BTTTT")
        document.number = "19/2018/TT-BTTTT"
        document.save()
    relation.refresh_from_db()
    assert getattr(relation, end) == document


@pytest.mark.parametrize("end", ["source", "target"])
def test_named_end_finds_the_document_that_is_here_already(end):
    document = make.document(number="19/2018/TT-BTTTT")
    other = "target" if end == "source" else "source"
    assert (
        getattr(
            relate(**{other: make.document(issued_on=None), f"{end}_number": "19/2018/tt-btttt"}),
            end,
        )
        == document
    )


def test_number_that_several_bear_is_not_guessed_but_the_day_decides():
    first, second = (
        make.document(number="12/QĐ-UBND", issued_on=day)
        for day in (date(2016, 3, 1), date(2017, 3, 1))
    )
    new = make.document(issued_on=date(2018, 1, 1))
    assert relate(source=new, target_number="12/QĐ-UBND").target is None
    assert (
        relate(source=new, target_number="12/QĐ-UBND", target_issued_on=second.issued_on).target
        == second
    )
    between = make.document(issued_on=date(2016, 12, 1))
    assert (
        relate(source=between, target_number="12/QĐ-UBND").target == first
    )  # nothing replaces what is younger than itself


def test_found_document_stays_found_when_a_twin_of_its_number_comes():
    found = make.document(number="12/QĐ-UBND", issued_on=date(2016, 3, 1))
    relation = relate(source=make.document(), target_number="12/QĐ-UBND")
    make.document(number="12/QĐ-UBND", issued_on=date(2017, 3, 1))
    relation.refresh_from_db()
    assert relation.target == found


def test_number_that_is_corrected_lets_go_and_finds_anew():
    wrong = make.document(number="12/QĐ-UBND")
    relation = relate(source=make.document(), target_number="12/QĐ-UBND")
    wrong.number = "21/QĐ-UBND"
    wrong.save()
    relation.refresh_from_db()
    assert relation.target is None
    right = make.document(number="12/QĐ-UBND")
    relation.refresh_from_db()
    assert relation.target == right


def test_chosen_end_is_never_moved_by_numbers():
    chosen = make.document(number="12/QĐ-UBND")
    relation = relate(source=make.document(), target=chosen)
    chosen.number = "13/QĐ-UBND"
    chosen.save()
    make.document(number="12/QĐ-UBND")
    relation.refresh_from_db()
    assert relation.target == chosen


def test_document_never_finds_itself():
    document = make.document(number="12/QĐ-UBND")
    assert relate(source=document, target_number="12/QĐ-UBND").target is None


def test_finding_takes_as_many_queries_for_one_document_as_for_thirty(
    django_assert_max_num_queries,
):
    for n in range(1, 31):
        relate(source=make.document(issued_on=None), target_number=f"{n}/2018/TT-BTTTT")
    with django_assert_max_num_queries(
        120
    ):  # the slugs of 30 documents, and five for all their relations
        Document.objects.bulk_create(
            [make.unsaved_document(number=f"{n}/2018/TT-BTTTT") for n in range(1, 31)]
        )
    assert not Relation.objects.filter(target=None).exists()


# --- what a deletion leaves


@pytest.mark.parametrize("end", ["source", "target"])
def test_deleted_document_stays_named_where_it_was_seen(end):
    other = "target" if end == "source" else "source"
    kept, deleted = make.document(), make.document(number="12/QĐ-UBND", summary="Về việc cũ")
    relate(**{other: kept, end: deleted})
    before = [(line.words, line.number, line.title) for line in lines_of(kept)]
    deleted.delete()
    assert (
        [(line.words, line.number, line.title) for line in lines_of(kept)]
        == before
        == [(before[0][0], "12/QĐ-UBND", "Về việc cũ")]
    )


@pytest.mark.parametrize("state", [State.DRAFT, State.REVIEW, State.WITHDRAWN])
def test_deleted_document_that_nobody_saw_leaves_nothing(state):
    kept, hidden = make.document(), make.document(state=state)
    relate(source=kept, target=hidden)
    hidden.delete()
    assert lines_of(kept) == [] and not Relation.objects.exists()


def test_relation_goes_with_the_last_of_its_documents():
    first, second = make.document(), make.document()
    relate(source=first, target=second)
    Document.objects.filter(pk__in=[first.pk, second.pk]).delete()
    assert not Relation.objects.exists()


# --- who may see what


@pytest.mark.parametrize("state", [State.DRAFT, State.REVIEW, State.WITHDRAWN])
def test_hidden_document_ends_nothing_and_is_told_nowhere(state):
    old = make.document(effective_on=date(2010, 1, 1))
    new = make.document(number="99/2018/TT-BTTTT", effective_on=date(2018, 1, 1), state=state)
    relate(source=new, target=old)
    assert Document.objects.judged_on().get(pk=old.pk).validity == Validity.IN_FORCE
    assert Document.objects.get(pk=old.pk).validity == Validity.IN_FORCE
    assert lines_of(old) == []
    Document.objects.filter(pk=new.pk).update(state=State.PUBLISHED)
    assert Document.objects.get(pk=old.pk).validity == Validity.ENDED
    assert [line.words for line in lines_of(old)] == ["Bị thay thế bởi"]


def test_source_that_is_named_beside_the_document_acts_though_its_own_page_is_a_draft():
    old = make.document(effective_on=date(2010, 1, 1))
    relate(target=old, source_number="99/2018/TT-BTTTT")
    make.document(
        number="99/2018/TT-BTTTT",
        effective_on=date(2030, 1, 1),
        state=State.DRAFT,
        summary="Bí mật",
    )
    assert Document.objects.get(pk=old.pk).validity == Validity.ENDED
    assert (
        old.validity_on(date(2017, 12, 31)) == Validity.IN_FORCE
    )  # the year in the number; the draft's own day tells nothing
    assert [(line.document, line.number, line.title) for line in lines_of(old)] == [
        (None, "99/2018/TT-BTTTT", "")
    ]


@pytest.mark.slow
def test_both_ends_tell_the_same_of_every_relation():
    chance = random.Random(3)
    documents = [make.document(state=State.PUBLISHED if n % 6 else State.DRAFT) for n in range(30)]
    for _ in range(150):
        source, target = chance.sample(documents, 2)
        relate(
            chance.choice(RelationKind.values),
            source=source,
            target=target,
            is_partial=chance.random() < 0.3,
        )
    told = set()
    for document in documents:
        if document.state == State.PUBLISHED:
            for line in lines_of(document):
                assert line.document.state == State.PUBLISHED
                told.add(
                    (document.pk, line.kind, line.is_active, line.is_partial, line.document.pk)
                )
                assert line.words == (line.kind.label if line.is_active else PASSIVE[line.kind])
    assert told
    for here, kind, is_active, is_partial, there in told:
        other_way = True if kind == RelationKind.RELATED else not is_active
        assert (there, kind, other_way, is_partial, here) in told


def test_relation_entered_at_both_ends_is_told_once():
    old, new = make.document(number="1/2010/TT-BTTTT"), make.document(number="2/2018/TT-BTTTT")
    relate(source=new, target=old)
    relate(target=old, source_number="2/2018/TT-BTTTT")
    assert len(lines_of(old)) == len(lines_of(new)) == 1


def test_named_source_without_a_day_acts_from_the_year_of_its_number():
    old = make.document(effective_on=date(2010, 1, 1))
    relate(target=old, source_number="99/2018/TT-BTTTT", kind=RelationKind.AMENDS)
    assert old.validity_on(date(2017, 12, 31)) == Validity.IN_FORCE
    assert old.validity_on(date(2018, 1, 1)) == Validity.PARTLY


def test_suspension_ends_with_its_last_day():
    document = make.document(effective_on=date(2010, 1, 1))
    relate(
        RelationKind.SUSPENDS,
        target=document,
        source_number="5/QĐ-TTg",
        acts_from=date(2018, 1, 1),
        acts_until=date(2018, 6, 30),
    )
    stands = [
        document.validity_on(day)
        for day in (date(2017, 12, 31), date(2018, 1, 1), date(2018, 6, 30), date(2018, 7, 1))
    ]
    assert stands == [Validity.IN_FORCE, Validity.SUSPENDED, Validity.SUSPENDED, Validity.IN_FORCE]
