"""Lược đồ: the relations of a document laid out as a picture. Pure Python, in whole CSS pixels.

The document stands on a trunk: above it what acts on it, below it what it acts on, in groups that bear the name of the relation. A group of
very many is drawn last, as numbers only, so that the document and its few weighty relations stay together.

The picture takes the width it gets, from a phone to a sheet of A4, and nothing is scaled. Text in SVG
does not wrap: what has no room on a phone stands in two lengths (`Cut`), and the style sheet shows one. Widths are estimated by
DejaVu Sans, the widest of the usual system fonts; narrower ones fit as well.
"""

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate

#: Heights and distances; `static/css/components.css`, "lược đồ", holds the matching sizes of the letters.
CENTRE, NODE, NODE_GAP, CHIP, CHIP_GAP, STRIP, LINE = 84, 74, 10, 30, 6, 30, 17
#: From this many lines a group is drawn as numbers only.
MANY = 25
#: A picture higher than this (a sheet of A4) is left to the table on paper: a page would break through its boxes.
SHEET = 900

#: Room in em: (on a desk, on a phone) for the texts, by the pixels that the style sheet leaves them and the size of its letters.
#: In between, and on phones below 360 px, the style sheet takes smaller letters.
DETAIL_ROOM = (448 / 14, 284 / 13)
WORDS_ROOM = (448 / 15, 284 / 14)
CENTRE_DETAIL_ROOM = (660 / 14, 300 / 13)
LABEL_ROOM = 168 / 14
CHIP_ROOM = 136 / 11
#: Sizes of a number on a phone as (class, room in em): a number is never broken, a long one is written smaller.
NUMBER_SIZES = (
    ("n-16", 284 / 16),
    ("n-13", 284 / 13),
    ("n-11", 284 / 11),
    ("n-10", 284 / 10),
    ("n-9", 284 / 9),
)

#: The marks that the style sheet sets before a standing in words; inside a picture it cannot.
SHAPES = {
    "con": "●",
    "chua-co": "▲",
    "het-mot-phan": "◐",
    "het": "■",
    "ngung": "▬",
    "khong-phu-hop": "◇",
}

_THIN, _SLIM, _BROAD = (
    frozenset("iIjl.,:;'|!/()[]-·‘’ "),
    frozenset('frtJ"“”*'),
    frozenset("mwMW@%&…—―"),
)


@cache
def _width(letter):
    """Return the width (float, in em) of one character with its accents; an accent alone takes none."""
    base = unicodedata.normalize("NFD", letter)[0]
    if unicodedata.combining(base):
        return 0.0
    if base in _THIN:
        return 0.35
    if base in _SLIM:
        return 0.46
    if base in _BROAD or unicodedata.east_asian_width(base) in "WF":
        return 1.0
    if base.isdigit():
        return 0.64
    return 0.73 if base.isupper() else 0.62


def em(text, bold=False):
    """Return the width (float, in em) that `text` (str) takes at most in a usual system font."""
    return sum(map(_width, text)) * (1.1 if bold else 1)


def cut(text, room, bold=False):
    """Return `text` (str) as one line of at most `room` em: whole, or cut behind a word and ended by "…"."""
    text = " ".join(text.split())
    if em(text, bold) <= room:
        return text
    widths = accumulate((em(letter, bold) for letter in text), initial=em("…", bold))
    kept = text[: sum(width <= room for width in widths) - 1]
    behind_a_word = kept.rsplit(" ", 1)[0] if " " in kept else ""
    return (behind_a_word if len(behind_a_word) > len(kept) / 2 else kept).rstrip(" ,.;:–-") + "…"


def wrap(text, room):
    """Return the words of `text` (str) as lines (list of str) of at most `room` em; a longer word has a line of its own."""
    lines = []
    for word in text.split(" "):
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


def named(number, title):
    """Return (`Cut`, class): the number whole, in the size that fits a phone, and only cut beyond every size; without one the title."""
    if not number:
        return cuts(title, WORDS_ROOM, bold=True), "words"
    width = em(number, bold=True)
    size, room = next(
        ((size, room) for size, room in NUMBER_SIZES if width <= room), NUMBER_SIZES[-1]
    )
    return cuts(number, (room, room), bold=True), size


@dataclass(frozen=True)
class Node:
    """The other document of a relation. `side`: "" for the whole width, "left" or "right" for a half; heights in pixels from the group's first node."""

    line: object
    side: str
    y: int
    height: int
    name: Cut
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
        return f"{self.words}\u00a0({self.count})" if self.count > 1 else self.words

    @property
    def label_beside(self):
        """The label on a desk, standing on the edge, where a phone has it in the strip above: list of (y, line)."""
        lines = wrap(self.label, LABEL_ROOM)
        top = self.middle - 7 - LINE * (len(lines) - 1)
        return [(top + LINE * place, line) for place, line in enumerate(lines)]


@dataclass(frozen=True)
class Diagram:
    """The whole picture; `centre`: top of the document's own box; `trunk`: its first and last height."""

    centre: int
    height: int
    name: Cut
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
        short = line.number or line.title
        is_half = em(short, bold=True) <= CHIP_ROOM
        if not is_left_free and not is_half:
            y, is_left_free = y + CHIP + CHIP_GAP, True
        name, size = (Cut(short, short), "n-11") if is_half else named(line.number, line.title)
        side = "" if not is_half else "left" if is_left_free else "right"
        nodes.append(Node(line, side, y, CHIP, name, size, Cut("", "")))
        is_left_free = not (is_half and is_left_free)
        if is_left_free:
            y += CHIP + CHIP_GAP
    return nodes


def _boxes(rows):
    """Return the nodes (list) of a group, one below the other: number, trích yếu, day and standing."""
    nodes = []
    for step, line in enumerate(rows):
        name, size = named(line.number, line.title)
        detail = line.title if line.number else ""
        if line.is_partial:
            detail = f"Một phần: {detail}" if detail else "Một phần"
        y = step * (NODE + NODE_GAP)
        nodes.append(Node(line, "", y, NODE, name, size, cuts(detail, DETAIL_ROOM)))
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
    name, size = named(document.number, document.title)
    detail = document.summary if document.number else ""
    return Diagram(
        centre,
        y + 2,
        name,
        size,
        cuts(detail, CENTRE_DETAIL_ROOM),
        SHAPES.get(document.validity, "○"),
        above,
        below,
    )
