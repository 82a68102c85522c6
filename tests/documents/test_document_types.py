"""The one table of document types: number parsing, imports, recognition and căn cứ agree in it."""

import subprocess
import sys

import pytest

from documents import numbers
from documents.document_types import ROWS, TABLE, TypeRow, TypeTable
from documents.imports import wording
from documents.recognition.legal_basis import grounds_of
from documents.recognition.metadata import understand
from tests.support.serving import ROOT

PAPER = """UBND TỈNH NGHỆ AN
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Số: {number}
Nghệ An, ngày 3 tháng 12 năm 2018
Căn cứ Luật Tổ chức chính quyền địa phương;"""


@pytest.mark.parametrize(
    ("number", "name", "kind"),
    [
        ("12/2018/L-CTN", "Lệnh", "legal"),
        ("02/2018/PL-UBTVQH14", "Pháp lệnh", "legal"),
        ("19/2018/TTLB-BTC", "Thông tư liên bộ", "joint"),
        ("19/2018/TTLN-BTC", "Thông tư liên ngành", "joint"),
        ("15-KL/TW", "Kết luận", "party"),
        ("123/KL-STTTT", "Kết luận", "administrative"),
    ],
)
def test_type_of_a_number_is_the_same_in_a_file_and_in_a_register(number, name, kind):
    assert numbers.parse(number).kind.value == kind
    assert wording.type_named("", number) == name
    assert understand([PAPER.format(number=number)]).type.value == name


def test_type_name_is_the_same_in_a_file_and_in_a_register():
    for row in ROWS:
        assert wording.type_named(f"{row.name} của UBND tỉnh", "") == row.name
        title = understand([f"Số: 5/2018/X-Y\n{row.name.upper()}\nVề việc thử nghiệm\nĐiều 1."])
        assert title.type.value == row.name
        assert TABLE.name_of(TABLE.abbreviation_of(row.name)) in (row.name, "")


def test_abbreviations_are_unique_and_read_as_written():
    written = [abbreviation for row in ROWS for abbreviation in row.abbreviations]
    assert len(written) == len(set(written))
    assert {TABLE.abbreviation_in(each) for each in written} == set(written)
    assert numbers.parse("42-LCT/HĐNN8").type == "LCT"
    assert wording.type_named("", "42-LCT/HĐNN8") == ""  # a Luật or a Pháp lệnh: nobody can tell


def test_folded_abbreviation_of_two_types_means_the_first_row():
    assert [TABLE.abbreviation_in(each) for each in ("HD", "HĐ", "hd")] == ["HD", "HĐ", "HD"]


def test_law_and_joint_types_of_the_table_decide_the_family():
    assert wording.is_law("", "Thông tư liên bộ") and not wording.is_law("", "Kết luận")
    assert "TTLB" in TABLE.joint and "QĐ" not in TABLE.joint


def test_cited_types_are_found_in_legal_grounds():
    clauses = [
        f"Căn cứ {name} số 5/2018/AB-CD ngày 1/2/2018 về thử nghiệm;" for name in TABLE.cited
    ]
    for clause in clauses:
        assert [ground.number for ground in grounds_of([clause])] == ["5/2018/AB-CD"], clause


def test_kinds_of_one_row_are_looked_up_by_name_and_by_any_abbreviation():
    table = TypeTable([TypeRow("Bản tin", ("BTi", "BT"), is_joint=True, is_law=True)])
    assert [table.name_of(each) for each in ("BTi", "BT", "QĐ")] == ["Bản tin", "Bản tin", ""]
    assert table.abbreviation_of("Bản tin") == "BTi"
    assert (table.law, table.joint) == ({"Bản tin"}, {"BTi", "BT"})


NEW_ROW = """
import os
from documents import document_types as types
row = types.TypeRow("Nghị lệnh", ("NLe",), is_law=True, is_joint=True)
types.TABLE = types.TypeTable([*types.ROWS, row])
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.support.settings"
import django
django.setup()
from documents import numbers
from documents.imports import wording
from documents.recognition.legal_basis import grounds_of
from documents.recognition.metadata import understand
assert numbers.parse("5/2030/NLe-BTC").kind is numbers.NumberKind.JOINT
assert numbers.number_in("Nghị lệnh 15/2030") == "15/2030"
assert wording.type_named("", "5/2030/nle-BTC") == "Nghị lệnh"
assert wording.is_law("", "Nghị lệnh")
assert understand(["NGHỊ LỆNH\\nVề việc thử nghiệm\\nĐiều 1."]).type.value == "Nghị lệnh"
assert grounds_of(["Căn cứ Nghị lệnh số 5/2030/NLe-BTC về phí;"])[0].is_sure
print("one row")
"""


@pytest.mark.slow
def test_new_type_is_one_row_for_numbers_imports_recognition_and_grounds():
    done = subprocess.run(
        [sys.executable, "-c", NEW_ROW], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "one row", done.stderr
