"""Delivery of a table's stream: order, partial failures, halving, retries, and what goes to OnFailure."""
import time
import unittest
from unittest import mock

from ministack.services import lambda_svc

from cloud import streams

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/now"
PARTIAL = ["ReportBatchItemFailures"]


def record(number):
    return {"dynamodb": {"SequenceNumber": str(number)}}


def failures(*numbers):
    return {"body": {"batchItemFailures": [{"itemIdentifier": str(number)} for number in numbers]}}


class Delivery(unittest.TestCase):
    def setUp(self):
        self.batches, self.dead, self.poison = [], [], set()
        self.records = [record(number) for number in range(6)]
        self.progress = streams.Progress()
        for target, name, replacement in (
                (lambda_svc, "_get_func_record_for_qualifier", lambda name, qualifier: ({"config": {}}, {})),
                (lambda_svc, "_execute_function", self.function),
                (lambda_svc, "_send_ddb_stream_failure_record", self.on_failure),
                (lambda_svc, "_dynamodb_stream_positions", {}),
                (lambda_svc, "_esm_backoff_until", {}),
                (lambda_svc, "_esms", {"id": {}}),
                (streams.dynamodb, "stream_start_position", lambda table: 0),
                (streams.dynamodb, "stream_records_since", self.since)):
            patch = mock.patch.object(target, name, replacement)
            patch.start()
            self.addCleanup(patch.stop)

    def since(self, _table, position, limit):
        return self.records[position:position + limit]

    def function(self, _function, event):
        """Handles records in order up to the first poisonous one, and reports that one."""
        numbers = [int(item["dynamodb"]["SequenceNumber"]) for item in event["Records"]]
        self.batches.append(numbers)
        return failures(*[number for number in numbers if number in self.poison][:1])

    def on_failure(self, _mapping, _function, batch, _arn, _result, condition):
        self.dead.append(([int(item["dynamodb"]["SequenceNumber"]) for item in batch], condition))

    def run_until_idle(self, rounds=50, **settings):
        mapping = {"UUID": "id", "EventSourceArn": ARN, "FunctionName": "f", "BatchSize": 4,
                   "FunctionResponseTypes": PARTIAL, **settings}
        for _ in range(rounds):
            streams.deliver(mapping, self.progress)
        return lambda_svc._dynamodb_stream_positions.get("id", 0)

    def test_batches_follow_each_other_in_order(self):
        self.assertEqual(self.run_until_idle(), 6)
        self.assertEqual(self.batches, [[0, 1, 2, 3], [4, 5]])

    def test_after_a_partial_failure_the_next_batch_starts_at_the_failed_record(self):
        self.poison = {2}
        streams.deliver({"UUID": "id", "EventSourceArn": ARN, "FunctionName": "f", "BatchSize": 4,
                         "FunctionResponseTypes": PARTIAL}, self.progress)
        self.poison = set()
        self.assertEqual(self.run_until_idle(), 6)
        self.assertEqual(self.batches, [[0, 1, 2, 3], [2, 3, 4, 5]])

    def test_a_poisonous_record_blocks_for_ever_without_a_retry_limit(self):
        self.poison = {1}
        self.assertEqual(self.run_until_idle(), 1)
        self.assertEqual(self.dead, [])

    def test_bisection_isolates_the_poisonous_record(self):
        self.poison = {1}
        self.assertEqual(self.run_until_idle(BisectBatchOnFunctionError=True, MaximumRetryAttempts=2), 6)
        self.assertEqual(self.dead, [([1], "RetryAttemptsExhausted")])

    def test_without_bisection_the_rest_of_the_batch_is_lost_with_it(self):
        self.poison = {1}
        self.assertEqual(self.run_until_idle(MaximumRetryAttempts=2), 6)
        self.assertEqual(self.dead, [([1, 2, 3, 4], "RetryAttemptsExhausted")])

    def test_a_batch_that_has_become_too_old_is_given_up(self):
        self.poison = {0}
        self.records = [{"dynamodb": {"SequenceNumber": "0", "ApproximateCreationDateTime": time.time() - 61}}]
        self.assertEqual(self.run_until_idle(rounds=1, MaximumRecordAgeInSeconds=60), 1)
        self.assertEqual(self.dead, [([0], "MaxRecordAgeExceeded")])

    def test_a_failed_invocation_is_retried_as_often_as_the_mapping_says(self):
        with mock.patch.object(lambda_svc, "_execute_function", lambda function, event: {"error": True}):
            self.assertEqual(self.run_until_idle(rounds=3, MaximumRetryAttempts=2), 4)
        self.assertEqual([numbers for numbers, _condition in self.dead], [[0, 1, 2, 3]])


class Answers(unittest.TestCase):
    """What a function's answer says about the batch that it got."""

    def done(self, result, types=PARTIAL):
        records = [record(number) for number in range(3)]
        batch = streams.Batch({}, 0, records, records)
        return streams.records_done(batch, {"FunctionResponseTypes": types}, result)

    def test_all_done(self):
        for body in (None, {}, {"batchItemFailures": None}, {"batchItemFailures": []}):
            self.assertEqual(self.done({"body": body}), 3)

    def test_up_to_the_first_failure(self):
        self.assertEqual(self.done(failures(2, 1)), 1)

    def test_failures_count_only_if_the_mapping_asks_for_them(self):
        self.assertEqual(self.done(failures(1), types=[]), 3)

    def test_an_answer_that_names_an_unknown_record_fails_the_batch(self):
        self.assertEqual(self.done(failures(7)), 0)

    def test_an_answer_of_another_shape_fails_the_batch(self):
        for body in ("ok", {"batchItemFailures": [{}]}, {"batchItemFailures": [{"itemIdentifier": ""}]},
                     {"batchItemFailures": "1"}):
            self.assertEqual(self.done({"body": body}), 0)

    def test_a_failed_invocation_does_nothing(self):
        self.assertEqual(self.done({"error": True, "body": None}), 0)
