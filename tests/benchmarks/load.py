"""How fast one address is answered: `wrk` for a moment, one thread, kept connections."""

import re
import shutil
import subprocess

CONNECTIONS = 32
_UNITS = {"us": 0.001, "ms": 1, "s": 1000}


def missing():
    """Return the programs (list of str) that a measurement needs and that are not here."""
    return [name for name in ("wrk", "nginx") if shutil.which(name) is None]


def ask(url, seconds, headers=(), connections=CONNECTIONS):
    """Ask for `url` for `seconds`; return (answers per second, median ms, p99 ms, number of
    errors). `headers`: ["Name: value"].
    """
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "--latency",
        *(part for h in headers for part in ("-H", h)),
        url,
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def time(name):
        value, unit = re.search(rf"{name}\s+([\d.]+)(us|ms|s)", said).groups()
        return float(value) * _UNITS[unit]

    errors = sum(
        int(number)
        for line in re.findall(r"Non-2xx.*|Socket errors.*", said)
        for number in re.findall(r" (\d+)", line)
    )
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), time("50%"), time("99%"), errors
