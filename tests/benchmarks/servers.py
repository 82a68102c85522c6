"""What `make bench` starts: the portal in several ways, nginx with the same bytes, and the peers.

All stop when the run ends.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.support.serving import ROOT, Portal, environment, free_port

KEPT = ROOT / "var" / "bench"
PEER = ROOT.parent / "shared" / "peers" / "wagtail"
PROCESSES = 2


def wait_for(url, process, patience=60):
    """Return once `url` answers; stop the run where `process` ends or nothing answers in `patience`
    seconds.
    """
    until = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
            continue
        return
    raise SystemExit(f"bench: nothing answers at {url}")


@contextlib.contextmanager
def running(command, url, **options):
    """Run `command` (list) until the end of the block; it answers at `url`."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **options,
    )
    try:
        wait_for(url, process)
        yield
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def nginx(folder, files):
    """Serve `files` ({name: bytes}) with nginx as it serves best; give their base address (str)."""
    folder = Path(folder)
    (folder / "html").mkdir(parents=True)
    for name, body in files.items():
        (folder / "html" / name).write_bytes(body)
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"daemon off; {user} worker_processes {PROCESSES}; pid "
        f"{folder}/pid; error_log {folder}/errors;\n"
        "events { worker_connections 1024; }\n"
        "http { access_log off; sendfile on; tcp_nopush on; keepalive_requests "
        "10000000; open_file_cache max=100;\n"
        f" types {{ text/html html; }} server {{ listen "
        f"127.0.0.1:{port}; root {folder}/html; }} }}\n"
    )
    url = f"http://127.0.0.1:{port}"
    with running(
        ["nginx", "-e", f"{folder}/errors", "-c", f"{folder}/nginx.conf"],
        f"{url}/{next(iter(files))}",
    ):
        yield url


def volume(data, articles, documents, url=""):
    """Add a volume to the portal whose data lie in `data` (or in the database `url`)."""
    numbers = [f"--articles={articles}", f"--documents={documents}", "--weeks=100"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.volume", *numbers],
        env=environment(PORTAL_DATA_DIR=data, DATABASE_URL=url),
        cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=3600,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"bench: {done.stderr}")


def again(portal, **values):
    """Return another portal over the data of `portal`, with other `values` in its environment; not
    started.
    """
    values = {
        name: value
        for name, value in portal.values.items()
        if name not in ("PORT", "PORTAL_DATA_DIR")
    } | values
    return Portal(portal.data, seeded=False, **values)


def own_environment(folder, *packages):
    """Return the interpreter (Path) of a virtual environment `folder` below var/bench with
    `packages` from PyPI, made once.
    """
    python = KEPT / folder / "bin" / "python"
    if not python.exists():
        print(
            f"Installing {', '.join(packages)} into {python.parent.parent.relative_to(ROOT)} …",
            flush=True,
        )
        subprocess.run(
            [sys.executable, "-m", "venv", "--without-pip", python.parent.parent], check=True
        )
        pip = [
            shutil.which("python3", path="/usr/bin") or "python3",
            "-m",
            "pip",
            "--python",
            python,
            "install",
            "-qq",
            "--no-input",
        ]
        subprocess.run([*pip, *packages], check=True)
    return python


@contextlib.contextmanager
def gunicorn(portal, threads=4):
    """Serve what `portal` serves with gunicorn's threads; give the address (str)."""
    python = own_environment("gunicorn", "gunicorn==27.0.1")
    packages = next((python.parent.parent / "lib").glob("python*/site-packages"))
    port = free_port()
    values = portal.values | {"PORT": port}
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-b",
        f"127.0.0.1:{port}",
        "-w",
        str(PROCESSES),
        "-k",
        "gthread",
    ]
    command += ["--threads", str(threads), "--keep-alive", "60", "portal.wsgi:application"]
    url = f"http://127.0.0.1:{port}"
    with running(
        command,
        f"{url}/healthz",
        cwd=ROOT,
        env=environment(**values) | {"PYTHONPATH": str(packages)},
    ):
        yield url


def _wagtail_site():
    """Return (interpreter, folder) of the Wagtail peer, made and filled once."""
    python = own_environment("wagtail", "wagtail==8.0.1", "django~=5.2.0", "granian==2.8.7")
    site = KEPT / "wagtail-site"
    if not (site / "url.txt").exists():
        print("Filling the Wagtail peer …", flush=True)
        shutil.rmtree(site, ignore_errors=True)
        site.mkdir()
        subprocess.run(
            [python.parent / "wagtail", "start", "peer", site],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        for name in ("home", "peer", "load.py"):
            source = PEER / name
            if source.is_dir():
                shutil.copytree(
                    source, site / name, dirs_exist_ok=True, copy_function=shutil.copyfile
                )
            else:
                shutil.copyfile(source, site / name)
        subprocess.run(["chmod", "-R", "u+w", site], check=True)
        subprocess.run([python, "load.py"], cwd=site, check=True, stdout=subprocess.DEVNULL)
    return python, site


@contextlib.contextmanager
def wagtail(way, processes=1):
    """Serve the Wagtail peer in a `way` ("page", "frag", "plain") as its README says; give the
    address (str) of its article.
    """
    python, site = _wagtail_site()
    path, port = (site / "url.txt").read_text().strip(), free_port()
    command = [
        python.parent / "granian",
        "--interface",
        "wsgi",
        "--workers",
        str(processes),
        "--blocking-threads",
        "1",
    ]
    command += ["--port", str(port), "peer.wsgi:application"]
    env = os.environ | {"P_MODE": way, "DJANGO_SETTINGS_MODULE": "peer.settings.bench"}
    url = f"http://127.0.0.1:{port}{path}"
    with running(command, url, cwd=site, env=env):
        yield url
