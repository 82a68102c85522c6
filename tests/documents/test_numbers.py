"""Số ký hiệu in every spelling that readers and real registers use."""

import json

import pytest

from documents import numbers
from tests.shared import SHARED, needs_shared


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
    assert numbers.key("05/QĐ-UBND") == numbers.key("5/QÐ-UBND") == numbers.key("5 qd ubnd") == "5-qd-ubnd"


@pytest.mark.parametrize(
    ("number", "value"), [("05/2018/TT", 5), ("1234/QĐ-UBND", 1234), ("36-NQ/TW", 36), ("", 0), ("x", 0), ("9" * 30, 0)]
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
            assert numbers.key(tidy) == numbers.key(row["so_ky_hieu"] or "") or "&" in row["so_ky_hieu"]
