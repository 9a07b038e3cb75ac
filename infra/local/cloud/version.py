"""The one MiniStack version that this launcher knows: it replaces private functions of it."""
from importlib import metadata

REQUIRED = "1.5.33"


class WrongVersion(Exception):
    """Another MiniStack than the one whose private functions are replaced here."""


def check(found=None):
    """Refuse to start on any other version: a silent mismatch would be a wrong local cloud."""
    found = found or metadata.version("ministack")
    if found != REQUIRED:
        raise WrongVersion(f"The local cloud needs ministack=={REQUIRED}, but {found} is installed: "
                           "delete .venv and run again.")
