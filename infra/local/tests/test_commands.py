"""The commands around the local cloud: what they lay out, select, show and notice."""
import os
import shlex
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import seed
from commands import binaries, budgets, cloud as clouds, console, deploy, deployment, logs, paths, processes, steps, suite


class Layout(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        for name, value in (("ROOT", self.root), ("LOCAL", self.root / "infra/local"),
                            ("FUNCTIONS", self.root / "target/debug/local-functions")):
            patch = mock.patch.object(paths, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        self.write("template.yaml", "Resources: {}")
        self.write("infra/keys.yaml", "  CodeUri: ../target/lambda/make-keys/")
        self.write("functions/platform/identity/template.yaml",
                   "A: {CodeUri: ../../../target/lambda/identity-login/, Handler: identity-login}\n"
                   "  CodeUri: '../../../target/lambda/identity-get-me'\n")
        self.write("infra/local/ignored.yaml", "")
        self.contained("make-keys", "identity-login", "identity-get-me")

    def contained(self, *names):
        """Write a program that lists these functions, as the real one does."""
        program = self.write("target/debug/local-functions", f"#!/bin/sh\nprintf '%s\\n' {' '.join(names)}\n")
        program.chmod(0o755)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def test_the_copies_keep_their_places_and_every_code_uri_gets_the_same_bootstrap(self):
        stack = deployment.lay_out(self.root / "target/local/run", binaries.built())
        files = {str(path.relative_to(stack)) for path in stack.rglob("*") if path.is_file()}
        self.assertEqual(files, {
            "template.yaml", "infra/keys.yaml", "functions/platform/identity/template.yaml",
            *(f"target/lambda/{name}/bootstrap" for name in ("make-keys", "identity-login", "identity-get-me"))})
        bootstraps = {path.read_text() for path in stack.rglob("bootstrap")}
        program = self.root / "target/debug/local-functions"
        self.assertEqual(bootstraps, {f'#!/bin/sh\nATOLL_FUNCTION="$_HANDLER" exec "{program}"\n'})
        self.assertTrue(os.access(stack / "target/lambda/make-keys/bootstrap", os.X_OK))

    def test_a_binary_that_is_not_built_is_named(self):
        self.contained("identity-login", "identity-get-me")
        with self.assertRaisesRegex(console.Failed, "names the binary make-keys, which the workspace does not build"):
            deployment.lay_out(self.root / "target/local/run", binaries.built())

    def test_a_pack_that_is_not_deployed_needs_no_binaries(self):
        self.write("functions/commerce/orders/template.yaml", "CodeUri: ../../../target/lambda/orders-pay/")
        deployment.lay_out(self.root / "target/local/run", binaries.built(), chosen=[])
        with self.assertRaisesRegex(console.Failed, "names the binary orders-pay"):
            deployment.lay_out(self.root / "target/local/run", binaries.built(), chosen=["commerce"])

    def test_a_program_that_does_not_start_is_named(self):
        (self.root / "target/debug/local-functions").unlink()
        with self.assertRaisesRegex(console.Failed, "local-functions cannot list its functions"):
            deployment.lay_out(self.root / "target/local/run", binaries.built())

    def test_a_binary_per_function_is_executed_where_the_cloud_says_so(self):
        for binary in ("make-keys", "identity-login", "identity-get-me"):
            self.write(f"target/release/{binary}", "")
        cloud = clouds.Cloud("bench", binaries=binaries.OnePerFunction(self.root / "target/release"))
        stack = deployment.lay_out(self.root / "target/local/bench", cloud.binaries)
        bootstraps = {path.read_text() for path in stack.rglob("bootstrap")}
        self.assertEqual(bootstraps, {f'#!/bin/sh\nexec "{self.root}/target/release/$_HANDLER"\n'})

    def test_a_template_beside_the_product_is_laid_out_alone(self):
        self.write("tests/bench/path/template.yaml", "  CodeUri: ../../../target/lambda/bench-hello/")
        self.contained("bench-hello")
        template = self.root / "tests/bench/path/template.yaml"
        stack = deployment.lay_out(self.root / "target/local/bench/hello", binaries.built(), [template])
        files = {str(path.relative_to(stack)) for path in stack.rglob("*") if path.is_file()}
        self.assertEqual(files, {"tests/bench/path/template.yaml", "target/lambda/bench-hello/bootstrap"})


class Suite(unittest.TestCase):
    def names(self, only):
        return steps.names(steps.selected(suite.STEPS, only))

    def test_everything_runs_unless_steps_are_named(self):
        self.assertEqual(self.names(""), suite.names())

    def test_a_step_that_needs_the_cloud_brings_it_along(self):
        self.assertEqual(self.names("faults"), ["build", "cloud", "faults", "dead-letters"])

    def test_other_steps_come_alone(self):
        self.assertEqual(self.names("tidy,format"), ["format", "tidy"])

    def test_an_unknown_step_is_refused(self):
        with self.assertRaisesRegex(console.Failed, "There is no step e2f"):
            self.names("e2f")


class Budgets(unittest.TestCase):
    def commands(self, action, sized=()):
        """The commands that an action runs, the environment that it adds, and the record that is there before."""
        with tempfile.TemporaryDirectory() as name:
            record = Path(name) / "record"
            record.write_text("of an earlier run")
            ran = []
            visible = lambda command, _sentence, **extra: ran.append((command, sorted(extra), record.exists()))
            with mock.patch.object(budgets, "RECORD", record), mock.patch.object(processes, "visible", visible):
                with mock.patch.object(budgets, "SIZED", sized):
                    action()
            return ran

    def test_what_an_earlier_run_measured_is_not_taken_for_this_ones(self):
        tests, check = self.commands(lambda: budgets.check_tests("--test", "contract"))
        self.assertEqual(tests, ([*budgets.TABLE_TESTS, "--test", "contract"], ["ATOLL_BUDGETS_RECORD"], False))
        self.assertEqual(check[0][2], "check-budgets")

    def test_sizes_are_those_of_named_binaries_or_of_all(self):
        build = ["cargo", "build", "--locked", "--release", "--workspace", "--exclude", "xtask"]
        self.assertEqual([command for command, _, _ in self.commands(budgets.check_sizes, ("a", "b"))],
                         [[*build, "--bin", "a", "--bin", "b"], ["cargo", "xtask", "check-sizes", "a", "b"]])
        self.assertEqual([command for command, _, _ in self.commands(budgets.check_sizes)],
                         [[*build, "--bins"], ["cargo", "xtask", "check-sizes"]])

    def test_nothing_is_compared_while_budgets_are_taken_over(self):
        build, tests, *taken = self.commands(lambda: budgets.bless(None))
        self.assertEqual((build[0][-1], tests[0][-1]), ("--bins", "budget"))
        self.assertEqual(tests[1:], (["ATOLL_BUDGETS_RECORD", "BLESS"], False))
        self.assertEqual([command[2] for command, _, _ in taken], ["bless-budgets", "bless-sizes"])


class Logs(unittest.TestCase):
    def test_half_a_line_waits_for_its_rest(self):
        with tempfile.NamedTemporaryFile() as file:
            tail = logs.Tail(file.name)
            self.addCleanup(tail.close)
            for written, read in ((b"a one\nb t", ["a one"]), (b"wo\n", ["b two"]), (b"", [])):
                file.write(written)
                file.flush()
                self.assertEqual(tail.new_lines(), read)


    def test_a_json_line_is_shown_without_metrics_and_nulls(self):
        line = '{"_aws":{"x":1},"level":"INFO","code":null,"ms":2}'
        self.assertEqual(logs.readable(line), '{"level": "INFO", "ms": 2}')
        self.assertEqual(logs.readable("not JSON"), "not JSON")


class Printed(unittest.TestCase):
    def test_the_curl_lines_are_shell(self):
        register, login, who = seed.curl_lines("http://127.0.0.1:1")
        self.assertEqual(shlex.split(register)[:3], ["curl", "-sw", r"\n"])
        self.assertTrue(login.startswith("TOKEN=$(curl") and login.endswith(")"))
        self.assertIn('"authorization: Bearer $TOKEN"', who)

    def test_the_last_line_of_a_log_is_short(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"first\n   Compiling " + b"x" * 200 + b"\n\n")
            file.flush()
            self.assertEqual(console.last_line(Path(file.name)), "Compiling " + "x" * 70)


class Deploy(unittest.TestCase):
    def test_the_processor_comes_from_the_saved_answers(self):
        with tempfile.TemporaryDirectory() as name:
            config = Path(name) / "samconfig.toml"
            with mock.patch.object(deploy, "CONFIG", config):
                self.assertEqual(deploy.saved_architecture(), "arm64")
                self.assertIn("--guided", deploy.sam_command())
                config.write_text('parameter_overrides = "Stage=\\"prod\\" Architecture=\\"x86_64\\""')
                self.assertEqual(deploy.saved_architecture(), "x86_64")
                self.assertNotIn("--guided", deploy.sam_command())
