"""Relations in the admin form: both ends, chosen or named, autocomplete, permissions."""

from datetime import date

import pytest
from django.test import Client

from documents.law.relations import Relation
from documents.models import Document
from documents.vocabulary import Agency
from tests.documents.admin.test_documents import new_document
from tests.support import hostile, make
from tests.support.public import queries
from tests.support.staff import APPROVER, DOCUMENTS, EDITOR, address, client_of, fill, form_of, said

pytestmark = pytest.mark.django_db
DRAFT = {"state": "draft", "published_at": None}
#: What a browser can send: lone surrogates cannot be encoded.
WORDS = [word for name, word in hostile.OWN.items() if name != "surrogate"]
SIGNERS = "/quan-tri/documents/document/nguoi-ky/"


def relate(client, document, inline="relations_out", row=0, **values):
    """Fill in the row `row` of an inline in the form of `document`; return the response."""
    return fill(
        client,
        address(document),
        **{f"{inline}-{row}-{name}": value for name, value in values.items()},
    )


def rows(response, inline):
    """Return the forms of an inline on a page: 1 active, 2 passive."""
    return response.context["inline_admin_formsets"][inline].formset


# --- type-ahead


def offered(client, field, term, model="relation"):
    """Return [(key, words)] that are offered while `term` is typed."""
    query = {"app_label": "documents", "model_name": model, "field_name": field, "term": term}
    answer = client.get("/quan-tri/autocomplete/", query)
    assert answer.status_code == 200, answer.status_code
    return [(int(row["id"]), row["text"]) for row in answer.json()["results"]]


def test_documents_are_offered_with_agency_day_and_words_the_exact_number_first():
    agency = make.agency(name="Bộ Thông tin và Truyền thông", short_name="Bộ TT&TT")
    longer = make.document(
        number="19/2018/TT-BTTTT",
        agency=agency,
        issued_on=date(2018, 12, 19),
        summary="Quy định các biểu mẫu",
    )
    exact = make.document(number="19/2018", issued_on=date(2010, 1, 1), summary="Khác")
    cites = make.document(
        number="5/QĐ-UBND",
        issued_on=date(2026, 1, 1),
        summary="Thực hiện Thông tư 19/2018/TT-BTTTT",
    )
    client = client_of(DOCUMENTS)
    for term in ("19/2018", "19 2018", "019 / 2018"):
        found = offered(client, "target", term)
        assert [pk for pk, _ in found][:2] == [exact.pk, longer.pk], term
    assert cites.pk in [pk for pk, _ in offered(client, "target", "19/2018")]
    expected = "19/2018/TT-BTTTT – Bộ TT&TT – 19/12/2018 – Quy định các biểu mẫu"
    assert offered(client, "source", "bieu mau") == [(longer.pk, expected)]
    assert offered(client, "source", "19-2018 tt btttt")[0] == (longer.pk, expected)


def test_agencies_that_have_ended_are_offered_last_with_their_end():
    old = make.agency(
        name="Sở Thông tin và Truyền thông", short_name="Sở TT&TT", ended_on=date(2025, 2, 28)
    )
    new = make.agency(name="Trung tâm Thông tin của Sở", short_name="TT")
    client = client_of(DOCUMENTS)
    found = offered(client, "agency", "so thong tin", model="document")
    assert found == [
        (new.pk, "Trung tâm Thông tin của Sở (TT)"),
        (old.pk, "Sở Thông tin và Truyền thông (Sở TT&TT) – đến 28/02/2025"),
    ]
    assert offered(client, "agency", "SO TT&TT", model="document")[0][0] == old.pk


def test_chosen_one_is_shown_in_the_same_words():
    agency = make.agency(name="Bộ A", short_name="BA")
    target = make.document(
        number="1/2018/TT-BA", agency=agency, issued_on=date(2018, 1, 2), summary="Trích yếu"
    )
    document = make.document(agency=agency, **DRAFT)
    Relation.objects.create(source=document, target=target, kind="can-cu")
    page = client_of(DOCUMENTS).get(address(document)).content.decode()
    assert "1/2018/TT-BA – BA – 02/01/2018 – Trích yếu" in page and "Bộ A (BA)" in page


@pytest.mark.parametrize("term", [*WORDS, "%", "_", "'", "-", "/", "1" * 500])
def test_hostile_words_in_every_type_ahead(term):
    make.document(signer="Trần Văn A")
    make.agency()
    client = client_of(DOCUMENTS)
    offered(client, "target", term)
    offered(client, "agency", term, model="document")
    assert client.get(SIGNERS, {"q": term}).status_code == 200


def test_signers_are_offered_by_folded_text_with_the_post_of_their_last_document():
    for year, post, power in (
        (2018, "Trưởng phòng", "TL."),
        (2026, "Phó Giám đốc", "KT."),
        (2020, "Chánh Văn phòng", "TL."),
    ):
        make.document(
            signer="Nguyễn Đình Lượng",
            signer_post=post,
            signing_power=power,
            issued_on=date(year, 1, 1),
        )
    make.document(signer="Đình Nguyễn", signer_post="Giám đốc", **DRAFT)
    client = client_of(DOCUMENTS)
    with queries() as found:
        answer = client.get(SIGNERS, {"q": "nguyen dinh"})
    assert answer.json()["signers"] == [
        {"signer": "Nguyễn Đình Lượng", "post": "Phó Giám đốc", "power": "KT."},
        {"signer": "Đình Nguyễn", "post": "Giám đốc", "power": ""},
    ]
    assert sum("signer_post" in query for query in found) == 1
    assert client.get(SIGNERS, {"q": " "}).json() == {"signers": []} and client.get(
        SIGNERS
    ).json() == {"signers": []}


def test_signers_are_for_those_who_enter_documents():
    make.document(signer="Trần Văn A")
    assert client_of(APPROVER).get(SIGNERS, {"q": "tran"}).json()["signers"]
    assert client_of(EDITOR).get(SIGNERS, {"q": "tran"}).status_code == 403
    assert Client().get(SIGNERS, {"q": "tran"}).status_code == 302


# --- both ends


@pytest.mark.slow
def test_relation_is_entered_from_either_end():
    old, new = make.document(**DRAFT), make.document(**DRAFT)
    client = client_of(DOCUMENTS)
    assert relate(client, new, kind="thay-the", target=old.pk, note="toàn bộ").status_code == 302
    values = {
        "kind": "sua-doi",
        "source_number": "12/2020/TT-A",
        "source_title": "Sửa đổi",
        "source_issued_on": "01/02/2020",
    }
    assert relate(client, old, "relations_in", row=1, **values).status_code == 302
    page = client.get(address(old))
    assert "Bị thay thế bởi" in page.content.decode() and len(rows(page, 2).initial_forms) == 2
    named = Relation.objects.get(kind="sua-doi")
    assert (named.target, named.source, named.source_number) == (old, None, "12/2020/TT-A")
    assert Relation.objects.get(kind="thay-the").source == new


def test_new_document_takes_relations_at_both_ends_at_once():
    other = make.document()
    values = {
        "relations_out-0-kind": "can-cu",
        "relations_out-0-target_number": "1/2001/QH10",
        "relations_in-0-kind": "huong-dan",
        "relations_in-0-source": other.pk,
        "relations_in-0-acts_from": "01/01/2020",
    }
    assert new_document(client_of(DOCUMENTS), **values).status_code == 302
    document = Document.objects.get(summary="Quy định các biểu mẫu")
    assert document.relations_out.get().target_number == "1/2001/QH10"
    assert (document.relations_in.get().source, document.relations_in.get().acts_from) == (
        other,
        date(2020, 1, 1),
    )


@pytest.mark.slow
def test_relation_to_itself_and_to_nothing_is_told_at_both_ends():
    document = make.document(**DRAFT)
    client = client_of(DOCUMENTS)
    for inline, number, end in (("relations_out", 1, "target"), ("relations_in", 2, "source")):
        assert "chính nó" in str(
            rows(
                relate(client, document, inline, kind="can-cu", **{end: document.pk}), number
            ).errors
        )
        assert (
            "Chọn văn bản"
            in rows(relate(client, document, inline, kind="can-cu"), number).errors[0][end][0]
        )


def test_named_end_says_what_it_has_found():
    target = make.document(number="19/2018/TT-BTTTT")
    document = make.document(issued_on=date(2020, 1, 1), **DRAFT)
    client = client_of(DOCUMENTS)
    assert (
        relate(
            client, document, kind="thay-the", target_number="Thông tư số 19 / 2018/TT-BTTTT"
        ).status_code
        == 302
    )
    assert Relation.objects.get().target == target
    page = client.get(address(document)).content.decode()
    assert "Đã tìm thấy trên cổng" in page and f'href="{address(target)}"' in page


def test_choice_takes_a_name_of_another_document_away():
    found, meant = (
        make.document(number="19/2018/TT-BTTTT"),
        make.document(number="20/2018/TT-BTTTT"),
    )
    document = make.document(issued_on=date(2020, 1, 1), **DRAFT)
    relation = Relation.objects.create(
        source=document, kind="can-cu", target_number="19/2018/TT-BTTTT", target_title="Nhầm"
    )
    relation.refresh_from_db()
    assert relation.target == found
    assert relate(client_of(DOCUMENTS), document, target=meant.pk).status_code == 302
    relation.refresh_from_db()
    assert (relation.target, relation.name_of("target"), relation.target_key) == (meant, "", "")
    found.save()  # what makes the derivation run again
    meant.save()
    relation.refresh_from_db()
    assert relation.target == meant


def test_other_name_of_a_found_end_is_looked_for_again():
    make.document(number="19/2018/TT-BTTTT")
    meant = make.document(number="20/2018/TT-BTTTT")
    document = make.document(issued_on=date(2020, 1, 1), **DRAFT)
    relation = Relation.objects.create(
        source=document, kind="can-cu", target_number="19/2018/TT-BTTTT"
    )
    assert (
        relate(client_of(DOCUMENTS), document, target_number="20/2018/TT-BTTTT").status_code == 302
    )
    relation.refresh_from_db()
    assert relation.target == meant


def test_name_beside_a_chosen_document_is_one_too_many():
    chosen = make.document(number="19/2018/TT-BTTTT")
    document = make.document(issued_on=date(2020, 1, 1), **DRAFT)
    relation = Relation.objects.create(source=document, kind="can-cu", target=chosen)
    client = client_of(DOCUMENTS)
    response = relate(client, document, target_number="20/2018/TT-BTTTT")
    assert "mà lại ghi số khác" in rows(response, 1).errors[0]["target_number"][0]
    assert form_of(response)["relations_out-0-target_number"] == "20/2018/TT-BTTTT"
    assert relate(client, document, target_number="19-2018-TT-BTTTT", note="x").status_code == 302
    relation.refresh_from_db()
    assert (relation.target, relation.target_number, relation.note) == (chosen, "", "x")


@pytest.mark.slow
def test_saving_tells_which_relations_of_others_have_found_it():
    waiting = make.document(number="30/2020/TT-A", issued_on=date(2020, 1, 1))
    Relation.objects.create(source=waiting, kind="thay-the", target_number="19/2018/TT-BTTTT")
    client = client_of(DOCUMENTS)
    page = client.get(new_document(client, issued_on="19/12/2018")["Location"])
    assert "Đã nối với quan hệ ghi sẵn ở" in said(page) and f'href="{address(waiting)}"' in said(
        page
    )
    assert "bị thay thế bởi" in said(page)
    document = Document.objects.get(number="19/2018/TT-BTTTT")
    again = client.get(fill(client, address(document), signer="A")["Location"])
    assert "Đã nối" not in said(again)


def test_number_that_several_bear_is_a_doubt_at_both_ends():
    duplicates = [
        make.document(number="5/QĐ-UBND", issued_on=date(year, 1, 1)) for year in (2018, 2019)
    ]
    document = make.document(issued_on=date(2020, 1, 1), **DRAFT)
    relation = Relation.objects.create(source=document, kind="can-cu", target_number="05/QĐ-UBND")
    client = client_of("superuser")
    for item in (document, duplicates[0]):
        doubts = " ".join(client.get(address(item)).context["doubts"])
        assert "nhiều văn bản mang số ấy" in doubts and all(
            address(duplicate) in doubts for duplicate in duplicates
        ), item
    relation.target_issued_on = date(2018, 1, 1)
    relation.save()
    assert "nhiều văn bản" not in " ".join(client.get(address(document)).context["doubts"])


@pytest.mark.slow
def test_more_relations_than_a_form_takes_stand_on_pages():
    document = make.document(**DRAFT)
    Relation.objects.bulk_create(
        [
            Relation(source=document, kind="bai-bo", target_number=f"{number}/QĐ-UBND")
            for number in range(1, 61)
        ]
    )
    client = client_of(DOCUMENTS)
    first = client.get(address(document))
    assert len(rows(first, 1).initial_forms) == 25 and "26–50" in first.content.decode()
    assert len(form_of(first)) < 700
    last = address(document) + "?quan-he=2"
    assert len(rows(client.get(last), 1).initial_forms) == 10
    assert (
        client.post(last, form_of(client.get(last)) | {"relations_out-9-note": "cuối"}).status_code
        == 302
    )
    assert (
        Relation.objects.get(note="cuối").target_number == "60/QĐ-UBND"
        and Relation.objects.count() == 60
    )
    for odd in ("-1", "x", "99", "²", "9" * 30):
        assert client.get(address(document), {"quan-he": odd}).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize(
    "value", [*WORDS, "9" * 400, "-1", "31/12/9999", "99999999999999999999999", "01/01/0001"]
)
@pytest.mark.parametrize("inline", ["relations_out", "relations_in"])
def test_hostile_words_in_every_field_of_a_relation(inline, value):
    client = client_of(DOCUMENTS)
    end = "target" if inline == "relations_out" else "source"
    texts = dict.fromkeys([f"{end}_number", f"{end}_title", "note", "is_partial"], value)
    days = dict.fromkeys([f"{end}_issued_on", "acts_from", "acts_until"], value)
    for given in (texts, days, {"kind": value, end: value}):
        row = {"kind": "thay-the", f"{end}_number": "1/2018/TT-A"} | given
        response = new_document(
            client, number="", **{f"{inline}-0-{name}": one for name, one in row.items()}
        )
        assert response.status_code in (200, 302)
    for document in Document.objects.all():
        assert client.get(address(document)).status_code == 200


# --- who may


def test_row_written_on_an_approved_document_is_not_changed_from_the_other_end():
    draft = make.document(number="19/2018/TT-BTTTT", **DRAFT)
    public = make.document(number="30/2020/TT-A", issued_on=date(2020, 1, 1))
    relation = Relation.objects.create(
        source=public, kind="thay-the", target_number="19/2018/TT-BTTTT"
    )
    client = client_of(DOCUMENTS)
    page = client.get(address(draft))
    assert "đã duyệt đăng. Cần sửa: báo người duyệt" in page.content.decode()
    assert "relations_in-0-kind" not in form_of(page) and "relations_in-0-DELETE" not in form_of(
        page
    )
    forged = {
        "relations_in-0-kind": "can-cu",
        "relations_in-0-DELETE": "on",
        "relations_in-0-source": "",
        "relations_in-0-note": "x",
    }
    client.post(address(draft), form_of(page) | forged)
    relation.refresh_from_db()
    assert (relation.kind, relation.source, relation.note) == ("thay-the", public, "")
    assert (
        fill(client_of(APPROVER), address(draft), **{"relations_in-0-note": "Điều 5"}).status_code
        == 302
    )
    relation.refresh_from_db()
    assert relation.note == "Điều 5"


def test_own_row_towards_an_approved_document_can_still_be_mended():
    draft, public = make.document(**DRAFT), make.document()
    relation = Relation.objects.create(source=public, target=draft, kind="thay-the")
    assert relate(client_of(DOCUMENTS), draft, "relations_in", kind="sua-doi").status_code == 302
    relation.refresh_from_db()
    assert relation.kind == "sua-doi"


def test_those_who_only_look_read_both_directions_in_words():
    document = make.document()
    Relation.objects.create(
        source=document, target_number="1/2001/QH10", kind="can-cu", acts_from=date(2020, 1, 1)
    )
    Relation.objects.create(
        source=make.document(number="7/2020/TT-A"),
        target=document,
        kind="thay-the",
        is_partial=True,
    )
    page = client_of(DOCUMENTS).get(address(document)).content.decode()
    for part in (
        "Căn cứ",
        "1/2001/QH10",
        "Bị thay thế bởi",
        "7/2020/TT-A",
        "(một phần)",
        "từ 01/01/2020",
    ):
        assert part in page
    assert (
        'name="relations_out-0-kind"' not in page
        and 'id="duplicates"' not in page
        and 'name="_save"' not in page
    )


def test_form_takes_few_queries_however_many_relations():
    counts = []
    client = client_of(DOCUMENTS)
    for number in (2, 12):
        document = make.document(**DRAFT)
        for _ in range(number):
            Relation.objects.create(
                source=make.document(agency=make.agency(), type=make.document_type()),
                target=document,
                kind="can-cu",
            )
        with queries() as found:
            client.get(address(document))
        counts.append(len(found))
    assert counts[1] - counts[0] <= 10  # the words of each chosen document


# --- agencies


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"successor": "new"}, "chưa ghi ngày kết thúc"),
        ({"ended_on": "28/02/2025"}, "Hãy ghi cơ quan kế thừa"),
        (
            {"ended_on": "28/02/2025", "successor": "new"},
            "chuyển các văn bản này sang cơ quan kế thừa",
        ),
        ({"ended_on": "28/02/2026", "successor": "new"}, ""),
    ],
)
def test_end_and_successor_of_an_agency_that_do_not_fit_are_told(values, words):
    agency, new = make.agency(), make.agency()
    document = make.document(number="3/QĐ-A", agency=agency, issued_on=date(2025, 6, 1))
    client = client_of(APPROVER)
    given = {name: new.pk if value == "new" else value for name, value in values.items()}
    page = client.get(fill(client, address(agency), **given)["Location"])
    assert words in said(page)
    assert (f'href="{address(document)}"' in said(page)) == ("ended_on" in values and bool(words))
    if not words:
        assert "kết thúc" not in said(page)
    assert Agency.objects.get(pk=agency.pk).successor_id == (
        new.pk if "successor" in values else None
    )
