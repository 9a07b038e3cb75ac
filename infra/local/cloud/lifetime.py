"""How long the local cloud lives: as long as the command that started it, even if that one is killed."""
import fcntl
import os
import signal
import stat
import sys
import threading

_lock = None  # open, and so held, until this process ends


def begin():
    """Tell other commands that this instance lives, and end with the command that started it."""
    global _lock
    if path := os.environ.pop("ATOLL_LOCK", None):
        _lock = open(path, "wb")
        fcntl.flock(_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    # The starter holds the other end of a pipe on standard input; without a pipe nothing is watched.
    if stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
        threading.Thread(target=wait_for_end, daemon=True).start()


def wait_for_end():
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)  # the functions are in this process group
