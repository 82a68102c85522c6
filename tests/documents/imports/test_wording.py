"""Wording of registers: types, numbers cut in two, joint issuers, signers, validity, amendments."""

from datetime import date

import pytest

from documents.agency_names import name_key
from documents.imports import wording
from documents.law.relations import RelationKind
from documents.law.validity import Validity

DAY = date(2018, 12, 3)


@pytest.mark.parametrize(
    ("number", "summary", "expected"),
    [
        ("10", "/2016/TT-BTNMT Quy định chi tiết", ("10/2016/TT-BTNMT", "Quy định chi tiết")),
        ("01/2012/QĐ-", "TTg Về chính sách", ("01/2012/QĐ-TTg", "Về chính sách")),
        ("02/2020/", "TT-BCT Quy định", ("02/2020/TT-BCT", "Quy định")),
        (
            "11/2015/TTLT-",
            "BVHTTDL-BTC- BGDĐT Hướng dẫn",
            ("11/2015/TTLT-BVHTTDL-BTC-BGDĐT", "Hướng dẫn"),
        ),
        ("TT", "07/2023/TT-BNNPTNT Bãi bỏ", ("07/2023/TT-BNNPTNT", "Bãi bỏ")),
        ("Không", "số Về Hàm, cấp ngoại giao", ("", "Về Hàm, cấp ngoại giao")),
        ("không số", "Số hóa", ("", "Số hóa")),
        ("Thông", "", ("", "")),
        ("60", "TC/TCT hướng dẫn", ("60", "TC/TCT hướng dẫn")),
        ("21", "- TC/TCT hướng dẫn", ("21", "- TC/TCT hướng dẫn")),
        ("11/2016/TT-", "", ("11/2016/TT", "")),
        ("5/QĐ-UBND", "/2016/TT-BTC là số khác", ("5/QĐ-UBND", "/2016/TT-BTC là số khác")),
        ("", "2018 là năm học", ("", "2018 là năm học")),
        ("/QĐ-UBND", "Giao đất", ("QĐ-UBND", "Giao đất")),
        ("'56/2020/TT-BCT", "Quy định", ("56/2020/TT-BCT", "Quy định")),
    ],
)
def test_number_that_was_cut_is_whole_again(number, summary, expected):
    assert wording.number_and_summary(number, summary) == expected


@pytest.mark.parametrize(
    ("given", "number", "name"),
    [
        ("Quyết định của Chủ tịch UBND tỉnh", "", "Quyết định"),
        ("Nghị quyết HĐND xã", "", "Nghị quyết"),
        ("NGHỊ QUYẾT", "", "Nghị quyết"),
        ("Thông tư liên tịch", "", "Thông tư liên tịch"),
        ("Quyết định cá biệt của Sở", "", "Quyết định cá biệt"),
        ("Luật sửa đổi", "", "Luật"),
        ("Luật sư đoàn", "", "Luật"),
        ("Quyết", "", "Quyết"),
        ("QĐ", "", "Quyết định"),
        ("HD", "", "Hướng dẫn"),
        ("HĐ", "", "Hợp đồng"),
        ("Đề cương", "", "Đề cương"),
        ("", "1234/QĐ-UBND", "Quyết định"),
        ("", "56/STTTT-CNTT", ""),
        ("", "67/2006/QH11", ""),
    ],
)
def test_type(given, number, name):
    known = {name_key(known): known for known in ("Quyết định cá biệt",)}
    assert wording.type_named(given, number, known) == name


def test_type_that_is_here_keeps_its_own_spelling():
    assert (
        wording.type_named("Quyết định của UBND", "", {"quyet dinh": "QUYẾT ĐỊNH"}) == "QUYẾT ĐỊNH"
    )


@pytest.mark.parametrize(
    ("number", "type_name", "is_law"),
    [
        ("26/2011/QĐ-UBND", "Quyết định", True),
        ("67/2006/QH11", "Luật", True),
        ("13/2025/TTLT-BTP-BNG", "Thông tư liên tịch", True),
        ("1234/QĐ-UBND", "Quyết định", False),
        ("56/STTTT-CNTT", "", False),
        ("36-NQ/TW", "Nghị quyết", False),
        ("", "", False),
        ("73-CP", "Nghị định", True),
        ("", "Pháp lệnh", True),
        ("12/CT-TTg", "Chỉ thị", False),
    ],
)
def test_family_by_number_and_type(number, type_name, is_law):
    assert wording.is_law(number, type_name) is is_law


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Văn bản pháp quy", True),
        ("phap-quy", True),
        ("Văn bản quy phạm pháp luật", True),
        ("VBQPPL", True),
        ("Văn bản chỉ đạo điều hành", False),
        ("chi-dao-dieu-hanh", False),
        ("Văn bản hành chính", False),
        ("Khác", None),
        ("", None),
    ],
)
def test_family_as_said(words, said):
    assert wording.family_said(words) is said


@pytest.mark.parametrize(
    ("given", "bodies"),
    [
        ("Bộ Giáo dục và Đào tạo", ["Bộ Giáo dục và Đào tạo"]),
        ("Bộ Văn hóa, Thể thao và Du lịch", ["Bộ Văn hóa, Thể thao và Du lịch"]),
        ("Bộ Khoa học, Công nghệ và Môi trường", ["Bộ Khoa học, Công nghệ và Môi trường"]),
        ("Bộ Tài chính và Bộ Giáo dục và Đào tạo", ["Bộ Tài chính", "Bộ Giáo dục và Đào tạo"]),
        (
            "Bộ Y tế, Bộ công thương và Bộ Nông nghiệp và Phát triển nông thôn",
            ["Bộ Y tế", "Bộ công thương", "Bộ Nông nghiệp và Phát triển nông thôn"],
        ),
        (
            "Uỷ ban Dân tộc và Miền núi và Hội Nông dân Việt Nam",
            ["Uỷ ban Dân tộc và Miền núi", "Hội Nông dân Việt Nam"],
        ),
        (
            "Ban Tổ chức - Cán bộ Chính phủ và Ban Thường vụ TW Hội CCBVN",
            ["Ban Tổ chức - Cán bộ Chính phủ", "Ban Thường vụ TW Hội CCBVN"],
        ),
        (
            "Viện kiểm sát nhân dân tối cao và Toà án nhân dân tối cao",
            ["Viện kiểm sát nhân dân tối cao", "Toà án nhân dân tối cao"],
        ),
        ("Sở Tài chính; Sở Nội vụ", ["Sở Tài chính", "Sở Nội vụ"]),
        ("Bộ Công Thương.", ["Bộ Công Thương"]),
        ("Chính phủ quy định trật tự ngày 05/09/2005 của Bộ Công an", ["Bộ Công an"]),
        (
            "Bộ Tài chính ngày 1/2/2005 của Bộ Y tế ngày 25/08/2006 của Bộ Nội vụ và Bộ Y tế",
            ["Bộ Nội vụ", "Bộ Y tế"],
        ),
        ("", []),
    ],
)
def test_joint_issuers(given, bodies):
    assert wording.issuers(given) == bodies


def test_bodies_are_compared_by_folded_words():
    same = ["UBND Tỉnh", "Uỷ ban nhân dân tỉnh", "ỦY BAN NHÂN DÂN TỈNH."]
    assert len({name_key(name) for name in same}) == 1
    assert name_key("Bộ Văn hóa - Thể thao và Du lịch") == name_key(
        "Bộ Văn hoá, Thể thao và Du lịch"
    )


@pytest.mark.parametrize(
    ("given", "power", "post", "name"),
    [
        ("Phó Chủ tịch UBND Nguyễn Thành Công", "", "Phó Chủ tịch UBND", "Nguyễn Thành Công"),
        (
            "Phó Chủ tịch Thường trực UBND tỉnh Hà Trung Chiến",
            "",
            "Phó Chủ tịch Thường trực UBND tỉnh",
            "Hà Trung Chiến",
        ),
        ("Phó Chủ tịch TTHĐND Vi Đức Thọ", "", "Phó Chủ tịch TTHĐND", "Vi Đức Thọ"),
        ("Chủ tịch HĐND Đỗ Xuân Thành", "", "Chủ tịch HĐND", "Đỗ Xuân Thành"),
        ("Phó Chủ tịch UBND Đặng Ngọc Hậu", "", "Phó Chủ tịch UBND", "Đặng Ngọc Hậu"),
        (
            "Chủ tịch UBND tỉnh Nghệ An Nguyễn Đức Trung",
            "",
            "Chủ tịch UBND tỉnh Nghệ An",
            "Nguyễn Đức Trung",
        ),
        ("KT. Bộ trưởng, Thứ trưởng Nguyễn Văn A", "KT.", "Bộ trưởng, Thứ trưởng", "Nguyễn Văn A"),
        ("Giám đốc Sở Nguyễn Văn B", "", "Giám đốc Sở", "Nguyễn Văn B"),
        ("Nguyễn Văn A", "", "", "Nguyễn Văn A"),
        ("NGUYỄN VĂN A", "", "", "NGUYỄN VĂN A"),
        ("Giám đốc Sở Nội vụ", "", "", "Giám đốc Sở Nội vụ"),
        ("Chủ tịch", "", "", "Chủ tịch"),
        ("", "", "", ""),
    ],
)
def test_signer(given, power, post, name):
    assert wording.signer(given) == (power, post, name)


@pytest.mark.parametrize(
    ("words", "validity"),
    [
        ("Đang hiệu lực", Validity.IN_FORCE),
        ("Còn hiệu lực", Validity.IN_FORCE),
        ("CÓ HIỆU LỰC", Validity.IN_FORCE),
        ("Chưa có hiệu lực", Validity.NOT_YET),
        ("Hết hiệu lực", Validity.ENDED),
        ("Hết hiệu lực toàn bộ", Validity.ENDED),
        ("Không còn hiệu lực", Validity.ENDED),
        ("Bị bãi bỏ", Validity.ENDED),
        ("Hết hiệu lực một phần", Validity.PARTLY),
        ("Còn hiệu lực một phần", Validity.PARTLY),
        ("Tạm ngưng hiệu lực", Validity.SUSPENDED),
        ("Ngưng hiệu lực một phần", None),
        ("Không còn phù hợp", Validity.UNFIT),
        ("Chưa xác định", Validity.UNKNOWN),
        ("Đã chuyển", None),
        ("", None),
        *((validity.value, validity) for validity in Validity),
        *((validity.label, validity) for validity in Validity),
    ],
)
def test_validity_in_many_wordings(words, validity):
    assert wording.validity_said(words) == validity


@pytest.mark.parametrize(
    ("said", "effective_on", "expires_on", "is_amended", "word"),
    [
        (Validity.IN_FORCE, DAY, None, False, ""),
        (Validity.IN_FORCE, None, None, False, "con"),
        (Validity.NOT_YET, DAY, None, False, ""),
        (Validity.NOT_YET, None, None, False, "chua-co"),
        (Validity.ENDED, DAY, DAY, False, ""),
        (Validity.ENDED, DAY, None, False, "het"),
        (Validity.PARTLY, DAY, None, False, "het-mot-phan"),
        (Validity.PARTLY, DAY, None, True, ""),
        (Validity.SUSPENDED, DAY, DAY, False, "ngung"),
        (Validity.UNFIT, DAY, DAY, False, "khong-phu-hop"),
        (Validity.UNKNOWN, None, None, False, ""),
        (Validity.UNKNOWN, DAY, None, False, "chua-xac-dinh"),
        (None, None, None, False, ""),
    ],
)
def test_word_is_kept_where_dates_do_not_say_it(said, effective_on, expires_on, is_amended, word):
    assert wording.word_needed(said, effective_on, expires_on, is_amended) == word


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("bổ sung; sửa đổi", [(RelationKind.AMENDS, False)]),
        ("bãi bỏ; bổ sung", [(RelationKind.AMENDS, False), (RelationKind.REPEALS, True)]),
        ("hủy bỏ", [(RelationKind.REPEALS, True)]),
        ("huỷ bỏ; bãi bỏ", [(RelationKind.REPEALS, True)]),
        ("ngưng hiệu lực", [(RelationKind.SUSPENDS, True)]),
        ("đính chính", [(RelationKind.CORRECTS, False)]),
        ("thay thế", [(RelationKind.REPLACES, True)]),
        ("nhắc đến", []),
    ],
)
def test_deeds(words, found):
    assert wording.deeds(words) == found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Thông tư 10/2021/TT-BGDĐT", ("10/2021/TT-BGDĐT", "")),
        ("Luật số 67/2006/QH11 ngày 29/06/2006", ("67/2006/QH11", "")),
        ("Quyết định 619/TTg", ("619/TTg", "")),
        ("Thông tư '56/2020/TT-BCT", ("56/2020/TT-BCT", "")),
        ("Thông tư 34", ("", "Thông tư 34")),
        ("Thông tư Thông", ("", "")),
        ("", ("", "")),
    ],
)
def test_doer(words, expected):
    assert wording.doer(words) == expected
