"""Lược đồ as it is laid out: every line one box, nothing overlaps, no number is broken, texts are cut to their room."""

import random
from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from documents.law.relations import Line, RelationKind
from documents.models import Document
from documents.views import diagram
from documents.views.diagram import CENTRE, MANY, cut, draw, em, named, wrap

KINDS = list(RelationKind)
#: Real numbers, the longest of the registers among them.
LONG = [
    "04/2012/TTLT-BTP-TANDTC-VKSNDTC-BCA-BQP",
    "36/2009/TTLT-BQP-BNV-BLĐTBXH-BTC",
    "13/2025/TTLT-BTP-BNG-TANDTC",
]


def line(
    kind=RelationKind.BASED_ON,
    is_active=True,
    number="19/2018/TT-BTTTT",
    title="Quy định về hoạt động",
    **values,
):
    """Return a line to a document that is only named."""
    facts = {
        "document": None,
        "issued_on": date(2018, 12, 19),
        "is_partial": False,
        "note": "",
    } | values
    return Line(
        kind, is_active or kind == RelationKind.RELATED, number=number, title=title, **facts
    )


def picture(lines, **values):
    """Return the picture of a document with `lines`."""
    return draw(
        Document(**{"number": "1/2018/QĐ-TTg", "summary": "Văn bản đang xem"} | values), lines
    )


def lines_at_random(count, seed):
    """Return `count` lines of every kind and direction, with short and long numbers and without any."""
    dice = random.Random(seed)
    numbers = ["", "5/NQ", "1234/QĐ-UBND", "19/2018/TT-BTTTT", *LONG]
    return [
        line(
            dice.choice(KINDS),
            dice.random() < 0.5,
            dice.choice(numbers),
            "Quy định chi tiết " * dice.randrange(1, 30),
        )
        for _ in range(count)
    ]


def boxes(group):
    """Return the boxes of `group` from the top of the picture: list of (side, first height, last height)."""
    return [
        (node.side, group.nodes_y + node.y, group.nodes_y + node.y + node.height)
        for node in group.nodes
    ]


@pytest.mark.parametrize("count", [1, 2, 7, 40, 120, 400])
def test_every_line_is_one_box_and_nothing_overlaps(count):
    lines = lines_at_random(count, seed=count)
    drawn = picture(lines)
    assert Counter(id(node.line) for group in drawn.groups for node in group.nodes) == Counter(
        map(id, lines)
    )
    edge = 0
    for group in drawn.groups:
        if group in drawn.below and edge <= drawn.centre:
            edge = drawn.centre + CENTRE
        assert group.y >= edge
        for side in ("left", "right"):
            column = [box for box in boxes(group) if box[0] in ("", side)]
            assert all(above[2] < below[1] for above, below in pairwise(column))
        edge = max(box[2] for box in boxes(group))
        assert edge == group.nodes_y + group.height
        assert edge <= drawn.centre or group in drawn.below
        assert {node.line.words for node in group.nodes} == {group.words}
    assert edge < drawn.height
    assert drawn.trunk[0] <= drawn.centre <= drawn.trunk[1] <= drawn.height


def test_what_acts_on_the_document_stands_above_and_what_it_acts_on_below():
    drawn = picture(
        [
            line(RelationKind.REPLACES),
            line(RelationKind.REPLACES, False),
            line(RelationKind.RELATED),
        ]
    )
    assert [(group.words, group.arrow) for group in drawn.above] == [("Bị thay thế bởi", "in")]
    assert [(group.words, group.arrow) for group in drawn.below] == [
        ("Thay thế", "out"),
        ("Liên quan", ""),
    ]


def test_a_group_of_very_many_stands_last_and_low():
    few, many = ([line(RelationKind.BASED_ON, False)] * count for count in (MANY - 1, MANY))
    assert [group.is_many for group in picture(few).above] == [False]
    drawn = picture([*many, line(RelationKind.AMENDS, False), line(RelationKind.GUIDES)])
    assert [group.words for group in drawn.above] == ["Được sửa đổi, bổ sung bởi"]
    assert [group.words for group in drawn.below] == [
        "Hướng dẫn, quy định chi tiết",
        "Là căn cứ của",
    ]
    assert drawn.below[-1].height / MANY < diagram.NODE / 3
    assert drawn.centre < 200


def test_without_any_acting_document_the_picture_begins_with_the_document():
    drawn = picture([line()])
    assert drawn.centre == 0
    assert not drawn.is_tall
    assert picture(lines_at_random(60, 1)).is_tall


@pytest.mark.parametrize("number", [*LONG, "1/2018/TT-" + "A" * 30, "19/2018/TT-BTTTT"])
def test_a_number_of_forty_letters_is_never_cut(number):
    assert len(number) <= 40
    shown, size = named(number, "")
    assert shown.is_one
    assert shown.wide == number
    room = dict(diagram.NUMBER_SIZES)[size]
    assert em(number, bold=True) <= room


def test_a_shorter_number_is_written_larger():
    places = [
        [size for size, _ in diagram.NUMBER_SIZES].index(named(number, "")[1])
        for number in ("1/NQ", *reversed(LONG))
    ]
    assert places[0] == 0
    assert places == sorted(places)
    assert places[-1] > 0


def test_an_endless_number_is_cut():
    shown, _ = named("1/" + "W" * 118, "")
    assert shown.narrow.endswith("…")


def test_a_document_without_number_is_known_by_its_title():
    drawn = picture(
        [line(number="", title="Hiến pháp năm 2013")], number="", summary="Tài liệu hội nghị"
    )
    assert drawn.below[0].nodes[0].name.wide == "Hiến pháp năm 2013"
    assert drawn.below[0].nodes[0].detail.wide == ""
    assert (drawn.name.wide, drawn.detail.wide) == ("Tài liệu hội nghị", "")


def test_a_relation_to_a_part_says_so():
    assert (
        picture([line(is_partial=True, title="Luật")]).below[0].nodes[0].detail.wide
        == "Một phần: Luật"
    )
    assert picture([line(is_partial=True, title="")]).below[0].nodes[0].detail.wide == "Một phần"


@pytest.mark.parametrize("room", [3, 8, 20, 45])
def test_a_text_is_cut_to_its_room_behind_a_word(room):
    text = "Quy định về việc cung cấp thông tin và dịch vụ công trực tuyến"
    shown = cut(text, room)
    assert em(shown) <= room
    if shown != text:
        assert shown.endswith("…")
        assert text.startswith(shown[:-1])
    if room >= 8:
        assert text.startswith(shown.rstrip("…") + " ") or shown == text


def test_a_text_that_fits_stays_and_blanks_are_single():
    assert cut("Luật  Công nghệ\nthông tin", 40) == "Luật Công nghệ thông tin"
    assert cut("", 5) == ""


def test_accents_take_no_room_of_their_own():
    assert em("Nghị định") == em("Nghi đinh") == em("Nghi\u0323 đi\u0323nh")


def test_labels_stand_in_lines_that_fit_and_lose_no_word():
    for kind in KINDS:
        for is_active in (True, False):
            group = picture([line(kind, is_active)] * 3).groups[0]
            beside = group.label_beside
            assert " ".join(words for _, words in beside) == group.label
            assert all(em(words, bold=True) <= diagram.LABEL_ROOM for _, words in beside)
            assert [y for y, _ in beside] == sorted(y for y, _ in beside)
            assert beside[0][0] > group.y
            assert em(group.label, bold=True) * 12.5 <= 300  # in the strip on a phone
            assert group.label.endswith("\u00a0(3)")


def test_wrap_gives_a_long_word_a_line_of_its_own():
    assert wrap("a " + "x" * 50 + " b", 5) == ["a", "x" * 50, "b"]
