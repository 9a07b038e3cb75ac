"""`make bench`: which steps run, what is noted of the machine, and that no measurement is forgotten."""
import json
import tempfile
import tomllib
import unittest
from pathlib import Path
from unittest import mock

from commands import bench, console, machine, paths, rust_tests, steps


class Steps(unittest.TestCase):
    def names(self, only):
        return steps.names(steps.selected(bench.STEPS, only))

    def test_a_measurement_brings_along_what_it_measures_and_the_report_comes_alone(self):
        self.assertEqual(self.names("functions,report"), ["release", "functions", "report"])
        self.assertEqual(self.names("report"), ["report"])

    def test_every_bench_of_the_repository_is_a_step(self):
        manifest = tomllib.loads((paths.ROOT / "tests" / "Cargo.toml").read_text())
        benches = {target["name"] for target in manifest["bench"]}
        # What needs another feature would be compiled twice by `make test`.
        compiled = {target["name"] for target in manifest["bench"] if "required-features" not in target}
        self.assertEqual(compiled, set(rust_tests.BENCHES))
        self.assertLessEqual(benches | {"release", "report"}, set(bench.names()))

    def test_what_fails_ends_it_and_the_rest_is_not_reached(self):
        done, said = [], []

        def fail():
            raise console.Failed("no")

        planned = [steps.Step("one", "", lambda: done.append("one")), steps.Step("two", "", fail),
                   steps.Step("three", "", lambda: done.append("three"))]
        with mock.patch.object(console, "say", lambda text="": said.append(text)), self.assertRaises(console.Failed):
            steps.run(planned, lambda: done.append("finished"))
        self.assertEqual(done, ["one", "finished"])
        self.assertEqual([line.split()[:2] for line in said[-4:-1]], [["✓", "one"], ["✗", "two"], ["·", "three"]])


class Machine(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        patch = mock.patch.object(bench, "MEASURED", Path(directory.name))
        patch.start()
        self.addCleanup(patch.stop)

    def test_the_machine_and_the_commit_are_told(self):
        told = machine.describe()
        self.assertRegex(told["rustc"], r"^rustc 1\.")
        self.assertRegex(told["date"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        for name in ("cpu", "cores", "memoryKib", "kernel", "architecture"):
            self.assertTrue(told[name], name)

    def test_steps_that_run_later_leave_what_is_noted_of_the_others(self):
        first, path, again = ({"loadAverage": 1.0, "busyCores": busy, "seconds": busy} for busy in (0.9, 0.2, 0.1))
        for target, how in (("functions", first), ("path", path), ("functions", again)):
            bench.note(target, how)
        noted = json.loads((bench.MEASURED / "steps.json").read_text())
        self.assertEqual(noted, {"functions": again, "path": path})
        told = json.loads((bench.MEASURED / "machine.json").read_text())
        self.assertEqual((told["busyCores"], told["cpu"]), (0.2, machine.cpu()))

    def test_busy_cores_are_those_that_worked_between_two_looks(self):
        with mock.patch.object(machine.os, "cpu_count", lambda: 4):
            self.assertEqual(machine.busy_cores((1000, 800), (1400, 1100)), 1.0)
            self.assertIsNone(machine.busy_cores(None, None))
            self.assertIsNone(machine.busy_cores((1000, 800), (1000, 800)))

    def test_a_busy_machine_is_warned_of_by_what_works_now_or_else_by_the_load(self):
        for load, busy, warned in ((9.0, 0.1, False), (0.0, 2.0, True), (0.1, None, False), (2.0, None, True)):
            said = []
            with mock.patch.object(machine.os, "cpu_count", lambda: 4), \
                    mock.patch.object(console, "say", lambda text="", said=said: said.append(text)):
                machine.tell({"loadAverage": load, "busyCores": busy})
            self.assertEqual(any("warning" in line for line in said), warned, (load, busy))
