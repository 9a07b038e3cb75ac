"""Where things are in the repository."""
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LOCAL = ROOT / "infra" / "local"
STATE = ROOT / ".atoll"
VENV = ROOT / ".venv"
VENV_BIN = VENV / "bin"
SAM_CLI = VENV / "sam-cli"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).absolute()
BINARIES = TARGET / "debug"
RELEASE = TARGET / "release"


PLATFORM = "platform"


def packs():
    """The packs that the repository has beside the platform; each is a stack of its own."""
    return sorted(path.parent.name for path in ROOT.glob("functions/*/template.yaml"))


def core_template():
    return ROOT / "template.yaml"


def pack_template(pack):
    return ROOT / "functions" / pack / "template.yaml"


def templates(packs_wanted=None):
    """Every CloudFormation template of the core and of packs, all if none are named."""
    found = [core_template(), *ROOT.glob("infra/**/*.yaml")]
    for pack in [PLATFORM, *(packs() if packs_wanted is None else packs_wanted)]:
        found += [*ROOT.glob(f"functions/{pack}/*.yaml"), *ROOT.glob(f"functions/{pack}/*/template.yaml")]
    return sorted(path for path in found if path.exists() and LOCAL not in path.parents)


def templates_of_tests():
    """What measurements deploy beside the system; no operator does."""
    return sorted(ROOT.glob("tests/bench/*/template.yaml"))
