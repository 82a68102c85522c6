"""The text of Word's binary files is extracted; broken and hostile ones are refused."""

import contextlib
import random

import pytest

from portal.extraction import word_binary
from portal.extraction.word_binary import NotWord
from tests.support import office_files
from tests.support.shared import SHARED, needs_shared


@pytest.mark.parametrize("text", ["Số: 19/2018/TT-BTTTT", "Điều 1. Phạm vi", "a"])
def test_text_is_read_in_unicode(text):
    assert word_binary.text_of(office_files.doc(text)) == text


def test_text_of_eight_bits_is_windows_1252():
    assert (
        word_binary.text_of(
            office_files.doc(eight_bits="C«ng v¨n – “số”".encode("cp1252", "ignore"))
        )
        == "C«ng v¨n – “s”"
    )


def test_marks_of_word_become_lines_and_pages():
    stored = (
        "Ô 1\x07Ô 2\x07\rDòng\x0btiếp\rTrang\x0cHai\r"
        "\x13 PAGE \\* MERGEFORMAT \x14 7\x15 A\x1eB\x1fC\x01\xa0D"
    )
    assert (
        word_binary.text_of(office_files.doc(stored))
        == "Ô 1\nÔ 2\n\nDòng\ntiếp\nTrang\x0cHai\n 7 A-BC D"
    )


def test_locked_document_says_so():
    with pytest.raises(NotWord, match="mật khẩu"):
        word_binary.text_of(office_files.doc("Chữ", flags=0x0100))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 5000,
        b"{\\rtf1}",
        office_files.doc("Chữ")[:700],
        office_files.compound({"Workbook": b"x" * 5000}),
    ],
)
def test_other_files_are_refused(data):
    with pytest.raises(NotWord):
        word_binary.text_of(data)


@pytest.mark.parametrize("seed", range(300))
def test_fuzzed_document_is_read_or_refused(seed):
    chance = random.Random(seed)
    data = bytearray(office_files.doc("Điều 1. Phạm vi điều chỉnh\r" * 20))
    for _ in range(chance.choice([1, 3, 20, 200])):
        # half of the damage goes where the tables are
        place = chance.randrange(1600) if chance.random() < 0.5 else chance.randrange(len(data))
        data[place] = chance.choice([0, 1, 0x7F, 0xFF, chance.randrange(256)])
    if chance.random() < 0.3:
        del data[chance.randrange(len(data)) :]
    try:
        assert isinstance(word_binary.text_of(bytes(data)), str)
    except NotWord as error:
        assert str(error).endswith(".")


def test_chain_that_loops_comes_to_an_end():
    data = bytearray(office_files.doc("Chữ"))
    data[512 + 4 * 2 : 512 + 4 * 3] = (2).to_bytes(4, "little")  # the second sector leads to itself
    with contextlib.suppress(NotWord):
        word_binary.text_of(bytes(data))


@needs_shared
def test_real_drafts_are_read():
    found = {}
    for path in sorted((SHARED / "data/files/word").glob("*.doc")):
        data = path.read_bytes()
        if data.startswith(b"\xd0\xcf"):
            found[path.name[:5]] = word_binary.text_of(data)
    assert sorted(found) == ["A0802", "A1002", "A12a2"]
    for text in found.values():
        assert text.startswith("QUỐC HỘI")
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
        assert text.rstrip().endswith(("Vương Đình Huệ", "Trần Thanh Mẫn", "DỰ THẢO"))
