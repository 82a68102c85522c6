"""Text typed for fonts from before Unicode, .VnTime (TCVN3) and VNI-Times: recognised, and turned into Unicode. Pure Python.

Such text is Latin-1 that only its font shows as Vietnamese: "C«ng v¨n", "Coâng vaên". Facts: TCVN 5712:1993 (VN3, capitals by a capital font)
and the VNI Windows code page (a vowel followed by the character that stands for its marks).
"""

import re
import unicodedata

_TONES = {
    "": "",
    "huyền": "\u0300",
    "hỏi": "\u0309",
    "ngã": "\u0303",
    "sắc": "\u0301",
    "nặng": "\u0323",
}


def _composed(*parts):
    return unicodedata.normalize("NFC", "".join(parts))


# --- TCVN3: one character for each letter ------------------------------------------------------------------

#: Letters of TCVN3 from code point A1 on, in the order of the standard; "." is a place that the fonts leave to others.
_TCVN3_ROW = (
    "ĂÂÊÔƠƯĐăâêôơưđ......àảãáạ.ằẳẵắ.......ặầẩẫấậè.ẻẽéẹềểễếệìỉ...ĩíịò.ỏõóọồổỗốộờởỡớợù.ủũúụừửữứựỳỷỹýỵ"
)
_TCVN3 = {chr(0xA1 + place): letter for place, letter in enumerate(_TCVN3_ROW) if letter != "."}
_TCVN3_RUN = re.compile(f"[{re.escape(''.join(_TCVN3))}]")


def _from_tcvn3(line):
    letters = [_TCVN3.get(character, character) for character in line]
    plain = [c for c in line if c.isascii() and c.isalpha()]
    if len(plain) >= 3 and all(
        c.isupper() for c in plain
    ):  # a capital font: the code points are those of small letters
        letters = [letter.upper() for letter in letters]
    return _without_doubles("".join(letters))


#: Some converters write a capital with a tone as the bare capital and the small letter with the tone: "£Õ" for Ế.
_DOUBLE = re.compile("([AĂÂEÊIOÔƠUƯY])(?=([^\\W\\d_]))")


def _without_doubles(line):
    def one(match):
        bare, toned = match.groups()
        untoned = "".join(
            c for c in unicodedata.normalize("NFD", toned.upper()) if c not in _TONE_MARKS
        )
        return (
            "" if toned.upper() != bare and unicodedata.normalize("NFC", untoned) == bare else bare
        )

    doubled = _DOUBLE.sub(lambda match: one(match) or "\0", line)
    return re.sub("\0(.)", lambda match: match[1].upper(), doubled)


_TONE_MARKS = frozenset(filter(None, _TONES.values()))

# --- VNI: a vowel and the character that carries its marks -----------------------------------------------------

_VNI_MARKS = {"ù": "sắc", "ø": "huyền", "û": "hỏi", "õ": "ngã", "ï": "nặng"}
_VNI_HATS = {"â": "", "á": "sắc", "à": "huyền", "å": "hỏi", "ã": "ngã", "ä": "nặng"}
_VNI_BOWLS = {"ê": "", "é": "sắc", "è": "huyền", "ú": "hỏi", "ü": "ngã", "ë": "nặng"}
_VNI_ALONE = {
    "ñ": "đ",
    "ö": "ư",
    "ô": "ơ",
    "í": "í",
    "ì": "ì",
    "æ": "ỉ",
    "ó": "ĩ",
    "ò": "ị",
    "î": "ỵ",
}


def _vni_table():
    table = dict(_VNI_ALONE)
    for base, letter in {
        "a": "a",
        "e": "e",
        "o": "o",
        "u": "u",
        "y": "y",
        "ö": "ư",
        "ô": "ơ",
    }.items():
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


def _from_vni(line):
    return _VNI_RUN.sub(lambda match: _VNI[match[0]], line)


# --- which of the two ---------------------------------------------------------------------------------------------

_SCHEMES = {"tcvn3": _from_tcvn3, "vni": _from_vni}
_ONSET = "(?:ngh|ch|gh|gi|kh|ng|nh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
_RIME = (
    "(?:[aăâeêioôơuưy]|a[iouy]|â[uy]|eo|êu|i[au]|o[aăeio]|ôi|ơi|u[aâêiôơy]|ư[aơiu]|oa[iyo]|oeo|uây|uôi|uy[aêu]|ươ[iu]|i?êu|yê[u]?|iê|uyê|ay|oay|uê)"
    "(?:ch|ng|nh|[cmnpt])?"
)
_SYLLABLE = re.compile(_ONSET + _RIME)
_WORD = re.compile(r"[^\W\d_]+|[^\x00-\x7f\s]", re.UNICODE)
_OWN_LETTERS = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")  # letters that only Unicode has for Vietnamese
_LEGACY_HINT = re.compile("[\u00a1-\u00ff]")


def _is_syllable(word):
    """Tell whether `word` (str) is built as a Vietnamese syllable: known onset and rime, one tone at most."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = sum(c in _TONE_MARKS for c in decomposed)
    bare = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONE_MARKS))
    return tones <= 1 and _SYLLABLE.fullmatch(bare) is not None


def _likeness(text, convert):
    """Return the share (float) of the words with marks that are Vietnamese syllables once `convert` has read them."""
    words = [
        word
        for word in re.split(r"[\s\x00-\x26\x28-\x40\x5b-\x60\x7b-\x7f]+", text)
        if _LEGACY_HINT.search(word)
    ]
    return (
        sum(_is_syllable(_letters(convert(word))) for word in words) / len(words) if words else 0.0
    )


def _letters(word):
    return re.sub("[“”‘’\"'…–—]", "", word)


def recognised(text):
    """Return the scheme ("tcvn3" or "vni") that `text` (str) was typed in; "" for Unicode, foreign or unmarked text."""
    sample = text[:20_000]
    if not _LEGACY_HINT.search(sample) or _OWN_LETTERS.search(sample):
        return ""
    as_it_is = _likeness(sample, str)
    scores = {scheme: _likeness(sample, convert) for scheme, convert in _SCHEMES.items()}
    best = max(scores, key=scores.get)
    return best if scores[best] >= 0.75 and scores[best] > as_it_is else ""


def to_unicode(text, scheme):
    """Return `text` (str) typed in `scheme` ("tcvn3" or "vni") as Unicode in NFC, line by line."""
    return unicodedata.normalize(
        "NFC", "\n".join(_SCHEMES[scheme](line) for line in text.split("\n"))
    )


def modern(text):
    """Return (`text` with its legacy parts turned into Unicode, whether there were any).

    A file may mix fonts. The whole is looked at first, for a single line may be too short to tell; lines that hold letters
    which only Unicode has stay as they are.
    """
    lines = text.split("\n")
    doubtful = [
        line for line in lines if _LEGACY_HINT.search(line) and not _OWN_LETTERS.search(line)
    ]
    scheme = recognised("\n".join(doubtful))
    if not scheme:
        return text, False
    kept = set(doubtful)
    return "\n".join(to_unicode(line, scheme) if line in kept else line for line in lines), True
