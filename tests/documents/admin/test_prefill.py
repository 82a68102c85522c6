"""Prefill: recognised metadata become form values, matched with the lists of the register."""

from datetime import date

import pytest
from django.core.files.base import ContentFile

from documents.admin import prefill as intakes
from documents.admin.prefill import agency_named, merged, roles_of, values_of
from documents.files.staging import Intake, StagedFile
from documents.models import Document
from documents.recognition.layout import Candidate
from documents.recognition.metadata import Understood, understand
from portal.extraction import client
from tests.documents.recognition.test_metadata import DECISION
from tests.support import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("BỘ Y TẾ", ("Bộ Y tế", True)),
        ("UBND TỈNH SƠN LA", ("Ủy ban nhân dân tỉnh Sơn La", True)),
        ("UỶ BAN NHÂN DÂN TỈNH SƠN LA", ("Ủy ban nhân dân tỉnh Sơn La", True)),
        ("BỘ TT&TT", ("Bộ Thông tin và Truyền thông", True)),
        ("SỞ XÂY DỰNG", ("Sở Xây dựng tỉnh Nghệ An", False)),
        ("SỞ TƯ PHÁP TỈNH NGHỆ AN", ("Sở Tư pháp", False)),
        ("NGÂN HÀNG NHÀ NƯỚC", ("Ngân hàng Nhà nước Việt Nam", False)),
        ("SỞ NỘI VỤ", (None, False)),  # of two provinces
        ("BỘ Y", (None, False)),
        ("SỞ TƯ", (None, False)),
        ("", (None, False)),
        ("...", (None, False)),
    ],
)
def test_agency_is_found_however_it_is_written(words, expected):
    names = (
        "Bộ Y tế",
        "Ủy ban nhân dân tỉnh Sơn La",
        "Sở Xây dựng tỉnh Nghệ An",
        "Sở Tư pháp",
        "Ngân hàng Nhà nước Việt Nam",
        "Sở Nội vụ tỉnh Nghệ An",
        "Sở Nội vụ tỉnh Sơn La",
    )
    agencies = [make.agency(name=name) for name in names]
    agencies.append(make.agency(name="Bộ Thông tin và Truyền thông", short_name="Bộ TT&TT"))
    found, is_exact = agency_named(words, agencies)
    assert (found and found.name, is_exact) == expected


def test_agency_that_had_ended_is_the_one_of_its_day():
    old = make.agency(name="Sở Khoa học", short_name="Sở KH", ended_on=date(2010, 1, 1))
    new = make.agency(name="Sở Khoa học và Công nghệ", short_name="Sở KH")
    assert agency_named("Sở KH", [old, new], date(2020, 1, 1)) == (new, True)
    assert agency_named("Sở KH", [old, new]) == (new, True)
    assert agency_named("Sở KH", [old, new], date(2009, 1, 1)) == (old, False)  # both lived
    assert agency_named("Sở Khoa học", [old, new], date(2020, 1, 1)) == (old, False)


def test_ours_comes_before_a_namesake():
    agencies = [
        make.agency(name="Sở Y tế tỉnh Sơn La"),
        make.agency(name="Sở Y tế tỉnh Nghệ An", is_ours=True),
    ]
    assert agency_named("SỞ Y TẾ", agencies) == (agencies[1], False)


def test_values_are_as_the_form_and_json_want_them():
    kind, agency = (
        make.document_type(name="quyết định"),
        make.agency(name="Sở Thông tin và Truyền thông"),
    )
    values = values_of(understand([DECISION]))
    assert values["initial"]["type"] == kind.pk and values["initial"]["agency"] == agency.pk
    assert values["initial"]["issued_on"] == "2018-06-05"
    assert values["marks"]["agency"] is True and values["unmatched"] == {}
    assert (
        values["grounds"][0]["initial"]["target_issued_on"] == "2011-06-13"
        and values["grounds"][0]["is_sure"]
    )


def test_agency_that_is_not_quite_so_called_is_doubtful():
    make.agency(name="Sở Thông tin và Truyền thông tỉnh Nghệ An")
    assert values_of(understand([DECISION]))["marks"]["agency"] is False


def test_joint_issuers_are_all_there_or_named():
    known, other = make.agency(name="Bộ Công an"), make.agency(name="Bộ Quốc phòng")
    found = Understood(
        agencies=[
            Candidate(name, True)
            for name in ("BỘ CÔNG AN", "BỘ QUỐC PHÒNG", "BỘ Y TẾ", "BỘ TƯ PHÁP")
        ]
    )
    values = values_of(found)
    assert (values["initial"]["agency"], values["initial"]["co_agencies"]) == (known.pk, [other.pk])
    assert values["unmatched"]["agency"] == ["BỘ Y TẾ", "BỘ TƯ PHÁP"]
    assert not values["marks"]["agency"]


def test_values_are_no_longer_than_their_fields():
    long = "a" * 5000
    names = ("number", "summary", "signer", "signer_post", "signing_power", "gazette_number")
    values = values_of(Understood(**{name: Candidate(long, False) for name in names}))
    for name in names:
        limit = Document._meta.get_field(name).max_length
        assert limit is None or len(values["initial"][name]) <= limit, name


@pytest.mark.parametrize(
    ("number", "family"), [("19/2018/TT-BTTTT", "phap-quy"), ("97/QĐ-STTTT", "chi-dao-dieu-hanh")]
)
def test_family_is_offered_with_doubt(number, family):
    values = values_of(Understood(number=Candidate(number, True)))
    assert (values["initial"]["family"], values["marks"]["family"]) == (family, False)


def test_first_file_counts_and_the_next_ones_fill_and_doubt():
    first = Understood(number=Candidate("1/QĐ-A", True), signer=Candidate("Lê Văn An", True))
    second = Understood(
        number=Candidate("2/QĐ-A", True),
        signer=Candidate("LÊ VĂN AN", True),
        issued_on=Candidate(date(2020, 1, 1), True),
    )
    found = merged([first, second])
    assert found.number == Candidate("1/QĐ-A", False)
    assert (found.signer.is_sure, found.issued_on.is_sure) == (True, True)
    assert merged([]) == Understood()


def test_what_a_file_without_a_number_adds_is_doubtful():
    annex = Understood(issued_on=Candidate(date(2020, 1, 1), True))
    assert merged([Understood(number=Candidate("1/QĐ-A", True)), annex]).issued_on == Candidate(
        date(2020, 1, 1), False
    )


def test_files_of_two_agencies_are_doubtful():
    found = merged(
        [Understood(agencies=[Candidate(name, True)]) for name in ("BỘ Y TẾ", "BỘ CÔNG AN")]
    )
    assert found.agencies == [Candidate("BỘ Y TẾ", False)]


def test_roles_follow_the_kinds():
    names = ("b.docx", "a.pdf", "c.pdf", "d.xlsx", "e.doc")
    staged = [StagedFile(pk=number, original_name=name) for number, name in enumerate(names)]
    assert list(roles_of(staged).values()) == [
        "ban-word",
        "ban-ky",
        "phu-luc",
        "phu-luc",
        "ban-word",
    ]


# --- reading ---


@pytest.fixture
def intake(own_stores):
    """An intake of three files that are PDFs by their names."""
    staged = [
        StagedFile(
            file=ContentFile(make.PDF + bytes([n]), name=f"{n}.pdf"),
            original_name=f"{n}.pdf",
            sha256=str(n),
        )
        for n in range(3)
    ]
    return Intake.begin(make.user(), staged)


def test_files_that_cannot_be_read_say_why(intake, monkeypatch):
    def refuse(opened, seconds):
        raise client.Unread("Tệp PDF đặt mật khẩu, \x00không mở được.")

    monkeypatch.setattr(client, "read_text", refuse)
    intakes.read_intake(intake)
    intake.refresh_from_db()
    *each, advice = intake.values["notes"]
    assert each == [f"«{n}.pdf»: Tệp PDF đặt mật khẩu, không mở được." for n in range(3)]
    assert "hãy tự điền các ô" in advice
    assert not intake.values["was_read"] and intake.values["initial"] == {}


def test_clerk_waits_no_longer_than_for_all_files_together(intake, monkeypatch):
    clock = iter([0.0, 0.0, 5.0, intakes.PATIENCE - 0.5])
    monkeypatch.setattr(intakes.time, "monotonic", lambda: next(clock))
    given = []

    def read(opened, seconds):
        given.append(seconds)
        return client.Reading("pdf", 1, [client.Page(1, DECISION)], True)

    monkeypatch.setattr(client, "read_text", read)
    intakes.read_intake(intake)
    assert given == [intakes.PATIENCE, intakes.PATIENCE - 5]
    assert intake.values["notes"] == ["«2.pdf»: chưa kịp đọc."]


def test_text_by_ocr_is_never_sure(intake, monkeypatch):
    reading = client.Reading("pdf", 1, [client.Page(1, DECISION, by_ocr=True)], True)
    monkeypatch.setattr(client, "read_text", lambda opened, seconds: reading)
    intakes.read_intake(intake)
    assert intake.values["marks"] and not any(intake.values["marks"].values())
