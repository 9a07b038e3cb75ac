"""Replacing one of MiniStack's functions, and failing loudly when it is not the expected one."""
import functools
import inspect


class AssumptionBroken(Exception):
    """A function that the launcher replaces is gone or takes other parameters."""


def require(owner, name, parameters):
    """Return `owner.name` after checking that it takes exactly these parameters."""
    found = getattr(owner, name, None)
    if found is None:
        raise AssumptionBroken(f"{owner.__name__}.{name} does not exist in this MiniStack.")
    taken = " ".join(inspect.signature(found).parameters)
    if taken != parameters:
        raise AssumptionBroken(f"{owner.__name__}.{name} takes ({taken}), not ({parameters}).")
    return found


def replace(owner, name, parameters):
    """Decorator: put the function in the place of `owner.name`; its first argument is the original."""

    def install(replacement):
        original = require(owner, name, parameters)

        @functools.wraps(original)
        def replaced(*args, **kwargs):
            return replacement(original, *args, **kwargs)

        setattr(owner, name, replaced)
        return replacement

    return install
