"""How many tests passed and failed, over all test runners."""
import re

from . import console

RUST = re.compile(r"^test result: \w+\. (\d+) passed; (\d+) failed;", re.MULTILINE)
PYTHON = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
PYTHON_FAILED = re.compile(r"(?:failures|errors|unexpected successes)=(\d+)")


class Tally:
    def __init__(self, passed=0, failed=0):
        self.passed, self.failed = passed, failed

    def __add__(self, other):
        return Tally(self.passed + other.passed, self.failed + other.failed)

    def __eq__(self, other):
        return (self.passed, self.failed) == (other.passed, other.failed)

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed"


class TestsFailed(console.Failed):
    """Tests failed: with how many, and what they printed."""

    def __init__(self, sentence, log, counted):
        super().__init__(sentence, log)
        self.tally = counted


def of_rust(output):
    """What the test harness of Rust printed at its end; a run that ended before counts as one failure."""
    if not (found := RUST.search(output)):
        return Tally(0, 1)
    return Tally(int(found[1]), int(found[2]))


def of_python(output):
    """What `unittest` printed at its end; a run that ended before counts as one failure."""
    if not (found := PYTHON.search(output)):
        return Tally(0, 1)
    failed = sum(map(int, PYTHON_FAILED.findall(output[found.start():])))
    return Tally(max(0, int(found[1]) - failed), failed)
