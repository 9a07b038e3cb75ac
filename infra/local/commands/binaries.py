"""The binaries that the local cloud executes: one that contains every function, or one per function."""
import functools
import os
import subprocess

from . import console, paths


class AllInOne:
    """The package `local-functions`: every function in one file, chosen by name through the environment."""

    def __init__(self, program):
        self.program = program

    @property
    def bootstrap(self):
        return f'#!/bin/sh\nATOLL_FUNCTION="$_HANDLER" exec "{self.program}"\n'

    @functools.cached_property
    def names(self):
        """The functions that it contains: it is built without packs that are not wanted."""
        try:
            listed = subprocess.run([str(self.program), "--list"], text=True, capture_output=True, check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise console.Failed(f"{self.program} cannot list its functions: {error}.") from error
        return frozenset(listed.stdout.split())


class OnePerFunction:
    """A directory with a binary per function, as they are built for AWS; what `make bench` measures."""

    program = paths.FUNCTIONS  # what previews messages

    def __init__(self, directory):
        self.directory = directory

    @property
    def bootstrap(self):
        return f'#!/bin/sh\nexec "{self.directory}/$_HANDLER"\n'

    @property
    def names(self):
        return {path.name for path in self.directory.iterdir()}


def built():
    """What was built last."""
    return AllInOne(paths.FUNCTIONS)


def of_cloud(name):
    """The file of a cloud's own: a build for another one, which may have other packs, does not replace it."""
    return paths.TARGET / "local" / f"{name}.functions"


def keep(program):
    """Give a cloud what was built last; true if that is another file than the one it has."""
    if program.exists() and identity(program) == identity(paths.FUNCTIONS):
        return False
    program.parent.mkdir(parents=True, exist_ok=True)
    fresh = program.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    os.link(paths.FUNCTIONS, fresh)
    fresh.replace(program)
    return True


def identity(path):
    """What tells a file from the one that replaces it."""
    status = path.stat()
    return status.st_ino, status.st_mtime_ns
