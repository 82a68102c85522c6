"""Duplicates: the clerk is asked once before a number is entered twice, and loses nothing typed."""

from datetime import date

import pytest

from documents.models import Document
from tests.documents.admin.test_documents import new_document, pdf
from tests.support import hostile, make
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

pytestmark = pytest.mark.django_db
DOOR = "/quan-tri/documents/document/trung/"
#: What a browser can send: lone surrogates cannot be encoded.
WORDS = [word for name, word in hostile.OWN.items() if name != "surrogate"]


@pytest.fixture
def agency():
    """The agency of the documents below."""
    return make.agency(name="Sở Khoa học và Công nghệ", short_name="Sở KH&CN")


@pytest.fixture
def duplicate(agency):
    """A document that is there already."""
    document = make.document(
        number="05/QĐ-SKHCN", agency=agency, issued_on=date(2026, 3, 1), summary="Quy chế làm việc"
    )
    make.attachment(document, name="Bản ký.pdf")
    return document


def given(issuer, **values):
    """Return what is typed for the same number in another spelling."""
    return {
        "number": "5 /QÐ – SKHCN",
        "agency": issuer.pk,
        "issued_on": "20/11/2026",
        "signer": "Trần Thị Bé",
    } | values


def test_clerk_is_asked_sees_the_twin_and_keeps_what_is_typed(agency, duplicate):
    client = client_of(DOCUMENTS)
    response = new_document(client, **given(agency, **{"attachments-0-file": pdf()}))
    page = response.content.decode()
    assert (
        "có thể đã có trên cổng" in errors_of(response)["__all__"][0]
        and "Tệp vừa chọn phải chọn lại" in page
    )
    for part in (
        address(duplicate),
        "Quy chế làm việc",
        "01/03/2026",
        f"/tep/{duplicate.attachments.get().pk}/",
        "Đây là văn bản khác, vẫn lưu",
    ):
        assert part in page
    typed = form_of(response)
    assert (typed["signer"], typed["number"], typed["issued_on"]) == (
        "Trần Thị Bé",
        "5 /QÐ – SKHCN",
        "20/11/2026",
    )
    assert Document.objects.count() == 1

    saved = client.post(address(Document, "add"), typed | {"is_another": "on"}, follow=True)
    assert Document.objects.count() == 2
    assert "Đã có văn bản khác của cơ quan này mang số 5/QĐ-SKHCN trong năm 2026" in said(saved)
    assert f'href="{address(duplicate)}"' in said(saved)


@pytest.mark.parametrize(
    ("values", "is_asked"),
    [
        ({}, True),
        ({"issued_on": "20/11/2025"}, False),
        ({"issued_on": ""}, True),  # not told, not set apart
        ({"agency": ""}, True),
        ({"number": "6/QĐ-SKHCN"}, False),
        ({"number": ""}, False),
        ({"agency": "other"}, False),
        ({"agency": "other", "co_agencies": "same"}, True),
    ],
)
def test_same_number_agency_and_year_are_asked_about(agency, duplicate, values, is_asked):
    other = make.agency().pk
    values = {
        name: {"other": other, "same": [agency.pk]}.get(value, value)
        for name, value in values.items()
    }
    response = new_document(client_of(DOCUMENTS), **given(agency, **values))
    assert (response.status_code == 200) == is_asked


def test_joint_issuer_of_the_other_one_counts(agency):
    make.document(
        number="7/TTLT-A-B", agency=make.agency(), co_agencies=[agency], issued_on=date(2026, 1, 5)
    )
    assert (
        new_document(client_of(DOCUMENTS), **given(agency, number="07/TTLT-A-B")).status_code == 200
    )


@pytest.mark.slow
def test_what_was_decided_is_not_asked_again_but_a_new_number_is(agency, duplicate):
    client = client_of(DOCUMENTS)
    new_document(client, **given(agency, is_another="on"))
    second = Document.objects.get(signer="Trần Thị Bé")
    assert fill(client, address(second), signer="Trần Thị Lan").status_code == 302
    third = make.document(number="9/QĐ-SKHCN", agency=agency, issued_on=date(2026, 5, 5))
    assert fill(client, address(second), number="09/QĐ-SKHCN").status_code == 200
    assert fill(client, address(second), number="09/QĐ-SKHCN", is_another="on").status_code == 302
    assert third.number_key == Document.objects.get(pk=second.pk).number_key


def test_door_asks_what_the_form_asks(agency, duplicate):
    client = client_of(DOCUMENTS)
    query = {
        "number": "05 /QD-SKHCN",
        "agency": agency.pk,
        "issued_on": "20/11/2026",
        "document": "",
    }
    answer = client.get(DOOR, query)
    assert (
        answer.status_code == 200
        and address(duplicate) in answer.content.decode()
        and "no-store" in answer["Cache-Control"]
    )
    assert client.get(DOOR, query | {"issued_on": "20/11/2025"}).status_code == 204
    assert client.get(DOOR, query | {"document": duplicate.pk}).status_code == 204
    assert client_of(APPROVER).get(DOOR, query).status_code == 200
    assert client_of(EDITOR).get(DOOR, query).status_code == 403
    assert client.session and client.logout() is None
    assert client.get(DOOR, query).status_code == 302


@pytest.mark.slow
@pytest.mark.parametrize(
    "value", [*WORDS, "9" * 400, "-1", "31/12/9999", "99999999999999999999999"]
)
def test_door_and_form_survive_hostile_words(agency, duplicate, value):
    client = client_of(DOCUMENTS)
    names = ["number", "issued_on", "agency", "co_agencies", "document"]
    for name in names:
        assert client.get(DOOR, {"number": "5/QĐ-SKHCN", name: value}).status_code in (200, 204)
    response = new_document(client, **given(agency, **dict.fromkeys(names[:4], value)))
    assert response.status_code in (200, 302)
    assert "<script>alert(1)</script>" not in response.content.decode()


def test_duplicates_are_escaped(agency):
    make.document(
        number="5/QĐ-SKHCN",
        agency=agency,
        issued_on=date(2026, 3, 1),
        summary=hostile.OWN["script"],
    )
    page = (
        client_of(DOCUMENTS)
        .get(DOOR, {"number": "5/QĐ-SKHCN", "agency": agency.pk})
        .content.decode()
    )
    assert "&lt;script&gt;" in page and "<script>" not in page
