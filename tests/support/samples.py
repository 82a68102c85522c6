"""Small files of every kind that may be attached, honest and hostile, made on the spot.

Their payloads do nothing.
"""

import io
import struct
import zipfile
import zlib
from uuid import UUID

OFFICE = "application/vnd.openxmlformats-officedocument."
WORD_MAIN = OFFICE + "wordprocessingml.document.main+xml"
SHEET_MAIN = OFFICE + "spreadsheetml.sheet.main+xml"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


# --- PDF
# ---


def pdf(
    catalog="", page="", more=(), trailer="", pages="<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
):
    """Return a PDF (bytes) with one page; `more`: further objects from number 4 on."""
    objects = [f"<< /Type /Catalog /Pages 2 0 R {catalog} >>", pages]
    objects += [f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {page} >>", *more]
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    for number, body in enumerate(objects, 1):
        body = body if isinstance(body, bytes) else body.encode("latin-1")
        out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    out.write(
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R "
        f"{trailer} >>\nstartxref\n0\n%%EOF\n".encode()
    )
    return out.getvalue()


def stream(data, extra=""):
    """Return the object (bytes) of a stream with `data`."""
    return f"<< /Length {len(data)} {extra} >>\nstream\n".encode() + data + b"\nendstream"


def object_stream(*objects, first=10, packed=True, extra="/Filter /FlateDecode"):
    """Return an object stream (bytes) that holds `objects` (str), numbered from `first` on."""
    bodies = [body.encode() for body in objects]
    places = [sum(len(each) + 1 for each in bodies[:n]) for n in range(len(bodies))]
    head = " ".join(f"{first + n} {place}" for n, place in enumerate(places)).encode() + b" "
    data = head + b" ".join(bodies)
    return stream(
        zlib.compress(data) if packed else data,
        f"/Type /ObjStm /N {len(bodies)} /First {len(head)} {extra}",
    )


# --- packages
# -----------------------------------------------------------------------------------------------


def package(entries, change=None):
    """Return a ZIP (bytes) of `entries` ([(name, str or bytes)]); `change`: a function of each
    ZipInfo before it is written.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if change:
                change(info)
            archive.writestr(info, data)
    return out.getvalue()


def _types(main, part):
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{space}"><Override '
        f'PartName="/{part}" ContentType="{main}"/></Types>'
    )


def docx(text="Văn bản mẫu", extra=(), main=WORD_MAIN, change=None):
    """Return a Word file (bytes); `text` may hold XML; `extra`: further parts [(name, data)]."""
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><w:document '
        f'xmlns:w="w"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>'
    )
    return package(
        [
            ("[Content_Types].xml", _types(main, "word/document.xml")),
            ("word/document.xml", body),
            *extra,
        ],
        change,
    )


def xlsx(extra=(), sheet="<sheetData/>"):
    """Return an Excel file (bytes); `extra`: further parts [(name, data)]."""
    parts = [
        ("[Content_Types].xml", _types(SHEET_MAIN, "xl/workbook.xml")),
        ("xl/workbook.xml", "<workbook/>"),
    ]
    return package(
        [*parts, ("xl/worksheets/sheet1.xml", f"<worksheet>{sheet}</worksheet>"), *extra]
    )


def relationships(kind, target, mode="External"):
    """Return the XML (str) of one relationship of `kind` (its last word) that leads to `target`."""
    return (
        f'<Relationships><Relationship Id="r1" Type="{RELATIONSHIPS}/{kind}" '
        f'Target="{target}" TargetMode="{mode}"/></Relationships>'
    )


def odt(extra=(), content="<office:text/>", kind="text", manifest="<manifest:manifest/>"):
    """Return an OpenDocument file (bytes) of `kind` ("text" or "spreadsheet")."""
    parts = [
        ("mimetype", f"application/vnd.oasis.opendocument.{kind}"),
        ("content.xml", content),
        ("META-INF/manifest.xml", manifest),
    ]
    return package([*parts, *extra])


# --- compound files
# -----------------------------------------------------------------------------------------


def compound(*entries):
    """Return a compound file (bytes); `entries`: (name, data) for a stream, (name, None[, class])
    for a storage, flat under the root.

    Streams are padded to 4,096 bytes, so that all lie in sectors of their own.
    """
    names = [("Root Entry", None), *entries]
    sectors, directory = [], b""
    for name, data, *guid in names:
        start, size = 0xFFFFFFFE, 0
        if data is not None:
            data = data.ljust(max(4096, -(-len(data) // 512) * 512), b"\0")
            start, size = len(sectors), len(data)
            sectors += [data[place : place + 512] for place in range(0, size, 512)]
        kind = 5 if name == "Root Entry" else 1 if data is None else 2
        written = name.encode("utf-16-le") + b"\0\0"
        links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF)
        identity = UUID(guid[0]).bytes_le if guid else b"\0" * 16
        directory += (
            written.ljust(64, b"\0") + struct.pack("<HBB", len(written), kind, 1) + links + identity
        )
        directory += b"\0" * 20 + struct.pack("<IQ", start, size)
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\0")
    chains, first = [], len(sectors)
    for place in range(0, len(sectors), 8):
        chains += [place + n + 1 for n in range(7)] + [0xFFFFFFFE]
    sectors += [directory[place : place + 512] for place in range(0, len(directory), 512)]
    chains += [first + n + 1 for n in range(len(directory) // 512 - 1)] + [0xFFFFFFFE, 0xFFFFFFFD]
    fat = struct.pack(f"<{len(chains)}I", *chains).ljust(512, b"\xff")
    head = OLE_MAGIC + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 10
    head += struct.pack("<IIIIIIII", 1, first, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack(
        "<109I", len(sectors), *[0xFFFFFFFF] * 108
    )
    return head + b"".join(sectors) + fat


def doc(*entries, flags=0):
    """Return an old Word file (bytes) with further `entries` of `compound`; `flags`: those of its
    head ([MS-DOC] 2.5.1).
    """
    return compound(
        ("WordDocument", b"\xec\xa5\xc1\0" + b"\0" * 6 + struct.pack("<H", flags)), *entries
    )


def xls(*entries, records=b""):
    """Return an old Excel file (bytes); `records`: what stands behind the first record of its main
    stream.
    """
    return compound(("Workbook", struct.pack("<HH", 0x0809, 16) + b"\0" * 16 + records), *entries)
