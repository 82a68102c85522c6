"""The web server: granian's master process, stopped as often as anybody likes. `manage.py serve` becomes this; it knows no Django.

`python -m portal.server PORT WORKERS`; `docs/decisions/0001-…` says why granian.
"""

import signal
import sys

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

HOST = "127.0.0.1"


class Server(Granian):
    """granian that hears the signal to stop once.

    A stopping `make` passes on a signal that the whole process group has got already. granian 2.8 answers the second one while it
    still holds the lock that the answer needs, and hangs.
    """

    def signal_handler_interrupt(self, *args, **kwargs):
        """Stop; from here on further signals to stop are ignored."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        super().signal_handler_interrupt(*args, **kwargs)


def main(port, workers):
    """Serve on `port` (int) with `workers` (int) processes until a signal comes."""
    Server(
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
    ).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
