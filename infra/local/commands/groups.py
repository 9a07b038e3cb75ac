"""Ending a process group: a process together with all that it has started."""
import os
import signal
import time

GRACE_SECONDS = 5


def stop(group, has_ended):
    """Politely first, so that its leader can end the others itself, then for certain."""
    if not send(group, signal.SIGTERM):
        return
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline and not has_ended():
        time.sleep(0.05)
    send(group, signal.SIGKILL)


def send(group, number):
    try:
        os.killpg(group, number)
        return True
    except (ProcessLookupError, PermissionError):
        return False
