"""«Thêm từ tệp», from the first step to the saved document: saved once, by its owner, reviewed."""

import html
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from documents.files import housekeeping
from documents.files.models import Attachment, LeftFile, attachment_storage
from documents.files.staging import BEGUN_MAX, Intake, StagedFile
from documents.law.relations import Relation
from documents.models import Document
from tests.documents.recognition.test_metadata import DECISION
from tests.support import make, samples
from tests.support.office_files import SAMPLE_PDF
from tests.support.staff import (
    APPROVER,
    DOCUMENTS,
    EDITOR,
    address,
    client_of,
    errors_of,
    fill,
    form_of,
    said,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_stores")]
FIRST = "/quan-tri/documents/document/tu-tep/"
ADD = address(Document, "add")


def docx(*paragraphs):
    """Return a Word file of `paragraphs` (XML stays as it is) that passes the inspection."""
    return samples.docx("</w:t></w:r></w:p><w:p><w:r><w:t>".join(paragraphs))


PAPER = docx(*DECISION.split("\n"))
SCAN = make.PDF


@pytest.fixture
def clerk():
    """A clerk of documents."""
    return client_of(DOCUMENTS)


@pytest.fixture
def register():
    """A register that knows the type and the agency of DECISION."""
    return make.document_type(name="Quyết định"), make.agency(name="Sở Thông tin và Truyền thông")


def choose(client, *uploads):
    """Send the files ((name, bytes), …) of the first step; return the response."""
    return client.post(FIRST, {"files": [ContentFile(data, name=name) for name, data in uploads]})


def begin(client, *uploads):
    """Send the files and return the address (str) of the filled form."""
    response = choose(client, *uploads)
    assert response.status_code == 302, response.context["form"].errors
    return response["Location"]


def stored():
    """Return the names of all files in the store."""
    return sorted(housekeeping.stored_names(attachment_storage()))


def words_of(response):
    """Return the page (str) as it is read, entities resolved."""
    return html.unescape(response.content.decode())


# --- the whole way ---


@pytest.mark.slow
def test_files_become_a_document_with_what_they_say(clerk, register):
    where = begin(clerk, ("Quyết định.docx", PAPER), ("Bản ký.pdf", SCAN))
    filled = form_of(clerk.get(where))
    kind, agency = register
    expected = {
        "number": "97/QĐ-STTTT",
        "type": str(kind.pk),
        "agency": str(agency.pk),
        "issued_on": "05/06/2018",
        "effective_on": "05/06/2018",
        "summary": "Về việc ban hành Quy chế quản lý, vận hành Cổng thông tin điện tử",
        "signer": "Nguyễn Văn An",
        "signer_post": "Phó Giám đốc",
        "signing_power": "KT.",
        "family": "chi-dao-dieu-hanh",
        "relations_out-0-kind": "can-cu",
        "relations_out-0-target_number": "43/2011/NĐ-CP",
        "relations_out-0-target_issued_on": "13/06/2011",
    }
    assert {name: filled[name] for name in expected} == expected
    assert fill(clerk, where).status_code == 302
    document = Document.objects.get()
    assert (document.number, document.agency, document.signer) == (
        "97/QĐ-STTTT",
        agency,
        "Nguyễn Văn An",
    )
    files = document.attachments.in_order()
    assert [(file.original_name, file.role) for file in files] == [
        ("Bản ký.pdf", "ban-ky"),
        ("Quyết định.docx", "ban-word"),
    ]
    relation = Relation.objects.get()
    assert (relation.source, relation.kind, relation.target_number) == (
        document,
        "can-cu",
        "43/2011/NĐ-CP",
    )


def test_file_stays_where_it_lies_byte_by_byte(clerk):
    where = begin(clerk, ("a.docx", PAPER))
    before, staged = stored(), StagedFile.objects.get()
    fill(clerk, where)
    attachment = Attachment.objects.get()
    assert stored() == before == [attachment.file.name]
    assert attachment.file.read() == PAPER
    facts = ("original_name", "size", "sha256", "pages", "flags", "checked_at")
    assert [getattr(attachment, fact) for fact in facts] == [
        getattr(staged, fact) for fact in facts
    ]
    assert not StagedFile.objects.exists() and not LeftFile.objects.exists()
    assert attachment.text_state == "waiting"


def test_what_the_clerk_changes_counts(clerk):
    where = begin(clerk, ("a.docx", PAPER), ("b.pdf", SCAN))
    word = StagedFile.objects.get(original_name="a.docx")
    pdf = StagedFile.objects.get(original_name="b.pdf")
    values = {
        f"staged-{pdf.pk}": None,
        f"role-{word.pk}": "phu-luc",
        "number": "98/QĐ-STTTT",
        "relations_out-0-DELETE": "on",
    }
    fill(clerk, where, **values)
    document = Document.objects.get()
    assert document.number == "98/QĐ-STTTT"
    assert [(file.original_name, file.role) for file in document.attachments.all()] == [
        ("a.docx", "phu-luc")
    ]
    assert not Relation.objects.exists()
    assert LeftFile.objects.get().name == pdf.file.name


def test_nothing_is_saved_without_the_second_step(clerk):
    where = begin(clerk, ("a.docx", PAPER))
    clerk.get(where)
    assert (
        not Document.objects.exists()
        and not Attachment.objects.exists()
        and not Relation.objects.exists()
    )


def test_paper_of_the_sample_is_read_from_its_pdf(clerk):
    path = SAMPLE_PDF / "97-qd-stttt.pdf"
    filled = form_of(clerk.get(begin(clerk, ("97.pdf", path.read_bytes()))))
    assert (filled["number"], filled["issued_on"]) == ("97/QĐ-STTTT", "05/06/2018")


def test_relation_finds_its_document_on_the_portal(clerk):
    ground = make.document(number="43/2011/NĐ-CP", issued_on=date(2011, 6, 13))
    fill(clerk, begin(clerk, ("a.docx", PAPER)))
    assert Relation.objects.get().target == ground


# --- how sure it is ---


def test_each_value_says_how_sure_it_is(clerk, register):
    form = clerk.get(begin(clerk, ("a.docx", PAPER))).context["adminform"].form
    for name in ("number", "type", "agency", "issued_on", "summary", "signer"):
        assert "chắc chắn" in form.fields[name].help_text, name
    assert "nên xem lại" in form.fields["family"].help_text
    assert "Đọc từ tệp" not in form.fields["expires_on"].help_text


def test_words_that_the_register_does_not_know_are_shown(clerk):
    page = words_of(clerk.get(begin(clerk, ("a.docx", PAPER))))
    assert "Tệp ghi «Quyết định»: chưa rõ là mục nào trong danh sách." in page
    assert "Tệp ghi «SỞ THÔNG TIN VÀ TRUYỀN THÔNG»: chưa rõ là mục nào trong danh sách." in page


def test_what_was_not_found_is_said(clerk):
    form = (
        clerk.get(begin(clerk, ("a.docx", docx("Một bức thư không có số", "và không có ngày"))))
        .context["adminform"]
        .form
    )
    assert [
        name for name in form.fields if "Không thấy ghi trong tệp." in form.fields[name].help_text
    ] == ["type", "number", "summary", "agency", "issued_on"]


def test_scan_says_that_it_has_no_text(clerk):
    page = words_of(clerk.get(begin(clerk, ("scan.pdf", SCAN))))
    assert "«scan.pdf»: không có lớp chữ" in page
    assert "Không thấy ghi trong tệp." not in page


def test_draft_is_told(clerk):
    page = words_of(clerk.get(begin(clerk, ("a.docx", docx("DỰ THẢO", *DECISION.split("\n"))))))
    assert "Trong tệp có chữ «Dự thảo»" in page


def test_file_of_another_document_is_told_and_not_mixed_in(clerk):
    other = docx(
        *DECISION.replace("97/QĐ-STTTT", "98/QĐ-STTTT")
        .replace("05 tháng 6", "06 tháng 6")
        .split("\n")
    )
    first = docx(*DECISION.replace("Nghệ An, ngày 05 tháng 6 năm 2018\n", "").split("\n"))
    response = clerk.get(begin(clerk, ("a.docx", first), ("b.docx", other)))
    form = response.context["adminform"].form
    assert form["number"].value() == "97/QĐ-STTTT" and not form["issued_on"].value()
    assert "nên xem lại" in form.fields["number"].help_text
    assert "«b.docx» ghi số «98/QĐ-STTTT»: xem có phải tệp của văn bản này không." in words_of(
        response
    )


# --- what is refused ---


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.zip", b"PK\x03\x04", "Không nhận tệp nén."),
        ("a.docx", b"<html>", "Nội dung tệp là một trang web"),
        ("a.pdf", b"", "Tệp rỗng."),
        ("a.pdf", samples.pdf("/OpenAction << /S /Launch >>"), "Hãy"),
    ],
)
def test_refused_file_is_named_with_the_words_of_the_attachments(clerk, name, data, sentence):
    response = choose(clerk, ("Tốt.docx", PAPER), (name, data))
    errors = response.context["form"].errors["files"]
    assert len(errors) == 1 and errors[0].startswith(f"«{name}»: ") and sentence in errors[0]
    assert not Intake.objects.exists() and stored() == []


def test_no_file_and_too_many_are_refused_in_words(clerk):
    assert clerk.post(FIRST, {}).context["form"].errors["files"] == ["Chọn ít nhất một tệp."]
    errors = choose(clerk, *[(f"{n}.pdf", SCAN) for n in range(11)]).context["form"].errors["files"]
    assert errors == ["Mỗi lần chọn nhiều nhất 10 tệp."]


@pytest.mark.slow
def test_flag_of_a_file_is_shown_and_kept(clerk):
    where = begin(clerk, ("a.pdf", samples.pdf("/OpenAction << /S /JavaScript /JS (x) >>")))
    assert "PDF có mã lệnh (JavaScript)." in words_of(clerk.get(where))
    fill(clerk, where, summary="Về việc thử", family="phap-quy")
    assert Attachment.objects.get().flags == ["PDF có mã lệnh (JavaScript)."]


def test_refused_form_loses_nothing(clerk):
    where = begin(clerk, ("a.docx", PAPER))
    response = fill(clerk, where, issued_on="31/02/2018", signer="Trần Văn Cường")
    assert list(errors_of(response)) == ["issued_on"]
    again = form_of(response)
    assert (again["signer"], again["relations_out-0-target_number"]) == (
        "Trần Văn Cường",
        "43/2011/NĐ-CP",
    )
    assert "Đọc từ tệp: chắc chắn." in words_of(response)
    assert StagedFile.objects.count() == 1 and not Document.objects.exists()
    assert clerk.post(where, again | {"issued_on": "05/06/2018"}).status_code == 302
    assert Document.objects.get().attachments.count() == 1


@pytest.mark.slow
def test_document_that_is_here_already_is_asked_about_and_the_files_stay(clerk, register):
    make.document(number="97/QĐ-STTTT", issued_on=date(2018, 6, 5), agency=register[1])
    where = begin(clerk, ("a.docx", PAPER))
    response = fill(clerk, where)
    page = words_of(response)
    assert "Có thể trùng với văn bản đã có" in page and "phải chọn lại" not in page
    assert Document.objects.count() == 1
    assert clerk.post(where, form_of(response) | {"is_another": "on"}).status_code == 302
    assert Document.objects.count() == 2 and Attachment.objects.count() == 1


def test_same_file_elsewhere_is_told_before_saving(clerk):
    other = make.document(number="5/QĐ-STTTT")
    make.attachment(other, "Bản cũ.docx", PAPER)
    page = " ".join(words_of(clerk.get(begin(clerk, ("a.docx", PAPER)))).split())
    assert f'Tệp giống hệt đã có ở: <a href="{address(other)}"' in page


def test_same_bytes_twice_are_kept_once(clerk):
    where = begin(clerk, ("a.docx", PAPER), ("b.docx", PAPER))
    assert [file.original_name for file in StagedFile.objects.all()] == ["a.docx"]
    response = fill(clerk, where, **{"attachments-0-file": ContentFile(PAPER, name="c.docx")})
    assert "Tệp «a.docx» giống hệt «c.docx»" in said(clerk.get(response["Location"]))
    assert Attachment.objects.get().original_name == "c.docx"


@pytest.mark.slow
def test_lost_file_is_told_and_the_form_stays(clerk):
    where = begin(clerk, ("a.docx", PAPER))
    staged = StagedFile.objects.get()
    staged.file.storage.delete(staged.file.name)
    assert "Tệp «a.docx» không còn trên máy chủ." in words_of(fill(clerk, where))
    assert not Document.objects.exists()
    assert fill(clerk, where, **{f"staged-{staged.pk}": None}).status_code == 302


# --- once, in one transaction, by its owner ---


@pytest.mark.slow
def test_second_sending_of_the_form_makes_no_second_document(clerk):
    where = begin(clerk, ("a.docx", PAPER))
    sent = form_of(clerk.get(where))
    clerk.post(where, sent)
    document = Document.objects.get()
    for ask in (lambda: clerk.post(where, sent), lambda: clerk.get(where)):
        answer = ask()
        assert answer["Location"] == address(document)
        assert "Văn bản này đã lưu rồi" in said(clerk.get(answer["Location"]))
    assert Document.objects.count() == Attachment.objects.count() == 1


def test_form_that_was_overtaken_while_it_was_saved_makes_no_second_document(clerk, monkeypatch):
    where = begin(clerk, ("a.docx", PAPER))
    sent = form_of(clerk.get(where))
    other, end_with = make.document(), Intake.end_with

    def overtaken(self, document):
        Intake.objects.update(
            document=other
        )  # rolled back with the rest here; another connection's would stay
        return end_with(self, document)

    with monkeypatch.context() as patch:
        patch.setattr(Intake, "end_with", overtaken)
        assert clerk.post(where, sent).status_code == 404
    assert Document.objects.get() == other
    assert StagedFile.objects.count() == 1 and len(stored()) == 1


def test_failure_while_saving_leaves_files_staged(clerk, monkeypatch):
    where = begin(clerk, ("a.docx", PAPER), ("b.pdf", SCAN))
    sent = form_of(clerk.get(where))

    def broken(self, document, role, position):
        raise IntegrityError("broken")

    with monkeypatch.context() as patch:
        patch.setattr(StagedFile, "become_attachment", broken)
        with pytest.raises(IntegrityError):
            clerk.post(where, sent)
    assert not Document.objects.exists() and StagedFile.objects.count() == len(stored()) == 2
    assert clerk.post(where, sent).status_code == 302
    assert Attachment.objects.count() == len(stored()) == 2


def test_entry_of_somebody_else_does_not_exist(clerk):
    where = begin(clerk, ("a.docx", PAPER))
    sent = form_of(clerk.get(where))
    for other in (client_of(DOCUMENTS), client_of("superuser")):
        assert other.get(where).status_code == 404
        assert other.post(where, sent).status_code == 404
    assert not Document.objects.exists() and StagedFile.objects.count() == 1


@pytest.mark.parametrize("role", [EDITOR, APPROVER])
def test_first_step_is_for_those_who_may_add(role):
    client = client_of(role)
    assert client.get(FIRST).status_code == choose(client, ("a.docx", PAPER)).status_code == 403
    assert not Intake.objects.exists()


def test_stranger_is_asked_to_log_in():
    for answer in (Client().get(FIRST), Client().post(FIRST)):
        assert answer.status_code == 302 and "login" in answer["Location"]


def test_right_that_was_taken_away_meanwhile_counts(clerk):
    where = begin(clerk, ("a.docx", PAPER))
    clerk.user.groups.clear()
    assert clerk.get(where).status_code == clerk.post(where, {}).status_code == 403


# --- after a day ---


def age(**values):
    """Make every intake older by `values` (as timedelta takes them)."""
    Intake.objects.update(created_at=timezone.now() - timedelta(**values))


@pytest.mark.parametrize("is_collected", [False, True])
def test_expired_entry_says_so(clerk, is_collected):
    where = begin(clerk, ("a.docx", PAPER))
    age(days=1, seconds=1)
    if is_collected:
        housekeeping.collect()
    answer = clerk.get(where)
    assert answer["Location"] == FIRST
    assert "Các tệp đã chọn không còn: tệp chưa lưu chỉ được giữ một ngày." in said(
        clerk.get(FIRST)
    )


@pytest.mark.slow
@pytest.mark.parametrize("is_collected", [False, True])
def test_form_whose_files_are_gone_keeps_what_was_typed(clerk, is_collected):
    where = begin(clerk, ("a.docx", PAPER))
    sent = form_of(clerk.get(where)) | {"signer": "Trần Văn Cường"}
    age(days=1, seconds=1)
    if is_collected:
        housekeeping.collect()
    response = clerk.post(where, sent)
    assert "Những gì đã gõ vẫn còn: hãy đính kèm lại tệp" in words_of(response)
    again = form_of(response)
    assert again["signer"] == "Trần Văn Cường" and not Document.objects.exists()
    assert clerk.post(where, again).status_code == 302
    assert Document.objects.get().signer == "Trần Văn Cường"


@pytest.mark.parametrize("key", ["", "x", "0" * 32, "%00", "../../etc"])
def test_entry_that_never_was_leads_to_the_first_step(clerk, key):
    assert clerk.get(f"{ADD}?tu-tep={key}")["Location"] == FIRST


def test_old_entries_are_collected_and_their_files_left(clerk, settings):
    settings.ATTACHMENT_KEEP_DAYS = 10
    begin(clerk, ("a.docx", PAPER))
    name = StagedFile.objects.get().file.name
    assert housekeeping.collect(timezone.now() + timedelta(hours=23)) == dict.fromkeys(
        housekeeping.collect(), 0
    )
    assert housekeeping.collect(timezone.now() + timedelta(hours=25))["given up"] == 1
    assert not Intake.objects.exists() and not StagedFile.objects.exists()
    assert LeftFile.objects.get().name == name and stored() == [name]
    assert housekeeping.collect(timezone.now() + timedelta(days=12))["removed"] == 1
    assert stored() == []


def test_saved_entry_goes_without_its_document(clerk):
    fill(clerk, begin(clerk, ("a.docx", PAPER)))
    assert housekeeping.collect(timezone.now() + timedelta(days=2))["given up"] == 0
    assert not Intake.objects.exists() and Document.objects.get().attachments.count() == 1
    assert not LeftFile.objects.exists()


def test_oldest_of_too_many_entries_goes(clerk):
    first = Intake.objects.create(owner=clerk.user, created_at=timezone.now() - timedelta(hours=1))
    for _ in range(BEGUN_MAX):
        Intake.objects.create(owner=clerk.user)
    other = Intake.objects.create(owner=make.user(), created_at=timezone.now() - timedelta(hours=2))
    assert Intake.objects.collect() == 1
    assert (
        not Intake.objects.filter(pk=first.pk).exists()
        and Intake.objects.filter(pk=other.pk).exists()
    )


def test_staged_file_is_verified_and_no_orphan(clerk):
    begin(clerk, ("a.docx", PAPER))
    assert housekeeping.strays()[:2] == ([], [])
    staged = StagedFile.objects.get()
    assert list(housekeeping.verify_attachments()) == [("", staged.file.name, "")]
    staged.file.storage.delete(staged.file.name)
    assert list(housekeeping.verify_attachments()) == [
        ("missing", staged.file.name, "(being entered)")
    ]


# --- what it looks like ---


def test_first_step_is_offered_to_those_who_may_take_it(clerk):
    for page in (address(Document, "changelist"), ADD):
        assert f'href="{FIRST}"' in clerk.get(page).content.decode()
    assert (
        f'href="{FIRST}"'
        not in client_of(APPROVER).get(address(Document, "changelist")).content.decode()
    )
    assert f'href="{FIRST}"' not in clerk.get("/quan-tri/documents/agency/").content.decode()


def test_pages_are_kept_nowhere(clerk):
    assert "no-store" in clerk.get(FIRST)["Cache-Control"]
    assert "no-store" in choose(clerk, ("a.docx", PAPER))["Cache-Control"]


XSS = "<script>alert(1)</script>"


@pytest.mark.slow
def test_hostile_name_and_text_are_only_words(clerk):
    paper = DECISION.replace(
        "SỞ THÔNG TIN VÀ TRUYỀN THÔNG\nSố", f"SỞ <B>{XSS.upper()}\nSố"
    ).replace("Về việc", f"Về việc {XSS} &amp;")
    paper = paper.replace(
        "Căn cứ Nghị định số 43/2011/NĐ-CP", f"Căn cứ Nghị định {XSS} số 43/2011/NĐ-CP"
    )
    escaped = paper.replace("&", "&amp;").replace("<", "&lt;")
    name = f"{XSS.replace('/', '')}.docx"
    where = begin(
        clerk, (name, docx(*escaped.split("\n"))), ("<img src=x onerror=alert(1)>.pdf", SCAN)
    )
    response = clerk.get(where)
    page = response.content.decode()
    assert (
        XSS not in page
        and XSS.upper() not in page
        and "<img src=x" not in page
        and "<script_" not in page
    )
    assert XSS in words_of(response)
    refused = fill(clerk, where, issued_on="x").content.decode()
    assert XSS not in refused and "<img src=x" not in refused
    bad = choose(clerk, (f"{XSS.replace('/', '')}.zip", b"x")).content.decode()
    assert "<script>alert" not in bad


@pytest.mark.slow
def test_filled_form_costs_as_many_queries_for_three_files_as_for_one(
    clerk, django_assert_max_num_queries
):
    counts = []
    for count in (1, 3):
        where = begin(
            clerk, *[(f"{n}.docx", docx(*DECISION.split("\n"), str(n))) for n in range(count)]
        )
        with django_assert_max_num_queries(60) as found:
            clerk.get(where)
        counts.append(len(found))
    assert counts[0] == counts[1]
