"""How often an idle function asks for its next event inside MiniStack.

MiniStack has two threads per environment that wake up ten times a second. With four hundred functions, these threads alone keep
the interpreter's lock busy: on two cores the cloud then stands still for a minute. Both wait for what wakes them anyway.
"""
import socketserver
import sys

from ministack.core.lambda_runtime import ProvidedWorker

from .patching import replace

# How long the end of an environment may go unnoticed by its two threads.
WAIT_FOR_EVENT = 1.0
WAIT_FOR_CONNECTION = 0.5
# The more threads wait for the interpreter's lock, the more each of their time-outs costs: 5 ms is Python's default.
SWITCH_SECONDS = 0.02


def install():
    sys.setswitchinterval(SWITCH_SECONDS)
    replace(ProvidedWorker, "_build_handler_class", "self generation pending")(
        lambda build, worker, generation, pending: build(worker, generation, Patient(pending)))
    replace(socketserver.BaseServer, "serve_forever", "self poll_interval")(
        lambda serve, server, poll_interval=WAIT_FOR_CONNECTION: serve(server, max(poll_interval, WAIT_FOR_CONNECTION)))


class Patient:
    """A queue whose reader waits longer than it asks for. An event wakes it at once."""

    def __init__(self, queue):
        self._queue = queue

    def get(self, timeout):
        return self._queue.get(timeout=max(timeout, WAIT_FOR_EVENT))
