"""Lược đồ: which relations are shown in which group, above or below the document, in boxes."""

import random
import xml.etree.ElementTree as ElementTree
from collections import Counter
from datetime import date

import pytest
from django.template.loader import render_to_string

from documents.law.relations import Line, RelationKind
from documents.models import Document
from documents.views.diagram import MANY, PRINTED, diagram_of

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


def lines_at_random(count, seed):
    """Return `count` lines of every kind and direction, with short, long and no numbers."""
    dice = random.Random(seed)
    numbers = ["", "5/NQ", "1234/QĐ-UBND", "19/2018/TT-BTTTT", *LONG]
    return [
        line(
            dice.choice(KINDS),
            dice.random() < 0.5,
            dice.choice(numbers),
            "Quy định chi tiết " * dice.randrange(1, 30),
            is_partial=dice.random() < 0.3,
            position=place,
        )
        for place in range(1, count + 1)
    ]


def groups(diagram):
    return [*diagram.above, *diagram.below]


def rendered(lines, **values):
    """Return the diagram (element) of a document with `lines` as its page has it."""
    document = Document(**{"number": "1/2018/QĐ-TTg", "summary": "Văn bản đang xem"} | values)
    context = {"document": document, "diagram": diagram_of(lines)}
    return ElementTree.fromstring(render_to_string("documents/_relation_diagram.html", context))


def words_of(element):
    return " ".join("".join(element.itertext()).split())


def boxes(root):
    """Return the boxes of the others: list of (name of the group, address, words)."""
    return [
        (words_of(section.find("h3")), box.find(".//a").get("href"), words_of(box))
        for section in root.iter("section")
        for box in section.iter("li")
    ]


@pytest.mark.parametrize("count", [1, 2, 7, 40, 120, 400])
def test_every_line_is_one_box_of_its_group(count):
    lines = lines_at_random(count, seed=count)
    shown = diagram_of(lines)
    assert Counter(id(one) for group in groups(shown) for one in group.lines) == Counter(
        map(id, lines)
    )
    names = [group.words for group in groups(shown)]
    assert len(names) == len(set(names))
    assert all({one.words for one in group.lines} == {group.words} for group in groups(shown))
    drawn = boxes(rendered(lines))
    assert Counter((name.split(" (")[0], address) for name, address, _ in drawn) == Counter(
        (one.words, one.address) for one in lines
    )
    by_address = {one.address: one for one in lines}
    for _, address, words in drawn:
        one = by_address[address]
        assert words.startswith(one.number or one.title[:100])
        assert ("Một phần" in words) == one.is_partial


def test_what_acts_on_the_document_stands_above_and_what_it_acts_on_below():
    shown = diagram_of(
        [
            line(RelationKind.REPLACES),
            line(RelationKind.REPLACES, False),
            line(RelationKind.RELATED),
        ]
    )
    assert [(group.words, group.direction) for group in shown.above] == [("Bị thay thế bởi", "in")]
    assert [(group.words, group.direction) for group in shown.below] == [
        ("Thay thế", "out"),
        ("Liên quan", ""),
    ]


def test_the_document_stands_between_what_acts_on_it_and_what_it_acts_on():
    root = rendered([line(RelationKind.REPLACES), line(RelationKind.REPLACES, False)])
    assert [words_of(part).split(" 1", 1)[0].split(" (")[0] for part in root] == [
        "Bị thay thế bởi",
        words_of(root.find("div[1]")).split(" 1", 1)[0],
        "Thay thế",
    ]
    assert "reached" in root[1].get("class")
    assert words_of(root[1]).startswith("1/2018/QĐ-TTg Văn bản đang xem Văn bản đang xem")


def test_a_group_of_very_many_stands_last_and_shows_numbers_without_titles():
    few, many = ([line(RelationKind.BASED_ON, False)] * count for count in (MANY - 1, MANY))
    assert [group.is_many for group in diagram_of(few).above] == [False]
    lines = [*many, line(RelationKind.AMENDS, False), line(RelationKind.GUIDES)]
    shown = diagram_of(lines)
    assert [group.words for group in shown.above] == ["Được sửa đổi, bổ sung bởi"]
    assert [group.words for group in shown.below] == [
        "Hướng dẫn, quy định chi tiết",
        "Là căn cứ của",
    ]
    drawn = boxes(rendered(lines))
    assert len(drawn) == MANY + 2
    titled = [name for name, _, words in drawn if "Quy định về hoạt động" in words]
    assert titled == ["Được sửa đổi, bổ sung bởi", "Hướng dẫn, quy định chi tiết"]
    assert drawn[-1][0] == f"Là căn cứ của ({MANY})"


def test_without_any_acting_document_the_diagram_begins_with_the_document():
    root = rendered([line()])
    assert root[0].get("class") == "this"


def test_a_diagram_longer_than_a_sheet_is_left_to_its_table_on_paper():
    assert diagram_of([line()] * PRINTED).is_printed
    assert not diagram_of([line()] * (PRINTED + 1)).is_printed
    assert "no-print" in rendered([line()] * (PRINTED + 1)).get("class")


@pytest.mark.parametrize("number", [*LONG, "1/2018/TT-" + "A" * 110])
def test_a_number_is_never_cut(number):
    assert boxes(rendered([line(number=number)]))[0][2].startswith(f"{number} ")
    assert words_of(rendered([line()], number=number)[0]).startswith(f"{number} ")


def test_a_document_without_number_is_known_by_its_title():
    root = rendered(
        [line(number="", title="Hiến pháp năm 2013")], number="", summary="Tài liệu hội nghị"
    )
    assert boxes(root)[0][2] == "Hiến pháp năm 2013 19/12/2018 chưa có trên cổng"
    assert words_of(root[0]).count("Tài liệu hội nghị") == 1


def test_a_relation_to_a_part_says_so():
    titled = boxes(rendered([line(is_partial=True, title="Luật")]))[0][2]
    assert titled == "19/2018/TT-BTTTT Một phần: Luật 19/12/2018 chưa có trên cổng"
    untitled = boxes(rendered([line(is_partial=True, title="")]))[0][2]
    assert untitled == "19/2018/TT-BTTTT Một phần 19/12/2018 chưa có trên cổng"


def test_the_name_of_a_group_tells_how_many_it_has():
    for kind in KINDS:
        for is_active in (True, False):
            lines = [line(kind, is_active)] * 3
            assert boxes(rendered(lines))[0][0] == f"{lines[0].words} (3)"
            assert boxes(rendered(lines[:1]))[0][0] == lines[0].words
