"""What a program that looks at a stranger's file gives up before it does; started by `portal.sandbox.run`. Imports next to nothing: it is in a hurry."""

import ctypes
import resource
import signal


def give_up_rights(memory, seconds):
    """Limit memory (`memory`, bytes) and processor time (`seconds`, int), write nothing, end with the parent. No way leads back."""
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(limit, (value, value))
    resource.setrlimit(
        resource.RLIMIT_CPU, (seconds, seconds + 1)
    )  # SIGXCPU first: SIGKILL would look like a crash
    end_with_parent()


def end_with_parent():
    """Have this process killed when its parent ends, however that ends."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
