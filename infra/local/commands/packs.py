"""Packs: which there are, and which of them a command was asked for."""
from . import console, paths

# The pack that every deployment has.
PLATFORM = "platform"
NONE = "none"


def names():
    """The packs that a deployment may have beside the platform."""
    return sorted({context.parent.name for context in contexts()} - {PLATFORM})


def contexts(pack="*"):
    """The directories of the contexts, of one pack or of all."""
    return sorted(manifest.parent for manifest in paths.ROOT.glob(f"functions/{pack}/*/Cargo.toml"))


def of_file(path):
    """The pack that a file belongs to; None for what all packs share."""
    parts = path.relative_to(paths.ROOT).parts
    return parts[1] if parts[0] == "functions" else None


def chosen(text):
    """The packs beside the platform that a list names, separated by commas or spaces: all for an empty list."""
    wanted = text.replace(",", " ").split()
    if unknown := set(wanted) - {NONE, PLATFORM, *names()}:
        raise console.Failed(f"There is no pack {', '.join(sorted(unknown))}; PACKS may be {NONE} or a list of: "
                             f"{', '.join(names())}. Without PACKS, all are used.")
    return [name for name in names() if name in wanted] if wanted else names()


def tested(text):
    """The packs whose tests a list names: those, or the platform; None, which means all, for an empty list."""
    return (chosen(text) or [PLATFORM]) if text.strip() else None
