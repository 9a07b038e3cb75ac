"""Notices that `cargo build` has replaced binaries, so that warm processes can be ended."""
import time

SETTLED_SECONDS = 1.0


class Watch:
    def __init__(self, directory):
        self._directory = directory
        self._seen = self._newest()

    def changed(self):
        """True once after a build, when the last binary has been written."""
        newest = self._newest()
        if newest <= self._seen or time.time() - newest < SETTLED_SECONDS:
            return False
        self._seen = newest
        return True

    def _newest(self):
        """When the youngest binary was written; dependency files beside the binaries do not count."""
        return max((entry.stat().st_mtime for entry in self._directory.iterdir()
                    if entry.is_file() and "." not in entry.name), default=0.0)
