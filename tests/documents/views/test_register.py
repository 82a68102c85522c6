"""The register's pages: filter, sorting, data files, search by number, one document, its files."""

import csv
import io
import json
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from documents.law.relations import Relation, RelationKind
from documents.law.validity import Validity
from documents.models import Family
from portal.imports.rows import guarded
from tests.support import make
from tests.support.public import main_words, queries

pytestmark = pytest.mark.django_db


def numbers(response):
    """Return the numbers (list of str) in a list page, as they stand there."""
    return [document.number for document in response.context["object_list"]]


@pytest.fixture
def register():
    """Five documents that differ in everything that the filter asks."""
    today = timezone.localdate()
    circular, decision = (
        make.document_type(name="Thông tư", abbreviation="TT"),
        make.document_type(name="Quyết định", abbreviation="QĐ"),
    )
    ministry, province = (
        make.agency(name="Bộ Thông tin và Truyền thông", short_name="Bộ TT&TT"),
        make.agency(name="UBND tỉnh Nghệ An"),
    )
    partner = make.agency(name="Bộ Nội vụ")
    press, digital = make.field(name="Báo chí"), make.field(name="Chuyển đổi số")
    make.document(
        number="19/2018/TT-BTTTT",
        type=circular,
        agency=ministry,
        fields=[press, digital],
        signer="Nguyễn Mạnh Hùng",
        summary="Quy định về đường truyền",
        issued_on=date(2018, 12, 19),
        effective_on=date(2019, 2, 1),
    )
    make.document(
        number="05/2018/TT-BTTTT",
        type=circular,
        agency=ministry,
        fields=[press],
        signer="Trương Minh Tuấn",
        issued_on=date(2018, 5, 9),
        effective_on=date(2018, 6, 1),
        expires_on=today - timedelta(days=1),
    )
    make.document(
        number="749/QĐ-TTg",
        type=decision,
        agency=province,
        fields=[digital],
        issued_on=date(2020, 6, 3),
        family=Family.DIRECTIVE,
        effective_on=today + timedelta(days=1),
    )
    make.document(
        number="13/2025/TTLT-BTP-BNV",
        type=circular,
        agency=province,
        co_agencies=[partner],
        issued_on=date(2025, 1, 1),
        validity_given=Validity.PARTLY,
    )
    make.document(
        number="56/STTTT-CNTT",
        agency=None,
        issued_on=None,
        family=Family.DIRECTIVE,
        summary="Về việc mời họp",
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (
            "",
            [
                "13/2025/TTLT-BTP-BNV",
                "749/QĐ-TTg",
                "19/2018/TT-BTTTT",
                "05/2018/TT-BTTTT",
                "56/STTTT-CNTT",
            ],
        ),
        ("q=19/2018", ["19/2018/TT-BTTTT"]),
        ("q=19 2018 tt btttt", ["19/2018/TT-BTTTT"]),
        ("q=19/2018/TT–BTTTT", ["19/2018/TT-BTTTT"]),
        ("q=749 / QÐ – TTg", ["749/QĐ-TTg"]),
        ("q=qd-ttg", ["749/QĐ-TTg"]),
        ("q=5/2018", ["05/2018/TT-BTTTT"]),
        ("q=duong truyen", ["19/2018/TT-BTTTT"]),
        ("q=moi hop", ["56/STTTT-CNTT"]),
        ("q=khong co gi", []),
        ("loai=quyet-dinh", ["749/QĐ-TTg"]),
        ("co-quan=bo-thong-tin-va-truyen-thong", ["19/2018/TT-BTTTT", "05/2018/TT-BTTTT"]),
        ("co-quan=bo-noi-vu", ["13/2025/TTLT-BTP-BNV"]),
        ("linh-vuc=bao-chi", ["19/2018/TT-BTTTT", "05/2018/TT-BTTTT"]),
        ("linh-vuc=chuyen-doi-so", ["749/QĐ-TTg", "19/2018/TT-BTTTT"]),
        ("nguoi-ky=manh hung", ["19/2018/TT-BTTTT"]),
        ("nguoi-ky=Hùng  MẠNH", ["19/2018/TT-BTTTT"]),
        ("tinh-trang=con", ["19/2018/TT-BTTTT"]),
        ("tinh-trang=het", ["05/2018/TT-BTTTT"]),
        ("tinh-trang=chua-co", ["749/QĐ-TTg"]),
        ("tinh-trang=het-mot-phan", ["13/2025/TTLT-BTP-BNV"]),
        ("tinh-trang=chua-xac-dinh", ["56/STTTT-CNTT"]),
        ("tinh-trang=ngung", []),
        ("tu=19/12/2018", ["13/2025/TTLT-BTP-BNV", "749/QĐ-TTg", "19/2018/TT-BTTTT"]),
        ("den=19/12/2018", ["19/2018/TT-BTTTT", "05/2018/TT-BTTTT"]),
        ("tu=9/5/2018&den=09/05/2018", ["05/2018/TT-BTTTT"]),
        ("tu=2018-05-09&den=2018-05-09", ["05/2018/TT-BTTTT"]),
        ("linh-vuc=bao-chi&tinh-trang=con&nguoi-ky=hung", ["19/2018/TT-BTTTT"]),
        (
            "sap-xep=cu-nhat",
            [
                "05/2018/TT-BTTTT",
                "19/2018/TT-BTTTT",
                "749/QĐ-TTg",
                "13/2025/TTLT-BTP-BNV",
                "56/STTTT-CNTT",
            ],
        ),
        (
            "sap-xep=so",
            [
                "05/2018/TT-BTTTT",
                "13/2025/TTLT-BTP-BNV",
                "19/2018/TT-BTTTT",
                "56/STTTT-CNTT",
                "749/QĐ-TTg",
            ],
        ),
    ],
)
def test_filter_narrows_and_sorts_the_list(register, client, query, found):
    assert numbers(client.get(f"/van-ban/?{query}")) == found
    assert [
        row["so_ky_hieu"]
        for row in client.get(f"/van-ban/?{query}&dinh-dang=json").json()["van_ban"]
    ] == found


def test_renamed_type_is_found_by_its_new_name(register, client):
    kind = make.DocumentType.objects.get(name="Thông tư")
    assert len(numbers(client.get("/van-ban/?q=thong+tu"))) == 3
    kind.name = "Văn bản hợp nhất"
    kind.save()
    assert len(numbers(client.get("/van-ban/?q=hop+nhat"))) == 3
    assert numbers(client.get("/van-ban/?q=thong+tu")) == []
    assert numbers(client.get("/van-ban/?q=văn+bản+số+19/2018")) == ["19/2018/TT-BTTTT"]


def test_sorting_by_effect_has_the_newest_first(register, client):
    assert numbers(client.get("/van-ban/?sap-xep=hieu-luc"))[:3] == [
        "749/QĐ-TTg",
        "19/2018/TT-BTTTT",
        "05/2018/TT-BTTTT",
    ]


def test_families_have_their_own_lists_with_the_same_filter(register, client):
    assert numbers(client.get("/van-ban/chi-dao-dieu-hanh/")) == ["749/QĐ-TTg", "56/STTTT-CNTT"]
    assert numbers(client.get("/van-ban/phap-quy/?linh-vuc=chuyen-doi-so")) == ["19/2018/TT-BTTTT"]
    assert numbers(client.get("/van-ban/chi-dao-dieu-hanh/?q=19/2018")) == []


def test_validity_changes_with_the_day_alone(client):
    document = make.document(effective_on=date(2026, 7, 2), expires_on=date(2026, 7, 3))
    words = {1: "Chưa có hiệu lực", 2: "Còn hiệu lực", 3: "Còn hiệu lực", 4: "Hết hiệu lực toàn bộ"}
    codes = {1: "chua-co", 2: "con", 3: "con", 4: "het"}
    for day, said in words.items():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                "django.utils.timezone.localdate", lambda *args, day=day: date(2026, 7, day)
            )
            assert said in main_words(client.get(document.get_absolute_url()))
            assert numbers(client.get(f"/van-ban/?tinh-trang={codes[day]}")) == [document.number]
            assert client.get("/van-ban/?dinh-dang=json").json()["van_ban"][0]["tinh_trang"] == said


def test_chips_say_what_narrows_and_lead_out_one_by_one(register, client):
    response = client.get("/van-ban/?q=2018&loai=thong-tu&tu=01/01/2018&sap-xep=so&khac=x")
    chips = dict(response.context["chips"])
    assert list(chips) == [
        "Từ khóa hoặc số ký hiệu: 2018",
        "Loại văn bản: Thông tư",
        "Ban hành từ ngày 01/01/2018",
    ]
    assert chips["Loại văn bản: Thông tư"] == "?q=2018&tu=01%2F01%2F2018&sap-xep=so"
    without = client.get("/van-ban/" + chips["Loại văn bản: Thông tư"])
    assert "Loại văn bản: Thông tư" not in dict(without.context["chips"])
    for words in chips:
        assert words in main_words(response)


def test_bad_value_is_no_chip(register, client):
    assert client.get("/van-ban/?loai=khong-co&tu=31/02/2018").context["chips"] == []


def test_choices_are_in_vietnamese_order(client):
    for name in (
        "Đất đai",
        "Dân cư",
        "Ấn phẩm",
        "An ninh",
        "Ăn uống",
        "Ô nhiễm",
        "Ơn gọi",
        "Oan sai",
    ):
        make.document(fields=[make.field(name=name)])
    choices = [
        label for _, label in client.get("/van-ban/").context["form"].fields["linh-vuc"].choices
    ]
    names = ["An ninh", "Ăn uống", "Ấn phẩm", "Dân cư", "Đất đai", "Oan sai", "Ô nhiễm", "Ơn gọi"]
    assert choices == ["Tất cả", *(f"{name} (1)" for name in names)]


def test_nothing_found_is_said_with_what_to_loosen(register, client):
    words = main_words(client.get("/van-ban/?q=khong+co&loai=thong-tu"))
    assert "Không tìm thấy văn bản nào" in words
    assert "Loại văn bản: Thông tư" in words


def test_data_files_equal_the_filtered_rows(register, client):
    make.attachment(document=None, name="x.pdf")
    for query in ("", "&tinh-trang=con", "&q=2018&sap-xep=so", "&q=khong+co"):
        page = numbers(client.get(f"/van-ban/?{query}"))
        response = client.get(f"/van-ban/?dinh-dang=csv{query}")
        assert response["Content-Disposition"] == 'attachment; filename="van-ban.csv"'
        table = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
        data = client.get(f"/van-ban/?dinh-dang=json{query}").json()
        assert [row["so_ky_hieu"] for row in table] == page
        assert data["van_ban"] == table
        assert data["tong_so"] == len(page)


def test_data_files_hold_all_pages_and_all_facts(client):
    for number in range(22):
        make.document(number=f"{number}/2017/QĐ-UBND")
    agency, kind = make.agency(name="Bộ Nội vụ"), make.document_type(name="Thông tư")
    document = make.document(
        number="1/2018/TT-BNV",
        type=kind,
        agency=agency,
        signer="Lan",
        summary='Về "nhà", đất\nDòng hai',
        effective_on=date(2019, 1, 2),
        expires_on=date(2020, 1, 2),
        issued_on=date(2018, 12, 20),
    )
    attachment = make.attachment(document, name="Thông tư.pdf")
    response = client.get("/van-ban/?dinh-dang=csv")
    assert response.content.startswith(b"\xef\xbb\xbfso_ky_hieu,loai,nhom,trich_yeu,")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 23
    assert rows[0] == {
        "so_ky_hieu": "1/2018/TT-BNV",
        "loai": "Thông tư",
        "nhom": "Văn bản pháp quy",
        "trich_yeu": 'Về "nhà", đất\nDòng hai',
        "co_quan_ban_hanh": "Bộ Nội vụ",
        "nguoi_ky": "Lan",
        "ngay_ban_hanh": "2018-12-20",
        "ngay_hieu_luc": "2019-01-02",
        "ngay_het_hieu_luc": "2020-01-02",
        "tinh_trang": "Hết hiệu lực toàn bộ",
        "tinh_trang_ngay": timezone.localdate().isoformat(),
        "dia_chi": f"{settings.SITE_URL}/van-ban/1-2018-tt-bnv/",
        "tep": settings.SITE_URL + attachment.get_absolute_url(),
    }
    assert "Thông tư" in json.dumps(
        client.get("/van-ban/?dinh-dang=json").json(), ensure_ascii=False
    )


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+84",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "\u3000=1",
        "＝1",
        "＋1",
        "－1",
        "＠a",
        "'=1",
        "''",
        "Luật",
        "",
        "1-2",
        "a=b",
    ],
)
def test_cell_is_no_formula_and_is_read_back_by_taking_one_mark_away(cell):
    shown = guarded(cell)
    assert shown[:1].strip() == shown[:1]
    assert not shown.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert shown.removeprefix("'") == cell


def test_data_take_one_statement_however_many_rows_and_files(register, client):
    def statements(kind):
        with queries() as found:
            assert client.get(f"/van-ban/?dinh-dang={kind}&ngay=01/01/2020").status_code == 200
        return len(found)

    few = [statements(kind) for kind in ("csv", "json")]
    for number in range(25):
        document = make.document(number=f"{number}/2017/QĐ-UBND", effective_on=date(2017, 1, 1))
        make.attachment(document, position=2)
        make.attachment(document, name="Bản đầu.pdf", position=1)
    assert (
        [statements(kind) for kind in ("csv", "json")] == few == [2, 2]
    )  # words of the filter, rows
    rows = client.get("/van-ban/?dinh-dang=json&ngay=01/01/2020").json()["van_ban"]
    assert (
        len([row for row in rows if row["tep"].endswith("B%E1%BA%A3n%20%C4%91%E1%BA%A7u.pdf")])
        == 25
    )


# --- orders and pages ---


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("", ["10/QĐ-A", "9b/QĐ-A", "9/QĐ-B", "9/QĐ-A", "100/QĐ-A"]),
        ("cu-nhat", ["9/QĐ-A", "9/QĐ-B", "9b/QĐ-A", "10/QĐ-A", "100/QĐ-A"]),
        ("so", ["9b/QĐ-A", "9/QĐ-A", "9/QĐ-B", "10/QĐ-A", "100/QĐ-A"]),
        ("hieu-luc", ["9/QĐ-A", "100/QĐ-A", "10/QĐ-A", "9b/QĐ-A", "9/QĐ-B"]),
    ],
)
def test_orders_are_numeric_and_put_what_is_unknown_last(client, order, found):
    for number, issued, effective in (
        ("9/QĐ-A", 1, 9),
        ("100/QĐ-A", None, 8),
        ("9/QĐ-B", 1, None),
        ("10/QĐ-A", 2, 5),
        ("9b/QĐ-A", 1, None),
    ):
        days = {
            "issued_on": issued and date(2018, 1, issued),
            "effective_on": effective and date(2018, 2, effective),
        }
        make.document(number=number, **days)
    assert numbers(client.get(f"/van-ban/?sap-xep={order}")) == found


@pytest.mark.slow
@pytest.mark.parametrize("order", ["", "cu-nhat", "so", "hieu-luc"])
def test_pages_hold_every_document_once(client, order):
    for number in range(45):
        make.document(
            number=f"{number % 3}/QĐ-A",
            issued_on=date(2018, 1, 1 + number % 2) if number % 5 else None,
        )
    pages = [
        client.get(f"/van-ban/?sap-xep={order}&trang={page}").context["object_list"]
        for page in (1, 2, 3)
    ]
    keys = [document.pk for page in pages for document in page]
    assert len(keys) == len(set(keys)) == 45


@pytest.mark.parametrize(
    "query",
    [
        "thông tư số 19/2018/TT-BTTTT ngày 19/12/2018",
        "Thông tư 19/2018/TT-BTTTT ngày 19 tháng 12 năm 2018",
        "số 19/2018/tt-btttt",
        "19-2018-TT-BTTTT",
        "văn bản số 019 / 2018 / TT – BTTTT",
        "công văn 19/2018/TT-BTTTT",
        "19 2018 tt btttt",
    ],
)
def test_number_as_others_cite_it_is_found_by_the_words_too(register, client, query):
    assert numbers(client.get("/van-ban/", {"q": query})) == ["19/2018/TT-BTTTT"]


def test_words_with_a_date_and_no_number_keep_the_date(register, client):
    make.document(number="", summary="Thông báo nghỉ lễ ngày 02/9/2018")
    assert len(numbers(client.get("/van-ban/", {"q": "nghỉ lễ ngày 02/9/2018"}))) == 1
    assert numbers(client.get("/van-ban/", {"q": "nghỉ lễ ngày 03/9/2018"})) == []


# --- the resolver of numbers ---


@pytest.mark.parametrize(
    "spelling",
    [
        "19/2018/TT-BTTTT",
        "19 2018 tt btttt",
        "19/2018",
        "19/2018/TT–BTTTT",
        "19 / 2018 / TT — BTTTT",
        "019/2018/tt-btttt",
        "19-2018-TT-BTTTT",
        "19/2018/TT‑BTTTT",
        " 19/2018/TT-BTTTT. ",
        "1９/2018",
    ],
)
def test_one_match_redirects_in_any_spelling(register, client, spelling):
    response = client.get("/van-ban/so/", {"so": spelling})
    assert (response.status_code, response["Location"]) == (302, "/van-ban/19-2018-tt-btttt/")


@pytest.mark.parametrize(
    "spelling", ["749/QĐ-TTg", "749/QÐ-TTg", "749/qđ-ttg", "749 QD TTG", "749/QĐ-TTg", "749"]
)
def test_letter_d_in_any_form_finds_the_decision(register, client, spelling):
    assert client.get("/van-ban/so/", {"so": spelling})["Location"] == "/van-ban/749-qd-ttg/"


def test_several_matches_are_listed(client):
    for year in (2017, 2019):
        make.document(number="01/QĐ-UBND", issued_on=date(year, 1, 2), summary=f"Năm {year}")
    response = client.get("/van-ban/so/?so=1/QD-UBND")
    assert response.status_code == 200
    assert len(response.context["object_list"]) == 2
    assert "Có 2 văn bản" in main_words(response)
    assert "Năm 2017" in main_words(response)


def test_exact_number_goes_before_its_beginnings(client):
    make.document(number="5/2018")
    make.document(number="5/2018/TT-BTTTT")
    assert client.get("/van-ban/so/?so=5/2018")["Location"] == "/van-ban/5-2018/"


@pytest.mark.parametrize(
    "number", ["9999/1900/TT-X", "19/201", "9/2018", "%", "///", "<script>alert(1)</script>"]
)
def test_no_match_says_so_and_offers_the_search(register, client, number):
    response = client.get("/van-ban/so/", {"so": number})
    assert response.status_code == 404
    assert "Không có văn bản số" in main_words(response)
    assert "/van-ban/?q=" in response.content.decode()
    assert "<script>alert" not in response.content.decode()


def test_resolver_without_number_asks_for_one(client):
    response = client.get("/van-ban/so/")
    assert response.status_code == 200
    assert 'name="so"' in response.content.decode()


# --- one document ---


def test_document_page_tells_all_facts(client):
    old = make.agency(
        name="Sở Bưu chính",
        ended_on=date(2025, 3, 1),
        successor=make.agency(name="Sở Khoa học và Công nghệ"),
    )
    document = make.document(
        number="13/2018/TTLT-SBC-SNV",
        summary="Về việc phối hợp",
        type=make.document_type(name="Thông tư liên tịch"),
        agency=old,
        co_agencies=[make.agency(name="Sở Nội vụ")],
        fields=[make.field(name="Báo chí")],
        signer="Trần Văn A",
        signer_post="Giám đốc",
        signing_power="KT.",
        issued_on=date(2018, 3, 2),
        effective_on=date(2018, 4, 2),
        expires_on=date(2019, 5, 3),
        gazette_number="12",
        gazette_on=date(2018, 3, 9),
        body="<p>Điều 1. Phạm vi</p>",
    )
    make.attachment(document, name="Ban ky.pdf")
    words = main_words(client.get(document.get_absolute_url()))
    for fact in (
        "13/2018/TTLT-SBC-SNV",
        "Về việc phối hợp",
        "Thông tư liên tịch",
        "Sở Bưu chính; Sở Nội vụ",
        "01/03/2025",
        "nay thuộc Sở Khoa học và Công nghệ",
        "KT. Trần Văn A, Giám đốc",
        "02/03/2018",
        "02/04/2018",
        "03/05/2019",
        "Số 12 ngày 09/03/2018",
        "Báo chí",
        "Điều 1. Phạm vi",
        "Hết hiệu lực toàn bộ",
        "Ban ky.pdf",
        "Bản ký",
        "PDF",
    ):
        assert fact in words, fact


def test_document_with_nothing_but_a_summary_is_a_page(client):
    document = make.document(number="", summary="Tài liệu không số", issued_on=None)
    words = main_words(client.get(document.get_absolute_url()))
    assert "Tài liệu không số" in words
    assert "Chưa có tệp" in words or "chưa có tệp" in words


@pytest.mark.parametrize("kind", RelationKind)
def test_relation_is_seen_from_both_ends(client, kind):
    this, that = make.document(number="1/2018/QĐ-A"), make.document(number="2/2017/QĐ-B")
    relation = Relation.objects.create(source=this, target=that, kind=kind, note="khoản 2 Điều 5")
    here, there = (main_words(client.get(document.get_absolute_url())) for document in (this, that))
    assert f"{kind.label} 2/2017/QĐ-B" in here
    assert f"{relation.passive} 1/2018/QĐ-A" in there
    assert "khoản 2 Điều 5" in here
    assert "khoản 2 Điều 5" in there


def test_relation_to_an_unknown_document_is_text(client):
    document = make.document()
    Relation.objects.create(
        source=document,
        kind=RelationKind.BASED_ON,
        target_number="67/2006/QH11",
        target_title="Luật Công nghệ thông tin",
    )
    words = main_words(client.get(document.get_absolute_url()))
    assert "Căn cứ 67/2006/QH11" in words
    assert "Luật Công nghệ thông tin" in words
