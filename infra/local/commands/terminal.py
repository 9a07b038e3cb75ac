"""Ctrl-C goes to this command alone, not to the `make` that started it: so a stopped run ends with exit code 0."""
import contextlib
import os
import signal
import sys


@contextlib.contextmanager
def own_foreground():
    """Become the terminal's foreground process group for a while; does nothing without a terminal."""
    descriptor = sys.stdin.fileno() if sys.stdin and sys.stdin.isatty() else None
    if descriptor is None or os.tcgetpgrp(descriptor) != os.getpgrp():
        yield
        return
    before = os.getpgrp()
    ignored = signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # a background group may not move the foreground
    os.setpgid(0, 0)
    os.tcsetpgrp(descriptor, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(descriptor, before)
        signal.signal(signal.SIGTTOU, ignored)
