"""Recognized metadata: both layouts, mixed columns, each field; a wrong value is never sure."""

import json
from datetime import date

import pytest

from documents.agency_names import stands_in
from documents.recognition.layout import LINE_MAX, READ_MAX, day_of, paper_of, sentence_case
from documents.recognition.legal_basis import grounds_of
from documents.recognition.letterhead import agencies_of, signers_of
from documents.recognition.metadata import understand
from portal.extraction import client
from tests.support.office_files import ROOT, SAMPLE_PDF
from tests.support.shared import SHARED, needs_shared

MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
BODY = "Điều 1. Phạm vi\nĐiều 2. Quyết định này có hiệu lực kể từ ngày ký./.\n"
FOOT = "Nơi nhận:\n- Như Điều 2;\n- Lưu: VT.\nKT. GIÁM ĐỐC\nPHÓ GIÁM ĐỐC\n(Đã ký)\nNguyễn Văn An\n"
DECISION = (
    "UBND TỈNH NGHỆ AN\nSỞ THÔNG TIN VÀ TRUYỀN THÔNG\nSố: 97/QĐ-STTTT\n"
    + MOTTO
    + "Nghệ An, ngày 05 tháng 6 năm 2018\n"
    "QUYẾT ĐỊNH\nVề việc ban hành Quy chế quản lý, vận hành\nCổng thông tin điện tử\n"
    "GIÁM ĐỐC SỞ THÔNG TIN VÀ TRUYỀN THÔNG\n"
    "Căn cứ Nghị định số 43/2011/NĐ-CP ngày 13 tháng 6 năm 2011 của Chính\nphủ;\nQUYẾT ĐỊNH:\n"
    + BODY
    + FOOT
)


def told(candidate):
    """Return (value, is sure) of a Candidate; (None, False) of none."""
    return (candidate.value, candidate.is_sure) if candidate else (None, False)


def test_decision_of_a_department_is_understood_whole():
    found = understand([DECISION])
    assert told(found.number) == ("97/QĐ-STTTT", True)
    assert told(found.type) == ("Quyết định", True)
    assert told(found.issued_on) == (date(2018, 6, 5), True)
    assert told(found.effective_on) == (date(2018, 6, 5), True)
    assert told(found.summary) == (
        "Về việc ban hành Quy chế quản lý, vận hành Cổng thông tin điện tử",
        True,
    )
    assert [told(agency) for agency in found.agencies] == [("SỞ THÔNG TIN VÀ TRUYỀN THÔNG", True)]
    assert [told(value) for value in (found.signing_power, found.signer_post, found.signer)] == [
        ("KT.", True),
        ("Phó Giám đốc", True),
        ("Nguyễn Văn An", True),
    ]
    assert [(ground.number, ground.issued_on, ground.is_sure) for ground in found.grounds] == [
        ("43/2011/NĐ-CP", date(2011, 6, 13), True)
    ]


@pytest.mark.parametrize(
    ("head", "number", "day"),
    [
        (
            "SỞ Y TẾ\nSố: 5/QĐ-SYT\n" + MOTTO + "Hà Nội, ngày 1 tháng 2 năm 2020\n",
            "5/QĐ-SYT",
            date(2020, 2, 1),
        ),
        (
            "SỞ Y TẾ CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
            "Số: 5 /QĐ-SYT Hà Nội, ngày 01 tháng 02 năm 2020\n",
            "5/QĐ-SYT",
            date(2020, 2, 1),
        ),
        (
            MOTTO + "SỞ Y TẾ\nHà Nội, ngày 01/02/2020\nSố : 5/QĐ – SYT\n",
            "5/QĐ-SYT",
            date(2020, 2, 1),
        ),
        (
            "BỘ Y TẾ\n" + MOTTO + "Số: 12/2020/TT-\nBYT\nHà Nội, ngày 01 tháng 02\nnăm 2020\n",
            "12/2020/TT-BYT",
            date(2020, 2, 1),
        ),
        (
            "CÔNG BÁO/Số 5 + 6/Ngày 08-4-2020 3\nBỘ Y TẾ\nSố: 12/2020/TT-BYT\n"
            + MOTTO
            + "Hà Nội, ngày 01 tháng 02 năm 2020\n",
            "12/2020/TT-BYT",
            date(2020, 2, 1),
        ),
    ],
    ids=["columns", "rows", "mixed", "broken lines", "gazette"],
)
def test_letterhead_is_read_in_every_order(head, number, day):
    title = "THÔNG TƯ" if "/TT-" in number else "QUYẾT ĐỊNH"
    found = understand([f"{head}{title}\nVề việc thử nghiệm thể thức\nCăn cứ Luật Dược;\n{BODY}"])
    assert told(found.number) == (number, True)
    assert told(found.issued_on) == (day, True)
    assert found.type.value == sentence_case(title)


@pytest.mark.parametrize(
    "head",
    [
        "ỦY BAN NHÂN DÂN\nTỈNH SƠN LA\nSố: 5/QĐ-UBND\n"
        + MOTTO
        + "Sơn La, ngày 1 tháng 2 năm 2020\n",
        "ỦY BAN NHÂN DÂN TỈNH CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
        "SƠN LA Độc lập - Tự do - Hạnh phúc\nSố: 5/QĐ-UBND Sơn La, ngày 1 tháng 2 năm 2020\n",
        "ỦY BAN NHÂN DÂN TỈNH CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSƠN LA\n"
        "Độc lập - Tự do - Hạnh phúc\n______\nSố: 5/QĐ-UBND Sơn La, ngày 1 tháng 2 năm 2020\n",
        MOTTO + "Sơn La, ngày 1 tháng 2 năm 2020\nỦY BAN NHÂN DÂN\nTỈNH SƠN LA\nSố: 5/QĐ-UBND\n",
    ],
    ids=["columns", "rows", "rows apart", "right column first"],
)
def test_agency_is_read_in_every_order(head):
    found = understand(
        [
            f"{head}QUYẾT ĐỊNH\nVề việc thử nghiệm thể thức\nỦY BAN NHÂN DÂN TỈNH\n"
            f"Căn cứ Luật A;\n{BODY}"
        ]
    )
    assert [told(agency) for agency in found.agencies] == [("ỦY BAN NHÂN DÂN TỈNH SƠN LA", True)]
    assert (told(found.number), told(found.issued_on)) == (
        ("5/QĐ-UBND", True),
        (date(2020, 2, 1), True),
    )


def test_agency_whose_last_line_looks_like_another_is_told_by_the_number():
    head = (
        "BỘ KHOA HỌC, CÔNG NGHỆ VÀ MÔI\nTRƯỜNG\nSố: 5/2001/QĐ-BKHCNMT\n"
        + MOTTO
        + "Hà Nội, ngày 1 tháng 2 năm 2001\n"
    )
    found = understand([f"{head}QUYẾT ĐỊNH\nVề việc thử nghiệm thể thức\nCăn cứ Luật A;\n"])
    assert told(found.agencies[0]) == ("BỘ KHOA HỌC, CÔNG NGHỆ VÀ MÔI TRƯỜNG", True)


@pytest.mark.parametrize(
    "words",
    [
        "Phê duyệt quy hoạch chung đô thị Bắc Yên đến năm\n2045",
        "Hướng dẫn áp dụng quy định tại khoản 3\nĐiều 7 Bộ luật Hình sự",
        "Thực hiện Quy tắc xuất xứ trong Hiệp định\nĐối tác Kinh tế",
        "Ban hành Danh mục dữ liệu chủ, phiên bản\n1.0",
        "Quy định việc quản lý, sử dụng và khai thác\nPhần mềm quản lý tài sản công",
        "Giấy phép sử dụng vật liệu nổ\n(cấp cho Công ty A)",
        "Quy định chi tiết Luật phòng, chống\nHIV/AIDS",
        "Kế hoạch hoạt động của Hội đồng nhân dân khóa\nXVI",
    ],
)
def test_summary_goes_on_where_a_line_ends_by_chance(words):
    text = DECISION.replace(
        "Về việc ban hành Quy chế quản lý, vận hành\nCổng thông tin điện tử", words
    )
    assert understand([text]).summary.value == words.replace("\n", " ")


def test_number_ends_before_the_place_behind_it():
    head = "SỞ Y TẾ\n" + MOTTO + "Số: 5/QĐ-SYT - Hà Nội, ngày 1 tháng 2 năm 2020\n"
    assert told(understand([f"{head}QUYẾT ĐỊNH\n"]).number) == ("5/QĐ-SYT", True)


def test_part_behind_a_blank_belongs_to_the_number_with_doubt():
    assert told(understand([DECISION.replace("97/QĐ-STTTT", "23/QĐ-TT HĐND")]).number) == (
        "23/QĐ-TT HĐND",
        False,
    )


def test_number_that_goes_on_as_numbers_do_not_is_doubtful():
    assert not told(understand([DECISION.replace("97/QĐ-STTTT", "102/SL/L_004")]).number)[1]


def test_draft_mark_below_the_name_of_the_state_is_no_agency():
    found = understand(["QUỐC HỘI\nLuật số: /2023/QH15\n" + MOTTO + "DỰ THẢO\nLUẬT\nCẢNH VỆ\n"])
    assert ([agency.value for agency in found.agencies], found.is_draft) == (["QUỐC HỘI"], True)


def test_merged_text_is_known_by_its_number_though_titled_as_what_was_merged():
    text = DECISION.replace("97/QĐ-STTTT", "97/VBHN-STTTT").replace(
        "QUYẾT ĐỊNH\nVề", "THÔNG TƯ\nVề"
    )
    assert told(understand([text]).type) == ("Văn bản hợp nhất", True)


def test_telegram_ends_its_matter_where_it_speaks():
    head = (
        "THỦ TƯỚNG CHÍNH PHỦ\nSố: 12/CĐ-TTg\n"
        + MOTTO
        + "Hà Nội, ngày 5 tháng 9 năm 2024\nCÔNG ĐIỆN\n"
    )
    found = understand(
        [f"{head}Về việc ứng phó với bão số 3\nTHỦ TƯỚNG CHÍNH PHỦ điện:\n- Bộ trưởng các bộ;\n"]
    )
    assert (found.type.value, found.summary.value) == ("Công điện", "Về việc ứng phó với bão số 3")


def test_day_without_the_comma_is_doubtful():
    assert told(understand([DECISION.replace("Nghệ An, ngày", "Nghệ An ngày")]).issued_on) == (
        date(2018, 6, 5),
        False,
    )


def test_gazette_of_a_province_is_read():
    found = understand(["2 CÔNG BÁO NGHỆ AN/Số 05 + 06/Ngày 15 - 4 - 2022\n" + DECISION])
    assert (found.gazette_number.value, found.gazette_on.value) == ("05 + 06", date(2022, 4, 15))
    assert told(found.number) == ("97/QĐ-STTTT", True)


def test_letter_is_known_by_its_number_and_its_matter():
    text = (
        "UBND TỈNH NGHỆ AN\nSỞ THÔNG TIN VÀ TRUYỀN THÔNG\nSố: 56/STTTT-CNTT\n"
        "V/v hướng dẫn xây dựng kế hoạch\nứng dụng công nghệ thông tin\n"
        + MOTTO
        + "Nghệ An, ngày 15 tháng 01 năm 2019\nKính gửi: Các sở\n"
        "Thực hiện Công văn số 5/BTTTT-THH\n"
    )
    found = understand([text])
    assert told(found.number) == ("56/STTTT-CNTT", True)
    assert told(found.type) == ("Công văn", True)
    assert found.summary.value == "V/v hướng dẫn xây dựng kế hoạch ứng dụng công nghệ thông tin"
    assert not found.summary.is_sure


def test_resolution_of_an_assembly_has_the_day_on_which_it_was_passed():
    text = (
        "QUỐC HỘI\nNghị quyết số: 78/2025/QH15\n"
        + MOTTO
        + "NGHỊ QUYẾT\nVề việc thử\nQUỐC HỘI\nCăn cứ Hiến pháp;\nĐiều 1. A\n"
        "Nghị quyết này được Quốc hội nước Cộng hòa xã hội chủ nghĩa Việt Nam khóa XV, kỳ họp "
        "thứ 9 thông qua\nngày 17 tháng 5 năm 2025.\n"
        "CHỦ TỊCH QUỐC HỘI\nTrần Thanh Mẫn\n"
    )
    found = understand([text])
    assert told(found.number) == ("78/2025/QH15", True)
    assert told(found.issued_on) == (date(2025, 5, 17), True)
    assert found.signer_post.value == "Chủ tịch Quốc hội"


def test_party_paper_is_understood_with_doubt():
    text = (
        "TỈNH ỦY NGHỆ AN\n*\nSố 36-NQ/TU\nĐẢNG CỘNG SẢN VIỆT NAM\n"
        "Nghệ An, ngày 01 tháng 7 năm 2014\nNGHỊ QUYẾT\nvề đẩy mạnh ứng dụng\n"
    )
    found = understand([text])
    assert told(found.number) == ("36-NQ/TU", False)
    assert found.issued_on.value == date(2014, 7, 1)
    assert [agency.value for agency in found.agencies] == ["TỈNH ỦY NGHỆ AN"]


def test_joint_circular_has_several_issuers():
    text = (
        "BỘ CÔNG AN - BỘ QUỐC PHÒNG -\nBỘ LAO ĐỘNG - THƯƠNG BINH\nVÀ XÃ HỘI\n"
        "Số: 1/2022/TTLT-BCA-\nBQP-BLĐTBXH\n"
        + MOTTO
        + "Hà Nội, ngày 18 tháng 02 năm 2022\nTHÔNG TƯ LIÊN TỊCH\nQuy định về phối hợp\n"
        "Căn cứ Luật A;\n" + BODY
    )
    found = understand([text])
    assert told(found.number) == ("1/2022/TTLT-BCA-BQP-BLĐTBXH", True)
    assert [told(agency) for agency in found.agencies] == [
        ("BỘ CÔNG AN", True),
        ("BỘ QUỐC PHÒNG", True),
        ("BỘ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI", True),
    ]


# --- what must not be believed ------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [
        "Số:      /2021/QĐ-UBND",
        "Số: …/QĐ-UBND",
        "Luật số:       /2023/QH15",
        "Số:",
        "Số: /QĐ-STTTT",
        "Số: .....",
    ],
)
def test_number_that_is_not_given_yet_is_none(number):
    assert (
        understand(
            [f"SỞ Y TẾ\n{number}\n{MOTTO}Hà Nội, ngày    tháng    năm 2021\nQUYẾT ĐỊNH\n"]
        ).number
        is None
    )


@pytest.mark.parametrize(
    "day",
    [
        "ngày    tháng 02 năm 2021",
        "ngày 31 tháng 02 năm 2021",
        "ngày … tháng … năm 20…",
        "ngày 5 tháng 13 năm 2021",
    ],
)
def test_day_that_is_not_given_yet_or_does_not_exist_is_none(day):
    assert (
        understand(
            [f"SỞ Y TẾ\nSố: 5/QĐ-SYT\n{MOTTO}Hà Nội, {day}\nQUYẾT ĐỊNH\nVề việc A\n"]
        ).issued_on
        is None
    )


def test_number_in_the_title_is_not_the_papers_own():
    text = DECISION.replace(
        "Về việc ban hành", "Sửa đổi\nQuyết định số 12/2017/QĐ-UBND về việc ban hành"
    )
    assert told(understand([text]).number) == ("97/QĐ-STTTT", True)


def test_two_numbers_in_the_letterhead_are_doubtful():
    text = DECISION.replace("Số: 97/QĐ-STTTT\n", "Số: 97/QĐ-STTTT\nSố: 98/QĐ-STTTT\n")
    assert told(understand([text]).number) == ("97/QĐ-STTTT", False)


def test_day_of_another_year_than_the_numbers_is_doubtful():
    text = DECISION.replace("97/QĐ-STTTT", "97/2017/QĐ-UBND")
    assert told(understand([text]).issued_on) == (date(2018, 6, 5), False)


def test_type_that_the_number_contradicts_is_doubtful():
    assert told(understand([DECISION.replace("97/QĐ-STTTT", "97/KH-STTTT")]).type) == (
        "Quyết định",
        False,
    )


def test_agency_that_the_number_does_not_name_is_doubtful():
    assert told(understand([DECISION.replace("97/QĐ-STTTT", "97/QĐ-SYT")]).agencies[0])[1] is False


def test_several_signers_are_doubtful():
    found = understand([DECISION + "GIÁM ĐỐC\nLê Thị Bình\n"])
    assert told(found.signer) == ("Nguyễn Văn An", False)


def test_what_was_read_off_a_picture_is_never_sure():
    found = understand([DECISION], by_ocr=True)
    values = [
        found.number,
        found.type,
        found.issued_on,
        found.summary,
        found.signer,
        *found.agencies,
    ]
    assert values
    assert not any(value.is_sure for value in values)


def test_signature_of_the_gazette_signs_nothing():
    stamp = (
        "Người ký: Cổng Thông tin điện tử Chính phủ Email: thongtinchinhphu@chinhphu.vn "
        "Cơ quan: Văn phòng Chính phủ Thời gian ký: 08.04.2022 15:53:58 +07:00\n"
    )
    found = understand([stamp + DECISION])
    assert found.signer.value == "Nguyễn Văn An"
    assert told(found.issued_on) == (date(2018, 6, 5), True)


def test_annex_signs_nothing_and_names_no_number():
    annex = (
        "PHỤ LỤC\n(Kèm theo Quyết định số 1/QĐ-UBND ngày 01/01/2001)\n"
        "Số: 2/QĐ-UBND\nCHỦ TỊCH\nTrần Văn Cường\n"
    )
    found = understand([DECISION + "Điều 3. Tổ chức thực hiện\n" * 3 + FOOT, annex])
    assert (found.signer.value, found.number.value) == ("Nguyễn Văn An", "97/QĐ-STTTT")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n\n",
        "a",
        "Số: 5",
        "MENU\nGiá 5/10\n" * 200,
        "QUYẾT ĐỊNH",
        "\x00\uffff",
        "Căn cứ " * 5000,
    ],
)
def test_any_text_is_survived(text):
    found = understand([text])
    assert not any(value.is_sure for value in (found.number, found.issued_on) if value)


#: Each makes an expression go back as often as it can: runs of letters, of blanks, of repeats.
HOSTILE = [
    "A",
    "a ",
    "A-",
    "1",
    " ",
    "\t",
    "-",
    "(",
    "_",
    "Số: ",
    "1/A",
    "ngày ",
    "Hà Nội, ",
    "Hà Nội, ngày 1 tháng 1 năm 2020 ",
    "Quốc hội ",
    "Quốc hội thông qua ",
    "này có hiệu lực ",
    "TS",
    "TS. ",
    "GS, ",
    "Căn cứ ",
    "QUYẾT ĐỊNH ",
    "CỘNG  HÒA  ",
    "CÔNG BÁO/Số 1 + ",
    "Luật số 1 và ",
    "Người ký: ",
    "BỘ - ",
    "TM. ",
    "GIÁM ĐỐC ",
    "A\n",
    "TM. A\n",
    "BỘ Y TẾ\n",
    "GIÁM ĐỐC\n",
    "Căn cứ Luật A số 1/2020/QH14;\n",
]


@pytest.mark.slow
@pytest.mark.parametrize("place", ["alone", "head", "foot"])
@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_read_at_once(piece, place):
    """Read 100,000 hostile characters before and behind a paper: expressions stay linear."""
    text = piece * (100_000 // len(piece))
    found = understand(
        [{"alone": text, "head": f"{text}\n{DECISION}", "foot": f"{DECISION}\n{text}"}[place]]
    )
    assert place != "foot" or told(found.number) == ("97/QĐ-STTTT", True)


def test_lines_and_whole_are_bounded():
    paper = paper_of(["Nghệ An " * 400_000, "A" * 5000, f"{MOTTO}Cuối"])
    assert max(map(len, paper.lines)) <= LINE_MAX
    assert len(paper.whole) <= 2 * READ_MAX + len(paper.lines)
    assert paper.lines[-1] == "Cuối"
    assert not any(line.startswith("An") for line in paper.lines[:200])  # cut between words


def test_long_paragraph_is_read_over_its_pieces():
    title = "Quy định việc " + "quản lý và sử dụng " * 100
    found = understand(
        [
            DECISION.replace(
                "Về việc ban hành Quy chế quản lý, vận hành\nCổng thông tin điện tử", title
            )
        ]
    )
    assert found.summary.value == title.strip()


# --- parts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["ỦY BAN NHÂN DÂN", "HUYỆN AN PHÚ"], ["ỦY BAN NHÂN DÂN HUYỆN AN PHÚ"]),
        (
            ["UBND HUYỆN AN PHÚ", "PHÒNG KINH TẾ - HẠ TẦNG"],
            ["UBND HUYỆN AN PHÚ", "PHÒNG KINH TẾ - HẠ TẦNG"],
        ),
        (["BỘ LAO ĐỘNG - THƯƠNG BINH", "VÀ XÃ HỘI"], ["BỘ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI"]),
        (["BỘ LAO ĐỘNG -", "THƯƠNG BINH VÀ XÃ HỘI"], ["BỘ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI"]),
        (
            ["UBND TỈNH NGHỆ AN", "SỞ THÔNG TIN VÀ TRUYỀN", "THÔNG TỈNH NGHỆ AN"],
            ["UBND TỈNH NGHỆ AN", "SỞ THÔNG TIN VÀ TRUYỀN THÔNG TỈNH NGHỆ AN"],
        ),
        (["HỘI ĐỒNG NHÂN DÂN", "TỈNH NGHỆ AN"], ["HỘI ĐỒNG NHÂN DÂN TỈNH NGHỆ AN"]),
    ],
)
def test_agency_over_several_lines_is_one(lines, expected):
    assert agencies_of(paper_of(["\n".join([*lines, MOTTO])])) == expected


@pytest.mark.parametrize(
    ("name", "number", "stands"),
    [
        ("Bộ Lao động - Thương binh và Xã hội", "01/2025/TT-BLĐTBXH", True),
        ("THỦ TƯỚNG CHÍNH PHỦ", "749/QĐ-TTg", True),
        ("CHÍNH PHỦ", "30/2020/NĐ-CP", True),
        ("ỦY BAN NHÂN DÂN HUYỆN AN PHÚ", "07/2022/QĐ-UBND", True),
        ("UBND TỈNH NGHỆ AN", "07/2022/QĐ-UBND", True),
        ("SỞ THÔNG TIN VÀ TRUYỀN THÔNG TỈNH NGHỆ AN", "97/QĐ-STTTT", True),
        ("QUỐC HỘI", "67/2006/QH11", True),
        ("SỞ Y TẾ", "97/QĐ-STTTT", False),
        ("UBND TỈNH NGHỆ AN", "97/QĐ-STTTT", False),
    ],
)
def test_agency_is_recognised_in_the_number(name, number, stands):
    assert stands_in(name, number) is stands


@pytest.mark.parametrize(
    ("foot", "power", "post", "name"),
    [
        ("BỘ TRƯỞNG\nĐào Ngọc Dung", "", "Bộ trưởng", "Đào Ngọc Dung"),
        (
            "KT. BỘ TRƯỞNG\nTHỨ TRƯỞNG\n\n(Đã ký)\nNguyễn Thị Bích Ngọc",
            "KT.",
            "Thứ trưởng",
            "Nguyễn Thị Bích Ngọc",
        ),
        (
            "Nơi nhận: TM. ỦY BAN NHÂN DÂN\n- Như Điều 3;\n- Lưu: VT.\nCHỦ TỊCH\nTrần Hòa Hợp",
            "TM.",
            "Chủ tịch",
            "Trần Hòa Hợp",
        ),
        (
            "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLê Hồng Vinh",
            "KT.",
            "Phó Chủ tịch",
            "Lê Hồng Vinh",
        ),
        ("TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG\nPhạm Văn Bình", "TL.", "Chánh Văn phòng", "Phạm Văn Bình"),
        (
            "TL. BỘ TRƯỞNG\nPHÓ CHÁNH VĂN PHÒNG\nPhạm Văn Bình",
            "TL.",
            "Phó Chánh Văn phòng",
            "Phạm Văn Bình",
        ),
        ("CHÁNH ÁN\nNguyễn Hòa Bình", "", "Chánh án", "Nguyễn Hòa Bình"),
        (
            "KT. TỔNG CỤC TRƯỞNG\nPHÓ TỔNG CỤC TRƯỞNG\nPhạm Văn Bình",
            "KT.",
            "Phó Tổng cục trưởng",
            "Phạm Văn Bình",
        ),
        ("Q. GIÁM ĐỐC\nHồ Viết Thắng", "Q.", "Giám đốc", "Hồ Viết Thắng"),
        ("GIÁM ĐỐC\nNGUYỄN VĂN AN", "", "Giám đốc", "Nguyễn Văn An"),
        ("GIÁM ĐỐC Nguyễn Văn An", "", "Giám đốc", "Nguyễn Văn An"),
        (
            "KT. BỘ TRƯỞNG BỘ CÔNG AN\nTHỨ TRƯỞNG\nTrung tướng Nguyễn Duy Ngọc",
            "KT.",
            "Thứ trưởng",
            "Nguyễn Duy Ngọc",
        ),
        (
            "TUQ. CHỦ TỊCH\nGIÁM ĐỐC SỞ NỘI VỤ\nTS. Trần Văn Cường",
            "TUQ.",
            "Giám đốc",
            "Trần Văn Cường",
        ),
    ],
)
def test_signer_is_read_from_the_foot(foot, power, post, name):
    signer = signers_of(foot.split("\n"))[0]
    assert (signer.power, signer.post, signer.name) == (power, post, name)


@pytest.mark.parametrize(
    "line",
    [
        "Điều 3. Giám đốc Sở chịu trách nhiệm",
        "GIÁM ĐỐC SỞ Y TẾ",
        "Chủ tịch Ủy ban",
        "BỘ TRƯỞNG BỘ Y TẾ\nCăn cứ Luật Dược;",
    ],
)
def test_post_in_the_text_signs_nothing(line):
    assert signers_of(["Căn cứ", *line.split("\n"), "Điều 1. Phạm vi"]) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "Căn cứ Luật Dược số 105/2016/QH13 ngày 06 tháng 4 năm 2016;",
            [("105/2016/QH13", date(2016, 4, 6), True)],
        ),
        ("Căn cứ Luật Tố cáo ngày 12 tháng 6 năm 2018;", [("", date(2018, 6, 12), False)]),
        ("Căn cứ Hiến pháp đã được sửa đổi theo Nghị quyết số 203/2025/QH15;", [("", None, False)]),
        (
            "Căn cứ Luật Tổ chức Quốc hội số 57/2014/QH13 đã được sửa đổi theo Luật số "
            "65/2020/QH14;",
            [("57/2014/QH13", None, True)],
        ),
        (
            "Căn cứ Nghị định số 34/2016/NĐ-CP và Nghị định số 154/2020/NĐ-CP;",
            [("34/2016/NĐ-CP", None, True), ("154/2020/NĐ-CP", None, True)],
        ),
        (
            "Căn cứ Quyết định số 1269/QĐ-TTg ngày 02/10/2019;",
            [("1269/QĐ-TTg", date(2019, 10, 2), True)],
        ),
        ("Căn cứ tình hình thực tế;", []),
        ("Căn cứ chức năng, nhiệm vụ của Sở;", []),
        ("Theo đề nghị của Chánh Văn phòng;", []),
        (
            "Căn cứ Luật A số 1/2020/QH14;\nCăn cứ Luật A số 1/2020/QH14;",
            [("1/2020/QH14", None, True)],
        ),
    ],
)
def test_grounds_are_read_with_number_and_day(words, expected):
    assert [
        (ground.number, ground.issued_on, ground.is_sure)
        for ground in grounds_of(words.split("\n"))
    ] == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (("1", "2", "2020"), date(2020, 2, 1)),
        (("31", "2", "2020"), None),
        ((1, 1, 20), None),
        ((1, 1, 3000), None),
    ],
)
def test_day_exists_or_is_none(numbers, expected):
    assert day_of(*numbers) == expected


# --- real papers --------------------------------------------------------------------------------


def read(path):
    """Return what is understood of the file at `path` (Path)."""
    with path.open("rb") as file:
        return understand([page.text for page in client.read_text(file).pages])


@pytest.mark.slow
def test_papers_of_the_sample_are_understood_as_the_register_has_them():
    register = json.loads((ROOT / "portal/sample/documents.json").read_text(encoding="utf-8"))
    rows = {
        row["number"]: row
        for row in (register if isinstance(register, list) else register["documents"])
        if row.get("number")
    }
    for path in sorted(SAMPLE_PDF.glob("*.pdf")):
        found = read(path)
        row = rows[found.number.value]
        assert found.number.is_sure
        assert path.stem.startswith(found.number.value.split("/")[0])
        assert found.issued_on.value.isoformat() == row["issued_on"]


#: Read by people off the papers: number, type, day of issue, agency, signer.
REAL = {
    "nghi-quyet-so-17-2022": (
        "17/2022/UBTVQH15",
        "Nghị quyết",
        date(2022, 3, 23),
        "Ủy ban Thường vụ Quốc hội",
        "Vương Đình Huệ",
    ),
    "nghi-quyet-so-24-2022": (
        "24/2022/UBTVQH15",
        "Nghị quyết",
        date(2022, 8, 11),
        "Ủy ban Thường vụ Quốc hội",
        "Vương Đình Huệ",
    ),
    "nghi-quyet-so-25-2022": (
        "25/2022/UBTVQH15",
        "Nghị quyết",
        date(2022, 8, 17),
        "Ủy ban Thường vụ Quốc hội",
        "Vương Đình Huệ",
    ),
    "nghi-quyet-so-78-2025": (
        "78/2025/UBTVQH15",
        "Nghị quyết",
        date(2025, 5, 17),
        "Ủy ban Thường vụ Quốc hội",
        "Trần Thanh Mẫn",
    ),
    "thong-tu-lien-tich-so-01-2022": (
        "01/2022/TTLT-VKSNDTC-TANDTC-BCA-BQP-BLĐTBXH",
        "Thông tư liên tịch",
        date(2022, 2, 18),
        "Viện kiểm sát nhân dân tối cao",
        "Nguyễn Duy Giảng",
    ),
    "thong-tu-so-01-2025": (
        "01/2025/TT-BLĐTBXH",
        "Thông tư",
        date(2025, 1, 10),
        "Bộ Lao động - Thương binh và Xã hội",
        "Nguyễn Bá Hoan",
    ),
    "thong-tu-so-01-2026": (
        "01/2026/TT-BTC",
        "Thông tư",
        date(2026, 1, 1),
        "Bộ Tài chính",
        "Nguyễn Thị Bích Ngọc",
    ),
    "thong-tu-so-02-2023": (
        "02/2023/TT-BLĐTBXH",
        "Thông tư",
        date(2023, 4, 12),
        "Bộ Lao động - Thương binh và Xã hội",
        "Lê Văn Thanh",
    ),
    "thong-tu-so-02-2026": (
        "02/2026/TT-BTC",
        "Thông tư",
        date(2026, 1, 1),
        "Bộ Tài chính",
        "Nguyễn Thị Bích Ngọc",
    ),
    "thong-tu-so-09-2021": (
        "09/2021/TT-BLĐTBXH",
        "Thông tư",
        date(2021, 9, 7),
        "Bộ Lao động - Thương binh và Xã hội",
        "Đào Ngọc Dung",
    ),
    "thong-tu-so-12-2022": (
        "12/2022/TT-BLĐTBXH",
        "Thông tư",
        date(2022, 6, 30),
        "Bộ Lao động - Thương binh và Xã hội",
        "Lê Văn Thanh",
    ),
    "thong-tu-so-13-2022": (
        "13/2022/TT-BLĐTBXH",
        "Thông tư",
        date(2022, 6, 30),
        "Bộ Lao động - Thương binh và Xã hội",
        "Lê Văn Thanh",
    ),
    "thong-tu-so-25-2024": (
        "25/2024/TT-BKHĐT",
        "Thông tư",
        date(2024, 12, 31),
        "Bộ Kế hoạch và Đầu tư",
        "Nguyễn Chí Dũng",
    ),
    "thong-tu-so-34-2021": (
        "34/2021/TT-BLĐTBXH",
        "Thông tư",
        date(2021, 12, 30),
        "Bộ Lao động - Thương binh và Xã hội",
        "Lê Tấn Dũng",
    ),
    "QD 01 ban hanh": (
        "01/2021/QĐ-UBND",
        "Quyết định",
        date(2021, 2, 17),
        "Ủy ban nhân dân huyện An Phú",
        "Trần Hòa Hợp",
    ),
    "Quyet dinh ban hanh": (
        "07/2022/QĐ-UBND",
        "Quyết định",
        date(2022, 6, 16),
        "Ủy ban nhân dân huyện An Phú",
        "Trần Hòa Hợp",
    ),
    "signed-quyet dinh": (
        "07/2022/QĐ-UBND",
        "Quyết định",
        date(2022, 6, 16),
        "Ủy ban nhân dân huyện An Phú",
        "Trần Hòa Hợp",
    ),
    "to trinh": (
        "169/TTr-PKTHT",
        "Tờ trình",
        date(2022, 6, 14),
        "Phòng Kinh tế - Hạ tầng",
        "Dương Tấn Tiếp",
    ),
}


@needs_shared
@pytest.mark.parametrize("name", REAL)
def test_real_paper_is_understood(name):
    path = next(
        path
        for folder in ("vn_congbao", "signed")
        for path in (SHARED / "data/files" / folder).iterdir()
        if path.name.startswith(name)
    )
    found = read(path)
    number, kind, day, agency, signer = REAL[name]
    assert (found.number.value, found.type.value, found.issued_on.value) == (number, kind, day)
    assert found.agencies[0].value.lower() == agency.lower()
    assert found.signer.value == signer
    assert found.summary.is_sure


@pytest.mark.slow
@needs_shared
def test_real_drafts_have_neither_number_nor_day():
    for path in sorted((SHARED / "data/files/word").iterdir()):
        try:
            found = read(path)
        except client.Unread:
            continue
        assert (found.number, found.issued_on, found.type.value, found.agencies[0].value) == (
            None,
            None,
            "Luật",
            "QUỐC HỘI",
        ), path.name
