"""The commands around the local cloud: what they lay out, select, show and notice."""
import os
import tempfile
import threading
import tomllib
import unittest
from pathlib import Path
from unittest import mock

import seed
from commands import (binaries, budgets, cloud as clouds, console, demo_data, deployment, guides, logs, operate, packs, paths,
                      processes, quick_start, rust_tests, steps, suite, tally, templates)


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

    def test_code_that_is_uploaded_already_is_named_by_every_code_uri(self):
        stack = deployment.lay_out(self.root / "target/local/run", binaries.built(), code="s3://bucket/code.zip")
        self.assertEqual((stack / "functions/platform/identity/template.yaml").read_text(),
                         "A: {CodeUri: s3://bucket/code.zip, Handler: identity-login}\n  CodeUri: s3://bucket/code.zip\n")
        self.assertFalse((stack / "target").exists())
        self.contained("make-keys")
        with self.assertRaisesRegex(console.Failed, "names the binary identity-login"):
            deployment.lay_out(self.root / "target/local/run", binaries.built(), code="s3://bucket/code.zip")

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
        return steps.names(steps.selected(suite.Suite().steps(), only))

    def test_everything_but_packaging_runs_unless_steps_are_named(self):
        self.assertEqual(self.names(""), [name for name in suite.names() if name != "package"])
        self.assertEqual(self.names("package"), ["tools", "package"])

    def test_a_step_that_needs_the_cloud_brings_it_along(self):
        self.assertEqual(self.names("e2e"), ["build", "tools", "cloud", "e2e", "dead-letters"])
        self.assertEqual(self.names("faults"), ["build", "tools", "cloud", "faults", "faults-alone", "dead-letters"])

    def test_no_step_waits_for_one_that_comes_later(self):
        seen = set()
        for step in suite.Suite().steps():
            self.assertLessEqual({*step.needs, *step.after}, seen, step.name)
            seen.add(step.name)

    def test_what_disturbs_a_cloud_or_measures_time_runs_apart(self):
        waits = {step.name: {*step.needs, *step.after} for step in suite.Suite().steps()}
        self.assertLessEqual({"e2e"}, waits["faults"])
        self.assertLessEqual({"e2e", "faults"}, waits["faults-alone"])
        self.assertLessEqual({"e2e", "faults", "faults-alone"}, waits["dead-letters"])
        self.assertEqual([step.name for step in suite.Suite().steps() if step.alone], ["contract", "faults-alone"])

    def test_a_step_that_needs_what_is_compiled_brings_the_build_along(self):
        self.assertEqual(self.names("unit,format"), ["format", "build", "unit"])

    def test_other_steps_come_alone(self):
        self.assertEqual(self.names("launcher,format"), ["format", "tools", "launcher"])

    def test_an_unknown_step_is_refused(self):
        with self.assertRaisesRegex(console.Failed, "There is no step e2f"):
            self.names("e2f")

    def test_what_needs_all_cores_runs_alone(self):
        found = suite.modules(["bus::a", "fan_out::b", "races::c", "races::d"])
        self.assertEqual(suite.apart(found), ([("bus", ["bus::a"])],
                                              [("races", ["races::c", "races::d"]), ("fan_out", ["fan_out::b"])]))

    def test_modules_stay_whole_and_the_largest_come_first(self):
        self.assertEqual(suite.modules(["b::1", "a::1", "a::2"]), [("a", ["a::1", "a::2"]), ("b", ["b::1"])])


class Templates(unittest.TestCase):
    def test_every_judge_sees_every_template(self):
        seen = {}

        def run(command, _sentence):
            judge, *rest = [part for part in command if part.endswith(("cfn-lint", ".py", ".yaml"))]
            seen.setdefault(Path(judge).name, []).extend(rest)
        with mock.patch.object(processes, "visible", run):
            templates.check()
        product, measured = ([str(path) for path in found] for found in (paths.templates(), paths.templates_of_tests()))
        self.assertEqual({judge: sorted(found) for judge, found in seen.items()},
                         {"cfn-lint": sorted(product + measured), "validated.py": sorted(product + measured),
                          "transformed.py": sorted(product)})


class Steps(unittest.TestCase):
    def run_steps(self, *actions):
        said = []
        with mock.patch.object(console, "say", lambda text="": said.append(text)):
            try:
                steps.run([steps.Step(str(number), "", action) for number, action in enumerate(actions)], lambda: None)
            except console.Failed as failure:
                said.append(failure)
        return said

    def fail(self):
        raise tally.TestsFailed("Tests failed.", None, tally.Tally(1, 2))

    def test_a_failure_is_marked_and_what_comes_after_it_is_not_reached(self):
        shown = [line.split(" s")[0].split()[:2] for line in self.run_steps(lambda: None, self.fail, lambda: None) if line
                 and str(line)[:3] in ("  ✓", "  ✗", "  ·")]
        self.assertEqual(shown, [["✓", "0"], ["✗", "1"], ["·", "2"]])

    def test_the_last_line_counts_the_tests_of_all_steps(self):
        self.assertEqual(self.run_steps(lambda: tally.Tally(2, 0), lambda: None, lambda: tally.Tally(3, 0))[-1],
                         "5 passed, 0 failed")

    def test_failed_tests_are_counted_too(self):
        *_, counted, failure = self.run_steps(lambda: tally.Tally(2, 0), self.fail, lambda: tally.Tally(9, 0))
        self.assertEqual((counted, str(failure)), ("3 passed, 2 failed", "Tests failed."))

    def test_without_tests_nothing_is_counted(self):
        self.assertIn("all passed", self.run_steps(lambda: None)[-1])


class Tallies(unittest.TestCase):
    def test_what_each_runner_prints_is_read(self):
        rust = "running 3 tests\ntest result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 4 filtered out\n"
        self.assertEqual(tally.of_rust(rust), tally.Tally(2, 1))
        self.assertEqual(tally.of_python("Ran 9 tests in 1.0s\n\nFAILED (failures=1, errors=2)\n"), tally.Tally(6, 3))
        self.assertEqual(tally.of_python("Ran 1 test in 0.1s\n\nOK\n"), tally.Tally(1, 0))

    def test_a_runner_that_ends_early_has_failed(self):
        self.assertEqual(tally.of_rust("running 3 tests\n"), tally.Tally(0, 1))
        self.assertEqual(tally.of_python("Traceback\n"), tally.Tally(0, 1))


class RustTests(unittest.TestCase):
    """An executable that prints what a test harness of Rust prints."""

    def executable(self, script, package="tests"):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        manifest = Path(directory.name) / package / "Cargo.toml"
        manifest.parent.mkdir()
        program = manifest.parent / "program"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        return rust_tests.Executable({"manifest_path": str(manifest), "executable": str(program),
                                      "target": {"name": "table", "kind": ["test"]}})

    def run_one(self, script, **more):
        executable = self.executable(script)
        said = []
        with mock.patch.object(console, "say", said.append):
            try:
                run = rust_tests.Run(executable, logs=executable.directory, **more)
                return rust_tests.results([run]), said
            except tally.TestsFailed as failure:
                return failure, said

    def test_only_a_build_of_a_fresh_checkout_keeps_nothing_for_the_next_one(self):
        with mock.patch.dict(os.environ, {"CI": "true"}):
            self.assertEqual(rust_tests.settings()["CARGO_INCREMENTAL"], "0")
        with mock.patch.dict(os.environ):
            os.environ.pop("CI", None)
            self.assertEqual(rust_tests.settings(), {"RUSTC_WORKSPACE_WRAPPER": "clippy-driver"})

    def test_what_passing_tests_print_is_not_shown(self):
        counted, said = self.run_one('echo "{log line}"; echo "test result: ok. 4 passed; 0 failed; 0 ignored"')
        self.assertEqual((counted, said), (tally.Tally(4, 0), ["table: 4 passed, 0 failed"]))

    def test_what_failing_tests_print_is_shown_whole(self):
        script = 'printf "log\\n\\nfailures:\\n\\n---- a stdout ----\\nwhy\\n\\ntest result: FAILED. 1 passed; 1 failed; "; exit 101'
        failure, said = self.run_one(script)
        self.assertEqual(failure.tally, tally.Tally(1, 1))
        self.assertIn("---- a stdout ----\nwhy", said[-1])
        self.assertNotIn("log\n", said[-1])

    def test_chosen_tests_are_named_to_the_harness(self):
        counted, _ = self.run_one('[ "$*" = "--exact a::b --test-threads=1" ] || exit 1; '
                                  'echo "test result: ok. 1 passed; 0 failed;"', names=["a::b"], threads=1)
        self.assertEqual(counted, tally.Tally(1, 0))

    def test_runs_at_the_same_time_are_counted_together_even_if_one_fails(self):
        scripts = ("printf 'test result: FAILED. 1 passed; 1 failed;'; exit 101", "printf 'test result: ok. 2 passed; 0 failed;'")
        runs = [rust_tests.Run(one, logs=one.directory) for one in map(self.executable, scripts)]
        with mock.patch.object(console, "say"), self.assertRaises(tally.TestsFailed) as caught:
            rust_tests.results(runs)
        self.assertEqual(caught.exception.tally, tally.Tally(3, 1))

    def queued(self, scripts):
        """The tests of these scripts on two lanes, or the failure, and the order in which they ended."""
        ended = []

        def starting(script):
            one = self.executable(script)
            return lambda lane: rust_tests.Run(one, logs=one.directory, label=lane)
        with mock.patch.object(console, "say", lambda line: ended.append(line)):
            try:
                return rust_tests.queued(map(starting, scripts), ("one", "two")), ended
            except tally.TestsFailed as failure:
                return failure, ended

    def test_a_lane_that_becomes_free_gets_the_next_run(self):
        passed = 'echo "test result: ok. {} passed; 0 failed;"'
        counted, said = self.queued(["sleep 2; " + passed.format(1), *(passed.format(count) for count in (2, 4, 8))])
        self.assertEqual(counted, tally.Tally(15, 0))
        self.assertEqual(said, [f"{lane}: {count} passed, 0 failed" for lane, count in
                                (("two", 2), ("two", 4), ("two", 8), ("one", 1))])

    def test_runs_go_on_after_one_that_fails(self):
        failure, _ = self.queued(["echo 'test result: FAILED. 1 passed; 1 failed;'; exit 101",
                                  *["echo 'test result: ok. 1 passed; 0 failed;'"] * 3])
        self.assertEqual(failure.tally, tally.Tally(4, 1))

    def test_an_interrupted_run_leaves_nothing_behind(self):
        one = self.executable("sleep 60")
        run = rust_tests.Run(one, logs=one.directory)
        with mock.patch.object(tally, "of_rust", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            with mock.patch.object(run._process, "wait", return_value=0):
                run.result()
        run.stop()
        self.assertIsNotNone(run._process.poll())

    def test_a_test_belongs_to_the_pack_of_the_context_that_its_module_names(self):
        contexts = [paths.ROOT / "functions" / name for name in ("community/points", "platform/identity")]
        with mock.patch.object(packs, "contexts", lambda: contexts):
            of = rust_tests.pack_of_test
            self.assertEqual([of("points::create::works"), of("budgets_points::a"), of("flows_community::b")],
                             ["community"] * 3)
            self.assertEqual([of("identity::login::c"), of("writes::points"), of("points")], ["platform"] * 3)
            self.assertEqual(self.executable("printf 'points::a: test\\nwrites::b: test\\n'").of_packs(["community"]),
                             ["points::a"])


class Budgets(unittest.TestCase):
    def commands(self, action):
        """The commands that an action runs, the environment that it adds, and the record that is there before."""
        with tempfile.TemporaryDirectory() as name:
            record = Path(name) / "record"
            record.write_text("of an earlier run")
            ran = []
            visible = lambda command, _sentence, **extra: ran.append((command, sorted(extra), record.exists()))
            with mock.patch.object(budgets, "RECORD", record), mock.patch.object(processes, "visible", visible):
                action()
            return ran

    def test_sizes_are_those_of_all_binaries(self):
        self.assertEqual([command for command, _, _ in self.commands(budgets.check_sizes)],
                         [["cargo", "xtask", "check-sizes"]])

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
    def test_the_printed_commands_are_the_quick_start_of_the_readme(self):
        printed = "\n".join(quick_start.lines("http://127.0.0.1:4566", packs.names()))
        self.assertIn(f"```sh\n{printed}\n```\n", guides.README.read_text())
        self.assertIn(seed.USERS[0]["password"], printed)

    def test_another_port_is_exported_and_a_missing_pack_is_not_called(self):
        first, *others = quick_start.lines("http://127.0.0.1:4600", [])
        self.assertEqual(first, "export ATOLL_URL=http://127.0.0.1:4600")
        self.assertEqual(others[-1], quick_start.WITHOUT_PACK)
        self.assertNotIn("/v1/community/", "\n".join(others))

    def test_the_last_line_of_a_log_is_short(self):
        with tempfile.NamedTemporaryFile() as file:
            file.write(b"first\n   Compiling " + b"x" * 200 + b"\n\n")
            file.flush()
            self.assertEqual(console.last_line(Path(file.name)), "Compiling " + "x" * 70)


class DemoData(unittest.TestCase):
    def loading(self, error=None):
        """What was done and said, in order, where the last pack is loaded or refused."""
        done, ended = [], threading.Event()

        def last():
            done.append("aquarium")
            if error:
                raise error

        parts = [(name, lambda name=name: done.append(name)) for name in ("users", "community", "commerce")]
        said = lambda text: (done.append(text.strip()), ended.set() if "aquarium" in text else None)
        with mock.patch.object(seed, "parts", lambda *_: [*parts, ("aquarium", last)]), mock.patch.object(console, "say", said):
            loading = demo_data.Loading(mock.Mock(url=""), packs.names())
            loading.load_first()
            self.assertEqual((done, loading.later), (["users", "community"], ["commerce", "aquarium"]))
            loading.start()
            self.assertTrue(ended.wait(10))
        return done[2:]

    def test_the_first_pack_is_there_before_the_cloud_is_ready_and_the_others_are_told(self):
        said = "The demo data of {} is loaded (0 s)."
        self.assertEqual(self.loading(), ["commerce", said.format("commerce"), "aquarium", said.format("aquarium")])

    def test_a_pack_whose_data_cannot_be_loaded_is_named(self):
        self.assertEqual(self.loading(OSError("POST /x: 500"))[-1],
                         "The demo data of aquarium could not be loaded: POST /x: 500")


    def test_the_table_is_read_when_the_messages_no_longer_change_and_until_it_stays_the_same(self):
        queues, tables = [{"a": 2}, {"a": 1}, {"a": 1}, {}, {}], [{1: "x"}, {1: "y"}, {1: "y"}]
        with mock.patch.object(demo_data, "messages", lambda _cloud: queues.pop(0)), \
                mock.patch.object(demo_data, "items", lambda _cloud: tables.pop(0)), mock.patch.object(demo_data, "STILL_SECONDS", 0):
            self.assertEqual(demo_data.settled(mock.Mock()), {1: "y"})
        self.assertEqual((queues, tables), ([], []))


class Operate(unittest.TestCase):
    def test_the_local_deployment_is_described_as_an_operator_describes_one(self):
        with tempfile.TemporaryDirectory() as name:
            cloud = mock.Mock(directory=Path(name))
            config = deployment.write_config(cloud, {"Stage": "local", "AppUrl": "http://x/?a=b"}, ("local", "other"))
            document = tomllib.loads(config.read_text())
        section = document["other"]["deploy"]["parameters"]
        self.assertEqual(section["stack_name"], deployment.CORE)
        self.assertEqual(section["parameter_overrides"], ["Stage=other", "AppUrl=http://x/?a=b"])
        pack = document["other-community"]["deploy"]["parameters"]
        self.assertEqual(pack["stack_name"], f"{deployment.CORE}-community")
        self.assertIn("TableName=/atoll/other/core/table-name", pack["parameter_overrides"])

    def test_every_operator_command_is_a_command_and_a_target(self):
        makefile = (paths.ROOT / "Makefile").read_text()
        operators = (paths.ROOT / "infra/operate/__main__.py").read_text()
        for name in operate.COMMANDS:
            with self.subTest(name):
                self.assertRegex(makefile, rf"(?m)^{name}: ## ")
                self.assertIn(f'"{name}": (', operators)
