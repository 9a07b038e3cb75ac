"""Saving a source file builds the functions again; the warm processes end once the new binary is there."""
import os
import time

from . import binaries, build, console, paths

LOOK_SECONDS = 0.5
# What the functions are built from.
SOURCES = ("Cargo.toml", "Cargo.lock", "shared", "functions", "infra/local/functions")
# Files that change neither the binary nor the stacks.
IGNORED = (".md", "~", ".swp", ".tmp")
TEMPLATE = ".yaml"


class Sources:
    """The files that are compiled or deployed, and when they were written."""

    def __init__(self, root):
        self._root = root
        self._known = self._written()
        self._next = 0.0

    def saved(self):
        """The files that were written, added or removed since the last call; it looks twice a second at most."""
        if time.monotonic() < self._next:
            return []
        self._next = time.monotonic() + LOOK_SECONDS
        written = self._written()
        changed = {path for path, _ in written.items() ^ self._known.items()}
        self._known = written
        return sorted(os.path.relpath(path, self._root) for path in changed)

    def _written(self):
        found = {}
        for name in SOURCES:
            walk(str(self._root / name), found)
        return found


def walk(path, found):
    """Note when a file, or each file of a directory, was written."""
    try:
        if not os.path.isdir(path):
            found[path] = os.stat(path).st_mtime_ns
            return
        entries = list(os.scandir(path))
    except FileNotFoundError:
        return  # it was removed while we looked
    for entry in entries:
        if entry.name.startswith(".") or entry.name.endswith(IGNORED) or entry.name == "target":
            continue
        walk(entry.path, found)


class Watch:
    """Builds after a source was saved; says what became of it, and when to end the warm processes."""

    def __init__(self, packs, log, program):
        self._sources = Sources(paths.ROOT)
        self._build = build.Rebuild(packs, log)
        self._turn = build.Turn()
        self._again = False
        self._program = program

    def look(self, restart):
        """One round: `restart` is called when a new binary is in its place."""
        saved = self._sources.saved()
        if any(path.endswith(TEMPLATE) for path in saved):
            console.say("— a template was saved: start `make run` again to deploy it —")
        if any(not path.endswith(TEMPLATE) for path in saved):
            self._again = True
        if self._build.running:
            self._finish(restart)
        elif self._again and self._turn.taken():
            self._again = False
            self._build.start()

    def _finish(self, restart):
        succeeded = self._build.finished()
        if succeeded is None:
            return
        is_new = succeeded and binaries.keep(self._program)
        self._turn.release()
        if not succeeded:
            console.say(f"{self._build.messages()}\n— it does not compile: the previous build keeps answering —")
        elif is_new:
            restart()
            seconds = time.monotonic() - self._build.started
            console.say(f"— rebuilt in {seconds:.1f} s, used from the next call on —")

    def stop(self):
        self._build.stop()
        self._turn.close()
