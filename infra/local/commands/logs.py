"""The functions' log lines: read as they come, shown one per line."""
import sys

DIM, PLAIN = "\033[2m", "\033[0m"


class Tail:
    """The new lines of a growing file."""

    def __init__(self, path):
        self._file = open(path, "rb")
        self._rest = b""

    def new_lines(self):
        *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
        return [line.decode("utf-8", "replace") for line in lines]


def pretty(line):
    """`<function> <line>`, the function's name dimmed on a terminal."""
    name, _, text = line.partition(" ")
    return f"{DIM}{name}{PLAIN} {text}" if sys.stdout.isatty() else f"{name} {text}"
