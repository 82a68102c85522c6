"""Extract the text or a page image of a file: run `portal.extraction.worker` and check its answer.

The answer is limited and checked in its form: a hostile file can lie about its own text, no more.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO, Any

from portal.sandbox import run

#: Seconds for the text of a file, without and with OCR; for one picture. Bytes of an answer.
TEXT_SECONDS, OCR_SECONDS, PICTURE_SECONDS = 20, 900, 4
TEXT_BYTES, PICTURE_BYTES = 32 * 1024 * 1024, 1024 * 1024
#: Seconds beyond those that the program itself counts.
_GRACE = 2

SLOW = "Đọc tệp quá lâu nên đã dừng. Hãy mở tệp, lưu lại hoặc chia nhỏ rồi tải lên."
TOO_MUCH = "Tệp chứa quá nhiều chữ, không đọc hết được."
CRASH = "Tệp làm hỏng chương trình đọc, không đọc chữ bên trong. Hãy mở tệp, lưu lại rồi tải lên."


_TROUBLES = {run.SLOW: SLOW, run.ENDLESS: TOO_MUCH, run.FAILED: CRASH}


class Unread(Exception):
    """The file was not read; the message is a sentence for readers and clerks."""


class Crashed(Unread):
    """The program crashed on the file, or was killed by others: only a second time tells."""


@dataclass(frozen=True)
class Page:
    """One page of a file. `width`, `height` in points; 0 where the kind of file knows no size."""

    number: int
    text: str
    width: float = 0.0
    height: float = 0.0
    by_ocr: bool = False
    was_legacy: bool = False


@dataclass
class Reading:
    """The text of a file. `kind`: "pdf", "word" or "office"; `count`: pages that the file has.

    `is_whole`: all of them were read.
    """

    kind: str
    count: int
    pages: list[Page] = field(default_factory=list)
    is_whole: bool = False

    @property
    def has_text(self) -> bool:
        """Tell whether the extracted text has a letter or digit on any page."""
        return any(any(character.isalnum() for character in page.text) for page in self.pages)


def read_text(
    file: IO[bytes],
    seconds: int = TEXT_SECONDS,
    with_ocr: bool = False,
    beat: Callable[[], None] | None = None,
) -> Reading:
    """Have the extraction worker read the text of `file` in at most `seconds` of both clocks.

    `beat` is called every few seconds meanwhile. Raises Unread.
    """
    arguments = ["text", str(seconds), "ocr" if with_ocr else "no"]
    output, trouble = _ask(arguments, file, seconds, TEXT_BYTES, beat)
    reading = None
    for line in output.split(b"\n"):
        row = _row(line)
        if "error" in row:
            raise Unread(str(row["error"])[:300])
        if "pages" in row:
            reading = Reading(kind=str(row.get("kind", "")), count=_count(row["pages"]))
        elif "page" in row and reading is not None:
            reading.pages.append(
                Page(
                    number=len(reading.pages) + 1,
                    text=str(row.get("text", "")),
                    width=_size(row.get("width")),
                    height=_size(row.get("height")),
                    by_ocr=bool(row.get("ocr")),
                    was_legacy=bool(row.get("legacy")),
                )
            )
        elif "end" in row and reading is not None:
            reading.is_whole = bool(row.get("is_whole"))
    if reading is None or not reading.pages:
        raise Unread(trouble or CRASH)
    return reading


def picture(file: IO[bytes], page: int, width: int) -> bytes:
    """Have the extraction worker render a `page` (from 1) of a PDF as WebP of `width` pixels.

    Raises Unread.
    """
    arguments = ["picture", str(PICTURE_SECONDS), str(page), str(width)]
    output, trouble = _ask(arguments, file, PICTURE_SECONDS, PICTURE_BYTES)
    if trouble:
        raise Unread(trouble)
    if output.startswith(b"RIFF") and output[8:12] == b"WEBP":
        return output
    raise Unread(str(_row(output.strip()).get("error", CRASH))[:300])


def _ask(
    arguments: list[str],
    file: IO[bytes],
    seconds: int,
    output_max: int,
    beat: Callable[[], None] | None = None,
) -> tuple[bytes, str]:
    """Run the extraction worker on `file`; return its output and the sentence of its failure.

    Raises Crashed.
    """
    command = ["-m", "portal.extraction.worker", *arguments]
    answer = run.run_program(command, file, seconds + _GRACE, output_max, beat)
    if answer.trouble == run.DEAD:
        raise Crashed(CRASH)
    return answer.output, _TROUBLES.get(answer.trouble, "")


def _row(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line) if line else {}
    except ValueError:
        return {}
    return row if isinstance(row, dict) else {}


def _count(value: object) -> int:
    """Return `value` of the extraction worker's answer as a number of pages, else 0."""
    return value if isinstance(value, int) and 0 < value < 2**31 else 0


def _size(value: object) -> float:
    """Return `value` of the extraction worker's answer as a size in points, else 0."""
    return float(value) if isinstance(value, int | float) and 0 < value < 1_000_000 else 0.0
