"""What the commands say: steps with their time, and failures as one sentence and the end of a log."""
import contextlib
import contextvars
import shutil
import sys
import threading
import time

QUIET_SECONDS = 2  # a step below this shows no progress line
REPEAT_SECONDS = 10  # how often a terminal without cursor control gets a new progress line
TAIL_LINES = 25

_kept = contextvars.ContextVar("kept", default=None)  # a list of what is said, where it is not printed at once


class Failed(Exception):
    """A step failed: one sentence for the reader, and the log that has the details."""

    def __init__(self, sentence, log=None):
        super().__init__(sentence)
        self.log = log


def is_terminal():
    return sys.stdout.isatty()


def say(text=""):
    if is_kept():
        _kept.get().append(text)
    else:
        print(text, flush=True)


@contextlib.contextmanager
def kept(said):
    """Put what is said into a list instead of printing it."""
    token = _kept.set(said)
    try:
        yield
    finally:
        _kept.reset(token)


def is_kept():
    return _kept.get() is not None


def carried(function):
    """The function for threads: what it says there goes where it would go here."""
    context = contextvars.copy_context()
    return lambda *arguments: context.copy().run(function, *arguments)


def report(failure):
    if failure.log and failure.log.exists():
        lines = failure.log.read_text(errors="replace").splitlines()
        for line in lines[-TAIL_LINES:]:
            print(f"    {line}", file=sys.stderr)
    print(f"error: {failure}", file=sys.stderr)
    if failure.log:
        print(f"       the whole log: {failure.log}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(doing, log=None, progress=None):
    """Show what is being done, with the seconds it takes once they are worth showing, and how far it is: what `progress`
    says, or the log's last line."""
    started = time.monotonic()
    finished = threading.Event()
    ticker = threading.Thread(target=tick, args=(doing, progress or (lambda: last_line(log)), started, finished), daemon=True)
    if is_kept():
        finished.set()
    ticker.start()
    try:
        yield
    except BaseException:
        finish(finished, ticker)
        say(f"  ✗ {doing} ({seconds_since(started)})")
        raise
    finish(finished, ticker)
    say(f"  ✓ {doing} ({seconds_since(started)})")


def finish(finished, ticker):
    finished.set()
    ticker.join()


def tick(doing, progress, started, finished):
    terminal = is_terminal()
    wait = QUIET_SECONDS
    while not finished.wait(wait):
        line = f"  … {doing} ({time.monotonic() - started:.0f} s) {progress()}".rstrip()
        if terminal:
            print(f"\r\033[K{line[:shutil.get_terminal_size().columns - 1]}", end="", flush=True)
        else:
            say(line)
        wait = 1 if terminal else REPEAT_SECONDS
    if terminal:
        print("\r\033[K", end="", flush=True)


def last_line(log):
    """What the step is at: the end of its log, short enough for a line."""
    if log is None or not log.exists():
        return ""
    with open(log, "rb") as file:
        file.seek(max(0, log.stat().st_size - 2000))
        lines = file.read().decode("utf-8", "replace").split("\n")
    return next((line.strip()[:80] for line in reversed(lines) if line.strip()), "")


def seconds_since(started):
    return f"{time.monotonic() - started:.1f} s"
