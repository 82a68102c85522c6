"""Documents: titles, slugs, relations from both ends, files."""

import hashlib

import pytest
from django.core.exceptions import ValidationError

from documents.law.relations import Relation, RelationKind, lines_of
from documents.models import Document
from portal.publishing.states import State
from tests.support import make

pytestmark = pytest.mark.django_db


def test_number_is_tidied_keyed_and_valued_by_save_and_bulk_create():
    saved = make.document(number="1977 /QÐ–UBND")
    assert (saved.number, saved.number_key, saved.number_value) == (
        "1977/QĐ-UBND",
        "1977-qd-ubnd",
        1977,
    )
    [bulk] = Document.objects.bulk_create([make.unsaved_document(number="05/2018/TT-BTTTT")])
    assert (bulk.number_key, bulk.number_value, bulk.slug) == (
        "5-2018-tt-btttt",
        5,
        "05-2018-tt-btttt",
    )


def test_slug_is_the_number_and_a_clash_adds_issuer_then_year():
    agency = make.agency(name="UBND tỉnh Nghệ An")
    make.document(number="19/2018/TT-BTTTT")
    slugs = [make.document(number="19/2018/TT-BTTTT", agency=agency).slug for _ in range(2)]
    assert slugs[0] == "19-2018-tt-btttt-ubnd-tinh-nghe-an"
    assert slugs[1] not in (slugs[0], "19-2018-tt-btttt")


def test_slug_of_joint_issuers_joins_what_belongs_together():
    assert make.document(number="01/2006/TTLT-BGD&ĐT-BNV–BTC").slug == "01-2006-ttlt-bgddt-bnv-btc"


def test_slug_without_a_number_is_made_of_the_summary():
    assert (
        make.document(number="", summary="Tăng cường phòng chống sốt xuất huyết").slug
        == "tang-cuong-phong-chong-sot-xuat-huyet"
    )


@pytest.mark.parametrize("number", ["so", "Phap quy"])
def test_slug_never_hides_a_page_of_the_room(number):
    assert make.document(number=number).slug not in Document.reserved_slugs


def test_relation_is_seen_from_both_ends_and_hides_what_is_hidden():
    new, old = make.document(number="1/2018/TT-BTTTT"), make.document(number="2/2010/TT-BTTTT")
    Relation.objects.create(source=new, kind=RelationKind.REPLACES, target=old)
    Relation.objects.create(
        source=new, kind=RelationKind.BASED_ON, target_number="67/2006/QH11", target_title="Luật"
    )
    assert [(line.words, line.number) for line in lines_of(new)] == [
        ("Căn cứ", "67/2006/QH11"),
        ("Thay thế", old.number),
    ]
    assert [(line.words, line.document) for line in lines_of(old)] == [("Bị thay thế bởi", new)]
    Document.objects.filter(pk=old.pk).update(state=State.DRAFT)
    assert [line.words for line in lines_of(new)] == ["Căn cứ"]


def test_relation_to_nothing_or_to_itself_is_refused():
    document = make.document()
    with pytest.raises(ValidationError):
        Relation(source=document, kind=RelationKind.AMENDS).clean()
    with pytest.raises(ValidationError):
        Relation(source=document, kind=RelationKind.AMENDS, target=document).clean()


def test_attachment_knows_its_name_size_and_digest_and_lies_under_another_name():
    data = b"%PDF-1.7 mau"
    attachment = make.attachment(name="Quye\u0302\u0301t \u0111i\u0323nh.PDF", data=data)
    assert attachment.original_name == "Quyết định.pdf"
    assert (attachment.size, attachment.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert "Quy" not in attachment.file.name
    assert attachment.kind == "PDF"


def test_agency_cannot_succeed_itself_at_any_distance():
    first, second = make.agency(name="Một"), make.agency(name="Hai")
    second.successor = first
    second.save()
    first.successor = second
    with pytest.raises(ValidationError):
        first.clean()


def test_names_that_fold_alike_get_different_slugs():
    assert make.agency(name="Sở Y tế").slug != make.agency(name="Sở Ý tế").slug
