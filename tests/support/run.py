"""`make test`: everything that must hold, each part timed; parts that could not run are named, and with CI=true they fail.

Exit status 0 only where every part that ran passed. The last line sums up the test runs.
"""

import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.support import postgres  # noqa: E402
from tests.support.serving import environment  # noqa: E402

PYTHON = sys.executable
MANAGE = [PYTHON, "manage.py"]
PYTEST = [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
LINT_IMPORTS = [
    PYTHON,
    "-c",
    "from importlinter.cli import lint_imports_command as c; c()",
    "--no-cache",
    "--no-logo",
]
CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
COUNT = re.compile(r"(\d+) (passed|failed|skipped|errors?|xfailed|xpassed)")


def chromium():
    """Return the path (str) of the machine's Chromium, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def missing_packages():
    """Return the apt packages (list of str) that the tests need and this machine lacks."""
    missing = [] if postgres.binaries() else ["postgresql"]
    if not chromium():
        missing += ["chromium", "fonts-noto-core"]
    if not shutil.which("pdftotext"):
        missing += ["poppler-utils"]  # reads back the PDFs of the sample
    return missing


def install(packages):
    """Install `packages` (list of str) where this user may; return what went wrong (str), "" for nothing."""
    if not shutil.which("apt-get"):
        return "there is no apt-get here"
    sudo = []
    if os.geteuid() != 0:
        may_sudo = (
            shutil.which("sudo")
            and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0
        )
        if not may_sudo:
            return "that needs root or sudo"
        sudo = ["sudo", "-n"]
    print(f"Installing {' '.join(packages)} …", flush=True)
    quiet = [
        *sudo,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-qq",
        "-o",
        "DPkg::Lock::Timeout=120",
    ]
    for command in (
        [*quiet, "update"],
        [*quiet, "install", "-y", "--no-install-recommends", *packages],
    ):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        return f"apt-get failed: {(done.stderr.strip() or done.stdout.strip() or 'no message').splitlines()[-1]}"
    return ""


class Part:
    """One command to run: `lines` (list of str) of its output, `status` (int, of its process), `seconds`."""

    def __init__(self, name, command, variables):
        self.name, self.command, self.variables = name, command, variables
        self.lines, self.status, self.seconds = [], 1, 0.0
        self.has_ended, self.process = threading.Event(), None

    def run(self):
        """Run it to its end, or to `stop`."""
        began = time.monotonic()
        pipes = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.STDOUT,
        }
        try:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.variables, text=True, errors="replace", **pipes
            )
            for line in self.process.stdout:
                self.lines.append(line.rstrip())
            self.status = self.process.wait()
        finally:
            self.seconds = time.monotonic() - began
            self.has_ended.set()

    def stop(self):
        """Stop it where it runs."""
        if self.process is not None:
            self.process.terminate()

    def show(self):
        """Show the output as it comes, what came before anybody looked first, and wait for the end."""
        print(f"\n=== {self.name} ===", flush=True)
        shown = 0
        while True:
            has_ended = self.has_ended.wait(
                timeout=0.3
            )  # asked first: what comes between is shown in the next round
            news = self.lines[shown:]
            shown += len(news)
            if news:
                print("\n".join(news), flush=True)
            if has_ended:
                return


class Run:
    """The parts that ran, with their results."""

    def __init__(self, data):
        self.base = environment(PORTAL_DATA_DIR=f"{data}/var") | {
            "PORTAL_TEST_STATIC": f"{data}/static-kept"
        }
        self.rows = []  # (name, "passed" | "FAILED" | "skipped", seconds, note)
        self.summaries = []  # (name, the test runner's own last line)
        self.counts = dict.fromkeys(("passed", "failed", "skipped"), 0)
        self.running, self.is_stopped = [], False
        atexit.register(self.stop)  # nothing goes on alone when this run is stopped

    def part(self, name, command, **values):
        """Run `command` (list of str) with `values` in its environment; show its output while it runs."""
        self.lanes([{name: command}], **values)

    def lanes(self, lanes, **values):
        """Run `lanes` (list of dict of name -> command) at the same time, the commands of a lane one after the other; show all in order."""
        variables = self.base | {key: str(value) for key, value in values.items()}
        parts = [
            [Part(name, command, variables) for name, command in lane.items()] for lane in lanes
        ]
        self.running = [part for lane in parts for part in lane]
        for lane in parts:
            threading.Thread(target=self._run, args=[lane], daemon=True).start()
        for part in self.running:
            part.show()
            status = self.count(part) if "pytest" in part.command else part.status
            self.rows.append((part.name, "FAILED" if status else "passed", part.seconds, ""))

    def _run(self, lane):
        for part in lane:
            if not self.is_stopped:
                part.run()

    def stop(self):
        """Stop what runs, and begin nothing more."""
        self.is_stopped = True
        for part in self.running:
            part.stop()

    def count(self, part):
        """Add the numbers of a test run's last summary to the sum; a run without one counts as one failure. Return its status."""
        last = next(
            (line for line in reversed(part.lines) if COUNT.search(line) and " in " in line), ""
        )
        found = {kind.rstrip("s"): int(number) for number, kind in COUNT.findall(last)}
        self.summaries.append(
            (part.name, last.strip("= ") or "no summary: the runner itself failed")
        )
        self.counts["passed"] += found.get("passed", 0) + found.get("xpassed", 0)
        self.counts["skipped"] += found.get("skipped", 0) + found.get("xfailed", 0)
        failed = found.get("failed", 0) + found.get("error", 0)
        self.counts["failed"] += failed or (1 if part.status else 0)
        return part.status

    def skip(self, name, reason):
        """Note a part that cannot run here, plainly; with CI=true it counts as failed."""
        print(f"\n=== {name} ===\nCOULD NOT RUN: {reason}", flush=True)
        self.rows.append((name, "FAILED" if CI else "skipped", 0.0, reason))
        self.counts["failed"] += CI

    def report(self, seconds):
        """Print what ran and what did not; return the exit status."""
        print("\n=== Summary ===")
        for name, result, took, note in self.rows:
            print(
                f"{result:8} {took:6.1f} s  {name}{'  (could not run: ' + note + ')' if note else ''}"
            )
        for name, line in self.summaries:
            print(f"{name}: {line}")
        failed = [name for name, result, *_ in self.rows if result == "FAILED"]
        skipped = [name for name, result, *_ in self.rows if result == "skipped"]
        if skipped:
            print(f"NOT RUN HERE: {', '.join(skipped)}")
        print(
            f"{'FAILED: ' + ', '.join(failed) if failed else 'Everything that ran passed'}; {seconds:.0f} seconds in all"
        )
        print(
            f"tests: {self.counts['passed']} passed, {self.counts['failed']} failed, {self.counts['skipped']} skipped",
            flush=True,
        )
        return 1 if failed else 0


def static_parts(run):
    """Run the checks that read the source and start no test."""
    run.part("lint", [PYTHON, "-m", "ruff", "check", "--no-cache", "."])
    run.part("format", [PYTHON, "-m", "ruff", "format", "--no-cache", "--check", "."])
    run.part("types", [PYTHON, "-m", "mypy"])
    run.part("import contract", LINT_IMPORTS)


def check():
    """Run the static checks and the fast tests on SQLite; return the exit status."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="portal-test-run-") as data:
        run = Run(data)
        static_parts(run)
        run.part("fast tests", [*PYTEST, "-m", "not browser and not slow", "-n", "2"])
    return run.report(time.monotonic() - began)


def main():
    """Run all parts; return the exit status."""
    began = time.monotonic()
    packages = missing_packages()
    trouble = install(packages) if packages else ""
    with tempfile.TemporaryDirectory(prefix="portal-test-run-") as data:
        run = Run(data)
        static_parts(run)
        run.part("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"])
        run.part(
            "deployment check",
            [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
            PORTAL_HTTPS=1,
        )
        suite = [*PYTEST, "-m", "not browser"]
        first, second = {"tests on SQLite": suite}, {}
        if chromium():
            first["browser tests"] = [*PYTEST, "-m", "browser"]
        if postgres.binaries():
            second["tests on PostgreSQL"] = [PYTHON, "tests/support/postgres.py", *suite]
        run.lanes(
            [first, second] if (os.cpu_count() or 1) > 1 else [first | second]
        )  # one core each
        if not chromium():
            run.skip("browser tests", f"Chromium is not installed and could not be ({trouble})")
        if not postgres.binaries():
            run.skip(
                "tests on PostgreSQL", f"PostgreSQL is not installed and could not be ({trouble})"
            )
    return run.report(time.monotonic() - began)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(check() if sys.argv[1:] == ["check"] else main())
