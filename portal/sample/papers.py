"""What stands on a sample paper: the lines that the DOCX, the PDF and the page of a document have in common.

A line is (kind, words). Kinds: "heading", "centre", "text", "fact".
"""

import json
import re
from datetime import date, timedelta
from pathlib import Path

from portal.text import vietnamese

FOLDER = Path(__file__).parent
SAMPLE_LINE = "Bản giới thiệu dùng cho dữ liệu mẫu của cổng, không thay thế bản chính"
_HEADING = re.compile(r"(Điều \d+|[IVX]+|PHẦN [IVX]+)\. ")


def register(today):
    """Return documents.json (dict) with its dates as `date`, and for each document the facts that its paper needs.

    A date in the file is written out, or a whole number of days from `today` (date). Added: `name` (what its files in
    texts/ and pdf/ are called), `file_name` (what a reader downloads, without extension), `place` and `above` of the agency.
    """
    data = json.loads((FOLDER / "documents.json").read_text(encoding="utf-8"))
    agencies = {agency["name"]: agency for agency in data["agencies"]}
    for facts in data["documents"]:
        for key in ("issued_on", "effective_on", "expires_on"):
            facts[key] = _date(facts.get(key), today)
        agency = agencies[facts["agency"]]
        facts["place"], facts["above"] = agency["place"], agency.get("above", "")
        facts["name"] = vietnamese.slug(facts["number"]) or facts["text"]
        facts.setdefault("file_name", f"{facts['type']} {facts['number'].replace('/', '-')}")
    for agency in data["agencies"]:
        agency["ended_on"] = _date(agency.get("ended_on"), today)
    return data


def _date(value, today):
    if isinstance(value, int):
        return today + timedelta(days=value)
    return date.fromisoformat(value) if value else None


def body_lines(facts):
    """Return the lines (list of (kind, words)) of the paper with these `facts`; without words in texts/ the facts themselves."""
    path = FOLDER / "texts" / f"{facts['name']}.txt"
    if not path.exists():
        return [("heading", "Thông tin văn bản"), *_facts(facts)]
    return [(_kind(line), line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _kind(line):
    if line.startswith("Kính gửi:") or (line.isupper() and not _HEADING.match(line)):
        return "centre"
    return "heading" if _HEADING.match(line) else "text"


def _facts(facts):
    issuers = [facts["agency"], *facts.get("co_agencies", [])]
    lines = [
        ("fact", f"Trích yếu: {facts['summary']}."),
        ("fact", f"Cơ quan ban hành: {', '.join(issuers)}."),
        ("fact", f"Ngày ban hành: {_day(facts['issued_on'])}."),
    ]
    if facts["effective_on"]:
        lines.append(("fact", f"Ngày có hiệu lực: {_day(facts['effective_on'])}."))
    if facts["expires_on"]:
        lines.append(("fact", f"Ngày cuối cùng còn hiệu lực: {_day(facts['expires_on'])}."))
    if facts.get("signer"):
        lines.append(("fact", f"Người ký: {facts['signer']}, {facts['signer_post']}."))
    lines.append(
        (
            "text",
            "Toàn văn và tình trạng hiệu lực mới nhất: xem tại Cơ sở dữ liệu quốc gia về văn bản pháp luật (vbpl.vn) và Công báo.",
        )
    )
    return lines


def _day(day):
    return f"{day:%d/%m/%Y}"


def sample_line(facts):
    """Return the words (str) that stand on the paper under its title: that it is a sample, and whether an excerpt."""
    is_excerpt = (
        facts["family"] == "phap-quy" and (FOLDER / "texts" / f"{facts['name']}.txt").exists()
    )
    return SAMPLE_LINE + ("; trích một số điều" if is_excerpt else "")


def head(facts):
    """Return the head of the paper (dict): `above`, `agency`, `number`, `place_and_date`, `kind`, `summary`, `post`."""
    day = facts["issued_on"]
    numbered = f"Số: {facts['number']}" if facts["number"] else ""
    return {
        "above": facts.get("above", ""),
        "agency": " - ".join([facts["agency"], *facts.get("co_agencies", [])]).upper(),
        "number": f"Luật số: {facts['number']}" if facts["type"] == "Luật" else numbered,
        "place_and_date": f"{facts['place']}, ngày {day.day:02} tháng {day.month:02} năm {day.year}",
        "kind": "" if facts["type"] == "Công văn" else (facts["type"] or "").upper(),
        "summary": facts["summary"].removeprefix("Luật ").upper()
        if facts["type"] == "Luật"
        else facts["summary"],
        "post": " ".join(
            filter(None, [facts.get("signing_power", ""), facts.get("signer_post", "")])
        ).upper(),
    }
