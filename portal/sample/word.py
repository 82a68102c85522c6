"""A small writer of DOCX: one paper laid out as NĐ 30/2020 asks, which Word and LibreOffice open."""

import io
import zipfile
from xml.sax.saxutils import escape

from portal.sample import papers

_XMLNS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = (
    _XML + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    '<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    "</Types>"
)
_RELATIONS = (
    _XML + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    "</Relationships>"
)
_DOCUMENT_RELATIONS = (
    _XML + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>'
    "</Relationships>"
)
_STYLES = (
    _XML + f"<w:styles {_XMLNS}><w:docDefaults><w:rPrDefault><w:rPr>"
    '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" w:eastAsia="Times New Roman"/>'
    '<w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="vi-VN"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/>'
    '<w:pPr><w:keepNext/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/></w:rPr></w:style></w:styles>'
)
_NO_BORDERS = "".join(
    f'<w:{side} w:val="nil"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def _paragraph(
    words, align="both", *, bold=False, italic=False, style="", first_line=0, size=0, after=120
):
    """Return one paragraph (str of WordprocessingML). `align`: "both", "center" or "left"; `first_line` in twentieths of a point."""
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
    """Return a table without borders (str) of two cells that hold the paragraphs `left` and `right` (str)."""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{content}</w:tc>'
        for width, content in ((4100, left), (5300, right))
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="9400" w:type="dxa"/><w:tblBorders>{_NO_BORDERS}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="4100"/><w:gridCol w:w="5300"/></w:tblGrid><w:tr>{cells}</w:tr></w:tbl>'
    )


def _line(kind, words):
    if kind == "heading":
        return _paragraph(words, "left", style="Heading1")
    if kind == "centre":
        return _paragraph(words, "center", bold=words.isupper())
    return _paragraph(words, first_line=0 if kind == "fact" else 567)


def docx(facts):
    """Return the paper with these `facts` (one of `papers.register`) as DOCX bytes."""
    head = papers.head(facts)
    small = {"align": "center", "size": 26, "after": 0}
    left = _paragraph(head["above"], **small) if head["above"] else ""
    left += _paragraph(head["agency"], **small, bold=True) + _paragraph(head["number"], **small)
    right = _paragraph("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", **small, bold=True)
    right += _paragraph("Độc lập - Tự do - Hạnh phúc", **small, bold=True) + _paragraph(
        head["place_and_date"], **small, italic=True
    )
    parts = [_two_columns(left, right), _paragraph("", after=0)]
    if head["kind"]:
        parts.append(_paragraph(head["kind"], "center", bold=True, after=0))
    parts.append(_paragraph(head["summary"], "center", bold=bool(head["kind"])))
    parts.append(_paragraph(f"({papers.sample_line(facts)})", "center", italic=True, size=24))
    parts += [_line(kind, words) for kind, words in papers.body_lines(facts)]
    if head["post"]:
        unsigned = _paragraph("(bản mẫu, không ký)", **small, italic=True)
        signed = _paragraph(head["post"], **small, bold=True) + unsigned
        parts.append(_two_columns(_paragraph("", after=0), signed))
    page = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1701" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
    document = f"{_XML}<w:document {_XMLNS}><w:body>{''.join(parts)}{page}</w:body></w:document>"
    title = escape(" ".join(filter(None, [facts["type"], facts["number"]])) or facts["summary"])
    core = (
        _XML
        + '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title><dc:description>{papers.SAMPLE_LINE}</dc:description>'
        "<dc:language>vi-VN</dc:language></cp:coreProperties>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for path, content in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATIONS),
            ("word/document.xml", document),
            ("word/styles.xml", _STYLES),
            ("word/_rels/document.xml.rels", _DOCUMENT_RELATIONS),
            ("docProps/core.xml", core),
        ):
            package.writestr(
                zipfile.ZipInfo(path, (2018, 12, 3, 10, 10, 0)), content, zipfile.ZIP_DEFLATED
            )
    return out.getvalue()
