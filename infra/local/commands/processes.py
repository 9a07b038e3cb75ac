"""Running a command: quietly into a log, or visibly, and never leaving it behind."""
import contextlib
import os
import shutil
import subprocess
import threading

from . import console, groups, paths

# Before a command that needs the processor only: beside it, tests that measure time go first.
GIVING_WAY = ("nice", "-n", "10")

_lock = threading.Lock()
_started = set()  # those that may still run
_is_stopping = False


def environment(**extra):
    """The caller's environment, without the AWS account that it may name: nothing here may reach that one."""
    kept = {name: value for name, value in with_tools().items() if not name.startswith("AWS_")}
    return {**kept, "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, **extra}


def with_tools():
    """The caller's environment with the repository's tools first on the path. Python keeps what it compiles, whatever the caller
    wants: sam and schemathesis, which are started many times, would otherwise compile themselves each time."""
    path = f"{paths.VENV_BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PATH": path, "SAM_CLI_TELEMETRY": "0", "__SAM_CLI_APP_DIR": str(paths.SAM_CLI)}


def logged(command, log, sentence, **extra):
    """Run a command into a log file; if it fails, fail with the sentence and the log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as output:
        code = run(command, stdout=output, stderr=subprocess.STDOUT, **extra)
    if code:
        raise console.Failed(sentence, log)


def visible(command, sentence, **extra):
    """Run a command whose output the reader wants to see."""
    if console.is_kept():
        code, printed = output(command, environment(**extra))
        console.say(printed.rstrip())
    else:
        code = run(command, **extra)
    if code:
        raise console.Failed(sentence)


def interactive(command, sentence):
    """Run a command that asks the reader questions and uses the reader's AWS account."""
    if subprocess.run(command, cwd=paths.ROOT, env=with_tools(), check=False).returncode:
        raise console.Failed(sentence)


def run(command, stdout=None, stderr=None, directory=None, **extra):
    process = start(command, stdout, stderr, directory, **extra)
    with ended_with_us(process):
        return process.wait()


def output(command, environment, directory=None, timeout=None):
    """The exit code of a command, and what it printed to both its outputs. It runs in just this environment."""
    process = launch(command, cwd=directory or paths.ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                     stderr=subprocess.STDOUT, text=True, errors="replace")
    with ended_with_us(process):
        printed, _ = process.communicate(timeout=timeout)
    return process.returncode, printed


def start(command, stdout=None, stderr=None, directory=None, **extra):
    return launch(command, cwd=directory or paths.ROOT, env=environment(**extra), stdin=subprocess.DEVNULL,
                  stdout=stdout, stderr=stderr)


def launch(command, **how):
    """In a process group of its own, so that stopping this command also stops the children of cargo and sam."""
    with _lock:
        if _is_stopping:
            raise console.Failed(f"`{command[0]}` is not started any more.")
        process = subprocess.Popen(command, **{"process_group": 0, **how})
        _started.difference_update([one for one in _started if one.poll() is not None])
        _started.add(process)
    return process


@contextlib.contextmanager
def stopped():
    """Ends every process that was started here; while this lasts, none starts."""
    global _is_stopping
    with _lock:
        _is_stopping = True
        running = [process for process in _started if process.poll() is None]
    try:
        for process in running:
            groups.stop(process.pid, lambda process=process: process.poll() is not None)
        yield
    finally:
        _is_stopping = False


@contextlib.contextmanager
def ended_with_us(process):
    """An interrupted command leaves nothing behind."""
    try:
        yield
    except BaseException:
        groups.stop(process.pid, lambda: process.poll() is not None)
        process.wait()
        raise


def need(tool, remedy):
    if shutil.which(tool) is None:
        raise console.Failed(f"Atoll needs `{tool}`, which is not on the path: {remedy}")
