"""The local cloud and its functions end when the command that started them does, even if that one is killed."""
import os
import signal
import stat
import sys
import threading


def end_with_starter():
    """The starter holds the other end of a pipe on standard input; without a pipe nothing is watched."""
    if stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
        threading.Thread(target=wait_for_end, daemon=True).start()


def wait_for_end():
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)  # the functions are in this process group
