"""Số ký hiệu: how a document's number is read, compared, sorted and made part of an address. Pure Python.

Patterns: 19/2018/TT-BTTTT, 67/2006/QH11, 1234/QĐ-UBND, 56/STTTT-CNTT, 36-NQ/TW (NĐ 30/2020, Luật 80/2015).
"""

import re

from portal import text

_DASHES = re.compile("[\u2010-\u2015\u2212\u00ad_]")


def tidy(number):
    """Return `number` (str) as it should be shown: blanks round / and - gone, plain dashes, Ð (U+00D0) as Đ.

    "1977 /QÐ – UBND" → "1977/QĐ-UBND".
    """
    number = _DASHES.sub("-", text.unescape(number)).replace("Ð", "Đ").replace("ð", "đ")
    return re.sub(r"\s*([/-])\s*", r"\1", number).strip(" .,;:")


def asked(query):
    """Return a visitor's `query` (str) with its numbers tidied and without the word "số" before one.

    "Thông tư số 19 / 2018" → "Thông tư 19/2018".
    """
    return re.sub(r"\b(?:số|so)\s*:?\s*(?=\d)", "", tidy(query), flags=re.I)


def key(number):
    """Return the segments of `number` (str) folded, without leading zeros, joined by "-".

    Equal keys are the same number to a reader: "05/2018/TT-BTTTT", "5 2018 tt btttt" → "5-2018-tt-btttt".
    """
    segments = re.findall(r"[a-z0-9]+", text.fold(number).replace("&", ""))
    return "-".join(segment.lstrip("0") or "0" if segment.isdigit() else segment for segment in segments)


def value(number):
    """Return the numeric part of `number` (int) for sorting; 0 where it has none or one beyond nine digits."""
    match = re.search(r"(?<!\d)\d{1,9}(?!\d)", number)
    return int(match[0]) if match else 0
