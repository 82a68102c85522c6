"""Attachments in the admin form and on the page: inspection findings, equal files, clean-up."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client

from documents.files.housekeeping import stored_names
from documents.files.models import Attachment, LeftFile, attachment_storage
from documents.law.relations import Relation
from documents.models import Document
from portal.publishing.states import State
from tests.support import make, samples
from tests.support.staff import APPROVER, DOCUMENTS, address, client_of, errors_of, fill, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_stores")]
SCRIPTED = samples.pdf("/OpenAction << /S /JavaScript /JS (x) >>")
TOLD = "PDF có mã lệnh (JavaScript)."


def stored():
    """Return the names of all files in the store."""
    return list(stored_names(attachment_storage()))


def new(client, *uploads, **values):
    """Enter a document with `uploads` ((name, bytes), …); return the page that comes after it."""
    files = {
        f"attachments-{n}-file": ContentFile(data, name=name)
        for n, (name, data) in enumerate(uploads)
    }
    given = (
        {"family": "phap-quy", "number": "19/2018/TT-BTTTT", "summary": "Quy định các biểu mẫu"}
        | files
        | values
    )
    response = fill(client, address(Document, "add"), **given)
    return client.get(response["Location"]) if response.status_code == 302 else response


def change(client, document, **values):
    """Change `values` in the form of `document`; return the page that comes after it."""
    response = fill(client, address(document), **values)
    return client.get(response["Location"]) if response.status_code == 302 else response


# --- what is told ---


def test_facts_of_a_file_are_on_its_page():
    document = make.document()
    attachment = make.attachment(document, "Quyết định.pdf")
    attachment.pages = 12
    attachment.save()
    page = Client().get(document.get_absolute_url()).content.decode()
    for fact in (
        "Bản ký",
        "PDF",
        "Quyết định.pdf",
        f"{attachment.size} byte",
        '<span class="num">12</span> trang',
        attachment.sha256,
    ):
        assert fact in page


def test_upload_notes_what_was_found():
    new(client_of(DOCUMENTS), ("Phụ lục.pdf", SCRIPTED))
    attachment = Attachment.objects.get()
    assert (attachment.pages, attachment.flags) == (1, [TOLD])
    assert attachment.checked_at is not None


@pytest.mark.slow
def test_flag_is_told_to_clerk_and_approver_and_to_no_visitor():
    assert TOLD in said(new(client_of(DOCUMENTS), ("a.pdf", SCRIPTED), state="review"))
    document = Document.objects.get()
    approver = client_of(APPROVER)
    form = approver.get(address(document)).content.decode()
    flags = f'<ul class="file-flags" aria-label="Xem trước khi duyệt"> <li>{TOLD}</li> </ul>'
    assert flags in " ".join(form.split())
    assert TOLD in approver.get(address(document, "preview")).content.decode()
    document.state = State.PUBLISHED
    document.save()
    assert TOLD not in Client().get(document.get_absolute_url()).content.decode()
    assert TOLD in client_of(DOCUMENTS).get(address(document)).content.decode()  # who may only look


def test_other_bytes_forget_what_was_found():
    attachment = make.attachment(data=SCRIPTED)
    attachment.flags, attachment.pages = [TOLD], 1
    attachment.save()
    attachment.file = ContentFile(make.PDF, name="b.pdf")
    attachment.save()
    assert (attachment.flags, attachment.pages, attachment.checked_at) == ([], None, None)


@pytest.mark.parametrize(
    "data", [samples.pdf("/OpenAction << /S /Launch >>"), b"<html>", b"", samples.pdf()[:-20]]
)
def test_refused_file_leaves_nothing_and_what_was_typed_stays(data):
    response = new(client_of(DOCUMENTS), ("a.pdf", data), signer="Nguyễn Mạnh Hùng")
    errors = response.context["inline_admin_formsets"][0].formset.errors
    assert list(errors[0]) == ["file"] and len(errors[0]["file"]) == 1
    assert "Nguyễn Mạnh Hùng" in response.content.decode()
    assert stored() == [] and not Document.objects.exists()


# --- equal bytes ---


def test_same_bytes_in_another_document_are_told_with_a_link_and_kept():
    other = make.document(number="5/QĐ-STTTT")
    make.attachment(other, "Bản cũ.pdf")
    page = new(client_of(DOCUMENTS), ("Bản mới.pdf", make.PDF))
    assert (
        "Tệp «Bản mới.pdf» giống hệt tệp đã có ở văn bản: "
        f'<a href="{address(other)}">5/QĐ-STTTT</a>' in page.content.decode()
    )
    assert Attachment.objects.count() == 2
    assert len(stored()) == 2


@pytest.mark.slow
def test_name_of_the_other_document_is_escaped():
    make.attachment(make.document(number="<b>5</b>"))
    assert "<b>5</b>" not in new(client_of(DOCUMENTS), ("a.pdf", make.PDF)).content.decode()


def test_same_bytes_twice_in_one_form_are_kept_once():
    page = new(client_of(DOCUMENTS), ("Một.pdf", make.PDF), ("Hai.pdf", make.PDF))
    assert "Tệp «Hai.pdf» giống hệt «Một.pdf» của văn bản này nên chỉ giữ một tệp." in said(page)
    assert [file.original_name for file in Attachment.objects.all()] == ["Một.pdf"]
    assert len(stored()) == 1


@pytest.mark.slow
def test_same_bytes_again_in_the_same_document_are_kept_once():
    client = client_of(DOCUMENTS)
    new(client, ("Một.pdf", make.PDF))
    document = Document.objects.get()
    page = change(client, document, **{"attachments-1-file": ContentFile(make.PDF, name="Hai.pdf")})
    assert "giống hệt «Một.pdf»" in said(page)
    assert Attachment.objects.count() == len(stored()) == 1


@pytest.mark.slow
def test_file_that_is_removed_may_come_again_in_the_same_form():
    client = client_of("superuser")
    new(client, ("Một.pdf", make.PDF))
    document = Document.objects.get()
    values = {
        "attachments-0-DELETE": "on",
        "attachments-1-file": ContentFile(make.PDF, name="Hai.pdf"),
    }
    assert "giống hệt" not in said(change(client, document, **values))
    assert [file.original_name for file in document.attachments.all()] == ["Hai.pdf"]


def test_equal_files_are_found_by_an_index():
    assert ["sha256"] in [index.fields for index in Attachment._meta.indexes]


# --- stored whole or not at all ---


def test_document_that_cannot_be_saved_leaves_no_file(monkeypatch):
    other = make.document()

    def fail(self, *args, **kwargs):
        raise IntegrityError("the disk of the database is full")

    monkeypatch.setattr(Relation, "save", fail)
    client = client_of(DOCUMENTS)
    client.raise_request_exception = False
    values = {"relations_out-0-kind": "can-cu", "relations_out-0-target": other.pk}
    assert new(client, ("a.pdf", make.PDF), **values).status_code == 500
    assert stored() == []
    assert Document.objects.count() == 1


def test_half_written_file_is_removed_and_never_bears_its_name():
    class Breaking(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"%PDF-"
            assert [
                path.suffix
                for path in Path(attachment_storage().location).rglob("*")
                if path.is_file()
            ] == [".part"]
            raise OSError("no space left")

    with pytest.raises(OSError):
        attachment_storage().save("van-ban/2018/12/x.pdf", Breaking(b"", name="x.pdf"))
    assert not [path for path in Path(attachment_storage().location).rglob("*") if path.is_file()]


def test_stored_file_is_private_to_the_server():
    name = attachment_storage().save("van-ban/2018/12/x.pdf", ContentFile(make.PDF))
    assert Path(attachment_storage().path(name)).stat().st_mode & 0o007 == 0
    assert attachment_storage().open(name).read() == make.PDF


def test_replaced_and_deleted_files_stay_on_disk_and_are_noted():
    attachment = make.attachment()
    first = attachment.file.name
    attachment.file = ContentFile(SCRIPTED, name="b.pdf")
    attachment.save()
    second = attachment.file.name
    attachment.position = 2
    attachment.save()
    assert list(LeftFile.objects.values_list("name", flat=True)) == [first]
    attachment.document.delete()
    assert set(LeftFile.objects.values_list("name", flat=True)) == {first, second} == set(stored())


# --- names ---

NAMES = [
    ("../../../../etc/passwd.pdf", "passwd.pdf"),
    ('a"; filename="b.html.pdf', "a_; filename=_b.html.pdf"),
    ("Quye\u0302\u0301t \u0111i\u0323nh so\u0302\u0301 12.pdf", "Quyết định số 12.pdf"),
    ("bao_cao_\u202eexe.pdf", "bao_cao_exe.pdf"),
    ("\u1ebf" * 200 + ".pdf", None),
    ("b" * 1000 + ".pdf", None),
    ("\U0001f600.pdf", "\U0001f600.pdf"),
    ("<img src=x onerror=alert(1)>.pdf", "_img src=x onerror=alert(1)_.pdf"),
    ("%2e%2e%2fx.pdf", "%2e%2e%2fx.pdf"),
    ("=cmd|' /C calc'!A0.pdf", None),
    ("A.PDF", "A.pdf"),
    (".pdf", "tep.pdf"),
]


@pytest.mark.parametrize(("sent", "kept"), NAMES, ids=range(len(NAMES)))
def test_any_name_is_stored_under_a_generated_one_and_sent_back_clean(sent, kept):
    upload = SimpleUploadedFile("x.pdf", make.PDF)
    upload._name = sent  # past what Django cuts off itself
    attachment = Attachment(document=make.document(), file=upload)
    attachment.full_clean(exclude=["document"])
    attachment.save()
    assert kept is None or attachment.original_name == kept
    assert (
        attachment.file.name.startswith("van-ban/")
        and len(attachment.file.name) == len("van-ban/2018/12/.pdf") + 32
    )
    response = Client().get(attachment.get_absolute_url())
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == make.PDF
    header = response["Content-Disposition"]
    assert (
        header.startswith("attachment; filename")
        and header.isascii()
        and "\n" not in header
        and len(header) < 800
    )
    page = Client().get(attachment.document.get_absolute_url()).content.decode()
    assert "<img src=x" not in page


@pytest.mark.parametrize(
    "sent", ["bao_cao_\u202efdp.exe", "a.pdf.exe", "vanban", "a.pdf%00.html", "a.pdf\x00.html"]
)
def test_name_that_ends_otherwise_is_refused(sent):
    response = new(client_of(DOCUMENTS), (sent, make.PDF))
    assert "Không nhận loại tệp này" in str(
        response.context["inline_admin_formsets"][0].formset.errors
    )
    assert errors_of(response) == {} and stored() == []


@pytest.mark.parametrize("sent", ["a" * 251 + ".pdf", "\u1ebf" * 200 + ".pdf"], ids=["a", "e"])
def test_long_name_is_shortened_and_never_refused(sent):
    assert new(client_of(DOCUMENTS), (sent, make.PDF)).status_code == 200
    attachment = Attachment.objects.get()
    assert (
        attachment.original_name.endswith(".pdf") and len(attachment.original_name.encode()) <= 200
    )
