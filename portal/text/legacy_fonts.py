"""Recognise text typed for old fonts, .VnTime (TCVN3) or VNI-Times, and convert it to Unicode.

Such text is Latin-1 that only its font shows as Vietnamese: "C«ng v¨n", "Coâng vaên". Facts: TCVN
5712:1993 (VN3, capitals by a capital font) and the VNI Windows code page (a vowel followed by the
character that stands for its marks).
"""

import re
import unicodedata
from collections.abc import Callable

_TONES = {
    "": "",
    "huyền": "\u0300",
    "hỏi": "\u0309",
    "ngã": "\u0303",
    "sắc": "\u0301",
    "nặng": "\u0323",
}


def _composed(*parts: str) -> str:
    return unicodedata.normalize("NFC", "".join(parts))


# --- TCVN3: one character for each letter -------------------------------------------------------

#: Letters of TCVN3 from code point A1 on, in the order of the standard; "." is none of its letters.
_TCVN3_ROW = (
    "ĂÂÊÔƠƯĐăâêôơưđ......àảãáạ.ằẳẵắ.......ặầẩẫấậè.ẻẽéẹềểễếệìỉ...ĩíịò.ỏõóọồổỗốộờởỡớợù.ủũúụừửữứựỳỷỹýỵ"
)
_TCVN3 = {chr(code): letter for code, letter in enumerate(_TCVN3_ROW, 0xA1) if letter != "."}


def _from_tcvn3(line: str) -> str:
    letters = [_TCVN3.get(character, character) for character in line]
    plain = [c for c in line if c.isascii() and c.isalpha()]
    if len(plain) >= 3 and all(c.isupper() for c in plain):
        # A capital font: the code points are those of small letters.
        letters = [letter.upper() for letter in letters]
    return _without_doubles("".join(letters))


#: Some converters write a capital with a tone as the bare capital and the small letter with the
#: tone: "£Õ" for Ế.
_DOUBLE = re.compile("([AĂÂEÊIOÔƠUƯY])(?=([^\\W\\d_]))")


def _without_doubles(line: str) -> str:
    def mark_double(match: re.Match[str]) -> str:
        bare, toned = match[1], match[2].upper()
        return "\0" if toned != bare and _untoned(toned) == bare else bare

    return re.sub("\0(.)", lambda match: match[1].upper(), _DOUBLE.sub(mark_double, line))


def _untoned(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return _composed("".join(c for c in decomposed if c not in _TONE_MARKS))


_TONE_MARKS = frozenset(filter(None, _TONES.values()))

# --- VNI: a vowel and the character that carries its marks --------------------------------------

_VNI_MARKS = {"ù": "sắc", "ø": "huyền", "û": "hỏi", "õ": "ngã", "ï": "nặng"}
_VNI_HATS = {"â": "", "á": "sắc", "à": "huyền", "å": "hỏi", "ã": "ngã", "ä": "nặng"}
_VNI_BOWLS = {"ê": "", "é": "sắc", "è": "huyền", "ú": "hỏi", "ü": "ngã", "ë": "nặng"}
_VNI_ALONE = dict(zip("ñöôíìæóòî", "đươíìỉĩịỵ", strict=True))


def _vni_table() -> dict[str, str]:
    table = dict(_VNI_ALONE)
    for base, letter in zip("aeouyöô", "aeouyươ", strict=True):
        table |= {base + mark: _composed(letter, _TONES[tone]) for mark, tone in _VNI_MARKS.items()}
    for base in "aeo":
        table |= {
            base + mark: _composed(base, "\u0302", _TONES[tone]) for mark, tone in _VNI_HATS.items()
        }
    table |= {"a" + mark: _composed("a\u0306", _TONES[tone]) for mark, tone in _VNI_BOWLS.items()}
    small = dict(table)
    for written, letter in small.items():
        table[written.upper()] = letter.upper()
        if len(written) == 2:
            table[written[0].upper() + written[1]] = letter.upper()
            table[written[0] + written[1].upper()] = letter
    return table


_VNI = _vni_table()
_VNI_RUN = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))


def _from_vni(line: str) -> str:
    return _VNI_RUN.sub(lambda match: _VNI[match[0]], line)


# --- which of the two ---------------------------------------------------------------------------

_SCHEMES: dict[str, Callable[[str], str]] = {"tcvn3": _from_tcvn3, "vni": _from_vni}
_ONSET = "(?:ngh|ch|gh|gi|kh|ng|nh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
_RIME = (
    "(?:[aăâeêioôơuưy]|a[iouy]|â[uy]|eo|êu|i[au]|o[aăeio]|ôi|ơi|u[aâêiôơy]|ư[aơiu]|oa[iyo]|oeo|uây"
    "|uôi|uy[aêu]|ươ[iu]|i?êu|yê[u]?|iê|uyê|ay|oay|uê)"
    "(?:ch|ng|nh|[cmnpt])?"
)
_SYLLABLE = re.compile(_ONSET + _RIME)
_OWN_LETTERS = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")  # letters that only Unicode has for Vietnamese
_LEGACY_HINT = re.compile("[\u00a1-\u00ff]")


def _is_syllable(word: str) -> bool:
    """Tell whether the converted `word` is a Vietnamese syllable: known onset, rime, one tone."""
    word = unicodedata.normalize("NFD", word.lower())
    tones = sum(c in _TONE_MARKS for c in word)
    return tones <= 1 and _SYLLABLE.fullmatch(_untoned(word)) is not None


_BETWEEN_WORDS = re.compile(r"[\s\x00-\x26\x28-\x40\x5b-\x60\x7b-\x7f]+")
_PUNCTUATION = re.compile("[“”‘’\"'…–—]")


def _likeness(text: str, convert: Callable[[str], str]) -> float:
    """Return the share of marked words that TCVN3 or VNI makes Vietnamese syllables of."""
    words = [word for word in _BETWEEN_WORDS.split(text) if _LEGACY_HINT.search(word)]
    syllables = sum(_is_syllable(_PUNCTUATION.sub("", convert(word))) for word in words)
    return syllables / len(words) if words else 0.0


def recognised(text: str) -> str:
    """Return the old font ("tcvn3" or "vni") that `text` was typed in; "" for other text.

    Also "" for text without a marked letter.
    """
    sample = text[:20_000]
    if not _LEGACY_HINT.search(sample) or _OWN_LETTERS.search(sample):
        return ""
    as_it_is = _likeness(sample, str)
    scores = {scheme: _likeness(sample, convert) for scheme, convert in _SCHEMES.items()}
    best = max(scores, key=lambda scheme: scores[scheme])
    return best if scores[best] >= 0.75 and scores[best] > as_it_is else ""


def to_unicode(text: str, scheme: str) -> str:
    """Convert `text` typed in TCVN3 or VNI (`scheme`) to Unicode in NFC, line by line."""
    return _composed("\n".join(map(_SCHEMES[scheme], text.split("\n"))))


def modern(text: str) -> tuple[str, bool]:
    """Convert text typed for an old font (TCVN3, VNI) to Unicode; tell whether there was any.

    A file may mix fonts. All lines together tell the scheme, for a single one may be too short;
    lines that hold letters which only Unicode has stay as they are.
    """
    lines = text.split("\n")
    doubtful = [
        line for line in lines if _LEGACY_HINT.search(line) and not _OWN_LETTERS.search(line)
    ]
    scheme = recognised("\n".join(doubtful))
    if not scheme:
        return text, False
    legacy = set(doubtful)
    return "\n".join(to_unicode(line, scheme) if line in legacy else line for line in lines), True
