"""Scan the file on standard input: `python -E -S -m portal.uploads.scanners EXTENSION LIMITS`.

LIMITS is JSON. It prints {"refusal": sentence or null, "flags": [...], "pages": number or null}.
`portal.uploads.inspection` starts it, and never imports these modules into the server. Standard
library only; it limits itself first (`portal.sandbox.limits`).
"""

import json
import mmap
import os
import sys
from typing import IO

from portal.sandbox import limits
from portal.uploads.scanners import compound, packages, pdf
from portal.uploads.scanners.findings import EICAR, TEST_VIRUS, Findings, Limits, Refused


def scan(file: IO[bytes], size: int, extension: str, limits: Limits) -> Findings:
    """Run the scanner of the upload's `extension` on `file` of `size` bytes; raises Refused."""
    findings = Findings()
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find(EICAR) >= 0:
            raise Refused(TEST_VIRUS)
        if extension == "pdf":
            pdf.inspect(data, limits, findings)
        elif extension in ("doc", "xls"):
            compound.inspect(data, extension, findings)
        else:
            packages.inspect(file, size, extension, limits, findings)
    return findings


def main(extension: str, limits_json: str) -> None:
    """Run a scanner on standard input and print its findings as JSON."""
    options = json.loads(limits_json)
    size = os.fstat(0).st_size
    limits.give_up_rights(options["memory"] + size, options["seconds"])
    bounds = Limits(options["parts"], options["unpacked"], options["ratio"])
    try:
        findings = scan(sys.stdin.buffer, size, extension, bounds)
        answer: dict[str, object] = {
            "refusal": None,
            "flags": findings.flags,
            "pages": findings.pages,
        }
    except Refused as refusal:
        answer = {"refusal": str(refusal), "flags": [], "pages": None}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
