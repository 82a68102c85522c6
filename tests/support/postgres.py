"""A PostgreSQL for one command: `python tests/support/postgres.py COMMAND…` sets DATABASE_URL.

The cluster lives in a temporary folder, listens on a socket in there only, and is removed at the
end: it meets no other server, and nobody else reaches it.
"""

import contextlib
import glob
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile


def binaries():
    """Return the folder of the newest initdb and pg_ctl; None without PostgreSQL."""
    found = sorted(
        glob.glob("/usr/lib/postgresql/*/bin/initdb"),
        key=lambda path: int(path.split("/")[4].split(".")[0]),
    )
    path = found[-1] if found else shutil.which("initdb")
    return os.path.dirname(os.path.realpath(path)) if path else None


@contextlib.contextmanager
def cluster():
    """Start a throw-away cluster, give the DATABASE_URL of an empty database, remove it."""
    folder = tempfile.mkdtemp(prefix="portal-pg-")
    prefix = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        prefix = ["runuser", "-u", "postgres", "--"]
    data, log = f"{folder}/data", f"{folder}/log"

    def run(program, *arguments):
        command = [*prefix, f"{binaries()}/{program}", *arguments]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
        if done.returncode:
            written = pathlib.Path(log).read_text(errors="replace") if os.path.exists(log) else ""
            raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}{written}")

    def start():
        # Nothing here must survive a power cut: no fsync, and the suite runs in half the time.
        options = (
            f"-c listen_addresses='' -c unix_socket_directories={folder} "
            "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        )
        # pg_ctl's child keeps its output open: a pipe would never end.
        with open(os.devnull, "w") as nothing:
            command = [
                *prefix,
                f"{binaries()}/pg_ctl",
                "start",
                "--wait",
                "-D",
                data,
                "-l",
                log,
                "-o",
                options,
            ]
            subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=nothing,
                stderr=nothing,
                check=False,
            )

    try:
        run(
            "initdb",
            "-D",
            data,
            "-U",
            "portal",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        start()
        run("createdb", "-h", folder, "-U", "portal", "portal")
        yield f"postgres://portal@/{folder}/portal"
    finally:
        if os.path.exists(f"{data}/postmaster.pid"):
            run("pg_ctl", "stop", "-D", data, "-m", "immediate")
        shutil.rmtree(folder, ignore_errors=True)


def run(command):
    """Run `command` on a cluster of its own; return its exit status. A signal interrupts it."""
    child, is_stopped = None, False

    def interrupt(number, frame):
        nonlocal is_stopped
        if not is_stopped and child is not None:
            child.send_signal(signal.SIGINT)  # pytest takes down its servers, then ends
        is_stopped = True

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, interrupt)
    with cluster() as url:
        if is_stopped:
            return 130
        # A session of its own: one Ctrl-C in a terminal must not reach it twice.
        environment = {**os.environ, "DATABASE_URL": url}
        child = subprocess.Popen(command, env=environment, start_new_session=True)
        return child.wait()


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
