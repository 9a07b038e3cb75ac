"""One instance of the local cloud: its files, its process group, its port."""
import fcntl
import json
import os
import random
import shutil
import socket
import subprocess
import time
import urllib.request

from . import binaries as executables, console, groups, paths, processes

START_SECONDS = 20
# Below those that Linux and macOS take for the near end of a connection.
PORTS = range(20_000, 32_000)
HOST = "127.0.0.1"
# What a function may inherit from the machine; everything else would make runs differ.
INHERITED = ("PATH", "HOME", "LANG", "TZ", "SSL_CERT_FILE")
# The root account of the local cloud: its signatures are not checked, its permissions not limited.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
REGION = "us-east-1"

_given = set()


class Cloud:
    def __init__(self, name, port=None, binaries=None):
        """`binaries` are the functions' binaries; without them, what was built last."""
        self.name, self.port = name, port
        self.binaries = binaries or executables.built()
        self.directory = paths.STATE / name
        self.logs = self.directory / "logs"
        self.function_log = self.logs / "functions.log"
        self._process = None

    @property
    def url(self):
        return f"http://{HOST}:{self.port}"

    def start(self):
        """Start from nothing and wait until it answers."""
        if left_over(self.directory):
            raise console.Failed(f"Another command uses the local cloud `{self.name}`: wait for it, or `make down`.")
        shutil.rmtree(self.directory, ignore_errors=True)
        state = self.directory / "state"
        for directory in (self.logs, state / "tmp", state / "s3"):
            directory.mkdir(parents=True)
        self.function_log.touch()
        log = self.logs / "cloud.log"
        with open(log, "wb") as output:
            # The pipe on its standard input ends when this process does, however that happens; the cloud then stops.
            self._process = processes.launch(
                [str(paths.VENV_BIN / "python"), "-m", "cloud"], cwd=paths.LOCAL, env=self.environment(state),
                stdin=subprocess.PIPE, stdout=output, stderr=subprocess.STDOUT, process_group=None, start_new_session=True)
        (self.directory / "pid").write_text(str(self._process.pid))
        self.wait_until_ready(log)

    def environment(self, state):
        kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return {**kept, "AUTH": "true", "GATEWAY_PORT": str(self.port), "TMPDIR": str(state / "tmp"),
                "STATE_DIR": str(state), "S3_DATA_DIR": str(state / "s3"), "MINISTACK_REGION": REGION,
                "ATOLL_FUNCTION_LOG": str(self.function_log), "ATOLL_LOCK": str(self.directory / "lock"),
                "ATOLL_LOCAL_FUNCTIONS": str(self.binaries.program),
                "PYTHONUNBUFFERED": "1"}

    def client_environment(self):
        """For sam and other AWS clients that shall talk to this cloud."""
        return {**CREDENTIALS, "AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": self.url}

    def wait_until_ready(self, log):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise console.Failed("The local cloud ended as soon as it was started.", log)
            if self.answers():
                return
            time.sleep(0.05)
        raise console.Failed(f"The local cloud did not answer within {START_SECONDS} s.", log)

    def answers(self):
        try:
            return self.get("/_local/stack") is not None
        except OSError:
            return False

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=30) as reply:
            return json.load(reply)

    def post(self, path, body=None):
        request = urllib.request.Request(self.url + path, data=json.dumps(body or {}).encode(), method="POST",
                                         headers={"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)

    def running(self):
        return self._process is not None and self._process.poll() is None

    def stop(self):
        process, self._process = self._process, None
        if process is not None:
            groups.stop(process.pid, lambda: process.poll() is not None)
            process.stdin.close()
            process.wait()
            # Only of an instance that was started here: the files may be those of another command.
            forget(self.directory)


def stop_left_over(directory):
    """Stop an instance that was left behind; true if there was one."""
    group = left_over(directory)
    if group:
        groups.stop(group, lambda: left_over(directory) is None)
        forget(directory)
    return bool(group)


def left_over(directory):
    """The process group of the instance that lives in this directory; None if none does.

    A process id alone proves nothing, since it may have been given to another process; the lock does.
    """
    try:
        with open(directory / "lock", "rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return int((directory / "pid").read_text())
    except OSError:
        pass
    return None


def forget(directory):
    for name in ("pid", "lock"):
        (directory / name).unlink(missing_ok=True)


def port_is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port():
    """One that was not given out before, and that no connection takes for its own end before the cloud does."""
    while not port_is_free(port := random.choice(PORTS)) or port in _given:
        pass
    _given.add(port)
    return port
