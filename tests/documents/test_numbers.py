"""Số ký hiệu in every spelling that readers and real registers use."""

import gzip
import json
import random
import re

import pytest

from documents import numbers
from tests.support.shared import SHARED, needs_shared


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("1977 /QĐ-UBND", "1977/QĐ-UBND"),
        ("2403/QÐ-UBND", "2403/QĐ-UBND"),
        ("19/2018/TT–BTTTT", "19/2018/TT-BTTTT"),
        ("4622&#x002F;BGDĐT-CNTT", "4622/BGDĐT-CNTT"),
        (" 36 - NQ / TW ", "36-NQ/TW"),
        ("", ""),
    ],
)
def test_tidy(written, tidy):
    assert numbers.tidy(written) == tidy
    assert numbers.tidy(tidy) == tidy


def test_what_is_tidy_already_is_known_at_once(monkeypatch):
    chance = random.Random(2)
    written = {
        "".join(chance.choices('019aĐđÐð/-–_ .&"\u0301', k=chance.randrange(1, 6)))
        for _ in range(20_000)
    }
    soon = {each: numbers.tidy(each) for each in written}
    assert sum(bool(numbers._TIDY.fullmatch(each)) for each in written) > 200
    monkeypatch.setattr(numbers, "_TIDY", re.compile("(?!)"))
    assert {each: numbers.tidy(each) for each in written} == soon


@pytest.mark.parametrize(
    "spelling",
    [
        "19/2018/TT-BTTTT",
        "19 2018 tt btttt",
        "19/2018/tt–btttt",
        "019/2018/TT-BTTTT",
        "19-2018-TT-BTTTT",
        " 19 / 2018 / TT - BTTTT ",
    ],
)
def test_key_is_one_for_all_spellings(spelling):
    assert numbers.key(spelling) == "19-2018-tt-btttt"


def test_key_folds_every_d():
    assert (
        numbers.key("05/QĐ-UBND")
        == numbers.key("5/QÐ-UBND")
        == numbers.key("5 qd ubnd")
        == "5-qd-ubnd"
    )


@pytest.mark.parametrize(
    ("number", "value"),
    [("05/2018/TT", 5), ("1234/QĐ-UBND", 1234), ("36-NQ/TW", 36), ("", 0), ("x", 0), ("9" * 30, 0)],
)
def test_value_is_the_numeric_part(number, value):
    assert numbers.value(number) == value


@needs_shared
def test_tidy_of_real_traps():
    traps = json.loads((SHARED / "data/documents_real_traps.json").read_text())
    for rows in traps.values():
        for row in rows:
            tidy = numbers.tidy(row["so_ky_hieu"] or "")
            assert numbers.tidy(tidy) == tidy
            assert "Ð" not in tidy and "&#" not in tidy and " /" not in tidy
            assert (
                numbers.key(tidy) == numbers.key(row["so_ky_hieu"] or "")
                or "&" in row["so_ky_hieu"]
            )


@pytest.mark.parametrize(
    ("number", "kind", "order", "suffix", "year", "abbreviation", "bodies"),
    [
        ("19/2018/TT-BTTTT", "legal", 19, "", 2018, "TT", ("BTTTT",)),
        ("26/2011/QÐ – UBND", "legal", 26, "", 2011, "QĐ", ("UBND",)),
        ("01/2016/NQ.HĐTP", "legal", 1, "", 2016, "NQ", ("HĐTP",)),
        ("01/2012/QĐ", "legal", 1, "", 2012, "QĐ", ()),
        ("67/2006/QH11", "assembly", 67, "", 2006, "", ("QH11",)),
        ("01/2012/UBTVQH13", "assembly", 1, "", 2012, "", ("UBTVQH13",)),
        ("13/2025/TTLT-BTP-BNG-TANDTC", "joint", 13, "", 2025, "TTLT", ("BTP", "BNG", "TANDTC")),
        ("02/2002/TTLT/BTC-MTTW", "joint", 2, "", 2002, "TTLT", ("BTC", "MTTW")),
        ("1234/QĐ-UBND", "administrative", 1234, "", None, "QĐ", ("UBND",)),
        ("15/HD-STTTT", "administrative", 15, "", None, "HD", ("STTTT",)),
        ("15/HĐ-STTTT", "administrative", 15, "", None, "HĐ", ("STTTT",)),
        ("522b/NQ-UBTVQH13", "administrative", 522, "b", None, "NQ", ("UBTVQH13",)),
        ("362/ttr-stttt", "administrative", 362, "", None, "TTr", ("stttt",)),
        ("56/STTTT-CNTT", "letter", 56, "", None, "", ("STTTT", "CNTT")),
        ("36-NQ/TW", "party", 36, "", None, "NQ", ("TW",)),
        ("21", "other", 21, "", None, "", ()),
        ("Không", "other", None, "", None, "", ("Không",)),
        ("", "other", None, "", None, "", ()),
    ],
)
def test_parts_of_every_pattern(number, kind, order, suffix, year, abbreviation, bodies):
    assert numbers.parse(number) == numbers.Number(
        numbers.NumberKind(kind), order, suffix, year, abbreviation, bodies
    )


def test_numbers_sort_by_their_numeric_part():
    ordered = [
        "2/QĐ-UBND",
        "9/2018/TT-BTTTT",
        "09/2019/TT-BTTTT",
        "9a/2018/TT-BTTTT",
        "10/QĐ-UBND",
        "36-NQ/TW",
        "749/QĐ-TTg",
        "1234/QĐ-UBND",
    ]
    assert sorted(reversed(ordered), key=numbers.sort_key) == ordered


@needs_shared
def test_every_number_of_the_real_registers_is_read():
    """Parse what has a number at its beginning; keep anything else as it stands."""
    rows = [
        json.loads(line)
        for line in (SHARED / "data/documents_congbao_sonla.jsonl").read_text().splitlines()
    ]
    with gzip.open(SHARED / "data/documents_phapdien.jsonl.gz", "rt") as lines:
        rows += [json.loads(line) for line in lines]
    other = []
    for row in rows:
        number = numbers.tidy(row["so_ky_hieu"] or "")
        assert numbers.slug(number) == numbers.slug(numbers.tidy(number))
        assert numbers.parse(number).order in (numbers.value(number), None)
        if numbers.parse(number).kind == numbers.NumberKind.OTHER:
            other.append(number)
    assert len(rows) == 4649 and len(other) < 60
