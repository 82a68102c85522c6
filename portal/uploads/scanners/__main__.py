"""`python -E -S -m portal.uploads.scanners EXTENSION` with the file as standard input and the limits as JSON in the next argument.

Prints {"refusal": sentence or null, "flags": [...], "pages": number or null}. It first gives up what it does not need
(`portal.sandbox.limits`). Whatever goes wrong here ends this process and nothing else.
"""

import json
import mmap
import os
import sys

from portal.sandbox import limits
from portal.uploads.scanners import compound, packages, pdf
from portal.uploads.scanners.findings import EICAR, TEST_VIRUS, Findings, Limits, Refused


def look(file, size, extension, limits):
    """Return the Findings of the open `file` (binary, `size` bytes) that is called `.extension`; raises Refused."""
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


def main(extension, options):
    """Look at standard input and print what was found."""
    options = json.loads(options)
    size = os.fstat(0).st_size
    limits.give_up_rights(options["memory"] + size, options["seconds"])
    bounds = Limits(options["parts"], options["unpacked"], options["ratio"])
    try:
        found = look(sys.stdin.buffer, size, extension, bounds)
        answer = {"refusal": None, "flags": found.flags, "pages": found.pages}
    except Refused as refusal:
        answer = {"refusal": str(refusal), "flags": [], "pages": None}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
