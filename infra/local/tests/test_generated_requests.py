"""The step of generated requests notices operations that its runs did not reach."""
import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from commands import generated_requests, rust_tests, tally


class Log:
    """A cloud, as far as the step reads it."""

    url = "http://127.0.0.1:1"

    def __init__(self, directory):
        self.function_log = Path(directory) / "functions.log"
        self.function_log.write_text("orders-before {}\n")


class Reached(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.cloud = Log(directory.name)
        document = {"paths": {"/v1/orders": {
            "get": {"tags": ["orders"], "operationId": "list_orders"},
            "delete": {"tags": ["orders"], "operationId": "logout"},
        }}}
        (Path(directory.name) / "shop.json").write_text(json.dumps(document))
        for name, value in ((generated_requests, {"DOCUMENTS": Path(directory.name)}),
                            (rust_tests, {"LOGS": Path(directory.name)})):
            for attribute, replacement in value.items():
                patch = mock.patch.object(name, attribute, replacement)
                patch.start()
                self.addCleanup(patch.stop)

    def check(self, *callers, reaches):
        def run(_url, _document, _caller, log):
            log.touch()
            with open(self.cloud.function_log, "a") as lines:
                lines.writelines(f"{name} {{}}\n" for name in reaches)
            return True

        with (mock.patch.object(generated_requests, "callers", lambda _url: callers),
              mock.patch.object(generated_requests, "run", run)):
            return generated_requests.check(self.cloud, ("shop",))

    def test_a_run_that_reaches_all_operations_passes(self):
        anonymous = generated_requests.Caller("anonymous")
        self.assertEqual(self.check(anonymous, reaches=("orders-list-orders", "orders-logout")), tally.Tally(passed=1))

    def test_an_operation_that_was_never_reached_fails_and_is_named(self):
        anonymous = generated_requests.Caller("anonymous")
        with self.assertRaises(tally.TestsFailed) as failed:
            self.check(anonymous, reaches=("orders-list-orders",))
        self.assertIn("Not reached: orders-logout", failed.exception.log.read_text())

    def test_what_another_run_reached_does_not_count(self):
        with self.assertRaises(tally.TestsFailed):
            self.check(generated_requests.Caller("anonymous"), reaches=("orders-before",))

    def test_a_caller_with_a_session_need_not_end_it(self):
        user = generated_requests.Caller("user", token="t")
        self.assertEqual(self.check(user, reaches=("orders-list-orders",)), tally.Tally(passed=1))

    def test_the_time_of_a_run_grows_with_its_document(self):
        self.assertEqual(generated_requests.seconds("shop"), generated_requests.MIN_SECONDS)
        with mock.patch.object(generated_requests, "functions", lambda _document: dict.fromkeys(range(100))):
            self.assertEqual(generated_requests.seconds("shop"), 60)
