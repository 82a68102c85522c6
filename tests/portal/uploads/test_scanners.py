"""Scanners of hostile files: each trick is refused or flagged, each honest file is taken.

They are called directly, without their process.
"""

import io
import struct
import zlib

import pytest

from portal.uploads.scanners import compound, packages, pdf
from portal.uploads.scanners.findings import EICAR, Findings, Limits, Refused
from tests.support import samples
from tests.support.samples import object_stream, relationships, stream

LIMITS = Limits(parts=100, unpacked=20 * 1024 * 1024, ratio=100)


def look(kind, data, limits=LIMITS):
    """Return the Findings of `data` (bytes) as a file of `kind`; raises Refused."""
    findings = Findings()
    if kind == "pdf":
        pdf.inspect(data, limits, findings)
    elif kind in ("doc", "xls"):
        compound.inspect(data, kind, findings)
    else:
        packages.inspect(io.BytesIO(data), len(data), kind, limits, findings)
    return findings


def refusal(kind, data, limits=LIMITS):
    """Return the sentence (str) with which `data` is refused."""
    with pytest.raises(Refused) as caught:
        look(kind, data, limits)
    return str(caught.value)


# --- honest files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("pdf", samples.pdf()),
        ("docx", samples.docx()),
        (
            "docx",
            samples.docx(
                extra=[
                    ("word/media/image1.png", b"\x89PNG\r\n"),
                    ("docProps/app.xml", "<Properties/>"),
                ]
            ),
        ),
        (
            "docx",
            samples.docx(
                extra=[
                    (
                        "word/_rels/document.xml.rels",
                        relationships("hyperlink", "https://nghean.gov.vn/"),
                    )
                ]
            ),
        ),
        ("docx", samples.docx(extra=[("word/printerSettings/printerSettings1.bin", b"\0\1")])),
        ("xlsx", samples.xlsx()),
        ("odt", samples.odt()),
        ("ods", samples.odt(kind="spreadsheet")),
        ("doc", samples.doc()),
        ("xls", samples.xls(records=struct.pack("<HH", 0x0042, 2) + b"\0\0")),
    ],
)
def test_honest_file_is_taken_without_a_word(kind, data):
    assert look(kind, data).flags == []


def test_old_openoffice_names_a_dtd_that_nobody_reads():
    named = (
        '<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" '
        '"Manifest.dtd"><manifest:manifest/>'
    )
    assert look("odt", samples.odt(manifest=named)).flags == []


# --- PDF ----------------------------------------------------------------------------------------

JS = "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


@pytest.mark.parametrize(
    "data",
    [
        samples.pdf(f"/OpenAction {JS}"),
        samples.pdf("/OpenAction << /S /J#61vaScript /#4aS (x) >>"),
        samples.pdf("/OpenAction << /S 4 0 R >>", more=["/JavaScript"]),
        samples.pdf(page=f"/AA << /O {JS} >>"),
        samples.pdf("/Names << /JavaScript << /Names [(a) 4 0 R] >> >>", more=[JS]),
        samples.pdf("/OpenAction 10 0 R", more=[object_stream(JS)]),
        samples.pdf(
            "/OpenAction 11 0 R",
            more=[object_stream("<< >>", "<< /S /Java#53cript /#4A#53 (x) >>")],
        ),
        samples.pdf(
            "/OpenAction 10 0 R", more=[object_stream(JS).replace(b"/ObjStm", b"/Obj#53tm")]
        ),
        samples.pdf("/OpenAction 10 0 R", more=[object_stream(JS, packed=False, extra="")]),
        samples.pdf(
            "/OpenAction 10 0 R", more=["[/FlateDecode]", object_stream(JS, extra="/Filter 4 0 R")]
        ),
        samples.pdf("/X (endobj) /Y (%) /Z (\\() /OpenAction " + JS),
        samples.pdf()
        .replace(b"3 0 obj\n", b"3 0 %comment\n obj\n")
        .replace(b"/Type /Page ", b"/Type /Page /AA << /O %x\n" + JS.encode() + b">> "),
        samples.pdf(
            more=[
                stream(
                    b"q 9 0 obj << /S /JavaScript "
                    b"/JS (hidden in a stream that a table leads into) >> endobj Q"
                )
            ]
        ),
    ],
)
def test_script_of_a_pdf_is_told_however_it_is_hidden(data):
    assert look("pdf", data).flags == [pdf.SCRIPT]


@pytest.mark.parametrize(
    "data",
    [
        samples.pdf(more=[stream(b"\x9c/JS \xff/Launch /JavaScript /Encrypt \x00")]),
        samples.pdf("/X (a text about /JavaScript and /Launch)"),
        samples.pdf("/X (a \\) and ( /JS ) )"),
        samples.pdf("%/Launch\n/X 1"),
        samples.pdf("/X /JSON /Y /LaunchPad"),
        samples.pdf("/X <2F4A53>"),
        samples.pdf(more=[object_stream("(/JavaScript)")]),
        samples.pdf("/Font /Times#20New#20Roman"),
    ],
)
def test_words_that_only_look_like_a_script_are_no_script(data):
    assert look("pdf", data).flags == []


@pytest.mark.parametrize(
    "data",
    [
        samples.pdf("/OpenAction << /S /Launch /Win << /F (calc.exe) >> >>"),
        samples.pdf("/OpenAction << /S /L#61unch /F (calc.exe) >>"),
        samples.pdf("/OpenAction 10 0 R", more=[object_stream("<< /S /Launch /F (x) >>")]),
        samples.pdf("/OpenAction 4 0 R", more=["<< /S 5 0 R >>", "/Launch"]),
    ],
)
def test_launch_action_is_refused(data):
    assert refusal("pdf", data) == pdf.LAUNCH


def with_embedded(name, data, extra=""):
    """Return a PDF that holds the file `data` under `name` (str as written in a PDF)."""
    spec = f"<< /Type /Filespec /F {name} /EF << /F 5 0 R >> >>"
    return samples.pdf(
        "/Names << /EmbeddedFiles << /Names [(a) 4 0 R] >> >>",
        more=[spec, stream(data, f"/Type /EmbeddedFile {extra}")],
    )


@pytest.mark.parametrize(
    ("name", "data", "extra"),
    [
        ("(a.exe)", b"MZ", ""),
        ("(a\\056exe)", b"x", ""),
        ("<FEFF0061002E006500780065>", b"x", ""),
        ("(phu-luc.pdf)", b"MZ\x90", ""),
        ("(phu-luc.pdf)", zlib.compress(b"MZ\x90"), "/Filter /FlateDecode"),
        ("(phu-luc.pdf)", b"4D5A90>", "/Filter /ASCIIHexDecode"),
        ("(phu-luc.pdf)", b"x", "/Filter /LZWDecode"),
        ("(phu-luc.pdf.lnk)", b"x", ""),
        ("(phu-luc.docm)", b"x", ""),
        ("(phu luc)", b"x", ""),
        ("()", b"x", ""),
    ],
)
def test_embedded_program_is_refused(name, data, extra):
    assert "nhúng" in refusal("pdf", with_embedded(name, data, extra))


def test_embedded_document_is_told_by_its_name():
    assert (
        look("pdf", with_embedded("(ph\\365 l\\374c.xml)", b"<a/>"))
        .flags[0]
        .startswith("PDF có tệp nhúng bên trong: ph")
    )


@pytest.mark.parametrize(
    ("link", "told"),
    [
        ("(https://nghean.gov.vn/)", []),
        ("(HTTPS://nghean.gov.vn/)", []),
        ("(mailto:vanthu@nghean.gov.vn)", []),
        ("(nghean.gov.vn)", []),
        ("(javascript:alert\\(1\\))", ["PDF có liên kết lạ (javascript:)."]),
        ("(java\\163cript:x)", ["PDF có liên kết lạ (javascript:)."]),
        ("<6a6176617363726970743a78>", ["PDF có liên kết lạ (javascript:)."]),
        ("4 0 R", ["PDF có liên kết lạ (file:)."]),
    ],
)
def test_odd_link_of_a_pdf_is_told(link, told):
    data = samples.pdf(
        page=f"/Annots [<< /Subtype /Link /A << /S /URI /URI {link} >> >>]",
        more=["(file:///C:/x.exe)"],
    )
    assert look("pdf", data).flags == told


@pytest.mark.parametrize(
    ("action", "told"), [("SubmitForm", pdf.SENDS), ("GoToR", pdf.OPENS), ("Rendition", pdf.MEDIA)]
)
def test_action_of_a_pdf_is_told(action, told):
    assert look("pdf", samples.pdf(page=f"/Annots [<< /A << /S /{action} /F (x) >> >>]")).flags == [
        told
    ]


@pytest.mark.parametrize(
    "data",
    [
        samples.pdf(trailer="/Encrypt << /Filter /Standard /V 1 >>"),
        samples.pdf(trailer="/Encr#79pt 4 0 R", more=["<< /Filter /Standard >>"]),
        samples.pdf(more=[stream(b"", "/Type /XRef /Encrypt 5 0 R"), "<< /Filter /Standard >>"]),
        with_embedded("(a.exe)", b"x").replace(b"/Root", b"/Encrypt 9 0 R /Root"),
    ],
)
def test_locked_pdf_is_refused_as_such(data):
    assert refusal("pdf", data) == pdf.ENCRYPTED


@pytest.mark.parametrize(
    "filters",
    [
        "/Filter /LZWDecode",
        "/Filter /FlateDecode /DecodeParms << /Predictor 12 >>",
        "/Filter /Crypt",
    ],
)
def test_object_stream_that_cannot_be_read_is_refused(filters):
    assert refusal("pdf", samples.pdf(more=[object_stream(JS, extra=filters)])) == pdf.UNREADABLE


def test_object_stream_may_not_unpack_without_end():
    bomb = samples.pdf(more=[object_stream("(" + "a" * 3_000_000 + ")")])
    assert refusal("pdf", bomb, Limits(unpacked=1_000_000)) == pdf.UNREADABLE


@pytest.mark.parametrize("cut", [200, 20, 7])
def test_pdf_without_its_end_is_refused(cut):
    assert refusal("pdf", samples.pdf()[:-cut]) == pdf.CUT


def test_pdf_cut_behind_an_early_end_is_refused():
    early = samples.pdf()  # a linearized file says "end" behind its first page, too
    assert refusal("pdf", early + b"7 0 obj << /Type /Page >> endobj 8 0 obj <<") == pdf.CUT


def test_what_stands_behind_the_end_of_a_pdf_is_told_or_refused():
    assert look("pdf", samples.pdf() + b"\r\n\0\0").flags == []
    assert look("pdf", samples.pdf() + b"<html><script>alert(1)</script></html>").flags == [
        pdf.TAIL
    ]
    assert refusal("pdf", samples.pdf() + samples.package([("a.exe", b"MZ")])) == pdf.MIXED


@pytest.mark.parametrize(
    ("pages", "count", "flags"),
    [
        ("<< /Kids [3 0 R] /Count 2147483647 >>", 1, []),
        ("<< /Kids [" + "3 0 R " * 20_000 + "] /Count 20000 >>", 20_000, []),
        ("<< /Kids [4 0 R 3 0 R] >>", 3, []),
        ("<< /Kids [2 0 R] >>", 0, [pdf.NO_PAGE]),
        ("<< /Kids [] >>", 0, [pdf.NO_PAGE]),
        ("<< /Kids [99 0 R] >>", 0, [pdf.NO_PAGE]),
        ("<< /Count 3 >>", None, [pdf.NO_TREE]),
        ("[" * 100_000 + "]" * 100_000, None, [pdf.NO_TREE]),
    ],
    ids=["lie", "many", "tree", "loop", "empty", "dangling", "none", "nested"],
)
def test_pages_are_counted_and_not_believed(pages, count, flags):
    found = look("pdf", samples.pdf(pages=pages, more=["<< /Kids [3 0 R 3 0 R 2 0 R 4 0 R] >>"]))
    assert (found.pages, found.flags) == (count, flags)


def test_pages_are_found_in_object_streams_and_the_latest_counts():
    first = samples.pdf()
    page = object_stream("<< /Kids [3 0 R 3 0 R] >>", first=2)
    assert look("pdf", first + b"4 0 obj\n" + page + b"\nendobj\nstartxref\n0\n%%EOF\n").pages == 2


def test_thousands_of_plain_links_cost_no_parsing(monkeypatch):
    links = [f"<< /A << /S /URI /URI (https://vbpl.vn/{n}) >> >>" for n in range(500)]
    parsed = []
    parse = pdf.parse
    monkeypatch.setattr(
        pdf, "parse", lambda data, position: parsed.append(position) or parse(data, position)
    )
    look("pdf", samples.pdf(more=links))
    assert len(parsed) < 10


# --- packages -----------------------------------------------------------------------------------


def change(**values):
    """Return a function that sets `values` on a ZipInfo that is not the first."""

    def apply(info):
        if not info.filename.startswith("["):
            for name, value in values.items():
                setattr(info, name, value)

    return apply


@pytest.mark.parametrize(
    "name", ["../../x.xml", "/etc/x.xml", "C:\\x.xml", "..\\x.xml", "word/../../x.xml"]
)
def test_part_that_leads_outside_is_refused(name):
    assert "không thuộc về" in refusal("docx", samples.docx(extra=[(name, "<a/>")]))


def test_part_that_is_a_symbolic_link_is_refused():
    data = samples.docx(change=change(create_system=3, external_attr=0o120777 << 16))
    assert "không thuộc về" in refusal("docx", data)


def test_two_parts_of_one_name_are_refused():
    with pytest.warns(UserWarning):
        data = samples.docx(extra=[("word/document.xml", "<a/>")])
    assert "không thuộc về" in refusal("docx", data)


def test_locked_package_is_refused():
    data = bytearray(samples.docx())
    place = data.rfind(b"PK\1\2")
    data[place + 8] |= 1
    assert refusal("docx", bytes(data)) == packages.LOCKED
    locked = (
        "<manifest:manifest><manifest:file-entry><manifest:encryption-data/>"
        "</manifest:file-entry></manifest:manifest>"
    )
    assert refusal("odt", samples.odt(manifest=locked)) == packages.LOCKED


def test_bombs_are_refused_before_and_while_they_unpack():
    assert refusal("docx", samples.docx("a" * 30_000_000)) == packages.BOMB
    assert (
        refusal("docx", samples.docx("a" * 15_000_000)) == packages.BOMB
    )  # below the size, above the ratio
    assert (
        refusal("docx", samples.docx(extra=[(f"{n}.xml", "") for n in range(101)])) == packages.BOMB
    )
    assert (
        look("docx", samples.docx("a" * 5_000_000)).flags == []
    )  # a drawing of one colour is packed as well


def lying(data, size):
    """Return the package `data` with its last part declared as `size` bytes long."""
    data = bytearray(data)
    place = data.rfind(b"PK\1\2")
    data[place + 24 : place + 28] = struct.pack("<I", size)
    return bytes(data)


def test_size_that_is_a_lie_is_refused():
    assert refusal("docx", lying(samples.docx(), 0xFFFFFFF0)) == packages.BOMB
    assert refusal("docx", lying(samples.docx("a" * 3_000_000), 100)) == packages.BROKEN


def test_parts_upon_each_other_are_refused():
    data = bytearray(samples.docx())
    first, second = data.find(b"PK\1\2"), data.rfind(b"PK\1\2")
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    assert refusal("docx", bytes(data)) == packages.BROKEN


@pytest.mark.parametrize(
    "data",
    [
        samples.docx()[:-30],
        samples.docx()[:60],
        b"PK\x03\x04" + b"\0" * 99,
        samples.docx() + b"x" * 70_000,
    ],
)
def test_broken_package_is_refused(data):
    assert refusal("docx", data) == packages.BROKEN


def test_package_of_another_kind_is_told_by_its_name():
    assert "đổi đuôi tệp thành .xlsx" in refusal("docx", samples.xlsx())
    assert "đổi đuôi tệp thành .docx" in refusal("xlsx", samples.docx())
    assert "không phải là DOCX" in refusal("docx", samples.package([("a.pdf", b"%PDF-")]))
    assert "không phải là ODT" in refusal("odt", samples.odt(kind="spreadsheet"))
    assert "không phải là ODS" in refusal("ods", samples.docx())


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("docx", samples.docx(main="application/vnd.ms-word.document.macroEnabled.main+xml")),
        ("docx", samples.docx(extra=[("word/vbaProject.bin", b"x")])),
        (
            "docx",
            samples.docx(
                extra=[
                    (
                        "word/_rels/document.xml.rels",
                        relationships("vbaProject", "x.dat", "Internal"),
                    )
                ]
            ),
        ),
        ("xlsx", samples.xlsx([("xl/macrosheets/sheet1.xml", "<a/>")])),
        ("odt", samples.odt([("Basic/Standard/Module1.xml", "<a/>")])),
        ("odt", samples.odt([("Scripts/python/x.py", "pass")])),
    ],
)
def test_macros_in_new_formats_are_refused(kind, data):
    assert refusal(kind, data) == packages.MACROS


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("docx", samples.docx(extra=[("word/embeddings/oleObject1.bin", samples.OLE_MAGIC)])),
        ("docx", samples.docx(extra=[("word/media/image1.png", samples.OLE_MAGIC + b"\0" * 50)])),
        ("docx", samples.docx(extra=[("word/activeX/activeX1.xml", "<a/>")])),
        ("odt", samples.odt(content="<draw:object-ole/>")),
    ],
)
def test_embedded_objects_are_refused(kind, data):
    assert refusal(kind, data) == packages.OBJECT


@pytest.mark.parametrize(
    "entry",
    [
        ("word/media/a.exe", b"x"), ("word/media/a.png", b"MZ\x90"), ("a.js", "1"),
        ("word/afchunk.mht", "x"), ("word/a.txt", "<html>"), ("word/a.dat", "{\\rtf1}"),
        ("word/media/a.png", b"PK\x03\x04x"),
        ("word/embeddings/a.zip", samples.package([("a", "b")])),
    ],
)  # fmt: skip
def test_part_that_does_not_belong_is_refused(entry):
    assert "không thuộc về" in refusal("docx", samples.docx(extra=[entry]))


def test_workbook_behind_a_chart_is_looked_into_and_told():
    name = "word/embeddings/Microsoft_Excel_Sheet1.xlsx"
    assert look("docx", samples.docx(extra=[(name, samples.xlsx())])).flags == [packages.CHARTS]
    assert (
        refusal("docx", samples.docx(extra=[(name, samples.xlsx([("xl/vbaProject.bin", "x")]))]))
        == packages.MACROS
    )
    deeper = samples.xlsx([("xl/embeddings/a.xlsx", samples.xlsx())])
    assert "không thuộc về" in refusal("docx", samples.docx(extra=[(name, deeper)]))


@pytest.mark.parametrize(
    ("kind", "target", "refused"),
    [
        ("attachedTemplate", "http://127.0.0.1:9/t.dotm", True),
        ("attachedTemplate", "\\\\may-chu\\mau.dotm", True),
        ("attachedTemplate", "file://may-chu/mau.dotm", True),
        ("oleObject", "http://127.0.0.1:9/x", True),
        ("frame", "http://127.0.0.1:9/x", True),
        ("attachedTemplate", "file:///C:\\Users\\vanthu\\Normal.dotm", packages.LOCAL_TEMPLATE),
        ("attachedTemplate", "Normal.dotm", packages.LOCAL_TEMPLATE),
        ("image", "http://127.0.0.1:9/x.png", packages.LINKED_PICTURE),
        ("externalLinkPath", "So-lieu.xlsx", packages.LINKED_BOOK),
        ("hyperlink", "file:///C:/x.exe", packages.LINKED.format("file")),
        ("something", "x", packages.LINKED.format("something")),
    ],
)
def test_what_leads_outside_is_refused_or_told(kind, target, refused):
    data = samples.docx(extra=[("word/_rels/settings.xml.rels", relationships(kind, target))])
    if refused is True:
        assert refusal("docx", data) == packages.REMOTE
    else:
        assert look("docx", data).flags == [refused]


ENTITY = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "lol">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("xlsx", samples.xlsx([("xl/sharedStrings.xml", ENTITY)])),
        ("docx", samples.docx(extra=[("word/a.xml", ENTITY.encode("utf-16"))])),
        ("docx", samples.docx(extra=[("word/a.xml", ENTITY.encode("utf-16-le"))])),
        (
            "docx",
            samples.docx(extra=[("word/a.xml", '<?xml version="1.0" encoding="UTF-7"?><a/>')]),
        ),
        (
            "docx",
            samples.docx(extra=[("word/a.xml", '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/"><a/>')]),
        ),
        ("odt", samples.odt(content=ENTITY)),
    ],
)
def test_declarations_of_xml_are_refused(kind, data):
    assert refusal(kind, data) == packages.DTD


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("docx", samples.docx('</w:t></w:r><w:fldSimple w:instr=" DDEAUTO cmd x"/><w:r><w:t>')),
        (
            "docx",
            samples.docx(
                "</w:t><w:instrText>DDE</w:instrText><w:x/><w:instrText>AUTO c</w:instrText><w:t>"
            ),
        ),
        ("docx", samples.docx("</w:t><w:instrText>&#68;DEAUTO c</w:instrText><w:t>")),
        (
            "xlsx",
            samples.xlsx([("xl/externalLinks/externalLink1.xml", "<ddeLink ddeService='cmd'/>")]),
        ),
        ("xlsx", samples.xlsx(sheet="<c><f>cmd|' /C calc'!A0</f></c>")),
        ("ods", samples.odt(kind="spreadsheet", content="<table:dde-link/>")),
        ("doc", samples.doc(("1Table", b"\x13 DDEAUTO c"))),
        ("doc", samples.doc(("1Table", "\x13DDEAUTO c".encode("utf-16-le")))),
    ],
)
def test_commands_to_other_programs_are_refused(kind, data):
    assert refusal(kind, data) == packages.DDE


def test_opendocument_that_asks_elsewhere_is_refused_or_told():
    assert (
        refusal(
            "odt", samples.odt(content='<text:section-source xlink:href="http://127.0.0.1:9/"/>')
        )
        == packages.REMOTE
    )
    assert look(
        "odt", samples.odt(content='<draw:image xlink:href="http://127.0.0.1:9/x"/>')
    ).flags == [packages.LINKED_PICTURE]
    assert look("odt", samples.odt(content="<script:event-listener/>")).flags == [packages.SCRIPTED]


def test_test_virus_is_found_in_a_packed_part():
    assert "EICAR" in refusal("docx", samples.docx(extra=[("word/media/a.bmp", b"BM" + EICAR)]))


# --- old Word and Excel -------------------------------------------------------------------------


def test_macros_in_old_formats_are_told():
    assert look("doc", samples.doc(("Macros", None), ("VBA", None))).flags == [
        "Tệp Word đời cũ có macro."
    ]
    assert look("xls", samples.xls(("_VBA_PROJECT_CUR", None))).flags == [
        "Tệp Excel đời cũ có macro."
    ]


def test_objects_in_old_formats_are_refused_or_told():
    assert refusal("doc", samples.doc(("\x01Ole10Native", b"x"))) == compound.PACKAGE
    assert (
        refusal("doc", samples.doc(("_1", None, "0003000c-0000-0000-c000-000000000046")))
        == compound.PACKAGE
    )
    assert look("doc", samples.doc(("_1", None, "0002ce02-0000-0000-c000-000000000046"))).flags == [
        compound.EQUATION
    ]
    assert look("doc", samples.doc(("Equation Native", b"x"))).flags == [compound.EQUATION]
    assert look("doc", samples.doc(("ObjectPool", None), ("_1234", None))).flags == [
        compound.OBJECTS
    ]


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("doc", samples.doc(flags=0x0100)),
        ("xls", samples.xls(records=struct.pack("<HH", 0x2F, 4) + b"aaaa")),
        ("doc", samples.compound(("EncryptedPackage", b"x"), ("EncryptionInfo", b"x"))),
    ],
)
def test_locked_old_file_is_refused(kind, data):
    assert refusal(kind, data) == compound.LOCKED


def test_old_file_of_another_kind_is_told_by_its_name():
    assert "đổi đuôi tệp thành .xls" in refusal("doc", samples.xls())
    assert "đổi đuôi tệp thành .doc" in refusal("xls", samples.doc())
    assert "không phải là DOC" in refusal("doc", samples.compound(("x", b"y")))


def broken(place, written):
    """Return an old Word file with the bytes `written` at `place` of its head."""
    data = bytearray(samples.doc())
    data[place : place + len(written)] = written
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        samples.OLE_MAGIC + b"\0" * 2000,
        samples.doc()[:700],
        samples.OLE_MAGIC,
        broken(30, struct.pack("<H", 40)),
        broken(44, struct.pack("<I", 0xFFFFFF)),
        broken(48, struct.pack("<I", 0xFFFFFF0)),
        broken(72, struct.pack("<I", 0xFFFFFF)),
        broken(76, struct.pack("<I", 0)),
    ],
)
def test_broken_old_file_is_refused(data):
    assert refusal("doc", data) == compound.BROKEN


def test_directory_that_loops_is_refused():
    data = bytearray(samples.doc())
    fat = len(data) - 512
    first = struct.unpack_from("<I", data, 48)[0]
    data[fat + first * 4 : fat + first * 4 + 4] = struct.pack("<I", first)
    assert refusal("doc", bytes(data)) == compound.BROKEN
