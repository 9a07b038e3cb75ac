"""The tests in Rust: compiled once for all steps, with clippy as the compiler, and run quietly.

One `cargo test --workspace --no-run` compiles unit, contract, table, end-to-end and fault tests with one set of features, so
that no dependency is compiled twice. clippy-driver stands in for rustc in the packages of the workspace: it checks the code and
generates it in one go, and shares the dependencies, which `cargo clippy` would read once more. See docs/adr/0024-one-build-for-tests.md.
"""
import json
import os
import re
import subprocess
import time
from pathlib import Path

from . import console, groups, packs, paths, processes, tally

# Benches are compiled to be checked; `make bench` runs them.
BENCHES = ("functions", "growth", "path", "peers", "timing")
COMMAND = ["cargo", "test", "--locked", "--workspace", "--tests",
           *(argument for bench in BENCHES for argument in ("--bench", bench)), "--no-run", "--message-format=json"]
# Of a build that no later one continues: nothing is kept for that, and a quarter of the time is saved.
FOR_ONE_RUN = {"CARGO_INCREMENTAL": "0", "CARGO_PROFILE_DEV_DEBUG": "0"}
LOGS = paths.STATE / "logs" / "tests"
TESTS = "tests"  # the package of all integration tests
POLL_SECONDS = 0.1


def settings():
    """The environment of the build. Services that run tests of fresh checkouts set CI."""
    return {"RUSTC_WORKSPACE_WRAPPER": "clippy-driver", **(FOR_ONE_RUN if os.environ.get("CI") else {})}


class Executable:
    """A compiled test target."""

    def __init__(self, message):
        self.manifest = Path(message["manifest_path"])
        self.directory = self.manifest.parent
        self.package = self.directory.name
        self.target = message["target"]["name"]
        self.kind = message["target"]["kind"][0]
        self.path = message["executable"]

    @property
    def name(self):
        return self.package if self.kind == "lib" else self.target

    def tests(self):
        """The names of its tests, in order."""
        listed = subprocess.run([self.path, "--list", "--format", "terse"], cwd=self.directory, text=True,
                                capture_output=True, check=False)
        if listed.returncode:
            raise console.Failed(f"The {self.name} tests cannot be listed: {listed.stderr}")
        return [line.removesuffix(": test") for line in listed.stdout.splitlines() if line.endswith(": test")]

    def of_packs(self, chosen):
        """The names of its tests that belong to one of these packs. None means all of its tests."""
        if chosen is None:
            return None
        if self.package != TESTS:
            return None if packs.of_file(self.manifest) in chosen else []
        return [name for name in self.tests() if pack_of_test(name) in chosen]


def pack_of_test(name):
    """The pack that an integration test belongs to: its module is named after the pack or after one of its contexts. What
    is named after none belongs to the platform."""
    words = set(re.split(r"_|::", name.rsplit("::", 1)[0] if "::" in name else ""))
    for context in packs.contexts():
        if words & {context.name, context.parent.name}:
            return context.parent.name
    return packs.PLATFORM


class Build:
    """Everything that was compiled."""

    def __init__(self):
        self._messages = []

    def compile(self, progress, log):
        """Compile and check; a warning fails, as in `cargo clippy -- -D warnings`."""
        log.parent.mkdir(parents=True, exist_ok=True)
        complaints = []
        with open(log, "wb") as errors, processes.start(COMMAND, subprocess.PIPE, errors, **settings()) as process:
            with processes.ended_with_us(process):
                for line in process.stdout:
                    progress.read(line)
                    self._read(json.loads(line), complaints)
                failed = process.wait()
        if failed or complaints:
            console.say("\n".join(dict.fromkeys(complaints)))
            raise console.Failed("The code does not compile without errors and warnings.", log)

    def _read(self, message, complaints):
        if message["reason"] == "compiler-message" and message["message"]["level"] in ("warning", "error"):
            complaints.append(message["message"]["rendered"].rstrip())
        if message["reason"] == "compiler-artifact" and message["executable"]:
            self._messages.append(message)

    def executables(self, *targets):
        """The test targets with these names; unit tests and those of tools if none is named."""
        found = [Executable(message) for message in self._messages
                 if message["profile"]["test"] and "bench" not in message["target"]["kind"]]
        wanted = [one for one in found if (one.target in targets if targets else one.package != TESTS or one.kind == "lib")]
        return sorted(wanted, key=lambda one: one.name)

    def binary(self, name):
        """The path of a binary that was built for the tests."""
        return next(message["executable"] for message in self._messages
                    if message["target"]["name"] == name and "bin" in message["target"]["kind"])


class Run:
    """An executable at work on its tests, all or those with these names: quietly, unless one fails."""

    def __init__(self, executable, names=None, threads=None, logs=LOGS, label=None, **environment):
        self.label = label or executable.name
        self._log = logs / f"{self.label}.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        command = [executable.path, *(["--exact", *names] if names is not None else []),
                   *([f"--test-threads={threads}"] if threads else [])]
        with open(self._log, "wb") as output:
            self._process = processes.start(command, output, subprocess.STDOUT, executable.directory,
                                            CARGO_MANIFEST_DIR=str(executable.directory), **environment)

    def has_ended(self):
        return self._process.poll() is not None

    def result(self):
        """How many tests passed, once all have ended."""
        with processes.ended_with_us(self._process):
            code = self._process.wait()
        printed = self._log.read_text(errors="replace")
        counted = tally.of_rust(printed)
        console.say(f"{self.label}: {counted}")
        if code:
            console.say(failures(printed))
            raise tally.TestsFailed(f"The {self.label} tests failed.", self._log, counted)
        return counted

    def stop(self):
        groups.stop(self._process.pid, lambda: self._process.poll() is not None)
        self._process.wait()


class Gathered:
    """The tests of several runs. If some fail, the failure counts the tests of all."""

    def __init__(self):
        self._counted, self._failed = tally.Tally(), None

    def add(self, run):
        """Waits for the end of the run."""
        try:
            self._counted += run.result()
        except tally.TestsFailed as failure:
            self._counted, self._failed = self._counted + failure.tally, self._failed or failure

    def total(self):
        if self._failed:
            raise tally.TestsFailed(str(self._failed), self._failed.log, self._counted)
        return self._counted


def results(runs):
    """The tests of runs that go on at the same time."""
    gathered = Gathered()
    try:
        for run in runs:
            gathered.add(run)
    except BaseException:
        for run in runs:
            run.stop()
        raise
    return gathered.total()


def queued(starts, lanes):
    """The tests of runs of which each lane has one at a time. Each of `starts` starts a run on the lane that it is given; a
    lane that becomes free gets the next."""
    waiting, running, gathered = list(starts), {}, Gathered()
    try:
        while waiting or running:
            for lane in lanes:
                if lane in running and running[lane].has_ended():
                    gathered.add(running.pop(lane))
                if lane not in running and waiting:
                    running[lane] = waiting.pop(0)(lane)
            time.sleep(POLL_SECONDS)
    except BaseException:
        for run in running.values():
            run.stop()
        raise
    return gathered.total()


def failures(printed):
    """What the failed tests printed; all that was printed if the run ended before it could be told."""
    _, found, rest = printed.partition("\nfailures:\n")
    return found + rest if found else printed
