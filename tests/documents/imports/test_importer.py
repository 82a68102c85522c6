"""Importing documents: traps of real registers, twice the same, killed and resumed, files, CSV."""

import csv
import io
import json
import signal
import subprocess
import sys
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from documents.files.models import Attachment, Role
from documents.imports.importer import DocumentImporter
from documents.law.relations import Relation, RelationKind
from documents.law.validity import Validity
from documents.models import Document, Family
from documents.vocabulary import Agency, DocumentType, Field
from portal.publishing.public import content_changed
from portal.publishing.states import State
from tests.support import make, samples
from tests.support.imported import state
from tests.support.serving import ROOT, environment, manage
from tests.support.shared import SHARED, needs_shared

pytestmark = pytest.mark.django_db
REGISTER = ROOT / "tests" / "data" / "register.jsonl"
TRAPS = SHARED / "data" / "documents_real_traps.json"


def take(path, *switches):
    """Run the command over `path`; return what it said (str)."""
    out = io.StringIO()
    call_command("import_documents", str(path), *map(str, switches), stdout=out)
    return out.getvalue()


def lines(folder, *rows, name="rows.jsonl"):
    """Write `rows` (dict) as JSON lines; return the path."""
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def taken(folder, **facts):
    """Import one row with `facts` and return its document."""
    take(lines(folder, {"so_ky_hieu": "1/QĐ-X", "trich_yeu": "Thử"} | facts))
    return Document.objects.get()


# --- the sample of our own: every rule once -----------------------------------------------------


@pytest.fixture
def register():
    """What the command said of our own sample; its documents are here."""
    return take(REGISTER)


def by_number(number):
    return Document.objects.get(number=number)


def test_row_of_a_gazette(register):
    document = by_number("26/2011/QĐ-UBND")
    assert (document.type.name, document.type.abbreviation, document.agency.name) == (
        "Quyết định",
        "QĐ",
        "UBND Tỉnh",
    )
    assert (document.signer_post, document.signer) == (
        "Phó Chủ tịch Thường trực UBND tỉnh",
        "Hà Trung Chiến",
    )
    assert (document.issued_on, document.effective_on, document.expires_on) == (
        date(2011, 5, 4),
        date(2011, 5, 14),
        None,
    )
    assert [field.name for field in document.fields.all()] == ["Tài nguyên-Môi trường"]
    assert (document.family, document.gazette_number, document.validity_given) == (
        Family.LEGAL,
        "12",
        "",
    )
    assert document.slug == "26-2011-qd-ubnd"
    assert timezone.localtime(document.published_at).isoformat() == "2011-05-04T00:00:00+07:00"
    assert document in Document.objects.visible().matching("quy che quan ly")


def test_agency_is_one_under_all_its_spellings(register):
    assert by_number("1182/QĐ-UBND").agency == by_number("26/2011/QĐ-UBND").agency
    assert by_number("01/2004/QĐ-BGDĐT").agency.name == "Bộ Giáo Dục và Đào Tạo"
    assert by_number("16/2011/TT-BGDĐT").agency == by_number("01/2004/QĐ-BGDĐT").agency


def test_directive_and_day_first(register):
    document = by_number("1182/QĐ-UBND")
    assert (document.family, document.issued_on, document.validity_given) == (
        Family.DIRECTIVE,
        date(2026, 5, 19),
        "",
    )


def test_repeated_number_of_two_communes_stays_twice(register):
    assert {document.agency.name for document in Document.objects.filter(number="21/NQ-HĐND")} == {
        "HĐND xã Chiềng Mai",
        "HĐND xã Tạ Khoa",
    }


def test_empty_summary_and_amendments_named_by_number(register):
    document = by_number("01/2003/QĐ-BGDĐT")
    assert (document.summary, document.agency, document.issued_on) == ("", None, None)
    assert {field.name for field in document.fields.all()} == {"Thư viện", "Giáo dục"}
    found = {
        (r.kind, r.is_partial, r.source_number or r.source_title, r.note)
        for r in document.relations_in.all()
    }
    assert found == {
        (RelationKind.AMENDS, False, "01/2004/QĐ-BGDĐT", "3 điều"),
        (RelationKind.REPEALS, True, "Thông tư 34", "1 điều"),
        (RelationKind.SUSPENDS, True, "29/2021/TT-BGDĐT", "2 điều"),
    }
    assert document.relations_in.get(kind=RelationKind.AMENDS).source == by_number(
        "01/2004/QĐ-BGDĐT"
    )
    assert document.validity == Validity.PARTLY
    assert (
        "01/2003/QĐ-BGDĐT: nhập một phần: quan hệ không rõ, bỏ qua: sửa đổi bởi Thông tư Thông"
        in register
    )


def test_number_cut_in_two_and_joint_issuers(register):
    document = by_number("02/2018/TTLT-BCA-VKSNDTC-TANDTC")
    assert (document.summary, document.family) == ("Quy định về trình tự", Family.LEGAL)
    assert document.agency.name == "Bộ Công an"
    assert {agency.name for agency in document.co_agencies.all()} == {
        "Viện kiểm sát nhân dân tối cao",
        "Toà án nhân dân tối cao",
    }
    assert document.effective_on < document.issued_on


def test_no_number_and_no_such_day(register):
    document = Document.objects.get(summary="Về Hàm, cấp ngoại giao")
    assert (document.number, document.issued_on) == ("", None)
    assert "«ngay_ban_hanh» không phải ngày có thật, để trống: 31/02/1995" in register
    assert document in Document.objects.visible()


def test_entities_tags_and_a_scrapers_slip(register):
    document = by_number("4622/BGDĐT-CNTT")
    assert document.summary == "Hướng dẫn của Bộ TT&TT\nvề\u0302 CNTT".replace("ề\u0302", "ề\u0302")
    assert (document.agency.name, document.validity_given, document.type) == ("Bộ Nội vụ", "", None)
    assert "tình trạng không hiểu, để trống: Đã chuyển" in register


def test_family_and_standing_as_the_register_says(register):
    document = by_number("56/STTTT-CNTT")
    assert (document.family, document.validity_given) == (Family.LEGAL, "het-mot-phan")
    assert document.summary == "=1+1 là hai\ndòng thứ hai"


def test_of_several_rows_of_one_document_the_fullest_counts_with_the_relations_of_all(register):
    document = by_number("16/2011/TT-BGDĐT")
    assert document.summary == "Quy định về đồ chơi trẻ em"
    assert document.relations_in.get().source_number == "9/2020/TT-BGDĐT"
    assert "dòng 11 · 16/2011/tt-bgdđt: không nhập: cùng một văn bản với dòng 12" in register
    assert Document.objects.filter(number="80/KH-BCĐ").count() == 1
    assert "dòng 14 · 80/KH-BCĐ: không nhập: cùng một văn bản với dòng 13" in register


def test_long_summary_is_kept_whole_and_a_time_is_a_day_of_ours(register):
    document = by_number("5/BC-STTTT")
    assert len(document.summary) > 3000 and document.issued_on == date(2019, 5, 2)
    document.full_clean()


def test_report_and_summary_line(register, tmp_path):
    assert (
        register.splitlines()[-1] == "import_documents: 13 nhập, 0 đã có, 6 không nhập, 4 quan hệ."
    )
    for reason in (
        "dòng 15 · liên: không nhập: không có số ký hiệu lẫn trích yếu",
        "dòng 17: không nhập: không phải JSON",
        "dòng 18: không nhập: không phải một đối tượng JSON",
        "dòng 20: không nhập: không có cột nào nhận ra được",
    ):
        assert reason in register
    take(REGISTER, "--report", tmp_path / "r.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text(encoding="utf-8-sig"))))
    assert [row["dong"] for row in rows] == ["11", "14", "15", "17", "18", "20"]
    assert rows[0]["so_ky_hieu"] == "16/2011/tt-bgdđt" and rows[0]["ket_qua"] == "không nhập"


# --- once, twice, half-way ----------------------------------------------------------------------


def test_twice_is_once(register):
    before = state()
    assert "0 nhập, 13 đã có" in take(REGISTER)
    assert state() == before


def test_what_a_clerk_corrected_stays(register):
    document = by_number("26/2011/QĐ-UBND")
    document.number, document.summary = "27/2011/QĐ-UBND", "Đã sửa"
    document.save()
    bare = by_number("80/KH-BCĐ")
    bare.number = "81/KH-BCĐ"
    bare.save()
    Relation.objects.all().delete()
    take(REGISTER)
    document.refresh_from_db()
    assert (document.number, document.summary) == ("27/2011/QĐ-UBND", "Đã sửa")
    assert not Relation.objects.exists() and Document.objects.count() == 13


def test_document_that_a_clerk_wrote_himself_is_known_by_its_facts(tmp_path):
    make.document(number="80/KH-BCĐ", summary="DIỄN TẬP ứng phó sự cố", issued_on=date(2022, 6, 1))
    assert "0 nhập, 1 đã có" in take(
        lines(
            tmp_path,
            {
                "so_ky_hieu": "80/kh-bcđ",
                "trich_yeu": "Diễn tập ứng phó sự cố",
                "ngay_ban_hanh": "1/6/2022",
            },
        )
    )


def test_address_that_many_rows_bear_is_a_list_and_names_none(tmp_path):
    rows = [
        {"so_ky_hieu": f"{n}/QĐ-X", "trich_yeu": "a", "source_url": "https://x.vn/ds?trang=1"}
        for n in range(3)
    ]
    take(lines(tmp_path, *rows))
    assert Document.objects.count() == 3


def test_ids_of_two_sources_do_not_meet(tmp_path):
    take(
        lines(
            tmp_path,
            {"so_ky_hieu": "1/QĐ-X", "unid": "7"},
            {"so_ky_hieu": "2/QĐ-X", "item_id": "7"},
        )
    )
    assert {document.origin for document in Document.objects.all()} == {"unid:7", "item_id:7"}


def test_dry_run_changes_nothing_and_tells_all(tmp_path):
    before = state()
    told = take(REGISTER, "--dry-run", "--report", tmp_path / "r.csv")
    assert "13 nhập" in told and "Chạy thử: không có gì thay đổi" in told
    assert "16/2011" in (tmp_path / "r.csv").read_text()
    assert state() == before and not Document.objects.exists() and not Agency.objects.exists()


def test_draft(tmp_path):
    take(REGISTER, "--draft")
    assert set(Document.objects.values_list("state", "published_at")) == {(State.DRAFT, None)}
    assert not Document.objects.visible().exists()


def test_day_of_issue_that_lies_ahead_does_not_hide_the_row(tmp_path):
    assert taken(tmp_path, ngay_ban_hanh="2062-01-01") in Document.objects.visible()


def test_rows_are_told_of_together(tmp_path):
    told = []

    def listen(sender, pks, **kwargs):
        told.append((sender, len(pks)))

    content_changed.connect(listen)
    try:
        take(REGISTER)
    finally:
        content_changed.disconnect(listen)
    assert [count for sender, count in told if sender is Document] == [13, 3]
    assert [count for sender, count in told if sender is Relation] == [4]


def test_as_many_queries_for_thirty_rows_as_for_ten(tmp_path):
    def rows(first, count):
        return [
            {
                "so_ky_hieu": f"{n}/2018/QĐ-X",
                "trich_yeu": f"Thử {n}",
                "co_quan_ban_hanh": "Sở X",
                "linh_vuc": "Y",
                "loai": "Quyết định",
                "unid": str(n),
                "duoc_sua_doi_boi": [{"hanh_dong": "sửa đổi", "boi": "Quyết định 9/2019/QĐ-Y"}],
            }
            for n in range(first, first + count)
        ]

    for first, count in ((0, 1), (1, 5)):  # what the process looks up once has been looked up then
        take(lines(tmp_path, *rows(first, count)))
    counts = []
    for first, count in ((10, 10), (100, 30)):
        with CaptureQueriesContext(connection) as queries:
            take(lines(tmp_path, *rows(first, count)))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one write at a time anyway")
def test_two_runs_at_once_wait_for_each_other():
    with CaptureQueriesContext(connection) as queries:
        take(REGISTER)
    said = [query["sql"] for query in queries]
    lock = next(n for n, sql in enumerate(said) if "FOR NO KEY UPDATE" in sql)
    assert lock < next(
        n for n, sql in enumerate(said) if 'FROM "documents_document"' in sql and "origin" in sql
    )


KILL = """
import os, signal
import portal.imports.importer
from django.core.management import call_command
from documents.imports.importer import DocumentImporter
portal.imports.importer.BATCH = 3
link, calls = DocumentImporter._link, []
def die(drafts):
    calls.append(link(drafts))
    len(calls) == 3 and os.kill(os.getpid(), signal.SIGKILL)
DocumentImporter._link = staticmethod(die)
call_command("import_documents", FILE)
"""


@pytest.mark.slow
def test_killed_half_way_and_run_again_is_the_same_state(tmp_path, database):
    where = {"PORTAL_DATA_DIR": tmp_path / "var", "DATABASE_URL": database()}
    (tmp_path / "var").mkdir()
    assert manage("migrate", "-v0", **where).returncode == 0
    code = KILL.replace("FILE", repr(str(REGISTER)))
    killed = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "shell", "-c", code],
        env=environment(**where),
        capture_output=True,
        cwd=ROOT,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    tell = "from tests.support.imported import tell; tell()"
    half = json.loads(manage("shell", "-v0", "-c", tell, **where).stdout)
    assert len(half["documents"]) == 6  # two batches stand, nothing of the third
    again = manage("import_documents", str(REGISTER), **where)
    assert again.returncode == 0 and "7 nhập, 6 đã có" in again.stdout, again.stdout + again.stderr
    take(REGISTER)
    assert json.loads(manage("shell", "-v0", "-c", tell, **where).stdout) == state()


def test_failing_batch_leaves_no_half(tmp_path, monkeypatch):
    monkeypatch.setattr("portal.imports.importer.BATCH", 3)
    link, calls = DocumentImporter._link, []

    def fail(drafts):
        calls.append(link(drafts))
        if len(calls) == 3:
            raise OSError("No space left on device")

    monkeypatch.setattr(DocumentImporter, "_link", staticmethod(fail))
    with pytest.raises(CommandError, match="Dừng giữa chừng.*No space left"):
        take(REGISTER, "--report", tmp_path / "r.csv")
    assert Document.objects.count() == 6


# --- files that are none ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.jsonl", b"", "Không đọc được dòng nào"),
        ("a.csv", b"", "Không đọc được dòng nào"),
        ("a.csv", b"so_ky_hieu,trich_yeu\n", "Không đọc được dòng nào"),
        ("a.jsonl", b"%PDF-1.7 \xff\xfe\n", "Không đọc được dòng nào.*không phải JSON"),
        ("a.csv", b"%PDF-1.7\nabc\n", "không có cột nào nhận ra được"),
        ("a.csv", "số ký hiệu\n1".encode("utf-16"), "UTF-8"),
        ("a.pdf", b"%PDF-1.7", "Không nhận loại tệp này"),
        ("a.jsonl.gz", b"x", "Không đọc được"),
        ("a.jsonl", b'{"so_ky_hieu": "", "trich_yeu": " "}\n{"loai": "x"}', "Không dòng nào"),
    ],
)
def test_file_from_which_nothing_can_be_taken_is_an_error(tmp_path, name, data, sentence):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(CommandError, match=sentence):
        take(tmp_path / name)
    assert not Document.objects.exists()


def test_missing_files_and_folders_are_told(tmp_path):
    for switches in (
        [tmp_path / "none.jsonl"],
        [REGISTER, "--files", tmp_path / "none"],
        [REGISTER, "--report", tmp_path / "none" / "r.csv"],
    ):
        with pytest.raises(CommandError, match="none"):
            take(*switches)
    assert not Document.objects.exists()


@pytest.mark.parametrize("text", ["x" * 121 + "/QĐ", "1/" + "QĐ-" * 60])
def test_number_beyond_the_field_is_not_taken(tmp_path, text):
    told = take(
        lines(
            tmp_path,
            {"so_ky_hieu": text, "trich_yeu": "a"},
            {"so_ky_hieu": "2/QĐ", "trich_yeu": "b"},
        )
    )
    assert "quá dài" in told and Document.objects.get().number == "2/QĐ"


def test_hostile_values_are_words_or_nothing(tmp_path):
    rows = [
        {
            "so_ky_hieu": {"a": 1},
            "trich_yeu": ["một", "hai"],
            "ngay_ban_hanh": 20181203,
            "duoc_sua_doi_boi": "x",
            "file_urls": 5,
        },
        {
            "so_ky_hieu": 17,
            "trich_yeu": "\x00\ud800<script>alert(1)</script>\u202e",
            "duoc_sua_doi_boi": [None, 1, {"boi": None}, {}],
        },
        {
            "so_ky_hieu": "3/QĐ",
            "co_quan_ban_hanh": "x" * 900,
            "loai_van_ban": "y" * 900,
            "nguoi_ky": "z" * 900,
            "linh_vuc": "w" * 900,
            "source_url": "https://x.vn/" + "a" * 900,
            "so_cong_bao": "1" * 900,
            "toan_van": "<p>" + "v" * 1_000_001,
        },
    ]
    told = take(lines(tmp_path, *rows))
    assert "3 nhập" in told and "dài hơn 200 ký tự" in told and "toàn văn để trống" in told
    assert Document.objects.get(number="17").summary == "<script>alert(1)</script>"
    for document in Document.objects.all():
        document.full_clean()
    assert Document.objects.get(number="3/QĐ").agency is None


def test_words_of_staff_are_found_by_short_name_and_kept(tmp_path):
    kind, agency = (
        make.document_type(name="QUYẾT ĐỊNH"),
        make.agency(name="Bộ Thông tin và Truyền thông", short_name="Bộ TT&TT"),
    )
    field = make.field(name="Bưu chính")
    document = taken(
        tmp_path,
        loai="Quyết định của Bộ",
        co_quan_ban_hanh="bộ tt&tt",
        linh_vuc="BƯU CHÍNH; Viễn thông",
    )
    assert (document.type, document.agency) == (kind, agency)
    assert (
        field in document.fields.all()
        and Field.objects.count() == 2
        and DocumentType.objects.count() == 1
    )


@pytest.mark.parametrize(
    ("facts", "word", "remark"),
    [
        ({"tinh_trang": "Đang hiệu lực", "ngay_hieu_luc": "2018-01-01"}, "", False),
        ({"tinh_trang": "Hết hiệu lực", "ngay_het_hieu_luc": "2030-01-01"}, "", False),
        ({"tinh_trang": "Hết hiệu lực"}, "het", False),
        ({"trang_thai": "Ngưng hiệu lực", "ngay_hieu_luc": "2018-01-01"}, "ngung", False),
        ({"hieu_luc": "mới", "ngay_hieu_luc": "2018-01-01"}, "", True),
    ],
)
def test_standing_does_not_depend_on_the_day_of_the_import(tmp_path, facts, word, remark):
    told = take(lines(tmp_path, {"so_ky_hieu": "1/QĐ-X", "trich_yeu": "Thử"} | facts))
    assert Document.objects.get().validity_given == word
    assert ("tình trạng không hiểu" in told) is remark


# --- files of documents -------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """A folder with the files that our sample names: one under an NFD name, two of one name."""
    folder = tmp_path / "tep"
    for name, data in {
        "QĐ số 26.pdf": make.PDF,
        "Kem 26.docx": samples.docx("Kèm theo"),
        "B2/chung.pdf": make.PDF + b"B2",
        "khac/chung.pdf": make.PDF,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (folder / "QĐ số 26.pdf").rename(folder / unicodedata.normalize("NFD", "QĐ số 26.pdf"))
    return folder


def test_files_come_along_by_their_names(folder):
    told = take(REGISTER, "--files", folder)
    files = [
        (a.original_name, a.role, a.sha256 != "")
        for a in by_number("26/2011/QĐ-UBND").attachments.in_order()
    ]
    assert files == [("QĐ số 26.pdf", Role.SIGNED, True), ("Kem 26.docx", Role.WORD, True)]
    assert by_number("1182/QĐ-UBND").attachments.get().file.read().endswith(b"B2")
    assert not Attachment.objects.filter(document__number="21/NQ-HĐND").exists()
    assert (
        "21/NQ-HĐND: nhập một phần: không rõ tệp nào trong thư mục là "
        "https://congbao.example.vn/congbao.nsf/C3/$file/chung.pdf" in told
    )
    assert "3 tệp" in told


def test_files_come_to_documents_that_are_here_and_never_twice(folder):
    take(REGISTER)
    assert "3 tệp" in take(REGISTER, "--files", folder)
    before = state()
    assert " tệp." not in take(REGISTER, "--files", folder)
    assert state() == before


def test_same_bytes_under_another_name_are_not_attached_again(tmp_path):
    (tmp_path / "a.pdf").write_bytes(make.PDF)
    (tmp_path / "b.pdf").write_bytes(make.PDF)
    take(
        lines(tmp_path, {"so_ky_hieu": "1/QĐ-X", "trich_yeu": "Thử", "tep": "a.pdf; b.pdf"}),
        "--files",
        tmp_path,
    )
    assert Attachment.objects.get().original_name == "a.pdf"


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.exe", b"MZ", "Không nhận loại tệp này"),
        ("a.pdf", b"MZ", "không phải PDF"),
        ("a.pdf", b"", "rỗng"),
        ("none.pdf", None, "không thấy tệp trong thư mục: none.pdf"),
    ],
)
def test_file_that_the_admin_would_refuse_is_reported(tmp_path, name, data, reason):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    path = lines(
        tmp_path,
        {"so_ky_hieu": "1/QĐ-X", "trich_yeu": "Thử", "file_urls": [f"https://x.vn/{name}"]},
    )
    told = take(path, "--files", tmp_path)
    assert reason in told and not Attachment.objects.exists() and Document.objects.count() == 1


@pytest.mark.slow
def test_no_file_is_left_of_a_dry_run_or_a_failure(folder, monkeypatch):
    storage = Attachment._meta.get_field("file").storage

    def stored():
        return sorted(path for path in Path(storage.location).rglob("*") if path.is_file())

    before = stored()
    take(REGISTER, "--files", folder, "--dry-run")
    assert stored() == before
    monkeypatch.setattr(
        "portal.imports.importer.Report.add", lambda *args, **kwargs: 1 / 0 if kwargs else None
    )
    with pytest.raises(ZeroDivisionError):
        take(REGISTER, "--files", folder)
    assert stored() == before and not Document.objects.exists()


# --- the portal's own data ----------------------------------------------------------------------


def exported():
    """Return the rows that the portal gives away as CSV (bytes)."""
    return Client().get("/van-ban/?dinh-dang=csv").content


def facts_given():
    """Return the public facts of all documents (list), without the address of the file."""
    rows = csv.DictReader(io.StringIO(exported().decode("utf-8-sig")))
    return sorted(
        json.dumps({k: v for k, v in row.items() if k != "tep"}, ensure_ascii=False) for row in rows
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "spreadsheet",
    [lambda data: data, lambda data: data.decode("utf-8-sig").encode()],
    ids=["as given", "without BOM"],
)
def test_own_csv_into_an_empty_database_gives_the_same_facts(tmp_path, spreadsheet):
    take(REGISTER)
    agency, kind = make.agency(name="=SUM(A1)"), make.document_type(name="Loại mới")
    make.document(
        number="-5/QĐ",
        summary='=cmd|"x"\n@dòng',
        agency=agency,
        type=kind,
        signer="+Người ký",
        issued_on=None,
    )
    make.document(
        number="7/QĐ",
        summary="'Có nháy",
        effective_on=date(2018, 1, 1),
        validity_given="khong-phu-hop",
    )
    words = {
        "type": make.document_type(name="Quyết định cá biệt"),
        "agency": make.agency(name="Sở A và Sở B"),
    }
    make.document(number="6/QĐ", signer="Giám đốc Sở Nguyễn Văn A", **words)
    make.document(number="8/QĐ", summary="Hết", expires_on=date(2018, 1, 1))
    before = facts_given()
    (tmp_path / "vb.csv").write_bytes(spreadsheet(exported()))
    for model in (Relation, Document, Agency, DocumentType, Field):
        model.objects.all().delete()
    assert f"{len(before)} nhập" in take(tmp_path / "vb.csv")
    assert facts_given() == before
    assert f"0 nhập, {len(before)} đã có" in take(tmp_path / "vb.csv")


def test_own_csv_taken_back_into_the_same_portal_adds_nothing(tmp_path):
    take(REGISTER)
    make.document()
    (tmp_path / "vb.csv").write_bytes(exported())
    assert "0 nhập, 14 đã có" in take(tmp_path / "vb.csv")
    assert Document.objects.count() == 14


def test_page_of_another_document_under_the_same_address_hides_no_row(tmp_path, settings):
    make.document(number="9/QĐ", slug="trang")
    take(
        lines(tmp_path, {"so_ky_hieu": "1/QĐ-X", "dia_chi": settings.SITE_URL + "/van-ban/trang/"})
    )
    assert Document.objects.get(number="1/QĐ-X").slug == "1-qd-x"


# --- the real material --------------------------------------------------------------------------


def trap_rows():
    """Return every row of the real traps as a test case."""
    if not TRAPS.is_file():
        return [pytest.param(None, None, marks=needs_shared)]
    traps = json.loads(TRAPS.read_text())
    return [
        pytest.param(trap, row, id=f"{trap}-{row['line']}")
        for trap, rows in traps.items()
        for row in rows
    ]


@pytest.mark.slow
@pytest.mark.parametrize(("trap", "row"), trap_rows())
def test_every_real_trap_is_taken_whole(trap, row, tmp_path):
    told = take(lines(tmp_path, row))
    document = Document.objects.get()
    assert "1 nhập, 0 đã có, 0 không nhập" in told and document in Document.objects.visible()
    shown = f"{document.number} {document.summary}"
    assert (
        not set("Ð\u0300\u0301\u0303\u0309\u0323") & set(shown)
        and "&#" not in shown
        and "  " not in shown
        and " /" not in document.number
    )
    Client().get(document.get_absolute_url())
    words = {word for word in (row["trich_yeu"] or "").split() if word.isascii() and word.isalpha()}
    assert words <= set(document.summary.split()) | set(document.number.split()) | {"TC"}, (
        "a word was lost"
    )
    document.full_clean(exclude=["slug"])
    assert Client().get(document.get_absolute_url()).status_code == 200
    assert "0 nhập, 1 đã có" in take(lines(tmp_path, row))


@pytest.mark.slow
@needs_shared
def test_all_real_rows_twice_are_the_same_state():
    files = [
        SHARED / "data" / name
        for name in ("documents_congbao_sonla.jsonl", "documents_phapdien.jsonl.gz")
    ]
    told = [take(path).splitlines()[-1] for path in files]
    assert told == [
        "import_documents: 367 nhập, 0 đã có, 0 không nhập, 0 quan hệ.",
        "import_documents: 4273 nhập, 0 đã có, 9 không nhập, 1050 quan hệ.",
    ]
    before = state()
    told = [take(path).splitlines()[-1] for path in files]
    assert told == [
        "import_documents: 0 nhập, 367 đã có, 0 không nhập, 0 quan hệ.",
        "import_documents: 0 nhập, 4273 đã có, 9 không nhập, 0 quan hệ.",
    ]
    assert state() == before
    assert not Document.objects.exclude(folded__contains=" ").exists()
    assert not Agency.objects.filter(name__contains=" ngày ").exists()
