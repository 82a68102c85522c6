"""Clean, fold, split, slugify and sort Vietnamese text.

Everything typed, pasted, uploaded or searched for passes one of these functions, so that two texts
that look alike are equal.
"""

import html
import re
import unicodedata

# Marks that Vietnamese never stacks higher than two; more is an attack on the eye ("Zalgo").
_MARK = r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
_TOO_MANY_MARKS = re.compile(f"({_MARK}{{3}}){_MARK}+")

# Soft hyphen, zero width, bidi controls and isolates, BOM, line and paragraph ends, tag characters.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)

# C0 and C1 controls but tab, line feed and carriage return; lone surrogates; non-characters.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_LINE_BREAKS = re.compile(r"\r\n?|[\u2028\u2029\x85]")
SPACES = re.compile(r"\s+")
_BLANKS_IN_LINE = re.compile(r"[^\S\n]+")


def clean(value: str) -> str:
    """Normalise text to NFC without control, invisible and bidi characters; line breaks are `\\n`.

    Idempotent. Nothing visible is lost, except combining marks stacked above the third.
    """
    value = _LINE_BREAKS.sub("\n", value)
    value = _INVISIBLE.sub("", _CONTROL.sub("", value))
    value = unicodedata.normalize("NFC", value)
    if _TOO_MANY_MARKS.search(value):
        value = unicodedata.normalize("NFC", _TOO_MANY_MARKS.sub(r"\1", value))
    return value


def clean_line(value: str) -> str:
    """Clean text to one line: each run of white space is one blank, none at the ends."""
    return SPACES.sub(" ", clean(value)).strip()


def clean_block(value: str) -> str:
    """Clean text of several lines, without blanks at the ends of lines or of the text."""
    lines = (_BLANKS_IN_LINE.sub(" ", line).strip() for line in clean(value).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def unescape(value: str) -> str:
    """Resolve HTML entities, then clean to one line: for data of other systems.

    `4622&#x002F;BGDĐT`. Entities go before NFC, or `&ocirc;̀` stays two characters.
    """
    return clean_line(html.unescape(value))


_PLAIN_LETTERS = str.maketrans("đð–—‑", "dd---")


def fold(value: str) -> str:
    """Fold text to lower case without accents, đ and Ð as d, as it is typed without accents.

    "Điều hành" → "dieu hanh"; NFC, NFD and both tone placements (hòa, hoà) give the same result.
    """
    value = unicodedata.normalize("NFKD", clean(value).casefold())
    value = "".join(c for c in value if not unicodedata.combining(c))
    return value.translate(_PLAIN_LETTERS)


def words(value: str) -> list[str]:
    """Split text into its folded words: runs of letters and digits."""
    return re.findall(r"[^\W_]+", fold(value))


def slug(value: str, max_length: int = 200) -> str:
    """Make a slug for an address, at most `max_length` characters, cut between words.

    "Điều hành Đảng bộ" → "dieu-hanh-dang-bo" (Django's `slugify` drops the đ). "" for no word.
    """
    value = re.sub(r"[^a-z0-9]+", "-", fold(value)).strip("-")
    if len(value) > max_length:
        is_between_words = value[max_length] == "-"
        value = value[:max_length]
        if not is_between_words:
            value = value.rsplit("-", 1)[0]
    return value.strip("-")


# CLDR root order puts the letters so; each Vietnamese letter is its own primary weight (CLDR `vi`).
_ALPHABET = {
    letter: rank
    for rank, letter in enumerate("0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz", start=2)
}
#: huyền, hỏi, ngã, sắc, nặng
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_LETTER_MARKS = {"\u0302", "\u0306", "\u031b"}  # mũ, trăng, móc


def sort_key(value: str) -> tuple[tuple[int, ...], tuple[int, ...], tuple[bool, ...], str]:
    """Return a key that sorts text in the order of a Vietnamese dictionary (CLDR `vi`).

    A Ă Â B C D Đ E Ê … O Ô Ơ … U Ư; then the tones ngang, huyền, hỏi, ngã, sắc, nặng from the left;
    lower case before upper case where nothing else differs.
    """
    letters: list[int] = []
    tones: list[int] = []
    cases: list[bool] = []
    for char in unicodedata.normalize("NFC", value):
        base, tone, mark = "", 0, ""
        for part in unicodedata.normalize("NFD", char):
            if part in _TONES:
                tone = _TONES[part]
            elif part in _LETTER_MARKS:
                mark += part
            elif not unicodedata.combining(part):
                base = part
        if not base:
            continue
        lower = unicodedata.normalize("NFC", base.lower() + mark)
        letters.append(_ALPHABET.get(lower, 1 if not char.isalnum() else 100 + ord(lower[0])))
        tones.append(tone)
        cases.append(base != base.lower())
    return tuple(letters), tuple(tones), tuple(cases), value
