"""The tools that the commands need: cargo from the machine, everything else in .venv, pinned."""
import hashlib
import shutil
import sys

from . import console, paths, processes

STAMP = paths.VENV / "installed.sha256"
LOCK = paths.LOCAL / "requirements.lock"


def check():
    processes.need("cargo", "install Rust from https://rustup.rs")


def install():
    """Make .venv hold exactly what the lock names; nothing happens if it does."""
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    log = paths.STATE / "logs" / "venv.log"
    log.unlink(missing_ok=True)
    with console.step("installing the local cloud's tools into .venv (once, about a minute and a half)", log):
        shutil.rmtree(paths.VENV, ignore_errors=True)
        processes.logged([sys.executable, "-m", "venv", str(paths.VENV)], log,
                         "Python could not make a virtual environment: install its venv module (Debian: python3-venv).")
        pip_install(LOCK, log)
    STAMP.write_text(wanted)


def pip_install(requirements, log):
    processes.logged([str(paths.VENV_BIN / "python"), "-m", "pip", "install", "--progress-bar=off", "--no-deps",
                      "--requirement", str(requirements)], log,
                     f"pip could not install {requirements.name}: is the network reachable?")
