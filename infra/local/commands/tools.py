"""The tools that the commands need: cargo from the machine, everything else in .venv, pinned."""
import hashlib
import json
import shutil
import sys

from . import console, paths, processes

STAMP = paths.VENV / "installed.sha256"
LOCK = paths.LOCAL / "requirements.lock"
FAR_FUTURE = 4102444800.0  # the year 2100, in seconds; sam ignores a whole number


def check():
    processes.need("cargo", "install Rust from https://rustup.rs")


def install():
    """Make .venv hold exactly what the lock names; nothing happens if it does."""
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if not STAMP.exists() or STAMP.read_text() != wanted:
        build_venv()
        STAMP.write_text(wanted)
    quieten_sam()


def build_venv():
    log = paths.STATE / "logs" / "venv.log"
    log.unlink(missing_ok=True)
    with console.step("installing the local cloud's tools into .venv (once, about half a minute)", log):
        shutil.rmtree(paths.VENV, ignore_errors=True)
        processes.logged([sys.executable, "-m", "venv", str(paths.VENV)], log,
                         "Python could not make a virtual environment: install its venv module (Debian: python3-venv).")
        pip_install(LOCK, log)


def quieten_sam():
    """Its version is pinned: it need not ask the network for a newer one, nor report what it is used for."""
    paths.SAM_CLI.mkdir(exist_ok=True)
    settings = {"lastVersionCheck": FAR_FUTURE, "telemetryEnabled": False}
    (paths.SAM_CLI / "metadata.json").write_text(json.dumps(settings))


def pip_install(requirements, log):
    """The lock names every package, so nothing has to be resolved; Python compiles a module when it is first imported. Both
    together take half of the processor time."""
    processes.logged([str(paths.VENV_BIN / "python"), "-m", "pip", "install", "--progress-bar=off", "--no-deps",
                      "--no-compile", "--disable-pip-version-check", "--requirement", str(requirements)], log,
                     f"pip could not install {requirements.name}: is the network reachable?")
