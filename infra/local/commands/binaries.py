"""The binaries that the local cloud executes: one that contains every function, or one per function."""
import functools
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

    def __init__(self, directory):
        self.directory = directory

    @property
    def bootstrap(self):
        return f'#!/bin/sh\nexec "{self.directory}/$_HANDLER"\n'

    @property
    def names(self):
        return {path.name for path in self.directory.iterdir()}


def built():
    """What `make run` and `make test` build."""
    return AllInOne(paths.FUNCTIONS)
