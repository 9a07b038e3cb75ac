"""Running a command: quietly into a log, or visibly, and never leaving it behind."""
import os
import shutil
import subprocess

from . import console, paths


def environment(**extra):
    """The caller's environment with the repository's tools first on the path."""
    path = f"{paths.VENV_BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": path, "SAM_CLI_TELEMETRY": "0", **extra}


def logged(command, log, sentence, **extra):
    """Run a command into a log file; if it fails, fail with the sentence and the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as output:
        code = wait(subprocess.Popen(command, cwd=paths.ROOT, env=environment(**extra), stdin=subprocess.DEVNULL,
                                     stdout=output, stderr=subprocess.STDOUT))
    if code:
        raise console.Failed(sentence, log)


def visible(command, sentence, **extra):
    """Run a command whose output the reader wants to see."""
    if wait(subprocess.Popen(command, cwd=paths.ROOT, env=environment(**extra))):
        raise console.Failed(sentence)


def wait(process):
    try:
        return process.wait()
    except BaseException:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
        raise


def need(tool, remedy):
    if shutil.which(tool) is None:
        raise console.Failed(f"Atoll needs `{tool}`, which is not on the path: {remedy}")
