"""Notices which binaries `cargo build` has replaced, so that their warm processes can be ended."""
import time

SETTLED_SECONDS = 1.0


class Watch:
    def __init__(self, directory):
        self._directory = directory
        self._known = self._written()

    def changed(self):
        """The binaries that were replaced since the last call, once they have been written completely."""
        now = time.time()
        replaced = {name: written for name, written in self._written().items()
                    if self._known.get(name) != written and now - written >= SETTLED_SECONDS}
        self._known.update(replaced)
        return sorted(replaced)

    def _written(self):
        """When each binary was written; dependency files beside the binaries do not count."""
        return {entry.name: entry.stat().st_mtime for entry in self._directory.iterdir()
                if entry.is_file() and "." not in entry.name}
