"""Steps on lanes: what runs beside what, whose lines are whose, and what a failure ends."""
import sys
import threading
import time
import unittest
from unittest import mock

from commands import cloud as clouds, console, lanes, processes, steps, tally

SECONDS = 20


class Lanes(unittest.TestCase):
    def setUp(self):
        self.said = []
        patch = mock.patch("builtins.print", lambda text="", **_: self.said.append(text))
        patch.start()
        self.addCleanup(patch.stop)

    def run_steps(self, *planned, count=2):
        course = lanes.Lanes(planned, count)
        course.run()
        return course.results

    def test_two_steps_run_at_a_time_and_their_lines_do_not_mix(self):
        together = threading.Barrier(2)

        def speak(name):
            console.say(f"{name} 1")
            together.wait(SECONDS)
            console.say(f"{name} 2")
            together.wait(SECONDS)
        self.run_steps(*(steps.Step(name, "", lambda name=name: speak(name)) for name in "ab"))
        lines = [line for line in self.said if line[:1] in "ab"]
        self.assertIn(lines, (["a 1", "a 2", "b 1", "b 2"], ["b 1", "b 2", "a 1", "a 2"]))

    def test_a_step_waits_for_those_that_it_needs_and_another_one_starts_instead(self):
        order, other_started = [], threading.Event()

        def first():
            self.assertTrue(other_started.wait(SECONDS))
            order.append("first")

        def other():
            order.append("other")
            other_started.set()
        self.run_steps(steps.Step("first", "", first), steps.Step("second", "", lambda: order.append("second"), needs=("first",)),
                       steps.Step("other", "", other))
        self.assertEqual(order, ["other", "first", "second"])

    def test_what_is_not_wanted_is_not_waited_for(self):
        self.assertEqual(list(self.run_steps(steps.Step("e2e", "", lambda: None, after=("unit",)))), ["e2e"])

    def test_one_that_is_alone_runs_beside_nothing_and_is_not_overtaken(self):
        running, beside = set(), []

        def work(name):
            running.add(name)
            beside.append((name, len(running)))
            time.sleep(0.05)
            running.remove(name)
        self.run_steps(*(steps.Step(name, "", lambda name=name: work(name), alone=name == "alone")
                         for name in ("a", "alone", "b", "c")))
        self.assertEqual(beside[:2], [("a", 1), ("alone", 1)])
        self.assertEqual(sorted(beside[2:], key=lambda one: one[1])[1][1], 2)

    def test_a_failure_ends_what_runs_beside_it_and_starts_nothing_more(self):
        sleeping, reached = threading.Event(), []

        def sleep():
            process = processes.start([sys.executable, "-c", "import time; time.sleep(600)"])
            sleeping.set()
            with processes.ended_with_us(process):
                if process.wait():
                    raise console.Failed("It was ended.")

        def fail():
            self.assertTrue(sleeping.wait(SECONDS))
            raise tally.TestsFailed("Tests failed.", None, tally.Tally(1, 2))
        course = lanes.Lanes([steps.Step("sleep", "", sleep), steps.Step("fail", "", fail),
                              steps.Step("more", "", lambda: reached.append("more"))], 2)
        started = time.monotonic()
        with self.assertRaisesRegex(console.Failed, "Tests failed."):
            course.run()
        self.assertLess(time.monotonic() - started, SECONDS)
        self.assertEqual((list(course.results), reached), (["fail"], []))
        self.assertEqual(course.results["fail"].tests, tally.Tally(1, 2))

    def test_an_interrupt_ends_what_runs(self):
        started, ended = threading.Event(), threading.Event()

        def sleep():
            process = processes.start([sys.executable, "-c", "import time; time.sleep(600)"])
            started.set()
            process.wait()
            ended.set()

        def interrupted():
            self.assertTrue(started.wait(SECONDS))
            raise KeyboardInterrupt
        course = lanes.Lanes([steps.Step("sleep", "", sleep)], 2)
        with mock.patch.object(course, "_ended", mock.Mock(get=interrupted)), self.assertRaises(KeyboardInterrupt):
            course.run()
        self.assertTrue(ended.is_set())

    def test_nothing_starts_while_everything_is_stopped(self):
        with processes.stopped(), self.assertRaisesRegex(console.Failed, "is not started any more"):
            processes.start(["true"])
        self.assertEqual(processes.run(["true"]), 0)

    def test_threads_of_a_step_speak_for_it(self):
        def speak():
            thread = threading.Thread(target=console.carried(console.say), args=("from a thread",))
            thread.start()
            thread.join()
        said = []
        with console.kept(said):
            speak()
        self.assertEqual((said, self.said), (["from a thread"], []))

    def test_the_output_of_a_visible_command_is_kept_too(self):
        said = []
        with console.kept(said), self.assertRaisesRegex(console.Failed, "It failed."):
            processes.visible(["sh", "-c", "echo out; echo err >&2; exit 1"], "It failed.")
        self.assertEqual(said, ["out\nerr"])


class Ports(unittest.TestCase):
    def test_no_port_is_given_twice(self):
        given = [clouds.free_port() for _ in range(200)]
        self.assertEqual(len(set(given)), 200)
        self.assertLessEqual(set(given), set(clouds.PORTS))
