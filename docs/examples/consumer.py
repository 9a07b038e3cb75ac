"""An example of a consumer in Python: counts the events that were reported at each point.

It runs as a Lambda function behind an SQS queue that an EventBridge rule fills. See docs/extending.md.
"""
import json
import logging
import os

log = logging.getLogger()
log.setLevel(logging.INFO)

# How long an event's id is remembered: longer than archive (30 days) and dead-letter queue (14 days) can bring it again.
SECONDS_REMEMBERED = 90 * 24 * 3600


class Unexpected(Exception):
    """The event is not one that this consumer was subscribed to. Retrying cannot help."""


def handle(event, store):
    """Applies one event; returns False if it was applied before."""
    if (event["type"], event["version"]) != ("events.event_reported", 1):
        raise Unexpected(f"{event['type']}.v{event['version']}")
    # One transaction: the id of the event and its effect are written together or not at all.
    return store.count_once(event["id"], event["data"]["pointId"])


def batch(records, store):
    """The ids of the messages that must come again: the response of a function with ReportBatchItemFailures."""
    failures = []
    for record in records:
        try:
            # The body is the EventBridge event; its `detail` is Atoll's envelope.
            event = json.loads(record["body"])["detail"]
            applied = handle(event, store)
            log.info("%s %s", event["id"], "applied" if applied else "duplicate")
        except Exception:
            log.exception("message %s", record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}


class Table:
    """Counts in a DynamoDB table of your own, with the string keys `pk`."""

    def __init__(self, client, name, now):
        self.client, self.name, self.now = client, name, now

    def count_once(self, event_id, point_id):
        seen = {"pk": {"S": f"seen#{event_id}"}, "expiresAt": {"N": str(int(self.now()) + SECONDS_REMEMBERED)}}
        try:
            self.client.transact_write_items(TransactItems=[
                {"Put": {"TableName": self.name, "Item": seen, "ConditionExpression": "attribute_not_exists(pk)"}},
                {"Update": {"TableName": self.name, "Key": {"pk": {"S": f"point#{point_id}"}},
                            "UpdateExpression": "ADD reported :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}},
            ])
        except self.client.exceptions.TransactionCanceledException as error:
            if error.response["CancellationReasons"][0]["Code"] == "ConditionalCheckFailed":
                return False
            raise
        return True


def lambda_handler(event, _context):
    import time

    import boto3
    table = Table(boto3.client("dynamodb"), os.environ["TABLE_NAME"], time.time)
    return batch(event["Records"], table)
