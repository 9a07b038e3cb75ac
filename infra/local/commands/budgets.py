"""What functions ask of the table, and how large they are: measured, compared with `tests/budgets.json`, taken over."""
from . import console, paths, processes

# What the table tests write down of a run.
RECORD = paths.TARGET / "budgets.jsonl"
TABLE_TESTS = ["cargo", "test", "--locked", "-p", "tests", "--test", "table"]


def check_sizes():
    """Of all binaries that are built for release."""
    xtask("check-sizes")


def bless(_options):
    """Rewrite the file from what is measured now."""
    build()
    RECORD.unlink(missing_ok=True)
    # Those that measure have the word in their names, or in their file's; `make test` runs all, and finds what was missed.
    processes.visible([*TABLE_TESTS, "budget"], "The table tests failed; no budget was changed.", BLESS="1",
                      ATOLL_BUDGETS_RECORD=str(RECORD))
    xtask("bless-budgets", str(RECORD))
    xtask("bless-sizes")
    console.say("tests/budgets.json is what was measured. Read the difference: `git diff tests/budgets.json`.")


def build(binaries=()):
    chosen = [argument for binary in binaries for argument in ("--bin", binary)] or ["--bins"]
    # Without xtask, as `make bench` does: its dependencies would ask for more features of ours.
    processes.visible(["cargo", "build", "--locked", "--release", "--workspace", "--exclude", "xtask", *chosen],
                      "The build for release failed.")


def xtask(*arguments):
    processes.visible(["cargo", "xtask", *arguments], f"`cargo xtask {arguments[0]}` failed.")
