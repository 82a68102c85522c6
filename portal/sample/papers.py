"""Read the sample documents: their facts in documents.json, their words in texts/.

tests/support/sample_papers.py makes the files of docx/ and pdf/ from the same facts and words.
"""

import json
import re
from pathlib import Path
from typing import Any

from portal.text import vietnamese

FOLDER = Path(__file__).parent
SAMPLE_LINE = "Bản giới thiệu dùng cho dữ liệu mẫu của cổng, không thay thế bản chính"
_HEADING = re.compile(r"(Điều \d+|[IVX]+|PHẦN [IVX]+)\. ")

Facts = dict[str, Any]


def read_documents() -> Facts:
    """Return the sample's documents.json; each document gets the names of its papers.

    Added: `name` of its files in texts/, docx/ and pdf/; `file_name` that a reader downloads,
    without extension.
    """
    data: Facts = json.loads((FOLDER / "documents.json").read_text(encoding="utf-8"))
    for facts in data["documents"]:
        facts["name"] = vietnamese.slug(facts["number"]) or facts["text"]
        facts.setdefault("file_name", f"{facts['type']} {facts['number'].replace('/', '-')}")
    return data


def body_lines(facts: Facts) -> list[tuple[str, str]]:
    """Return the lines of a sample paper as (kind, words); none without a file in texts/.

    Kinds: "heading", "centre", "text".
    """
    path = _text_of(facts)
    if not path.exists():
        return []
    return [(_kind(line), line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _text_of(facts: Facts) -> Path:
    return FOLDER / "texts" / f"{facts['name']}.txt"


def _kind(line: str) -> str:
    if line.startswith("Kính gửi:") or (line.isupper() and not _HEADING.match(line)):
        return "centre"
    return "heading" if _HEADING.match(line) else "text"


def sample_line(facts: Facts) -> str:
    """Return the words under a sample paper's title, and whether it is an excerpt."""
    is_excerpt = facts["family"] == "phap-quy" and _text_of(facts).exists()
    return SAMPLE_LINE + ("; trích một số điều" if is_excerpt else "")
