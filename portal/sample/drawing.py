"""Stand-ins for photographs: quiet flat scenes, the same bytes' worth of picture on every run.

Drawn at twice the size and shrunk, which smooths the edges. No text is drawn: no font is needed.
"""

import io
import random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 540
_SCALE = 2

NAVY, BLUE, SKY, PALE = "#12325c", "#1f4e8c", "#a9c7e8", "#e3edf8"
RED, DARK_RED, GOLD = "#b3202a", "#8c1820", "#f2c14e"
SKIN, WOOD, DARK_WOOD, WHITE, GREY = "#e8bd98", "#9a6a3f", "#7a5130", "#fbfcfe", "#8a97a8"
GREEN, DARK_GREEN, SAND, BLACK = "#4f8f5b", "#2f6a43", "#ead9b6", "#1c2430"
SUITS = ("#22324a", "#2d4a6b", "#3b3f4c", "#4a3b52", "#264653", "#5b4636")


class _Canvas:
    """A drawing of 960 × 540 units."""

    def __init__(self, ground):
        self.image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), ground)
        self.draw = ImageDraw.Draw(self.image)

    def _at(self, *numbers):
        return [number * _SCALE for number in numbers]

    def box(self, x, y, width, height, colour, radius=0):
        self.draw.rounded_rectangle(
            self._at(x, y, x + width, y + height), radius * _SCALE, fill=colour
        )

    def disc(self, x, y, radius, colour):
        self.draw.ellipse(self._at(x - radius, y - radius, x + radius, y + radius), fill=colour)

    def shape(self, colour, *points):
        self.draw.polygon([tuple(self._at(*point)) for point in points], fill=colour)

    def line(self, colour, width, *points):
        self.draw.line(
            [tuple(self._at(*point)) for point in points],
            fill=colour,
            width=width * _SCALE,
            joint="curve",
        )

    def arc(self, colour, width, x, y, radius, start, end):
        self.draw.arc(
            self._at(x - radius, y - radius, x + radius, y + radius),
            start,
            end,
            fill=colour,
            width=width * _SCALE,
        )

    def jpeg(self):
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        small.save(out, "JPEG", quality=88)
        return out.getvalue()


# --- things that several scenes share -------------------------------------------------------------------


def _person(c, x, y, size, suit, hair=BLACK):
    """Draw head and shoulders; (x, y): the middle of the shoulders' lower edge."""
    c.shape(
        suit,
        (x - size, y),
        (x - size * 0.85, y - size * 0.75),
        (x - size * 0.3, y - size),
        (x + size * 0.3, y - size),
        (x + size * 0.85, y - size * 0.75),
        (x + size, y),
    )
    c.shape(WHITE, (x - size * 0.18, y - size), (x + size * 0.18, y - size), (x, y - size * 0.45))
    c.box(x - size * 0.14, y - size * 1.2, size * 0.28, size * 0.3, SKIN)
    c.disc(x, y - size * 1.5, size * 0.42, hair)
    c.disc(x, y - size * 1.42, size * 0.38, SKIN)


def _back(c, x, y, size, suit):
    """Draw somebody of the audience, seen from behind."""
    c.box(x - size, y - size * 0.9, size * 2, size * 1.4, suit, size * 0.5)
    c.disc(x, y - size * 1.3, size * 0.48, BLACK)


def _standing(c, x, y, size, suit):
    """Draw somebody standing; (x, y): between the feet."""
    c.box(x - size * 0.55, y - size * 2, size * 0.5, size * 2, "#1d2735")
    c.box(x + size * 0.05, y - size * 2, size * 0.5, size * 2, "#1d2735")
    c.box(x - size * 0.75, y - size * 3.6, size * 1.5, size * 1.9, suit, size * 0.4)
    _person(c, x, y - size * 2.6, size * 0.95, suit)


def _hall(c, banner=True):
    """Draw the wall of a conference hall: deep blue curtains, a red banner with golden lines, a wooden floor."""
    for n in range(24):
        c.box(n * 40, 0, 40, 400, NAVY if n % 2 else "#153a6a")
    c.box(0, 396, WIDTH, 144, "#6f4a2c")
    c.box(0, 396, WIDTH, 6, DARK_WOOD)
    if banner:
        c.box(170, 46, 620, 120, DARK_RED, 4)
        c.box(176, 52, 608, 108, RED, 3)
        c.box(250, 78, 460, 12, GOLD, 6)
        c.box(300, 104, 360, 9, "#f7dc9a", 4)
        c.box(350, 126, 260, 7, "#f7dc9a", 3)


def _table(c, x, y, width, people, size=34):
    """Draw a long table with people behind it and flowers on it."""
    step = width / people
    for n in range(people):
        _person(c, x + step * (n + 0.5), y + 6, size, SUITS[n % len(SUITS)])
    c.box(x - 10, y, width + 20, 16, WHITE, 3)
    c.box(x, y + 16, width, 62, RED)
    c.box(x, y + 16, width, 8, DARK_RED)
    for n in range(people):
        c.box(x + step * (n + 0.5) - 14, y - 9, 28, 10, PALE, 2)
    for n in range(9):
        c.disc(x + width / 2 - 32 + n * 8, y + 22 + (n % 3) * 5, 7, (GOLD, WHITE, "#e0707a")[n % 3])


def _podium(c, x, y, suit):
    """Draw a speaker behind a podium; (x, y): the foot of the podium."""
    _person(c, x, y - 92, 40, suit)
    c.shape(WOOD, (x - 52, y - 112), (x + 52, y - 112), (x + 42, y), (x - 42, y))
    c.box(x - 60, y - 120, 120, 12, DARK_WOOD, 4)
    c.disc(x, y - 58, 18, GOLD)
    c.disc(x, y - 58, 13, RED)


def _audience(c, rows, seed):
    """Draw rows of people seen from behind, each row nearer and larger."""
    chance = random.Random(seed)  # noqa: S311 - a seed makes the same picture each time
    for row in range(rows):
        size, y = 26 + row * 9, 440 + row * 56
        gap = size * 2.5
        shift = chance.uniform(0, gap / 2)
        for n in range(int(WIDTH / gap) + 2):
            _back(c, n * gap + shift - 20, y, size, chance.choice(SUITS))


def _hills(c):
    c.box(0, 0, WIDTH, HEIGHT, "#cfe3f4")
    c.disc(790, 110, 46, "#f8dd9a")
    c.shape(
        "#9dbfa6",
        (0, 330),
        (180, 190),
        (360, 310),
        (560, 170),
        (800, 320),
        (960, 230),
        (960, 540),
        (0, 540),
    )
    c.shape(GREEN, (0, 390), (260, 300), (520, 400), (760, 320), (960, 400), (960, 540), (0, 540))


# --- the scenes ----------------------------------------------------------------------------------------


def _conference(c):
    _hall(c)
    _table(c, 330, 300, 420, 5)
    _podium(c, 170, 404, SUITS[0])
    _audience(c, 2, 1)


def _speech(c):
    _hall(c, banner=False)
    c.box(300, 60, 360, 70, RED, 4)
    c.box(350, 84, 260, 10, GOLD, 5)
    for n in range(7):
        if n != 2:
            _person(c, 130 + n * 118, 300, 40, SUITS[n % 6])
    c.box(130 + 2 * 118 - 42, 250, 84, 50, SUITS[1])
    _person(c, 130 + 2 * 118, 262, 44, SUITS[1])
    c.box(40, 296, 880, 18, WHITE, 4)
    c.box(52, 314, 856, 90, WOOD)
    for n in range(7):
        c.box(104 + n * 118, 286, 50, 10, PALE, 2)
    _audience(c, 1, 2)


def _answer(c):
    _hall(c)
    _standing(c, 480, 420, 44, SUITS[4])
    _audience(c, 2, 3)


def _screen(c):
    _hall(c, banner=False)
    c.box(330, 40, 560, 310, "#dbe6f3", 6)
    c.box(342, 52, 536, 286, WHITE, 4)
    c.box(370, 78, 250, 18, BLUE, 6)
    for n in range(4):
        c.disc(382, 130 + n * 36, 7, GOLD)
        c.box(402, 124 + n * 36, 190 - n * 20, 12, SKY, 5)
    for n, tall in enumerate((60, 96, 130, 172)):
        c.box(650 + n * 52, 310 - tall, 34, tall, (SKY, BLUE, NAVY, RED)[n], 3)
    _standing(c, 220, 420, 42, "#5a3350")
    c.line(DARK_WOOD, 4, (262, 290), (362, 226))
    _audience(c, 2, 4)


def _awards(c):
    _hall(c)
    for n in range(6):
        x = 90 + n * 22
        c.line(GOLD, 3, (x, 210), (x, 396))
        c.shape(RED if n % 2 else DARK_RED, (x, 214), (x + 18, 224), (x + 14, 320), (x, 330))
    _podium(c, 620, 404, SUITS[2])
    for n in range(3):
        c.box(750 + n * 62, 330, 44, 34, GOLD, 4)
        c.box(755 + n * 62, 335, 34, 24, WHITE, 3)
    c.box(730, 364, 210, 40, RED)
    _audience(c, 1, 5)


def _cables(c):
    _hills(c)
    c.box(560, 240, 300, 200, "#d8c6a6")
    c.box(540, 220, 340, 26, DARK_RED, 4)
    for n in range(4):
        c.box(590 + n * 66, 280, 40, 56, SKY, 3)
    c.box(0, 440, WIDTH, 100, "#8c939e")
    for n in range(8):
        c.box(n * 130 + 20, 486, 70, 8, WHITE)
    c.box(300, 60, 18, 390, GREY)
    c.box(240, 92, 140, 10, "#6f7a88")
    for n in range(6):
        c.line(BLACK, 2, (0, 120 + n * 9), (309, 100 + n * 5), (960, 130 + n * 8))
    c.line("#c9a24a", 6, (180, 446), (296, 170))
    c.line("#c9a24a", 6, (214, 446), (310, 180))
    for n in range(8):
        c.line("#c9a24a", 4, (190 + n * 14, 422 - n * 32), (218 + n * 12, 422 - n * 32))
    _person(c, 262, 210, 30, "#e07b28", "#f2c14e")
    c.disc(262, 158, 15, GOLD)


def _counter(c):
    c.box(0, 0, WIDTH, HEIGHT, "#f3ead9")
    c.box(0, 0, WIDTH, 90, BLUE)
    c.box(60, 26, 300, 36, GOLD, 8)
    c.box(660, 130, 260, 270, WOOD, 4)
    for shelf in range(4):
        c.box(672, 142 + shelf * 64, 236, 54, "#5f3f24")
        for n in range(11):
            c.box(
                678 + n * 21,
                150 + shelf * 64 + (n * shelf) % 3 * 4,
                15,
                46 - (n * shelf) % 3 * 4,
                (RED, BLUE, GOLD, GREEN, PALE)[(n + shelf) % 5],
                2,
            )
    _person(c, 250, 330, 62, BLUE)
    _person(c, 470, 330, 62, "#7a4a52")
    c.box(80, 326, 540, 26, DARK_WOOD, 5)
    c.box(96, 352, 508, 150, WOOD)
    c.box(320, 304, 80, 22, WHITE, 2)
    c.box(120, 292, 90, 36, "#c89b62", 3)
    c.box(160, 292, 10, 36, RED)
    c.box(0, 500, WIDTH, 40, "#c9b48f")


def _computers(c):
    c.box(0, 0, WIDTH, HEIGHT, "#3a5f8a")
    c.box(250, 40, 460, 180, "#0e1b2c", 8)
    nodes = [(310, 90), (400, 170), (480, 80), (560, 160), (650, 100)]
    for first, second in zip(nodes, nodes[1:], strict=False):
        c.line("#3f7cc0", 3, first, second)
    for n, (x, y) in enumerate(nodes):
        c.disc(x, y, 13, (SKY, SKY, GOLD, SKY, "#e0707a")[n])
    for n in range(4):
        x = 130 + n * 234
        c.box(x - 78, 268, 156, 96, "#0b1420", 6)
        c.box(x - 70, 276, 140, 80, BLUE, 3)
        for row in range(4):
            c.box(x - 60, 286 + row * 17, 60 + (row * 37 + n * 23) % 60, 8, SKY, 3)
        c.box(x - 10, 364, 20, 20, GREY)
    c.box(0, 384, WIDTH, 14, WOOD)
    c.box(0, 398, WIDTH, 142, "#2b4668")
    for n in range(4):
        _back(c, 130 + n * 234, 480, 50, SUITS[n])


def _office(c):
    c.box(0, 0, WIDTH, HEIGHT, "#d6e7f6")
    c.disc(140, 90, 40, WHITE)
    c.disc(190, 96, 32, WHITE)
    c.disc(780, 70, 34, WHITE)
    c.box(200, 150, 560, 290, "#f4ecd8")
    c.box(180, 132, 600, 26, BLUE, 4)
    for row in range(3):
        for n in range(9):
            if row < 2 or n not in (3, 4, 5):
                c.box(224 + n * 59, 184 + row * 84, 36, 52, "#7fa6cf", 3)
                c.box(224 + n * 59, 208 + row * 84, 36, 3, WHITE)
    c.box(394, 340, 172, 100, "#e6d9b8")
    c.box(436, 356, 88, 84, NAVY, 4)
    c.box(478, 356, 4, 84, PALE)
    c.box(380, 328, 200, 16, RED, 3)
    c.box(476, 40, 6, 94, GREY)
    c.box(482, 44, 66, 42, RED)
    c.shape(
        GOLD,
        (515, 53),
        (519, 62),
        (529, 62),
        (521, 68),
        (524, 78),
        (515, 72),
        (506, 78),
        (509, 68),
        (501, 62),
        (511, 62),
    )
    c.box(0, 440, WIDTH, 100, "#b9c4b0")
    c.shape("#d9d3c4", (410, 440), (550, 440), (640, 540), (320, 540))
    for x in (70, 140, 830, 900):
        c.box(x - 6, 380, 12, 66, DARK_WOOD)
        c.disc(x, 350, 44, DARK_GREEN)
        c.disc(x + 14, 326, 34, GREEN)


def _telephone(c):
    c.box(0, 0, WIDTH, HEIGHT, "#e9eef5")
    c.disc(480, 270, 230, "#d5e0ee")
    c.shape(SKIN, (560, 540), (600, 330), (640, 300), (670, 330), (660, 400), (720, 540))
    c.box(370, 60, 220, 430, BLACK, 26)
    c.box(382, 84, 196, 382, WHITE, 8)
    c.shape(GOLD, (480, 130), (556, 262), (404, 262))
    c.box(472, 172, 16, 48, BLACK, 6)
    c.disc(480, 240, 9, BLACK)
    for n, wide in enumerate((150, 120, 136)):
        c.box(404, 290 + n * 26, wide, 12, SKY, 5)
    c.box(404, 392, 152, 40, RED, 10)
    c.box(444, 406, 72, 12, WHITE, 5)
    for n in range(4):
        c.box(354, 300 + n * 44, 60, 34, SKIN, 16)


def _community(c):
    _hills(c)
    c.shape(DARK_RED, (520, 200), (720, 100), (920, 200))
    c.box(550, 200, 340, 200, "#efe2c6")
    c.box(690, 280, 70, 120, DARK_WOOD)
    c.box(590, 250, 60, 60, SKY, 3)
    c.box(800, 250, 60, 60, SKY, 3)
    c.box(0, 400, WIDTH, 140, SAND)
    _person(c, 300, 420, 74, BLUE)
    _person(c, 480, 420, 70, "#7c5a44", "#c9ced6")
    c.box(362, 330, 56, 92, BLACK, 8)
    c.box(368, 338, 44, 74, SKY, 4)
    c.box(180, 416, 420, 22, WOOD, 5)
    c.box(210, 438, 16, 102, DARK_WOOD)
    c.box(556, 438, 16, 102, DARK_WOOD)


def _books(c):
    c.box(0, 0, WIDTH, HEIGHT, "#f1e8d8")
    c.box(60, 50, 560, 430, WOOD, 6)
    chance = random.Random(9)  # noqa: S311 - a seed makes the same picture each time
    for shelf in range(4):
        c.box(76, 66 + shelf * 102, 528, 90, "#5f3f24")
        x = 82
        while x < 580:
            wide, tall = chance.randint(14, 26), chance.randint(54, 82)
            c.box(
                x,
                156 + shelf * 102 - tall,
                wide,
                tall,
                chance.choice((RED, BLUE, NAVY, GOLD, GREEN, "#7c5a8a", PALE, "#d98c5f")),
                2,
            )
            x += wide + 2
    c.box(0, 480, WIDTH, 60, "#c7a97c")
    _person(c, 780, 400, 66, GREEN)
    c.box(690, 392, 180, 120, "#8a5d38", 10)
    c.shape(WHITE, (780, 350), (700, 330), (700, 392), (780, 408))
    c.shape(PALE, (780, 350), (860, 330), (860, 392), (780, 408))


_SCENES = {
    "hoi-truong": _conference,
    "phat-bieu": _speech,
    "giai-dap": _answer,
    "man-chieu": _screen,
    "thi-dua": _awards,
    "cap-vien-thong": _cables,
    "buu-cuc": _counter,
    "may-tinh": _computers,
    "tru-so": _office,
    "dien-thoai": _telephone,
    "cong-dong": _community,
    "tu-sach": _books,
}


def scene(name):
    """Return the scene `name` (str, a key of `_SCENES`) as JPEG bytes of 960 × 540 pixels."""
    canvas = _Canvas(PALE)
    _SCENES[name](canvas)
    return canvas.jpeg()
