"""The text of zipped office files is extracted; broken and hostile ones are refused."""

import io
import random
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter

import pytest

from portal.extraction import office
from portal.extraction.office import NotOffice
from portal.text import vietnamese
from tests.support import office_files
from tests.support.shared import SHARED, needs_shared


def read(data):
    """Return the text (str) of the file `data` (bytes)."""
    return office.text_of(io.BytesIO(data))


def test_docx_is_read_paragraph_by_paragraph():
    assert read(office_files.docx("Số: 19/2018", "Điều 1.")) == "Số: 19/2018\nĐiều 1.\n"


def test_docx_keeps_breaks_and_leaves_out_what_is_not_shown():
    raw = (
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>"
        "<w:r><w:t>một</w:t><w:tab/><w:t>hai</w:t><w:br/><w:noBreakHyphen/></w:r>"
        "<w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del>"
        '<w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:br w:type="page"/></w:r></w:p>'
        "<w:moveFrom><w:r><w:t>chuyển</w:t></w:r></w:moveFrom>"
        "<w:p><w:r><w:lastRenderedPageBreak/><w:t>ba</w:t></w:r></w:p>"
        "<mc:AlternateContent><mc:Choice><w:t>hình</w:t></mc:Choice>"
        "<mc:Fallback><w:t>hình</w:t></mc:Fallback></mc:AlternateContent>"
    )
    assert read(office_files.docx(raw=raw)) == "một\thai\n-\f\n\fba\nhình"


def test_xlsx_is_read_row_by_row_and_sheet_by_sheet():
    assert (
        read(office_files.xlsx([["STT", "Tên"], [1, "Máy"]], [["Tờ hai"]]))
        == "STT\tTên\t\n1\tMáy\t\n\fTờ hai\t\n"
    )


def test_odt_is_read_paragraph_by_paragraph():
    body = (
        "<text:h>Tiêu đề</text:h>"
        "<text:p>một<text:s text:c='3'/>hai<text:tab/>ba<text:line-break/>bốn"
        "<office:annotation><text:p>ghi chú</text:p>"
        "</office:annotation></text:p><text:soft-page-break/><text:p>trang sau</text:p>"
    )
    assert read(office_files.open_document(body)) == "Tiêu đề\nmột   hai\tba\nbốn\n\ftrang sau\n"


def test_ods_is_read_row_by_row():
    row = (
        "<table:table-row><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row>"
    )
    body = f"<table:table>{row * 2}</table:table>"
    assert read(office_files.open_document(body, "spreadsheet")) == "a\t\na\t\n\f"


def test_document_type_is_refused():
    bomb = (
        '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        '<w:document xmlns:w="x"><w:t>&b;</w:t></w:document>'
    )
    with pytest.raises(NotOffice, match="DTD"):
        read(office_files.zipped(word__document___xml=bomb))


def test_part_that_unpacks_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(office, "PART_MAX_BYTES", 100_000)
    with pytest.raises(NotOffice, match="quá lớn"):
        read(office_files.docx(" " * 200_000))


def test_text_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(office, "TEXT_MAX_CHARACTERS", 1000)
    with pytest.raises(NotOffice, match="quá lớn"):
        read(office_files.docx("a" * 2000))


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", b"<html>", office_files.docx("a")[:200], office_files.zipped(a___txt="a")],
)
def test_other_files_are_refused(data):
    with pytest.raises(NotOffice):
        read(data)


@pytest.mark.parametrize("seed", range(150))
def test_fuzzed_file_is_read_or_refused(seed):
    chance = random.Random(seed)
    data = bytearray(
        chance.choice([office_files.docx("Điều 1. " * 50), office_files.xlsx([["a", 1]] * 20)])
    )
    for _ in range(chance.choice([1, 3, 20])):
        data[chance.randrange(len(data))] = chance.randrange(256)
    try:
        assert isinstance(read(bytes(data)), str)
    except NotOffice as error:
        assert str(error).endswith(".")


@pytest.mark.slow
@needs_shared
def test_real_docx_has_the_words_of_its_own_xml():
    files = [
        *(SHARED / "data/files/signed").glob("*.docx"),
        *(SHARED / "data/files/word").glob("*.doc"),
    ]
    files = [path for path in files if path.read_bytes()[:2] == b"PK"]
    assert len(files) == 3
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    for path in files:
        with zipfile.ZipFile(path) as archive:
            tree = ET.fromstring(archive.read("word/document.xml"))
        for holder in tree.iter():
            for fallback in holder.findall(
                "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
            ):
                holder.remove(fallback)
        own = "".join(
            e.text or "" if e.tag == word + "t" else " "
            for e in tree.iter()
            if e.tag in (word + "t", word + "p", word + "br", word + "tab")
        )
        with path.open("rb") as file:
            assert Counter(vietnamese.words(office.text_of(file))) == Counter(
                vietnamese.words(own)
            ), path.name
