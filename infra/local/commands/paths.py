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
DEBUG = TARGET / "debug"
FUNCTIONS = DEBUG / "local-functions"  # every function in one binary
RELEASE = TARGET / "release"


def core_template():
    return ROOT / "template.yaml"


def pack_template(pack):
    return ROOT / "functions" / pack / "template.yaml"


def templates():
    """Every CloudFormation template of the system: the core's, the packs' with their APIs, the contexts', and infra's."""
    found = [core_template(), *ROOT.glob("functions/*/*.yaml"), *ROOT.glob("functions/*/*/template.yaml"),
             *ROOT.glob("infra/**/*.yaml")]
    return sorted(path for path in found if path.exists() and LOCAL not in path.parents)


def templates_of_tests():
    """What measurements deploy beside the system; no operator does."""
    return sorted(ROOT.glob("tests/bench/*/template.yaml"))
