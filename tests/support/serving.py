"""The portal as a separate process, started as `make run` starts it: for browser tests, start tests
and benchmarks.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
#: Every variable that the settings read; the tests set all of them, so that nothing of the machine
#: gets in.
NAMES = {
    "ALLOWED_HOSTS", "ATTACHMENT_CHECK_MB", "ATTACHMENT_CHECK_SECONDS", "ATTACHMENT_KEEP_DAYS",
    "ATTACHMENT_MAX_MB", "ATTACHMENT_MAX_PARTS",
    "ATTACHMENT_MAX_RATIO", "ATTACHMENT_MAX_UNPACKED_MB", "CACHE_URL", "CLAMAV_SECONDS",
    "CLAMAV_SOCKET", "DATABASE_URL", "DEBUG", "EMAIL_URL", "MEDIA_S3_ACCESS_KEY",
    "MEDIA_S3_BUCKET",
    "MEDIA_S3_ENDPOINT", "MEDIA_S3_REGION", "MEDIA_S3_SECRET_KEY", "MEDIA_URL_BASE",
    "PAGE_STORE_MB", "PORT", "PORTAL_DATA_DIR", "PORTAL_HTTPS",
    "SECRET_KEY", "SITE_URL", "WEB_CONCURRENCY",
}  # fmt: skip


def environment(**values):
    """Return an environment (dict) in which of our variables only `values` are set."""
    clean = {**os.environ, **dict.fromkeys(NAMES, ""), "PYTHONUNBUFFERED": "1"}
    clean.pop("DJANGO_SETTINGS_MODULE", None)
    return clean | {name: str(value) for name, value in values.items()}


def manage(*arguments, timeout=120, **values):
    """Run `manage.py` with `arguments` under `environment(**values)`; return the finished process
    with its texts.
    """
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=environment(**values),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def free_port():
    """Return a TCP port (int) of 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _kept():
    """Return the folder (Path) in which one test run keeps its collected static files, or None."""
    name = os.environ.get("PORTAL_TEST_STATIC")
    return Path(name) if name else None


def seed_static(data):
    """Give the new data folder `data` (Path) the static files that were collected before in this
    run; collecting takes long.
    """
    kept = _kept()
    if kept and kept.exists() and not (data / "static").exists():
        shutil.copytree(kept, data, dirs_exist_ok=True)


def keep_static(data):
    """Keep the static files of the data folder `data` (Path) for the next one, unless some are kept
    already.
    """
    kept = _kept()
    if kept and not kept.exists():
        draft = kept.with_name(f"{kept.name}.{os.getpid()}")
        shutil.copytree(data / "static", draft / "static")
        shutil.copy(data / "static-collected.txt", draft)
        with contextlib.suppress(OSError):  # another test process was quicker
            draft.rename(kept)


class Portal:
    """A running portal: `url`, `data` (Path), `password` of `admin`, `seconds` from start to first
    answer, `log` (str).
    """

    def __init__(self, data, seeded=True, sample=True, **values):
        self.data = Path(data)
        self.seeded, self.sample = seeded, sample
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.values = {"PORTAL_DATA_DIR": data, "PORT": self.port, **values}
        self.log_path = self.data.with_name(self.data.name + ".log")
        self.process = None
        self.seconds = None

    @property
    def password(self):
        """The first administrator's password (str)."""
        return (self.data / "first-password.txt").read_text(encoding="utf-8").strip()

    @property
    def log(self):
        """What the server wrote (str)."""
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def start(self, patience=180):
        """Start and wait until it answers; RuntimeError with the log where it does not within
        `patience` seconds.
        """
        if self.seeded:
            seed_static(self.data)
        began = time.monotonic()
        with open(self.log_path, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    str(ROOT / "manage.py"),
                    "serve",
                    *(["--sample"] if self.sample else []),
                ],
                env=environment(**self.values),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,  # so that a test can stop the group, as a terminal does
            )
        while time.monotonic() - began < patience:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(urllib.error.URLError, OSError):
                urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
                self.seconds = time.monotonic() - began
                keep_static(self.data)
                return self
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"The portal did not start:\n{self.log}")

    def stop(self, how=signal.SIGINT, times=1):
        """Stop as Ctrl-C does, all processes of the group, `times` times; return the exit status
        (int).
        """
        if self.process.poll() is None:
            for _ in range(times):
                os.killpg(self.process.pid, how)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        self.stop()
