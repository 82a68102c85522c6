"""Small files as offices send them, made by hand for the tests: PDF, DOC, DOCX, XLSX, ODT, ODS."""

import io
import struct
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
#: Real papers of several pages with Vietnamese letters, made for the sample content.
SAMPLE_PDF = ROOT / "portal" / "sample" / "pdf"


#: It begins like a PDF and has no page.
BROKEN_PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def pdf(*pages, box="0 0 595 842", stamp=""):
    """Return a PDF (bytes) with one line of ASCII on each of `pages` (str).

    `stamp`: words that a form shows right of the first line.
    """
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for number, words in enumerate(pages):
        content = f"BT /F1 12 Tf 72 700 Td ({words}) Tj ET" if words else ""
        objects.append(_stream(content))
        notes = f"/Annots [{len(objects) + 2} 0 R]" if stamp and number == 0 else ""
        kids.append(len(objects) + 1)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents {len(objects)} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> >> {notes} >>"
        )
        if notes:
            look = len(objects) + 2
            objects.append(
                f"<< /Type /Annot /Subtype /Widget /FT /Tx /T (so) /F 4 /Rect [400 "
                f"695 500 715] /AP << /N {look} 0 R >> >>"
            )
            form = (
                "/Type /XObject /Subtype /Form /BBox [0 0 100 20] "
                "/Resources << /Font << /F1 3 0 R >> >>"
            )
            objects.append(_stream(f"BT /F1 12 Tf 2 5 Td ({stamp}) Tj ET", form))
    objects[1] = (
        f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(kids)} >>"
    )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    start = len(out)
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        out
        + (
            f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}trailer\n<< "
            f"/Size {len(objects) + 1} /Root 1 0 R >>\n"
            f"startxref\n{start}\n%%EOF\n"
        ).encode()
    )


def _stream(content, more=""):
    return f"<< /Length {len(content)} {more} >>\nstream\n{content}\nendstream"


def zipped(**parts):
    """Return a zip archive (bytes) of `parts` ({name with __ for / and ___ for .: str})."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("___", ".").replace("__", "/"), data)
    return out.getvalue()


def docx(*paragraphs, raw=""):
    """Return a DOCX (bytes) of `paragraphs` (str); `raw`: XML put behind them as it is."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "".join(
        f'<w:p><w:r><w:t xml:space="preserve">{words}</w:t></w:r></w:p>' for words in paragraphs
    )
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    document = f'<w:document {space} xmlns:mc="urn:mc"><w:body>{body}{raw}</w:body></w:document>'
    return zipped(**{"[Content_Types]___xml": types, "word__document___xml": document})


def xlsx(*sheets):
    """Return an XLSX (bytes); each of `sheets` is a list of rows (list of str or number)."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    strings, parts = [], {}
    for number, rows in enumerate(sheets, start=1):
        body = ""
        for row in rows:
            body += "<row>"
            for cell in row:
                if isinstance(cell, str):
                    strings.append(cell)
                    body += f'<c t="s"><v>{len(strings) - 1}</v></c>'
                else:
                    body += f"<c><v>{cell}</v></c>"
            body += "</row>"
        parts[f"xl__worksheets__sheet{number}___xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'
        )
    names = "".join(
        f'<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>' for n in range(1, len(sheets) + 1)
    )
    targets = "".join(
        f'<Relationship Id="r{n}" Type="x" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    parts["xl__workbook___xml"] = (
        f'<workbook xmlns="{main}" xmlns:r="{kind}"><sheets>{names}</sheets></workbook>'
    )
    parts["xl___rels__workbook___xml___rels"] = ""
    parts["xl__sharedStrings___xml"] = (
        f'<sst xmlns="{main}">{"".join(f"<si><t>{s}</t></si>" for s in strings)}</sst>'
    )
    del parts["xl___rels__workbook___xml___rels"]
    start = '<Relationship Id="a" Type="http://x/officeDocument" Target="xl/workbook.xml"/>'
    out = io.BytesIO(zipped(**parts))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("_rels/.rels", f'<Relationships xmlns="{links}">{start}</Relationships>')
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{links}">{targets}</Relationships>',
        )
    return out.getvalue()


def open_document(body, kind="text"):
    """Return an ODT (bytes) whose content is `body` (XML); `kind` "spreadsheet": an ODS."""
    spaces = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"'
        for n in ("office", "text", "table")
    )
    content = (
        f"<office:document-content "
        f"{spaces}><office:body><office:{kind}>{body}"
        f"</office:{kind}></office:body></office:document-content>"
    )
    return zipped(mimetype=f"application/vnd.oasis.opendocument.{kind}", content___xml=content)


def doc(text="", eight_bits=b"", flags=0):
    """Return a DOC (bytes): `text` (str) in UTF-16, or `eight_bits` (bytes) as Windows-1252, in one
    piece, as Word 97 writes it.
    """
    raw = eight_bits or text.encode("utf-16-le")
    count = len(raw) if eight_bits else len(raw) // 2
    start = 0x800
    document = bytearray(max(4096, start + len(raw)))
    struct.pack_into("<HH", document, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", document, 10, 0x0200 | flags)  # the table lies in the stream 1Table
    struct.pack_into("<I", document, 0x4C, count)
    where = start * 2 | 0x40000000 if eight_bits else start
    plc = struct.pack("<II", 0, count) + struct.pack("<HIH", 0, where, 0)
    clx = (
        b"\x01\x02\x00ab" + b"\x02" + struct.pack("<I", len(plc)) + plc
    )  # formatting of a piece first, to be stepped over
    struct.pack_into("<II", document, 0x1A2, 0, len(clx))
    document[start : start + len(raw)] = raw
    return compound({"WordDocument": bytes(document), "1Table": clx.ljust(4096, b"\0")})


def compound(streams):
    """Return a compound file (bytes) with the `streams` ({name: bytes of 4096 or more})."""
    free, end, fat_mark = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    fat, sectors, entries = [fat_mark, end], [], [("Root Entry", 5, end, 0)]
    for name, data in streams.items():
        first, count = len(fat), -(-len(data) // 512)
        fat += [*range(first + 1, first + count), end]
        sectors.append(data.ljust(count * 512, b"\0"))
        entries.append((name, 2, first, len(data)))
    directory = b""
    for name, kind, first, size in entries:
        written = (name + "\0").encode("utf-16-le")
        directory += (
            written.ljust(64, b"\0")
            + struct.pack("<HBB", len(written), kind, 1)
            + b"\xff" * 12
            + b"\0" * 36
        )
        directory += struct.pack("<IQ", first, size)
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 16
        + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
        + b"\0" * 6
    )
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack(
        "<109I", 0, *[free] * 108
    )
    table = struct.pack("<128I", *fat, *[free] * (128 - len(fat)))
    return head + table + directory.ljust(512, b"\0") + b"".join(sectors)


def scan(name="131-tb-stttt.pdf"):
    """Return (a PDF whose only page is a picture of the first page of the sample `name`: bytes, the
    words that stand on it: str).
    """
    from PIL import Image

    from portal.extraction import client

    with (SAMPLE_PDF / name).open("rb") as file:
        words = client.read_text(file).pages[0].text
        picture = client.picture(file, 1, 1600)
    out = io.BytesIO()
    with Image.open(io.BytesIO(picture)) as image:
        image.convert("L").save(out, "PDF", resolution=194)
    return out.getvalue(), words
