"""Names of agencies: how they are compared, abbreviated in numbers, and followed by successors."""

import re

import pytest

from documents.agency_names import IN_LETTERHEADS, IN_LISTS, initials, name_key, successors_of
from documents.recognition.posts import POST_BEGINNING, POST_LINE


def test_abbreviated_and_full_names_have_one_key():
    assert name_key("UBND Tỉnh") == name_key("Uỷ ban nhân dân tỉnh") == "uy ban nhan dan tinh"
    assert initials("Bộ Lao động - Thương binh và Xã hội") == "bldtbxh"


def test_beginnings_of_names_in_letterheads_and_in_lists():
    assert re.match(rf"(?:{IN_LETTERHEADS})\b", "PHÒNG KINH TẾ")
    assert re.match(rf"(?:{IN_LISTS})\s", "Bưu điện tỉnh") and not re.match(IN_LISTS, "Phòng A")
    assert all(re.match(IN_LETTERHEADS, name) for name in ("SỞ Y TẾ", "TOÀ ÁN", "UBND XÃ"))


@pytest.mark.parametrize(
    ("successors", "line"),
    [({1: 2, 2: 3}, [1, 2, 3]), ({}, [1]), ({1: 2, 2: 3, 3: 2}, [1, 2, 3]), ({1: 1}, [1])],
)
def test_line_of_successors_ends_in_a_circle_too(successors, line):
    assert successors_of(1, successors.get) == line


@pytest.mark.parametrize(
    ("line", "post"),
    [
        ("PHÓ TỔNG CỤC TRƯỞNG TỔNG CỤC THUẾ", "PHÓ TỔNG CỤC TRƯỞNG"),
        ("ỦY VIÊN THƯỜNG TRỰC", "ỦY VIÊN THƯỜNG TRỰC"),
        ("Q. GIÁM ĐỐC SỞ Y TẾ", "GIÁM ĐỐC"),
        ("TỔNG BÍ THƯ", "TỔNG BÍ THƯ"),
    ],
)
def test_posts_are_the_same_in_papers_and_in_registers(line, post):
    assert POST_LINE.match(line)[1] == post
    assert POST_BEGINNING.match(post.lower())
