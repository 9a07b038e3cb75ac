"""Consumers of a queue of events."""
import os
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import boto3
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from . import table
from .telemetry import report

MAX_REASON_CHARS = 1_000

_sqs = boto3.client(
    "sqs", config=Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3})
)
_DEAD_LETTERS = os.environ["DLQ_URL"]
_processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


class Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)


class Event(Model):
    type: str
    version: int
    occurred_at: datetime
    correlation_id: str
    data: dict[str, Any]


class BusEvent(Model):
    """What EventBridge puts in the queue around an event."""

    detail: Event


class Poison(Exception):
    """It can never succeed: it goes to the dead-letter queue at once."""


def consumer(consume: Callable[[Event], bool]) -> Callable[[dict, Any], dict]:
    """A consumer as a Lambda function: answers for each event of a batch by itself. `consume` says whether it applied."""

    def handler(event: dict, context: Any) -> dict:
        return process_partial_response(
            event=event,
            record_handler=lambda record: _one(record, context.aws_request_id, consume),
            processor=_processor,
            context=context,
        )

    return handler


def _one(record: SQSRecord, request_id: str, consume: Callable[[Event], bool]) -> None:
    started, meter = time.perf_counter(), table.new_meter()
    line = {"trigger": "queue", "requestId": request_id, "correlationId": ""}
    try:
        event = _read(record.body)
        line["correlationId"] = event.correlation_id
        code = "applied" if consume(event) else "duplicate"
    except Exception as error:
        poison = isinstance(error, Poison) and _bury(record.body, str(error))
        report(started, meter, "failed", **line, code="poison" if poison else "retry", error=str(error))
        if not poison:
            raise
    else:
        report(started, meter, "ok", **line, code=code)


def _read(body: str) -> Event:
    try:
        return BusEvent.model_validate_json(body).detail
    except ValidationError as error:
        raise Poison(f"the message is no event: {error}") from error


def _bury(body: str, reason: str) -> bool:
    """Puts a message in the dead-letter queue. If that fails it comes again, and ends there by its number of tries."""
    attributes = {"reason": {"DataType": "String", "StringValue": reason[:MAX_REASON_CHARS]}}
    try:
        _sqs.send_message(QueueUrl=_DEAD_LETTERS, MessageBody=body, MessageAttributes=attributes)
    except (BotoCoreError, ClientError):
        return False
    return True
