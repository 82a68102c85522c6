"""Make the Word and PDF papers of the sample content: `python -m tests.support.sample_papers`.

Run it after a change of documents.json or texts/: it writes docx/ and, with Chromium, pdf/ of
portal/sample anew. The layout is that of NĐ 30/2020. The files lie in the tree, because a bare
machine has no fonts to make PDFs with. A line of a paper is (kind, words), as in `papers`.
"""

import html
import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from portal.sample import papers

CONTENT_TYPES = "application/vnd.openxmlformats-"
WORD_TYPES = CONTENT_TYPES + "officedocument.wordprocessingml."
RELATION_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_TYPES = "http://schemas.openxmlformats.org/package/2006"

_XMLNS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = (
    f'{_XML}<Types xmlns="{PACKAGE_TYPES}/content-types">'
    f'<Default Extension="rels" ContentType="{CONTENT_TYPES}package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{WORD_TYPES}document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{WORD_TYPES}styles+xml"/>'
    '<Override PartName="/docProps/core.xml"'
    f' ContentType="{CONTENT_TYPES}package.core-properties+xml"/></Types>'
)


def _relations(*relations):
    return (
        f'{_XML}<Relationships xmlns="{PACKAGE_TYPES}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>'
            for n, (kind, target) in enumerate(relations, 1)
        )
        + "</Relationships>"
    )


_CORE = f"{PACKAGE_TYPES}/relationships/metadata/core-properties"
_RELATIONS = _relations(
    (f"{RELATION_TYPES}/officeDocument", "word/document.xml"), (_CORE, "docProps/core.xml")
)
_DOCUMENT_RELATIONS = _relations((f"{RELATION_TYPES}/styles", "styles.xml"))
_FONTS = " ".join(f'w:{name}="Times New Roman"' for name in ("ascii", "hAnsi", "cs", "eastAsia"))
_STYLES = (
    f"{_XML}<w:styles {_XMLNS}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts {_FONTS}/>"
    '<w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="vi-VN"/>'
    "</w:rPr></w:rPrDefault></w:docDefaults>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
    '</w:style><w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/>'
    '<w:basedOn w:val="Normal"/><w:pPr><w:keepNext/><w:outlineLvl w:val="0"/></w:pPr>'
    "<w:rPr><w:b/></w:rPr></w:style></w:styles>"
)
_NO_BORDERS = "".join(
    f'<w:{side} w:val="nil"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)
_PAGE_SIZE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134"'
    ' w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
)
_HTML = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>{title}</title><style>
@page {{ size: A4; margin: 20mm 18mm 20mm 28mm }}
body {{ font: 12pt/1.45 "Noto Serif", serif; text-align: justify; margin: 0 }}
table {{ width: 100%; border-collapse: collapse; text-align: center; font-size: 11pt;
 line-height: 1.35 }}
td {{ vertical-align: top; padding: 0 }} td:first-child {{ width: 42% }}
p {{ margin: 0 0 6pt; text-indent: 10mm }}
p.centre, p.sample, h1, h2 {{ text-align: center; text-indent: 0 }}
h1 {{ font-size: 13pt; margin: 18pt 0 0 }} h2 {{ font-size: 12.5pt; margin: 0 0 8pt }}
h3 {{ font-size: 12pt; margin: 8pt 0 4pt }} p.sample {{ font-size: 10.5pt; margin-bottom: 12pt }}
.sign {{ margin: 16pt 0 0 45%; text-align: center }}
</style>{body}</html>"""
_SOURCES = (
    "Toàn văn và tình trạng hiệu lực mới nhất: xem tại Cơ sở dữ liệu quốc gia về văn bản pháp luật"
    " (vbpl.vn) và Công báo."
)


# --- what stands on a paper --------------------------------------------------------------------


def sample_papers():
    """Return the facts of all sample documents, each with `place` and `above` of its agency.

    A date that counts from the day of loading is unknown to a file: it is None here, and the paper
    leaves its place blank, as the Word copies of offices do.
    """
    data = papers.read_documents()
    agencies = {agency["name"]: agency for agency in data["agencies"]}
    for facts in data["documents"]:
        agency = agencies[facts["agency"]]
        facts["place"], facts["above"] = agency["place"], agency.get("above", "")
        for name in ("issued_on", "effective_on", "expires_on"):
            value = facts.get(name)
            facts[name] = date.fromisoformat(value) if value and isinstance(value, str) else None
    return data["documents"]


def body_lines(facts):
    """Return the lines of the paper; of one without words in texts/ its facts."""
    return papers.body_lines(facts) or [("heading", "Thông tin văn bản"), *_fact_lines(facts)]


def _fact_lines(facts):
    issuers = [facts["agency"], *facts.get("co_agencies", [])]
    yield "fact", f"Trích yếu: {facts['summary']}."
    yield "fact", f"Cơ quan ban hành: {', '.join(issuers)}."
    for name, label in (
        ("issued_on", "Ngày ban hành"),
        ("effective_on", "Ngày có hiệu lực"),
        ("expires_on", "Ngày cuối cùng còn hiệu lực"),
    ):
        if facts[name]:
            yield "fact", f"{label}: {facts[name]:%d/%m/%Y}."
    if facts.get("signer"):
        yield "fact", f"Người ký: {facts['signer']}, {facts['signer_post']}."
    yield "text", _SOURCES


def head(facts):
    """Return the parts that stand above the text of a paper and, as `post`, below it."""
    day, is_law = facts["issued_on"], facts["type"] == "Luật"
    written = (
        f"ngày {day.day:02} tháng {day.month:02} năm {day.year}"
        if day
        else "ngày     tháng     năm     "
    )
    numbered = f"Số: {facts['number']}" if facts["number"] else ""
    return {
        "above": facts["above"],
        "agency": " - ".join([facts["agency"], *facts.get("co_agencies", [])]).upper(),
        "number": f"Luật số: {facts['number']}" if is_law else numbered,
        "place_and_date": f"{facts['place']}, {written}",
        "kind": "" if facts["type"] == "Công văn" else (facts["type"] or "").upper(),
        "summary": facts["summary"].removeprefix("Luật ").upper() if is_law else facts["summary"],
        "post": " ".join(
            filter(None, [facts.get("signing_power", ""), facts.get("signer_post", "")])
        ).upper(),
    }


# --- Word ----------------------------------------------------------------------------------------


def _paragraph(
    words, align="both", *, bold=False, italic=False, style="", first_line=0, size=0, after=120
):
    """Return one paragraph of WordprocessingML; `first_line` in twentieths of a point."""
    marks = (
        ("<w:b/>" if bold else "")
        + ("<w:i/>" if italic else "")
        + (f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>' if size else "")
    )
    return (
        "<w:p><w:pPr>"
        + (f'<w:pStyle w:val="{style}"/>' if style else "")
        + f'<w:spacing w:before="0" w:after="{after}"/>'
        + (f'<w:ind w:firstLine="{first_line}"/>' if first_line else "")
        + f'<w:jc w:val="{align}"/></w:pPr><w:r>'
        + (f"<w:rPr>{marks}</w:rPr>" if marks else "")
        + f'<w:t xml:space="preserve">{escape(words)}</w:t></w:r></w:p>'
    )


def _two_columns(left, right):
    """Return a table without borders whose two cells hold the paragraphs `left` and `right`."""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{content}</w:tc>'
        for width, content in ((4100, left), (5300, right))
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="9400" w:type="dxa"/><w:tblBorders>{_NO_BORDERS}'
        '</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="4100"/>'
        f'<w:gridCol w:w="5300"/></w:tblGrid><w:tr>{cells}</w:tr></w:tbl>'
    )


def _line(kind, words):
    if kind == "heading":
        return _paragraph(words, "left", style="Heading1")
    if kind == "centre":
        return _paragraph(words, "center", bold=words.isupper())
    return _paragraph(words, first_line=0 if kind == "fact" else 567)


def word_parts(facts):
    """Return the parts of the DOCX file with these `facts` ({path: XML})."""
    top = head(facts)
    small = {"align": "center", "size": 26, "after": 0}
    left = _paragraph(top["above"], **small) if top["above"] else ""
    left += _paragraph(top["agency"], **small, bold=True) + _paragraph(top["number"], **small)
    right = _paragraph("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", **small, bold=True)
    right += _paragraph("Độc lập - Tự do - Hạnh phúc", **small, bold=True)
    right += _paragraph(top["place_and_date"], **small, italic=True)
    parts = [_two_columns(left, right), _paragraph("", after=0)]
    if top["kind"]:
        parts.append(_paragraph(top["kind"], "center", bold=True, after=0))
    parts.append(_paragraph(top["summary"], "center", bold=bool(top["kind"])))
    parts.append(_paragraph(f"({papers.sample_line(facts)})", "center", italic=True, size=24))
    parts += [_line(kind, words) for kind, words in body_lines(facts)]
    if top["post"]:
        unsigned = _paragraph("(bản mẫu, không ký)", **small, italic=True)
        signed = _paragraph(top["post"], **small, bold=True) + unsigned
        parts.append(_two_columns(_paragraph("", after=0), signed))
    title = escape(" ".join(filter(None, [facts["type"], facts["number"]])) or facts["summary"])
    return {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS,
        "word/document.xml": (
            f"{_XML}<w:document {_XMLNS}><w:body>{''.join(parts)}{_PAGE_SIZE}</w:body></w:document>"
        ),
        "word/styles.xml": _STYLES,
        "word/_rels/document.xml.rels": _DOCUMENT_RELATIONS,
        "docProps/core.xml": (
            f'{_XML}<cp:coreProperties xmlns:cp="{PACKAGE_TYPES}/metadata/core-properties" '
            f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title>'
            f"<dc:description>{papers.SAMPLE_LINE}</dc:description>"
            "<dc:language>vi-VN</dc:language></cp:coreProperties>"
        ),
    }


def docx(facts):
    """Return the Word paper with these `facts` as bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for path, content in word_parts(facts).items():
            info = zipfile.ZipInfo(path, (2018, 12, 3, 10, 10, 0))
            package.writestr(info, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


# --- PDF -----------------------------------------------------------------------------------------


def page(facts):
    """Return the paper with these `facts` as the HTML page that Chromium prints."""
    top = {name: html.escape(words) for name, words in head(facts).items()}
    above = top["above"] and f"{top['above']}<br>"
    body = (
        f"<table><tr><td>{above}<b>{top['agency']}</b><br>{top['number']}</td>"
        "<td><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b><br><b>Độc lập - Tự do - Hạnh phúc</b><br>"
        f"{top['place_and_date']}</td></tr></table><h1>{top['kind']}</h1><h2>{top['summary']}</h2>"
        f'<p class="sample">({papers.sample_line(facts)})</p>'
    )
    for kind, words in body_lines(facts):
        tag = "h3" if kind == "heading" else "p"
        body += f'<{tag} class="{kind}">{html.escape(words)}</{tag}>'
    if top["post"]:
        body += f'<div class="sign"><b>{top["post"]}</b><br>(bản mẫu, không ký)</div>'
    return _HTML.format(title=html.escape(facts["file_name"]), body=body)


def print_pdf(facts, target, work):
    """Print the paper with these `facts` to the file `target`; `work`: a temporary folder."""
    source = Path(work) / "page.html"
    source.write_text(page(facts), encoding="utf-8")
    options = "--headless --no-sandbox --disable-gpu --no-pdf-header-footer --disable-pdf-tagging"
    subprocess.run(
        [
            "chromium", *options.split(), f"--user-data-dir={work}/profile",
            f"--print-to-pdf={target}", source.as_uri(),
        ],
        check=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def main():
    """Write docx/<name>.docx of each document, and pdf/<name>.pdf of those marked "pdf"."""
    for folder in ("docx", "pdf"):
        (papers.FOLDER / folder).mkdir(exist_ok=True)
    has_chromium = bool(shutil.which("chromium"))
    with tempfile.TemporaryDirectory() as work:
        for facts in sample_papers():
            name = facts["name"]
            (papers.FOLDER / "docx" / f"{name}.docx").write_bytes(docx(facts))
            if facts.get("pdf") and has_chromium:
                print_pdf(facts, papers.FOLDER / "pdf" / f"{name}.pdf", work)
    print("Word papers written; PDFs " + ("too" if has_chromium else "not: Chromium is missing"))


if __name__ == "__main__":
    sys.exit(main())
