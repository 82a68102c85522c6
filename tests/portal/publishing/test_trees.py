"""Trees of rows with parents: order is kept, orphans stand at the top, circles end."""

from dataclasses import dataclass

import pytest

from portal.publishing.trees import Tree, chain, leads_back


@dataclass(eq=False)
class Row:
    """A row with its parent; `parent_id` may name a row that is not there."""

    pk: int
    parent: "Row | None" = None
    lost_parent: int | None = None

    @property
    def parent_id(self):
        return self.parent.pk if self.parent else self.lost_parent


@pytest.fixture
def rows():
    """1 (3 (5), 4), 2, and 6, whose parent is not there."""
    one, two = Row(1), Row(2)
    three = Row(3, one)
    return [one, two, three, Row(4, one), Row(5, three), Row(6, lost_parent=9)]


def keys(rows):
    return [row.pk for row in rows]


def test_rows_keep_their_order(rows):
    tree = Tree(rows)
    assert keys(tree.children(None)) == [1, 2]
    assert keys(tree.children(rows[0])) == [3, 4]
    assert keys(tree.tops()) == [1, 2, 6]
    assert keys(tree.subtree(rows[0])) == [1, 3, 5, 4]
    assert keys(tree.path_to(rows[4])) == [1, 3, 5]
    assert [(depth, row.pk) for depth, row in tree.lines(tree.tops())] == [
        (0, 1),
        (1, 3),
        (2, 5),
        (1, 4),
        (0, 2),
        (0, 6),
    ]


def test_nodes_are_nested_as_the_rows_are(rows):
    tree = Tree(rows)
    assert tree.nodes(tree.children(None), lambda row: {"key": row.pk}) == [
        {
            "key": 1,
            "children": [
                {"key": 3, "children": [{"key": 5, "children": []}]},
                {"key": 4, "children": []},
            ],
        },
        {"key": 2, "children": []},
    ]


def test_circles_end():
    one, two, apart = Row(1), Row(2), Row(3)
    one.parent, two.parent = two, one
    tree = Tree([one, two, apart])
    assert keys(tree.tops()) == [3]
    assert keys(tree.subtree(one)) == [1, 2]
    assert keys(tree.path_to(one)) == [2, 1]
    assert keys(chain(one, "parent")) == [1, 2]
    assert keys(chain(None, "parent")) == []


def test_what_leads_back_is_told_at_any_distance():
    one = Row(1)
    one.parent = Row(2, Row(3, one))
    assert leads_back(one, "parent")
    before = Row(4, one)  # leads into the circle, not back to itself
    assert not leads_back(before, "parent")
    assert not leads_back(Row(5), "parent")
