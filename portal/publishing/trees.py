"""Trees of rows with parents: children, subtree, path from the top down, nested nodes for a page.

For categories of the news, static pages, the menu, and the successors of agencies. Needs no Django.
A circle of parents, which the forms refuse, ends a walk instead of making it endless.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, Protocol, TypeVar


class Row(Protocol):
    """A row of a tree: its key, and the key of its parent (None at the top)."""

    pk: Any
    parent_id: Any


R = TypeVar("R", bound=Row)


class Tree(Generic[R]):
    """Rows of one table, read whole: which lie below which, in the order in which they came."""

    def __init__(self, rows: Iterable[R]) -> None:
        self.rows = list(rows)
        self.by_key = {row.pk: row for row in self.rows}
        self._below: dict[Any, list[R]] = {}
        for row in self.rows:
            self._below.setdefault(row.parent_id, []).append(row)

    def children(self, row: R | None) -> list[R]:
        """Return the tree's rows directly below `row`; of None, those without a parent."""
        return self._below.get(row.pk if row else None, [])

    def tops(self) -> list[R]:
        """Return the tree's top rows: those without a parent among the rows."""
        return [
            row for parent, rows in self._below.items() if parent not in self.by_key for row in rows
        ]

    def lines(self, rows: list[R], depth: int = 0) -> Iterator[tuple[int, R]]:
        """Yield (depth, row) of `rows` and the tree below them, a row before those below it."""
        path: list[tuple[int, R]] = [(depth, row) for row in reversed(rows)]
        seen = set()
        while path:
            depth, row = path.pop()
            if row.pk not in seen:
                seen.add(row.pk)
                yield depth, row
                path += [(depth + 1, child) for child in reversed(self.children(row))]

    def subtree(self, row: R) -> list[R]:
        """Return `row` and the tree below it, each row before what lies below it."""
        return [each for _, each in self.lines([row])]

    def path_to(self, row: R) -> list[R]:
        """Return the branch of the tree from the top down to `row`, with it.

        Raises KeyError for no such row.
        """
        path = [self.by_key[row.pk]]
        while (parent := self.by_key.get(path[-1].parent_id)) and parent not in path:
            path.append(parent)
        return path[::-1]

    def nodes(self, rows: list[R], describe: Callable[[R], dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the tree's nodes `describe(row)` of `rows`, the nodes below as "children"."""
        top: list[dict[str, Any]] = []
        open_lists = [top]  # the list of children of each row on the way down
        for depth, row in self.lines(rows):
            node = describe(row) | {"children": []}
            open_lists[depth:] = [open_lists[depth], node["children"]]
            open_lists[depth].append(node)
        return top


def chain(row: Any, link: str) -> Iterator[Any]:
    """Yield the chain of `row` along its foreign key `link`, each row once; of None nothing."""
    seen = set()
    while row is not None and row.pk not in seen:
        seen.add(row.pk)
        yield row
        row = getattr(row, link)


def leads_back(row: Any, link: str) -> bool:
    """Tell whether the chain of the foreign key `link` from `row` leads back to it, a loop."""
    return any(later.pk == row.pk for later in chain(getattr(row, link), link))
