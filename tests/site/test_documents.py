"""Links in the documents of the house (*.md): each leads to a file and to a heading in it."""

import re
import subprocess
from pathlib import PurePosixPath

import pytest

from tests.support.serving import ROOT

LINK = re.compile(r"!?\[[^\]\n]*\]\(([^)\s]+)\)")


def tracked_files():
    """Return the names of all files of the repository, as in a fresh clone."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()}


FILES = tracked_files()
FOLDERS = {str(folder) for name in FILES for folder in PurePosixPath(name).parents}
DOCUMENTS = sorted(name for name in FILES if name.endswith(".md"))


def prose(text):
    """Return `text` without its code: fenced or indented blocks, and what stands in backticks."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"(?<=\n\n)(?: {4}.*\n)+", "", text)
    return re.sub(r"`[^`\n]*`", "", text)


def anchors(text):
    """Return the anchors of the headings in `text`, made as GitHub makes them."""
    found = set()
    without_blocks = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", without_blocks, re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        number = 0
        while (f"{anchor}-{number}" if number else anchor) in found:
            number += 1
        found.add(f"{anchor}-{number}" if number else anchor)
    return found


def broken_links(document, text):
    """Return the relative links of `document`, whose text is `text`, that lead nowhere."""
    broken = []
    for link in LINK.findall(prose(text)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        parts = list(PurePosixPath(document).parent.parts) if path else [document]
        for part in PurePosixPath(path).parts:
            if part == ".." and parts:
                parts.pop()
            else:
                parts.append(part)
        target = "/".join(parts) or "."
        is_file = target in FILES or (target in FOLDERS and not anchor)
        if not is_file or (anchor and anchor not in anchors((ROOT / target).read_text("utf-8"))):
            broken.append(link)
    return broken


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_a_file_and_a_heading(document):
    assert not broken_links(document, (ROOT / document).read_text(encoding="utf-8"))


def test_broken_links_are_found():
    text = """
[file](house.md) [up](../README.md) [folder](decisions/) `[no](link.md)`
[outside](https://example.vn/a.md) [own](#floors) [backup](operations/files.md#backup)

    [an](example.md)

[gone](gone.md) [far](../../README.md) [heading](operations/files.md#gone) [own](#gone)
"""
    assert broken_links("docs/house.md", text) == [
        "gone.md",
        "../../README.md",
        "operations/files.md#gone",
        "#gone",
    ]


def test_anchors_are_those_of_github():
    text = "# One (two): `three`\n## Số ký hiệu\n## [Link](a.md)\n### Link\n"
    assert anchors(text) == {"one-two-three", "số-ký-hiệu", "link", "link-1"}


@pytest.mark.parametrize("name", [n for n in DOCUMENTS if n.startswith("docs/decisions/0")])
def test_decision_stands_in_the_list(name):
    heading = (ROOT / name).read_text(encoding="utf-8").splitlines()[0]
    number, title = re.fullmatch(r"# (\d+)\.? (.+)", heading).groups()
    file = PurePosixPath(name).name
    assert int(number) == int(file[:4])
    listed = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert f"| {file[:4]} | [{title}]({file}) |" in listed
