"""Warnings about a document: shown after saving and on opening, with advice; nothing is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from documents.admin.warnings import doubts_of
from documents.law.relations import Relation
from documents.models import Document
from tests.support import make
from tests.support.staff import DOCUMENTS, address, client_of, fill, said

pytestmark = pytest.mark.django_db
DRAFT = {"state": "draft", "published_at": None}


def told(document):
    """Return the doubts about the saved `document` as one text."""
    return " | ".join(map(str, doubts_of(Document.objects.get(pk=document.pk))))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"effective_on": date(2018, 12, 18)}, "Ngày có hiệu lực đứng trước ngày ban hành"),
        (
            {"effective_on": date(2019, 2, 1), "expires_on": date(2019, 1, 1)},
            "Ngày hết hiệu lực đứng trước ngày có hiệu lực",
        ),
        ({"expires_on": date(2017, 1, 1)}, "Ngày hết hiệu lực đứng trước ngày ban hành"),
        ({"issued_on": date(2999, 1, 1), "number": "5/QĐ-A", **DRAFT}, "Ngày ban hành ở tương lai"),
        (
            {"published_at": datetime(2018, 12, 18, 9, tzinfo=UTC)},
            "Thời điểm đăng đứng trước ngày ban hành",
        ),
        ({"gazette_on": date(2018, 12, 1)}, "Ngày công báo đứng trước ngày ban hành"),
        ({"number": "19/2017/TT-BTTTT"}, "ghi năm 2017, ngày ban hành ở năm 2018"),
        ({"summary": "", "origin": "vbpl.vn"}, "Chưa có trích yếu"),
        (
            {"validity_given": "ngung", "expires_on": date(2019, 1, 1)},
            "ghi «Ngưng hiệu lực», còn theo ngày và quan hệ là «Hết hiệu lực toàn bộ»",
        ),
    ],
)
def test_odd_fact_is_told(values, words):
    usual = {"number": "19/2018/TT-BTTTT", "issued_on": date(2018, 12, 19)}
    plain = make.document(**usual)
    make.attachment(plain)
    assert told(plain) == ""
    odd = make.document(**usual | {"agency": make.agency()} | values)
    make.attachment(odd)
    plain.delete()
    assert words in told(odd) and told(odd).count(" | ") == 0
    page = client_of("superuser").get(address(odd))
    assert "Nên xem lại" in page.content.decode() and page.context["doubts"] == doubts_of(odd)


def test_ended_agency_is_asked_about_with_its_heir():
    heir = make.agency(name="Bộ Khoa học và Công nghệ")
    agency = make.agency(name="Bộ Thông tin", ended_on=date(2018, 1, 1), successor=heir)
    assert "«Bộ Khoa học và Công nghệ» ban hành không?" in told(make.document(agency=agency))


def test_document_called_in_force_that_another_one_ends_is_told_at_both_ends():
    old = make.document(number="1/2010/TT-A", validity_given="con", issued_on=date(2010, 1, 1))
    new = make.document(
        number="2/2018/TT-A", issued_on=date(2018, 1, 1), effective_on=date(2018, 2, 1)
    )
    Relation.objects.create(source=new, target=old, kind="thay-the")
    assert "là «Hết hiệu lực toàn bộ»; bị thay thế bởi 2/2018/TT-A" in told(old)
    assert f'Thay thế <a href="{address(old)}">' in told(new) and "ghi tay «Còn hiệu lực»" in told(
        new
    )
    Document.objects.filter(pk=old.pk).update(validity_given="")
    assert "Tình trạng hiệu lực" not in told(old) + told(new)


def test_suspension_in_part_asks_for_a_word_at_both_ends():
    target, source = make.document(issued_on=date(2010, 1, 1)), make.document()
    Relation.objects.create(source=source, target=target, kind="dinh-chi", is_partial=True)
    assert "bị ngưng hiệu lực một phần" in told(target) and "Hãy tự chọn" in told(target)
    assert "Ngưng một phần" in told(source)
    Document.objects.filter(pk=target.pk).update(validity_given="con")
    assert "một phần" not in told(target) + told(source)


def test_overdue_draft_is_told_until_it_is_out():
    draft = make.document(issued_on=timezone.localdate() - timedelta(days=60), number="", **DRAFT)
    assert "Quá hạn đăng" in told(draft)
    Document.objects.filter(pk=draft.pk).update(state="published", published_at=timezone.now())
    assert "Quá hạn đăng" not in told(draft)


@pytest.mark.slow
def test_doubts_are_told_once_after_saving():
    document = make.document(effective_on=date(2018, 1, 1), **DRAFT)
    client = client_of(DOCUMENTS)
    lists = client.get(fill(client, address(document))["Location"])
    assert "đứng trước ngày ban hành" in said(lists)
    form = client.get(fill(client, address(document), _continue="1")["Location"])
    assert "đứng trước ngày ban hành" not in said(form)
    assert form.content.decode().count("Ngày có hiệu lực đứng trước ngày ban hành") == 1
