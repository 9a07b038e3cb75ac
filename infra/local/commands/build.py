"""Building what the local cloud runs: every function of the chosen packs in one binary."""
import fcntl
import json
import os
import subprocess
import time

from . import binaries, console, groups, paths, processes

PACKAGE = "local-functions"
# What a crate takes on average, measured over a build from nothing.
CPU_SECONDS_PER_CRATE = 3.1


def selection(packs):
    """What is built: the platform, and the packs beside it."""
    return ["--package", PACKAGE, "--no-default-features", "--features", ",".join(f"pack-{pack}" for pack in packs)]


class Turn:
    """The right to build: cargo puts the binary in one place for all packs, so nobody else may build until it is taken from
    there."""

    def __init__(self):
        paths.STATE.mkdir(parents=True, exist_ok=True)
        self._file = open(paths.STATE / "build.lock", "wb")

    def taken(self):
        """Take it if it is free."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self):
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def __enter__(self):
        fcntl.flock(self._file, fcntl.LOCK_EX)
        return self

    def __exit__(self, *_error):
        self.close()

    def close(self):
        self._file.close()


def build(packs, log, program):
    """Build `program`, showing how far it is and, where nothing is there yet, how long it will take."""
    log.unlink(missing_ok=True)
    log.parent.mkdir(parents=True, exist_ok=True)
    crates = count_crates(packs)
    if not paths.FUNCTIONS.exists():
        console.say(f"  The first build compiles {crates} crates: {expected(crates, cores())}.")
    progress = Progress(crates)
    with console.step("building the functions", progress=progress.text), Turn():
        if run(packs, log, progress):
            raise console.Failed("The functions do not compile.", log)
        binaries.keep(program)


def run(packs, log, progress):
    command = ["cargo", "build", *selection(packs), "--message-format=json-render-diagnostics"]
    with open(log, "wb") as errors, processes.start(command, subprocess.PIPE, errors) as process:
        with processes.ended_with_us(process):
            for line in process.stdout:
                progress.read(line)
            return process.wait()


def count_crates(packs):
    """How many packages the build consists of, those that are built already included."""
    return count([*selection(packs), "--edges", "normal,build"])


def count_workspace():
    """The same for the whole workspace and its tests."""
    return count(["--workspace", "--edges", "normal,build,dev"])


def count(arguments):
    command = ["cargo", "tree", *arguments, "--prefix", "none", "--format", "{p}"]
    listed = subprocess.run(command, cwd=paths.ROOT, env=processes.environment(), text=True, capture_output=True,
                            check=False)
    if listed.returncode:
        raise console.Failed(f"`cargo tree` failed: {listed.stderr.strip()}")
    return len({line.removesuffix(" (*)").removesuffix(" (proc-macro)") for line in listed.stdout.splitlines() if line})


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def expected(crates, cores):
    minutes = max(1, round(crates * CPU_SECONDS_PER_CRATE / cores / 60))
    return f"about {minutes} minute{'s' if minutes > 1 else ''} on {cores} idle core{'s' if cores > 1 else ''}"


class Progress:
    """How many crates are ready, from cargo's messages, which name those that need no work too."""

    def __init__(self, crates):
        self.crates = crates
        self._ready = set()
        self._last = ""

    def read(self, line):
        try:
            message = json.loads(line)
        except ValueError:
            return
        if message.get("reason") != "compiler-artifact" or "custom-build" in message["target"]["kind"]:
            return
        self._ready.add(message["package_id"])
        self._last = message["target"]["name"]

    def text(self):
        return f"{len(self._ready)} of {self.crates} crates {self._last}".rstrip()


class Rebuild:
    """A build in the background, while the functions that were built before answer."""

    def __init__(self, packs, log):
        self._packs, self._log = packs, log
        self._process = self._output = None
        self.started = 0.0

    @property
    def running(self):
        return self._process is not None

    def start(self):
        self.started = time.monotonic()
        self._output = open(self._log, "wb")
        self._process = processes.start(["cargo", "build", "--quiet", *selection(self._packs)],
                                        stdout=self._output, stderr=subprocess.STDOUT,
                                        CARGO_TERM_COLOR="always" if console.is_terminal() else "never")

    def finished(self):
        """None while it runs; then, once, whether it succeeded."""
        code = self._process.poll()
        if code is None:
            return None
        self._close()
        return code == 0

    def messages(self):
        return self._log.read_text(errors="replace").rstrip()

    def stop(self):
        if self._process is not None:
            groups.stop(self._process.pid, lambda: self._process.poll() is not None)
            self._process.wait()
            self._close()

    def _close(self):
        self._output.close()
        self._process = None
