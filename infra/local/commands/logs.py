"""The functions' log lines: read as they come, shown one per line."""
import json
import sys

METRICS = "_aws"  # the embedded metric format's description of the fields beside it
DIM, PLAIN = "\033[2m", "\033[0m"


class Tail:
    """The new lines of a growing file."""

    def __init__(self, path):
        self._file = open(path, "rb")
        self._rest = b""

    def new_lines(self):
        *lines, self._rest = (self._rest + self._file.read()).split(b"\n")
        return [line.decode("utf-8", "replace") for line in lines]

    def close(self):
        self._file.close()


def pretty(line):
    """`<function> <line>`, the name dimmed on a terminal; a JSON line loses what only machines and nulls say."""
    name, _, text = line.partition(" ")
    text = readable(text)
    return f"{DIM}{name}{PLAIN} {text}" if sys.stdout.isatty() else f"{name} {text}"


def readable(text):
    try:
        fields = json.loads(text)
    except ValueError:
        return text
    if not isinstance(fields, dict):
        return text
    return json.dumps({key: value for key, value in fields.items() if key != METRICS and value is not None})
