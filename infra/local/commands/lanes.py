"""Steps on lanes: as many at a time as there are lanes, each when what it needs is done.

A step that waits for time-outs or for one process leaves cores idle, which another one uses. What a step says is kept until it
ends, so that the lines of two steps do not mix.
"""
import contextvars
import queue
import threading
import time

from . import console, processes, tally

# How long a step that is stopped may take to notice it.
STOP_SECONDS = 60


class Result:
    """What became of a step: the seconds that it took, the tests that it ran, and its failure if it failed."""

    def __init__(self, seconds, tests, failure=None):
        self.seconds, self.tests, self.failure = seconds, tests, failure


class Lanes:
    def __init__(self, steps, count):
        """Of steps that may start, the one that comes first in `steps` does."""
        self._waiting, self._count = list(steps), count
        self._running = {}  # step -> thread
        self._ended = queue.SimpleQueue()
        self.results = {}  # by the name of the step, without those that were stopped

    def run(self):
        """Runs all steps; raises the first failure, once nothing runs any more."""
        try:
            while self._waiting or self._running:
                while step := self.next():
                    self._start(step)
                self._take(*self._ended.get())
        except BaseException:
            self._stop()
            raise

    def next(self):
        """The step that may start now, if one may."""
        if len(self._running) == self._count or any(step.alone for step in self._running):
            return None
        ready = next(filter(self._is_ready, self._waiting), None)
        # Nothing overtakes a step that waits for the machine.
        return None if ready and ready.alone and self._running else ready

    def _is_ready(self, step):
        unfinished = {one.name for one in (*self._waiting, *self._running)}
        return not unfinished & {*step.needs, *step.after}

    def _start(self, step):
        self._waiting.remove(step)
        shown = step.live or self._count == 1
        console.say(f"\n── {step.name}: {step.what}" if shown else f"   {step.name} starts: {step.what}")
        thread = threading.Thread(target=contextvars.copy_context().run, args=(self._work, step, shown), daemon=True)
        self._running[step] = thread
        thread.start()

    def _work(self, step, shown):
        started, said = time.monotonic(), []
        failure, tests = None, tally.Tally()
        try:
            if shown:
                tests = step.action() or tests
            else:
                with console.kept(said):
                    tests = step.action() or tests
        except BaseException as error:
            failure, tests = error, getattr(error, "tally", tests)
        self._ended.put((step, Result(time.monotonic() - started, tests, failure), None if shown else said))

    def _take(self, step, result, said):
        self._running.pop(step).join()
        self.results[step.name] = result
        if said is not None:
            console.say(f"\n── {step.name}: {step.what}")
            for text in said:
                console.say(text)
        if result.failure:
            raise result.failure
        console.say(f"   {result.seconds:.1f} s")

    def _stop(self):
        """Ends what runs: its processes, and by that the steps."""
        with processes.stopped():
            deadline = time.monotonic() + STOP_SECONDS
            for thread in self._running.values():
                thread.join(max(0, deadline - time.monotonic()))
