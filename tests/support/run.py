"""`make check` and `make test`: run the checks and tests in parts, time each and sum them up.

Exit status 0 only where every part that ran passed. Parts that could not run are named, and with
CI=true they fail. The last line sums up the test runs.
"""

import contextlib
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
#: Seconds that tests have to take down their servers when the run is stopped.
PATIENCE = 20
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
COUNT = re.compile(r"(\d+) (passed|failed|skipped|errors?|xfailed|xpassed)")


def chromium():
    """Return the path of the machine's Chromium, or None."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def missing_packages():
    """Return the apt packages that the tests need and this machine lacks."""
    missing = [] if postgres.binaries() else ["postgresql"]
    if not chromium():
        missing += ["chromium", "fonts-noto-core"]
    if not shutil.which("pdftotext"):
        missing += ["poppler-utils"]  # reads back the PDFs of the sample
    return missing


def processes_with(mark):
    """Return the ids of all living processes that `mark` (NAME=value) was handed down to."""
    ids = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended meanwhile, or somebody else's
            if f"{mark}\0".encode() in (folder / "environ").read_bytes():
                ids.append(int(folder.name))
    return ids


def install(packages):
    """Install `packages` where this user may; return what went wrong, "" for nothing."""
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
        message = done.stderr.strip() or done.stdout.strip() or "no message"
        return f"apt-get failed: {message.splitlines()[-1]}"
    return ""


class Part:
    """One command of the run: its output `lines`, its exit `status`, its `seconds`."""

    def __init__(self, name, command, variables):
        self.name, self.command, self.variables = name, command, variables
        self.lines, self.status, self.seconds = [], 1, 0.0
        self.is_shown, self.has_ended, self.process = False, threading.Event(), None

    def run(self):
        """Run it to its end, or to `stop`; say each failure at once where another part is shown."""
        began = time.monotonic()
        pipes = {
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.STDOUT,
        }
        try:
            # A session of its own: Ctrl-C reaches `stop` first, which ends all in order.
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.variables,
                text=True,
                errors="replace",
                start_new_session=True,
                **pipes,
            )
            for line in self.process.stdout:
                self.lines.append(line.rstrip())
                if not self.is_shown and line.startswith(("FAILED ", "ERROR ")):
                    print(f"[{self.name}] {line.rstrip()}", flush=True)
            self.status = self.process.wait()
        finally:
            self.seconds = time.monotonic() - began
            self.has_ended.set()

    def interrupt(self):
        """Ask it to end as Ctrl-C does: pytest takes its fixtures down, with their servers."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)

    def show(self):
        """Show the output as it comes, what came before first, and wait for the end."""
        print(f"\n=== {self.name} ===", flush=True)
        self.is_shown, shown = True, 0
        while True:
            # Asked first: what comes between is shown in the next round.
            has_ended = self.has_ended.wait(timeout=0.3)
            news = self.lines[shown:]
            shown += len(news)
            if news:
                print("\n".join(news), flush=True)
            if has_ended:
                return


class Run:
    """The parts that ran, with their results. `data`: a folder of this run alone."""

    def __init__(self, data):
        self.mark = f"PORTAL_TEST_RUN={data}"
        self.base = environment(PORTAL_DATA_DIR=f"{data}/var") | {
            "PORTAL_TEST_STATIC": f"{data}/static-kept",
            "PORTAL_TEST_RUN": data,
        }
        self.rows = []  # (name, "passed" | "FAILED" | "skipped", seconds, note)
        self.summaries = []  # (name, the test runner's own last line)
        self.counts = dict.fromkeys(("passed", "failed", "skipped"), 0)
        self.running, self.is_stopped = [], False

    def part(self, name, command, **values):
        """Run `command` with `values` in its environment; show its output while it runs."""
        self.together({name: command}, 1, **values)

    def together(self, commands, lanes, **values):
        """Run `commands` (name -> command) in `lanes` lanes; a free lane takes the next one."""
        variables = self.base | {key: str(value) for key, value in values.items()}
        self.running = [Part(name, command, variables) for name, command in commands.items()]
        waiting = iter(self.running)
        guard = threading.Lock()
        for _ in range(lanes):
            threading.Thread(target=self._work, args=[waiting, guard], daemon=True).start()
        for part in self.running:
            part.show()
            status = self.count(part) if "pytest" in part.command else part.status
            self.rows.append((part.name, "FAILED" if status else "passed", part.seconds, ""))

    def _work(self, waiting, guard):
        while not self.is_stopped:
            with guard:
                part = next(waiting, None)
            if part is None:
                return
            part.run()

    def stop(self):
        """Stop what runs and begin nothing more; kill what is left of this run."""
        self.is_stopped = True
        for part in self.running:
            part.interrupt()
        until = time.monotonic() + PATIENCE
        while processes_with(self.mark) and time.monotonic() < until:
            time.sleep(0.1)
        while left := processes_with(self.mark):
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)

    def count(self, part):
        """Add the numbers of a test run's summary to the sum; without one, one failure more.

        Return the status of the part.
        """
        summaries = [line for line in part.lines if COUNT.search(line) and " in " in line]
        last = summaries[-1] if summaries else ""
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
            reason = f"  (could not run: {note})" if note else ""
            print(f"{result:8} {took:6.1f} s  {name}{reason}")
        for name, line in self.summaries:
            print(f"{name}: {line}")
        failed = [name for name, result, *_ in self.rows if result == "FAILED"]
        skipped = [name for name, result, *_ in self.rows if result == "skipped"]
        if skipped:
            print(f"NOT RUN HERE: {', '.join(skipped)}")
        verdict = f"FAILED: {', '.join(failed)}" if failed else "Everything that ran passed"
        print(f"{verdict}; {seconds:.0f} seconds in all")
        counts = ", ".join(f"{number} {kind}" for kind, number in self.counts.items())
        print(f"tests: {counts}", flush=True)
        return 1 if failed else 0


def static_parts(run):
    """Run the checks that read the source and start no test."""
    run.part("lint", [PYTHON, "-m", "ruff", "check", "--no-cache", "."])
    run.part("format", [PYTHON, "-m", "ruff", "format", "--no-cache", "--check", "."])
    run.part("types", [PYTHON, "-m", "mypy"])
    run.part("import contract", LINT_IMPORTS)
    templates = sorted(str(path) for path in (ROOT / "templates").rglob("*.html"))
    run.part("templates", [f"{Path(PYTHON).parent}/djade", "--check", *templates])


def check(run):
    """Run the static checks and the fast tests on SQLite."""
    static_parts(run)
    run.part("fast tests", [*PYTEST, "-m", "not browser and not slow", "-n", "2"])


def test(run):
    """Run everything that must hold."""
    packages = missing_packages()
    trouble = install(packages) if packages else ""
    static_parts(run)
    run.part("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"])
    run.part(
        "deployment check",
        [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"],
        PORTAL_HTTPS=1,
    )
    quick, slow = "not browser and not slow", "not browser and slow"
    on_postgres = [PYTHON, "tests/support/postgres.py", *PYTEST, "-m"]
    suites = {}
    # The longest first: the lane that is free takes the next one, and both end at about one time.
    if postgres.binaries():
        suites["quick tests on PostgreSQL"] = [*on_postgres, quick]
    suites["quick tests on SQLite"] = [*PYTEST, "-m", quick]
    suites["slow tests on SQLite"] = [*PYTEST, "-m", slow]
    if chromium():
        suites["browser tests"] = [*PYTEST, "-m", "browser"]
    if postgres.binaries():
        suites["slow tests on PostgreSQL"] = [*on_postgres, slow]
    run.together(suites, min(2, os.cpu_count() or 1))
    if not chromium():
        run.skip("browser tests", f"Chromium is not installed and could not be ({trouble})")
    if not postgres.binaries():
        reason = f"PostgreSQL is not installed and could not be ({trouble})"
        run.skip("tests on PostgreSQL", reason)


def main(parts):
    """Run `parts` in a folder of its own, time them and report; return the exit status."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="portal-test-run-") as data:
        run = Run(data)
        try:
            parts(run)
        finally:
            run.stop()
    return run.report(time.monotonic() - began)


def leave(number, frame):
    """End on a signal as on an error, once: a second signal must not cut the tidying short."""
    for other in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    sys.exit(128 + number)


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, leave)
    sys.exit(main(check if sys.argv[1:] == ["check"] else test))
