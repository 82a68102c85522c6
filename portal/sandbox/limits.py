"""Limit what a program that reads an untrusted file may do; `portal.sandbox.run` starts it.

It imports next to nothing: each file starts such a program.
"""

import ctypes
import resource
import signal


def give_up_rights(memory: int, seconds: int) -> None:
    """Limit memory (bytes) and processor time of this sandboxed program, for good.

    It cannot write files either, and ends with its parent.
    """
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(limit, (value, value))
    # SIGXCPU comes first: SIGKILL would look like a crash.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    end_with_parent()


def end_with_parent(sign: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel end this sandboxed program by `sign` when its parent ends."""
    ctypes.CDLL(None).prctl(1, sign)  # PR_SET_PDEATHSIG
