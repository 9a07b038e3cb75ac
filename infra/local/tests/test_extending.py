"""The example consumer of docs/extending.md: it takes the event that the repository shows, and applies it once."""
import importlib.util
import json
import re
import unittest

import jsonschema
from commands import paths

EXAMPLE = paths.ROOT / "docs" / "examples" / "consumer.py"
EVENT = paths.ROOT / "events" / "events" / "event_reported.v1.example.json"
SCHEMA = paths.ROOT / "events" / "events" / "event_reported.v1.schema.json"


def consumer():
    spec = importlib.util.spec_from_file_location("consumer", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.log.setLevel("CRITICAL")
    return module


class TransactionCanceledException(Exception):
    def __init__(self, *codes):
        super().__init__()
        self.response = {"CancellationReasons": [{"Code": code} for code in codes]}


class Client:
    """As much of DynamoDB as the example uses: conditional puts, counters, transactions."""

    class exceptions:
        TransactionCanceledException = TransactionCanceledException

    def __init__(self):
        self.items, self.unavailable = {}, False

    def transact_write_items(self, TransactItems):
        put, update = TransactItems[0]["Put"], TransactItems[1]["Update"]
        if self.unavailable:
            raise TransactionCanceledException("None", "ThrottlingError")
        if put["Item"]["pk"]["S"] in self.items:
            raise TransactionCanceledException("ConditionalCheckFailed", "None")
        self.items[put["Item"]["pk"]["S"]] = put["Item"]
        key = update["Key"]["pk"]["S"]
        self.items[key] = self.items.get(key, 0) + 1


class Example(unittest.TestCase):
    def setUp(self):
        self.module, self.client = consumer(), Client()
        self.table = self.module.Table(self.client, "counts", lambda: 1_800_000_000)
        self.event = json.loads(EVENT.read_text())

    def deliver(self, *events):
        records = [{"messageId": str(number), "body": json.dumps({"detail": event})} for number, event in enumerate(events)]
        return [failure["itemIdentifier"] for failure in self.module.batch(records, self.table)["batchItemFailures"]]

    def count(self):
        return self.client.items.get(f"point#{self.event['data']['pointId']}", 0)

    def test_the_event_is_one_that_atoll_publishes(self):
        jsonschema.validate(self.event, json.loads(SCHEMA.read_text()))
        broken = {**self.event, "data": {}}
        with self.assertRaises(jsonschema.ValidationError):
            jsonschema.validate(broken, json.loads(SCHEMA.read_text()))

    def test_an_event_that_comes_twice_is_applied_once(self):
        self.assertEqual(self.deliver(self.event, self.event), [])
        self.assertEqual(self.count(), 1)

    def test_another_event_is_reported_and_does_not_hold_up_the_batch(self):
        self.assertEqual(self.deliver({**self.event, "version": 2}, self.event), ["0"])
        self.assertEqual(self.count(), 1)

    def test_a_failure_of_the_table_comes_again(self):
        self.client.unavailable = True
        self.assertEqual(self.deliver(self.event), ["0"])
        self.client.unavailable = False
        self.assertEqual((self.deliver(self.event), self.count()), ([], 1))

    def test_the_page_shows_the_code_of_the_example(self):
        page = (paths.ROOT / "docs" / "extending.md").read_text()
        for shown in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
            self.assertIn(shown, EXAMPLE.read_text())
