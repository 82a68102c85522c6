"""Rows of JSON lines and CSV files in any shape; days, times and words of one row."""

import gzip
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from portal.imports import facts, rows
from portal.imports.facts import Facts
from portal.imports.rows import Unreadable, rows_of

MB = 1_000_000


def write(folder, name, data):
    """Write `data` (str or bytes) into the file `name`; return its path."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def facts_of(folder, name, data):
    """Return [(line, facts or the fault)] of a file that holds `data`."""
    return [
        (row.line, row.facts if row.facts is not None else row.fault)
        for row in rows_of(write(folder, name, data))
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Số ký hiệu",
        "soKyHieu",
        "SO_KY_HIEU",
        " số  ký-hiệu ",
        "so\u0302\u0301 ky\u0301 hie\u0323\u0302u",
    ],
)
def test_one_name_in_many_spellings(name):
    assert rows.normal(name) == "so_ky_hieu"


def test_json_lines_keep_their_numbers_and_bad_ones_say_why(tmp_path):
    data = '\ufeff{"Số": 1}\n\n{"a": \n[1]\n' + "[" * 100_000 + '\n{"b": "\\ud800"}'
    found = facts_of(tmp_path, "a.jsonl", data)
    assert found == [
        (1, {"so": 1}),
        (3, "không phải JSON viết bằng UTF-8"),
        (4, "không phải một đối tượng JSON"),
        (5, "không phải JSON viết bằng UTF-8"),
        (6, {"b": "\ud800"}),
    ]


def test_json_in_a_wrong_encoding_is_a_fault_of_its_line(tmp_path):
    data = '{"a": "é"}\n'.encode("latin-1") + b'{"a": 1}\n'
    assert facts_of(tmp_path, "a.jsonl", data) == [
        (1, "không phải JSON viết bằng UTF-8"),
        (2, {"a": 1}),
    ]


@pytest.mark.parametrize("ending", [b"\n", b""])
def test_line_of_ten_megabytes_is_passed_over(tmp_path, ending):
    data = b'{"a": 1}\n{"a": "' + b"x" * 10 * MB + b'"}' + ending
    assert facts_of(tmp_path, "a.jsonl", data) == [(1, {"a": 1}), (2, "dòng dài hơn 4 MB")]
    data = b"a,b\n1,2\n" + b"x" * 10 * MB + ending + b"\n3,4\n" * bool(ending)
    found = facts_of(tmp_path, "a.csv", data)
    assert (3, "dòng dài hơn 4 MB") in found and (2, {"a": "1", "b": "2"}) in found
    assert not ending or found[-1][1] == {"a": "3", "b": "4"}


def test_zipped_lines_are_read_and_a_torn_archive_is_told(tmp_path):
    whole = gzip.compress(b'{"a": 1}\n' * 1000)
    assert len(list(rows_of(write(tmp_path, "a.jsonl.gz", whole)))) == 1000
    for broken in (whole[:-20], b"not zipped", b""[:0] + b"\x1f\x8b\x08"):
        with pytest.raises(Unreadable, match="Không đọc được"):
            list(rows_of(write(tmp_path, "b.jsonl.gz", broken)))


@pytest.mark.parametrize("name", ["a.pdf", "a", "a.xlsx", "a.gz"])
def test_other_kinds_of_files_are_refused_by_name(tmp_path, name):
    with pytest.raises(Unreadable, match="jsonl"):
        list(rows_of(write(tmp_path, name, "x")))


def test_missing_file_and_folder_are_told(tmp_path):
    (tmp_path / "d.csv").mkdir()
    for name in ("none.csv", "d.csv"):
        with pytest.raises(Unreadable, match="Không đọc được"):
            list(rows_of(tmp_path / name))


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_csv_of_every_spreadsheet(tmp_path, mark, start, end):
    lines = [f"Số ký hiệu{mark}Trích yếu", f'1/QĐ{mark}"a{mark}b""c{end}d"', mark, f"2/QĐ{mark}x"]
    found = facts_of(tmp_path, "a.csv", start + end.join(lines) + end)
    assert [facts["so_ky_hieu"] for _, facts in found] == ["1/QĐ", "2/QĐ"]
    assert found[0][1]["trich_yeu"].splitlines() == [f'a{mark}b"c', "d"]
    assert [line for line, _ in found] == [2, 5]


def test_csv_says_its_mark_in_the_first_line(tmp_path):
    assert facts_of(tmp_path, "a.csv", "sep=;\na;b\n1,5;2\n") == [(3, {"a": "1,5", "b": "2"})]


def test_csv_guard_of_formulas_is_taken_off_and_other_quotes_stay(tmp_path):
    cells = ["'=1+1", "'-x", "'@a", "'+84", "'56/2020/TT-BCT", "''=1", "=1"]
    found = facts_of(tmp_path, "a.csv", "a\n" + "\n".join(cells))
    assert [facts["a"] for _, facts in found] == [
        "=1+1",
        "-x",
        "@a",
        "+84",
        "'56/2020/TT-BCT",
        "'=1",
        "=1",
    ]


def test_csv_with_too_many_cells_or_a_lone_quote_loses_those_lines_only(tmp_path):
    found = facts_of(tmp_path, "a.csv", 'a,b\n1,2\n1,2,3\n"x"y,2\n5\n6,7\n"open,\nlost\n')
    assert found == [
        (2, {"a": "1", "b": "2"}),
        (3, "nhiều ô hơn dòng tiêu đề"),
        (4, "dấu nháy kép đặt sai: dòng 4 đến dòng 4 không đọc được"),
        (5, {"a": "5"}),
        (6, {"a": "6", "b": "7"}),
        (7, "dấu nháy kép đặt sai: dòng 7 đến dòng 8 không đọc được"),
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "cp1258"])
def test_csv_in_a_wrong_encoding_is_refused_in_a_sentence(tmp_path, encoding):
    with pytest.raises(Unreadable, match="UTF-8"):
        list(rows_of(write(tmp_path, "a.csv", "so_ky_hieu,trich_yeu\n1,Đông\n".encode(encoding))))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2018-12-03", date(2018, 12, 3)),
        ("03/12/2018", date(2018, 12, 3)),
        ("3.12.2018", date(2018, 12, 3)),
        ("03-12-2018 00:00:00", date(2018, 12, 3)),
        ("2018-12-03T08:00:00", date(2018, 12, 3)),
        ("2018/12/3", date(2018, 12, 3)),
        ("2018-12-02T17:00:00Z", date(2018, 12, 3)),
        ("ngày 3 tháng 12 năm 2018", date(2018, 12, 3)),
        ("Ngày 03/12/2018", date(2018, 12, 3)),
    ],
)
def test_day_first(written, day):
    assert facts.day_in(written) == day


@pytest.mark.parametrize(
    "written",
    ["31/02/2018", "12/31/2018", "00/00/0000", "0001-01-01", "3/12/18", "43437", "hôm qua", "2018"],
)
def test_what_is_no_day_is_left_out_with_a_remark(written):
    facts = Facts({"ngay": written}, {"day": ("ngay_ban_hanh", "ngay")})
    assert facts.day("day") is None
    assert facts.remarks == [f"«ngay» không phải ngày có thật, để trống: {written}"]


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("(03/12/2018 10:10 AM)", datetime(2018, 12, 3, 3, 10, tzinfo=UTC)),
        ("03/12/2018 12:05 PM", datetime(2018, 12, 3, 5, 5, tzinfo=UTC)),
        ("03/12/2018 - 14:30", datetime(2018, 12, 3, 7, 30, tzinfo=UTC)),
        ("2018-12-03", datetime(2018, 12, 2, 17, 0, tzinfo=UTC)),
        ("2018-12-03T10:10:00Z", datetime(2018, 12, 3, 10, 10, tzinfo=UTC)),
        ("2018-12-03 10:10:00", datetime(2018, 12, 3, 3, 10, tzinfo=UTC)),
    ],
)
def test_moment(written, at):
    assert facts.moment_in(written) == at


@pytest.mark.parametrize("written", ["25:10", "03/12/2018 25:10", "x", "0001-01-01T00:00:00"])
def test_what_is_no_moment_is_left_out_with_a_remark(written):
    facts = Facts({"a": written}, {"at": ("a",)})
    assert facts.moment("at") is None and len(facts.remarks) == 1


def test_words_are_resolved_before_they_are_composed():
    facts = Facts(
        {
            "a": "H&ocirc;̀<b>m</b> nay\u00a0 Ðảng\u200b",
            "b": "một<br>hai &lt;b",
            "c": [" x; y ", None, "x; y"],
            "d": "x; y|z",
        },
        COLUMNS,
    )
    assert facts.line("a") == "Hồ m nay Đảng"
    assert facts.block("b") == "một\nhai <b"
    assert facts.parts("c") == ["x; y"] and facts.parts("d") == ["x", "y", "z"]


COLUMNS = {name: (name,) for name in "abcd"}


def test_likeliest_name_of_a_column_that_has_a_value_counts():
    facts = Facts(
        {"ten": "Tên", "trich_yeu": "", "noi_dung": "Nội dung"},
        {"summary": ("trich_yeu", "ten", "noi_dung")},
    )
    assert facts.line("summary") == "Tên" and facts.column_of("summary") == "ten"


def test_too_long_a_line_is_cut_between_words_with_a_remark():
    facts = Facts({"a": "một hai ba bốn"}, COLUMNS)
    assert facts.line("a", 10) == "một hai…" and facts.remarks == ["«a» dài hơn 10 ký tự: cắt bớt"]


@pytest.mark.parametrize("value", [None, "", [], {}, {"x": 1}, True, 1.5, [[], None]])
def test_values_that_are_no_words_are_none(value):
    facts = Facts({"a": value}, COLUMNS)
    assert facts.line("a") == facts.block("a") == facts.markup("a") == facts.address("a") == ""
    assert facts.parts("a") == facts.records("a") == []
    assert facts.day("a") is None and facts.moment("a") is None and not facts.remarks


def test_start_of_a_day_is_ours():
    assert (
        timezone.localtime(facts.start_of(date(2018, 12, 3))).isoformat()
        == "2018-12-03T00:00:00+07:00"
    )
