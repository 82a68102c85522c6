"""Run the web server (granian), and beside it the process that extracts the text of files.

`manage.py serve` becomes `python -m portal.ops.server PORT WORKERS`; it knows no Django.
`docs/decisions/0001-…` says why granian.
"""

import os
import signal
import subprocess
import sys
import threading
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

HOST = "127.0.0.1"


class Server(Granian):
    """Make granian ignore further signals to stop after the first one.

    A stopping `make` passes on a signal that the whole process group has got already. granian 2.8
    handles the second one while it still holds the lock that the handler needs, and hangs.
    """

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Stop the web server; from here on further signals to stop are ignored."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        super().signal_handler_interrupt(*args, **kwargs)


class TextReader:
    """The one process beside the server that extracts texts; restarted whenever it ends."""

    PAUSE = 5  # seconds

    def __init__(self) -> None:
        self.is_over = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the reader process beside the web server without waiting for it."""
        threading.Thread(target=self._keep_going, daemon=True).start()

    def _keep_going(self) -> None:
        while not self.is_over.is_set():
            command = [sys.executable, "manage.py", "extract_texts", f"--beside={os.getpid()}"]
            # In a group of its own: Ctrl-C in the terminal is for the server, which ends this one.
            self.process = subprocess.Popen(  # noqa: S603 - our own program, no shell
                command, stdin=subprocess.DEVNULL, process_group=0
            )
            self.process.wait()
            self.is_over.wait(self.PAUSE)

    def stop(self) -> None:
        """End the reader process: the file that it was reading waits for the next one."""
        self.is_over.set()
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(self.PAUSE)
            except subprocess.TimeoutExpired:
                self.process.kill()


def main(port: int, workers: int) -> None:
    """Run the web server granian on `port` with `workers` processes until a signal comes."""
    server = Server(
        "portal.wsgi:application",
        address=HOST,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
    )
    reader = TextReader()
    server.on_startup(reader.start)
    server.on_shutdown(reader.stop)
    server.serve()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
