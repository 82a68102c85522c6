"""Lược đồ: the relations of a document laid out as a picture. Pure Python, in whole CSS pixels.

The document stands on a trunk: above it what acts on it, below it what it acts on, in groups that bear the name of the relation. A group of
very many is drawn last, as numbers only, so that the document and its few weighty relations stay together.

The picture takes the width it gets, from a phone to a sheet of A4; lengths along the line are fixed, so that nothing is scaled. Text in SVG
does not wrap: what has no room on a phone stands in two lengths (`Cut`), and the style sheet shows one. Widths are estimated by
DejaVu Sans, the widest of the usual system fonts; narrower ones fit as well.
"""

import unicodedata
from dataclasses import dataclass, field

#: Heights and distances; `static/css/components.css`, "lược đồ", holds the matching sizes of the letters.
CENTRE, NODE, NODE_GAP, CHIP, CHIP_GAP, STRIP, LINE = 84, 74, 10, 30, 6, 30, 17
#: From this many lines a group is drawn as numbers only.
MANY = 25
#: A picture higher than this (a sheet of A4) is left to the table on paper: a page would break through its boxes.
SHEET = 900

#: Room in em for each text: on a desk from 40 rem on, on a phone of 320 px. (Room in pixels by size of the letters.)
DETAIL_ROOM = (405 / 14, 244 / 13)
CENTRE_DETAIL_ROOM = (575 / 14, 260 / 13)
LABEL_ROOM = (140 / 14, 255 / 14)
CHIP_ROOM = 112 / 11
#: Sizes of a number on a phone as (class, room in em): a number is never broken, a long one is written smaller.
NUMBER_SIZES = (("n-16", 244 / 16), ("n-13", 244 / 13), ("n-11", 244 / 11), ("n-9", 244 / 9))

#: The marks that the style sheet sets before a standing in words; inside a picture it cannot.
SHAPES = {"con": "●", "chua-co": "▲", "het-mot-phan": "◐", "het": "■", "ngung": "▬", "khong-phu-hop": "◇"}

_THIN, _SLIM, _BROAD = frozenset("iIjl.,:;'|!/()[]-·‘’ "), frozenset('frtJ"“”*'), frozenset("mwMW@%&…—―")


def em(text, bold=False):
    """Return the width (float, in em) that `text` (str) takes at most in a usual system font."""
    total = 0.0
    for letter in unicodedata.normalize("NFD", text):
        if unicodedata.combining(letter):
            continue
        if letter in _THIN:
            total += 0.37
        elif letter in _SLIM:
            total += 0.46
        elif letter in _BROAD or unicodedata.east_asian_width(letter) in "WF":
            total += 1.0
        elif letter.isupper():
            total += 0.75
        else:
            total += 0.64
    return total * 1.08 if bold else total


def cut(text, room, bold=False):
    """Return `text` (str) as one line of at most `room` em: whole, or cut behind a word and ended by "…"."""
    text = " ".join(text.split())
    if em(text, bold) <= room:
        return text
    kept = text
    while kept and em(kept + "…", bold) > room:
        kept = kept[:-1]
    behind_a_word = kept.rsplit(" ", 1)[0] if " " in kept else ""
    return (behind_a_word if len(behind_a_word) > len(kept) / 2 else kept).rstrip(" ,.;:–-") + "…"


def wrap(text, room):
    """Return the words of `text` (str) as lines (list of str) of at most `room` em; a longer word has a line of its own."""
    lines = []
    for word in text.split():
        if lines and em(f"{lines[-1]} {word}", bold=True) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


@dataclass(frozen=True)
class Cut:
    """A text as it fits a desk and as it fits a phone (str)."""

    wide: str
    narrow: str

    @property
    def is_one(self):
        """Tell whether both are the same."""
        return self.wide == self.narrow


def cuts(text, rooms, bold=False):
    """Return `text` (str) cut to `rooms` (em on a desk, em on a phone) as a `Cut`."""
    return Cut(*(cut(text, room, bold) for room in rooms))


def sized(number):
    """Return (`number` as it fits a phone and so everywhere, class that sizes it there); only one beyond every size is cut."""
    width = em(number, bold=True)
    name, room = next(((name, room) for name, room in NUMBER_SIZES if width <= room), NUMBER_SIZES[-1])
    return cut(number, room, bold=True), name


@dataclass(frozen=True)
class Node:
    """The other document of a relation. `x`, `width`: shares of the group's width; the rest in pixels from its first node."""

    line: object
    x: str
    y: int
    width: str
    height: int
    number: str
    size: str
    detail: Cut

    @property
    def middle(self):
        """The height (int) at which its edge meets it."""
        return self.y + self.height // 2

    @property
    def shape(self):
        """The mark of how the document stands (str)."""
        return SHAPES.get(self.line.document.validity, "○")


@dataclass(frozen=True)
class Group:
    """The documents of one relation. `y`: top of its strip; `nodes_y`, `height`: its nodes below; `arrow`: "out", "in" or ""."""

    words: str
    count: int
    y: int
    height: int
    nodes: list
    is_many: bool
    arrow: str

    @property
    def nodes_y(self):
        """Where its nodes begin (int)."""
        return self.y + STRIP

    @property
    def middle(self):
        """The height (int), from the top of the picture, at which its edge leaves the trunk."""
        return self.nodes_y + self.nodes[0].middle

    @property
    def edges(self):
        """The nodes (list of Node) that an edge leads to; numbers set in a block share the first."""
        return self.nodes[:1] if self.is_many else self.nodes

    @property
    def last(self):
        """The height (int), from the first node, down to which the group is bracketed."""
        return self.nodes[-1].middle

    @property
    def label(self):
        """The name of the relation (str), with the number of documents where there are several."""
        return f"{self.words} ({self.count})" if self.count > 1 else self.words

    @property
    def label_beside(self):
        """The label on a desk, beside the edge: list of (y, line)."""
        lines = wrap(self.label, LABEL_ROOM[0])
        top = self.middle + 5 - LINE * (len(lines) - 1) // 2
        return [(top + LINE * place, line) for place, line in enumerate(lines)]

    @property
    def label_above(self):
        """The label on a phone (str), in the strip above the nodes."""
        return cut(self.label, LABEL_ROOM[1], bold=True)


@dataclass(frozen=True)
class Diagram:
    """The whole picture; `centre`: top of the document's own box; `trunk`: its first and last height."""

    centre: int
    height: int
    number: str
    size: str
    detail: Cut
    shape: str
    above: list = field(default_factory=list)
    below: list = field(default_factory=list)

    @property
    def groups(self):
        """All groups (list of Group) from top to bottom."""
        return [*self.above, *self.below]

    @property
    def trunk(self):
        """First and last height (int, int) of the line that joins all."""
        first = self.above[0].middle if self.above else self.centre
        return first, self.below[-1].middle if self.below else self.centre

    @property
    def is_tall(self):
        """Tell whether it is higher than a sheet of paper."""
        return self.height > SHEET


def _chips(rows):
    """Return the nodes (list) of a great group: numbers only, two in a row where they fit."""
    nodes, y, is_left_free = [], 0, True
    for line in rows:
        name = line.number or line.title
        is_half = em(name, bold=True) <= CHIP_ROOM
        if not is_left_free and not is_half:
            y, is_left_free = y + CHIP + CHIP_GAP, True
        number, size = (name, "n-11") if is_half else sized(name)
        x, width = ("0" if is_left_free else "51%"), ("49%" if is_half else "100%")
        nodes.append(Node(line, x, y, width, CHIP, number, size, Cut("", "")))
        is_left_free = not (is_half and is_left_free)
        if is_left_free:
            y += CHIP + CHIP_GAP
    return nodes


def _boxes(rows):
    """Return the nodes (list) of a group, one below the other: number, trích yếu, day and standing."""
    nodes = []
    for step, line in enumerate(rows):
        number, size = sized(line.number or line.title)
        detail = line.title if line.number else ""
        if line.is_partial:
            detail = f"Một phần: {detail}" if detail else "Một phần"
        y = step * (NODE + NODE_GAP)
        nodes.append(Node(line, "0", y, "100%", NODE, number, size, cuts(detail, DETAIL_ROOM)))
    return nodes


def _group(words, rows, y):
    first = rows[0]
    is_many = len(rows) >= MANY
    nodes = _chips(rows) if is_many else _boxes(rows)
    arrow = "" if first.is_mutual else "out" if first.is_active else "in"
    return Group(words, len(rows), y, nodes[-1].y + nodes[-1].height, nodes, is_many, arrow)


def draw(document, lines):
    """Return the picture (Diagram) of `document` with `lines` (list of Line): each line is one node, in the order of its group."""
    rows = {}
    for line in lines:
        rows.setdefault(line.words, []).append(line)
    many = {words for words in rows if len(rows[words]) >= MANY}
    acting = [words for words in rows if words not in many and not rows[words][0].is_active]
    acted_on = [words for words in rows if words not in many and rows[words][0].is_active]

    def stack(names, y):
        groups = []
        for words in names:
            groups.append(_group(words, rows[words], y))
            y = groups[-1].nodes_y + groups[-1].height
        return groups, y

    above, y = stack(acting, 0)
    centre = y + STRIP if above else 0
    below, y = stack([*acted_on, *(words for words in rows if words in many)], centre + CENTRE)
    number, size = sized(document.number or document.title)
    detail = document.summary if document.number else ""
    return Diagram(
        centre, y + 2, number, size, cuts(detail, CENTRE_DETAIL_ROOM), SHAPES.get(document.validity, "○"), above, below
    )
