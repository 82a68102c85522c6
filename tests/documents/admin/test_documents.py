"""Clerks enter documents: files first, relations, numbers in any spelling, doubts told and kept."""

from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from documents.files.models import Attachment
from documents.law.relations import Relation
from documents.models import Document
from documents.vocabulary import Agency
from tests.support import make
from tests.support.staff import (
    APPROVER,
    DOCUMENTS,
    SCHEDULE,
    address,
    client_of,
    errors_of,
    fill,
    form_of,
    said,
)

pytestmark = pytest.mark.django_db


def pdf(name="Thông tư 19.pdf", data=make.PDF):
    """Return a file as it is chosen in a form."""
    return ContentFile(data, name=name)


def new_document(client, **values):
    """Fill in the form of a new document."""
    given = {
        "family": "phap-quy",
        "number": "19/2018/TT-BTTTT",
        "summary": "Quy định các biểu mẫu",
    } | values
    return fill(client, address(Document, "add"), **given)


def row_errors(response, number=0):
    """Return the errors of each row of the inline `number` (0: files, 1: relations)."""
    return response.context["inline_admin_formsets"][number].formset.errors


def test_clerk_enters_a_document_with_files_and_a_relation():
    other = make.document(number="02/2017/TT-BTTTT")
    agency = make.agency(name="Bộ Thông tin và Truyền thông")
    client = client_of(DOCUMENTS)
    values = {
        "agency": agency.pk,
        "issued_on": "19/12/2018",
        "effective_on": "04/02/2019",
        "attachments-0-file": pdf(),
        "attachments-1-file": pdf("Phụ lục.pdf", make.PDF + b"\n"),
        "attachments-1-role": "phu-luc",
        "relations_out-0-kind": "thay-the",
        "relations_out-0-target": other.pk,
    }
    response = new_document(client, **values)
    assert response.status_code == 302, (
        errors_of(response),
        row_errors(response),
        row_errors(response, 1),
    )
    document = Document.objects.get(number="19/2018/TT-BTTTT")
    assert (document.state, document.issued_on, document.effective_on) == (
        "draft",
        date(2018, 12, 19),
        date(2019, 2, 4),
    )
    assert [file.original_name for file in document.attachments.in_order()] == [
        "Thông tư 19.pdf",
        "Phụ lục.pdf",
    ]
    assert Relation.objects.get().target == other


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"summary": ""}, "summary", "không được để trống"),
        ({"family": ""}, "family", "không được để trống"),
        ({"number": "1" * 200}, "number", "Dài quá 120 ký tự"),
        ({"issued_on": "31/02/2018"}, "issued_on", "không có thật"),
        ({"expires_on": "2018-99-99"}, "expires_on", "không có thật"),
        ({"slug": "so"}, "slug", "dành cho một trang của hệ thống"),
    ],
)
def test_wrong_value_is_told_beside_its_field(values, field, words):
    response = new_document(client_of(DOCUMENTS), signer="Nguyễn Mạnh Hùng", **values)
    assert list(errors_of(response)) == [field]
    assert words in errors_of(response)[field][0]
    assert form_of(response)["signer"] == "Nguyễn Mạnh Hùng"
    assert all(form_of(response)[name] == value for name, value in values.items())


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (pdf("a.exe"), "Không nhận loại tệp này"),
        (pdf("a.pdf", b"<html>"), "một trang web, không phải PDF"),
        (pdf("a.docx", make.PDF), "đổi đuôi tệp thành .pdf"),
        (pdf("a.pdf", b""), "rỗng"),
    ],
)
def test_wrong_file_is_told_beside_its_field(file, words):
    response = new_document(client_of(DOCUMENTS), **{"attachments-0-file": file})
    assert words in row_errors(response)[0]["file"][0]
    assert not Attachment.objects.exists() and not Document.objects.exists()


def test_relation_to_nothing_is_told():
    response = new_document(client_of(DOCUMENTS), **{"relations_out-0-kind": "can-cu"})
    assert "Chọn văn bản, hoặc ghi số ký hiệu" in row_errors(response, 1)[0]["target"][0]


def test_doubts_are_told_and_the_document_is_kept():
    agency = make.agency()
    make.document(number="5/QĐ-STTTT", agency=agency, issued_on=date(2018, 3, 1))
    client = client_of(DOCUMENTS)
    values = {
        "agency": agency.pk,
        "issued_on": "01/12/2018",
        "effective_on": "01/11/2018",
        "expires_on": "01/10/2018",
        "is_another": "on",
    }
    page = client.get(new_document(client, number="05/QĐ-STTTT", **values)["Location"])
    words = said(page)
    for part in (
        "mang số 05/QĐ-STTTT trong năm 2018",
        "đứng trước ngày ban hành",
        "đứng trước ngày có hiệu lực",
        "chưa có tệp",
    ):
        assert part in words
    assert Document.objects.count() == 2


@pytest.mark.parametrize("words", ["19/2018", "19 2018 tt btttt", "bieu mau", "TT-BTTTT"])
def test_documents_are_found_however_they_are_asked_for(words):
    wanted = make.document(number="19/2018/TT-BTTTT", summary="Quy định các biểu mẫu")
    make.document(number="20/2017/QĐ-UBND", summary="Khác")
    client = client_of(DOCUMENTS)
    found = client.get(address(Document, "changelist"), {"q": words}).context["cl"].result_list
    assert [document.pk for document in found] == [wanted.pk]
    query = {
        "app_label": "documents",
        "model_name": "relation",
        "field_name": "target",
        "term": words,
    }
    assert [
        row["id"] for row in client.get("/quan-tri/autocomplete/", query).json()["results"]
    ] == [str(wanted.pk)]


def test_agency_is_found_without_accents():
    wanted = make.agency(name="Sở Thông tin và Truyền thông", short_name="STTTT")
    make.agency(name="Sở Tài chính")
    query = {"app_label": "documents", "model_name": "document", "field_name": "agency"}
    client = client_of(DOCUMENTS)
    for term in ("so thong tin", "SỞ THÔNG", "stttt"):
        results = client.get("/quan-tri/autocomplete/", query | {"term": term}).json()["results"]
        assert [row["id"] for row in results] == [str(wanted.pk)]


def test_agency_cannot_succeed_itself():
    one = make.agency()
    two = make.agency(successor=one)
    response = fill(client_of(APPROVER), address(one), successor=two.pk)
    assert "không thể kế thừa chính nó" in errors_of(response)["successor"][0]


def test_clerk_adds_words_but_does_not_rename_them():
    client = client_of(DOCUMENTS)
    assert fill(client, address(Agency, "add"), name="Cơ quan mới").status_code == 302
    assert client.post(address(Agency.objects.get()), {"name": "Tên khác"}).status_code == 403


def test_files_open_for_staff_of_documents_only():
    document = make.document(state="draft", published_at=None)
    file = make.attachment(document, name="Bản ký.pdf")
    door = f"/quan-tri/documents/document/{document.pk}/tep/{file.pk}/"
    client = client_of(DOCUMENTS)
    assert f'href="{door}"' in client.get(address(document)).content.decode()
    assert f'href="{door}"' in client.get(address(document, "preview")).content.decode()
    response = client.get(door)
    assert b"".join(response.streaming_content) == make.PDF
    assert (
        response["Content-Disposition"].startswith("attachment")
        and "sandbox" in response["Content-Security-Policy"]
    )
    assert "no-store" in response["Cache-Control"]
    assert client_of(SCHEDULE).get(door).status_code == 403
    assert Client().get(door).status_code == 302
    assert Client().get(file.get_absolute_url()).status_code == 404
    assert (
        client.get(f"/quan-tri/documents/document/{document.pk + 1}/tep/{file.pk}/").status_code
        == 404
    )


def test_files_are_seen_by_those_who_only_look():
    document = make.document()
    file = make.attachment(document, name="Bản ký.pdf")
    make.attachment(document)
    page = client_of(DOCUMENTS).get(address(document))
    assert page.status_code == 200
    assert (
        f"/tep/{file.pk}/" in page.content.decode() and 'type="file"' not in page.content.decode()
    )


def test_file_of_a_draft_is_replaced_and_removed():
    document = make.document(state="draft", published_at=None)
    file = make.attachment(document, name="Cũ.pdf")
    client = client_of(DOCUMENTS)
    assert (
        fill(client, address(document), **{"attachments-0-file": pdf("Mới.pdf")}).status_code == 302
    )
    file.refresh_from_db()
    assert file.original_name == "Mới.pdf"
    assert fill(client, address(document), **{"attachments-0-DELETE": "on"}).status_code == 302
    assert not document.attachments.exists()
