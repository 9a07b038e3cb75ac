"""What functions print: each line at once into one file, and no wait for lines that do not come."""
import os
import threading

from ministack.core.lambda_runtime import ProvidedWorker, Worker

from .patching import replace, require

WAIT_FOR_FIRST_LINE = 0.003
QUIET_AFTER_LINE = 0.001
HARD_CAP = 0.25


def install():
    # After a call MiniStack waits 50 ms for a first line. Here a later line joins the next call's CloudWatch log;
    # the file below has it in time.
    require(Worker, "_drain_stderr_bounded", "self first_line_wait idle_confirm hard_cap")
    Worker._drain_stderr_bounded.__defaults__ = (WAIT_FOR_FIRST_LINE, QUIET_AFTER_LINE, HARD_CAP)
    if path := os.environ.get("ATOLL_FUNCTION_LOG"):
        log = FunctionLog(path)
        replace(ProvidedWorker, "_pump_output", "self stream log_queue")(
            lambda pump, worker, stream, queue: pump(worker, Tee(stream, log, handler(worker)), queue))


def handler(worker):
    return worker.config.get("Handler") or worker.func_name


class FunctionLog:
    """One file for all functions: `<handler> <line>`."""

    def __init__(self, path):
        self._file = open(path, "ab", buffering=0)
        self._lock = threading.Lock()

    def write(self, name, line):
        with self._lock:
            self._file.write(name.encode() + b" " + line.rstrip(b"\r\n") + b"\n")


class Tee:
    """A pipe whose lines are also written to the log as they are read."""

    def __init__(self, stream, log, name):
        self._stream, self._log, self._name = stream, log, name

    def readline(self):
        line = self._stream.readline()
        if line:
            self._log.write(self._name, line)
        return line

    def close(self):
        self._stream.close()
