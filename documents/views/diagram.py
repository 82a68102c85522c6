"""Lược đồ: group the relations of a document round it, as its page draws them."""

from dataclasses import dataclass

from documents.law.relations import Line

#: From this many lines a group stands last and shows numbers without titles.
MANY = 25
#: With more lines than a sheet of A4 holds, the printed page has the table only.
PRINTED = 10


@dataclass(frozen=True)
class Group:
    """The relations of one document that have the same name."""

    words: str
    lines: list[Line]

    @property
    def is_many(self) -> bool:
        """Whether a group of the lược đồ shows numbers without titles."""
        return len(self.lines) >= MANY

    @property
    def is_active(self) -> bool:
        """Whether the document of the lược đồ acts on those of the group; also if mutual."""
        return self.lines[0].is_active

    @property
    def direction(self) -> str:
        """Which way the arrow of the lược đồ points: "out", "in", "" for a mutual relation."""
        return "" if self.lines[0].is_mutual else "out" if self.is_active else "in"


@dataclass(frozen=True)
class Diagram:
    """The groups above and below a document: what acts on it, and what it acts on."""

    above: list[Group]
    below: list[Group]

    @property
    def is_printed(self) -> bool:
        """Whether the lược đồ fits a sheet of paper."""
        return sum(len(group.lines) for group in (*self.above, *self.below)) <= PRINTED


def diagram_of(lines: list[Line]) -> Diagram:
    """Return the lược đồ of a document with these relations; groups of very many stand last."""
    rows: dict[str, list[Line]] = {}
    for line in lines:
        rows.setdefault(line.words, []).append(line)
    groups = [Group(words, same) for words, same in rows.items()]
    above = [group for group in groups if not (group.is_many or group.is_active)]
    below = [group for group in groups if group.is_active and not group.is_many]
    return Diagram(above, [*below, *(group for group in groups if group.is_many)])
