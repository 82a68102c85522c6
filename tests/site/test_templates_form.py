"""Templates and style sheets: short lines, one block element or declaration to a line."""

import re

import pytest
from django.conf import settings

TEMPLATES = sorted(path for path in (settings.BASE_DIR / "templates").rglob("*") if path.is_file())
SHEETS = sorted((settings.BASE_DIR / "static").rglob("*.css"))
#: Drawings (SVG).
DRAWINGS = {"emblem.html"}
BLOCKS = re.compile(
    r"<(?:address|article|aside|body|caption|dd|details|div|dl|dt|fieldset|figcaption"
    r"|figure|footer|form|h[1-6]|head|header"
    r"|html|li|link|main|meta|nav|ol|p|script|section|summary|table|tbody|td|th"
    r"|thead|title|tr|ul)\b"
)


def name(path):
    return path.relative_to(settings.BASE_DIR).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_opens_one_block_element_a_line(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    for line in lines if path.name not in DRAWINGS else []:
        assert len(line) <= 120
        assert len(BLOCKS.findall(line)) <= 1, line


@pytest.mark.parametrize("path", SHEETS, ids=name)
def test_sheet_has_one_declaration_a_line(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("/* ")
    for line in re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).splitlines():
        assert len(line) <= 100
        assert not re.search(r"[;{].*\S|\S.*\}", line.rstrip(";{")), line
