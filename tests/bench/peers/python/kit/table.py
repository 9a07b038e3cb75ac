"""The one table: reads, and writes that are conditional on what was read."""
import os
import random
import time
from collections.abc import Iterable, Mapping
from typing import Any

import boto3
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.config import Config
from botocore.exceptions import ClientError

from .telemetry import Usage

Item = dict[str, Any]
Key = dict[str, str]

_client = boto3.client(
    "dynamodb",
    config=Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 3}),
)
_TABLE = os.environ["TABLE_NAME"]
_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize

MAX_BATCH_ATTEMPTS = 5
MAX_TRANSACTION_ATTEMPTS = 8

# One message or request is worked on at a time, so one meter is enough.
_meter = Usage()


def new_meter() -> Usage:
    """What is asked of the table from here on is counted in the meter that this gives."""
    global _meter
    _meter = Usage()
    return _meter


class Conflict(Exception):
    """A condition of a write did not hold; `items` are those that stood in the way, by the write's number."""

    def __init__(self, items: list[Item | None]):
        super().__init__("a condition did not hold")
        self._items = items

    def failed(self, index: int) -> bool:
        return index < len(self._items) and self._items[index] is not None

    def item(self, index: int) -> Item | None:
        return (self._items[index] or None) if self.failed(index) else None


class Contended(Exception):
    """Others were faster each time."""


def _encode(item: Mapping[str, Any]) -> dict:
    return {name: _serialize(value) for name, value in item.items()}


def _decode(item: Mapping[str, dict]) -> Item:
    return {name: _deserialize(value) for name, value in item.items()}


def create(item: Item) -> dict:
    """A new item, unless one stands there."""
    return {"Put": _put(item, 1, "attribute_not_exists(pk)")}


def replace(read: Item, item: Item) -> dict:
    """An item in the place of the one that was read."""
    return {"Put": _replacement(read, item)}


def absent(key: Key) -> dict:
    """Only while no item stands there."""
    return {
        "ConditionCheck": {
            "TableName": _TABLE,
            "Key": _encode(key),
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }


def _put(item: Item, version: int, condition: str, **more) -> dict:
    return {
        "TableName": _TABLE,
        "Item": _encode({**item, "version": version}),
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        **more,
    }


def _replacement(read: Item, item: Item) -> dict:
    version = int(read["version"])
    return _put(item, version + 1, "version = :read", ExpressionAttributeValues={":read": _serialize(version)})


def get(key: Key) -> Item | None:
    reply = _client.get_item(TableName=_TABLE, Key=_encode(key), ConsistentRead=True, ReturnConsumedCapacity="TOTAL")
    _count("read", [reply["ConsumedCapacity"]])
    return _decode(reply["Item"]) if "Item" in reply else None


def get_many(keys: Iterable[Key]) -> dict[tuple[str, str], Item]:
    """Up to a hundred items of any kind in one round trip."""
    found: dict[tuple[str, str], Item] = {}
    left = [_encode(key) for key in keys]
    for attempt in range(1, MAX_BATCH_ATTEMPTS + 1):
        reply = _client.batch_get_item(
            RequestItems={_TABLE: {"Keys": left, "ConsistentRead": True}}, ReturnConsumedCapacity="TOTAL"
        )
        _count("read", reply["ConsumedCapacity"])
        for item in map(_decode, reply["Responses"].get(_TABLE, [])):
            found[item["pk"], item["sk"]] = item
        if _TABLE not in reply.get("UnprocessedKeys", {}):
            return found
        left = reply["UnprocessedKeys"][_TABLE]["Keys"]
        pause(attempt)
    raise Contended("a batch read was cut short again and again")


def put(read: Item, item: Item) -> None:
    """Replaces an item that is still in the version that was read."""
    try:
        reply = _client.put_item(**_replacement(read, item), ReturnConsumedCapacity="TOTAL")
    except _client.exceptions.ConditionalCheckFailedException as error:
        _count("write", [])
        raise Conflict([_decode(error.response.get("Item", {}))]) from error
    _count("write", [reply["ConsumedCapacity"]])


def transact(*writes: dict) -> None:
    """All of the writes, or none."""
    for attempt in range(1, MAX_TRANSACTION_ATTEMPTS + 1):
        try:
            reply = _client.transact_write_items(TransactItems=writes, ReturnConsumedCapacity="TOTAL")
        except _client.exceptions.TransactionCanceledException as error:
            _count("write", [])
            reasons = error.response["CancellationReasons"]
            codes = [reason["Code"] for reason in reasons]
            if "ConditionalCheckFailed" in codes:
                failed = [reason["Code"] == "ConditionalCheckFailed" for reason in reasons]
                items = [_decode(reason.get("Item", {})) if is_it else None for reason, is_it in zip(reasons, failed)]
                raise Conflict(items) from error
            if "TransactionConflict" not in codes:
                raise
            pause(attempt)
        else:
            _count("write", reply["ConsumedCapacity"])
            return
    raise Contended("the items were held by others")


def count_up(key: Key, attribute: str, ends_at: int) -> None:
    """Adds one to a counter that ends by itself."""
    reply = _client.update_item(
        TableName=_TABLE,
        Key=_encode(key),
        UpdateExpression="ADD #count :one, version :one SET expires_at = :ends",
        ExpressionAttributeNames={"#count": attribute},
        ExpressionAttributeValues=_encode({":one": 1, ":ends": ends_at}),
        ReturnConsumedCapacity="TOTAL",
    )
    _count("write", [reply["ConsumedCapacity"]])


def list_index(pk: str, prefix: str, limit: int, after: str | None) -> tuple[list[Item], str | None]:
    """A page of the index, newest first, and its cursor: the sort key of its last item, if there are more."""
    if after is not None and not after.startswith(prefix):
        return [], None
    condition = "gsi1pk = :pk AND begins_with(gsi1sk, :from)"
    values = {":pk": pk, ":from": prefix}
    if after is not None:
        condition = "gsi1pk = :pk AND gsi1sk BETWEEN :from AND :bound"
        values[":bound"] = after
    reply = _client.query(
        TableName=_TABLE,
        IndexName="gsi1",
        KeyConditionExpression=condition,
        ExpressionAttributeValues=_encode(values),
        ScanIndexForward=False,
        # One more than asked for, since the bound itself is the last item of the page before.
        Limit=limit + 1,
        ReturnConsumedCapacity="TOTAL",
    )
    _count("read", [reply["ConsumedCapacity"]])
    found = [item for item in map(_decode, reply["Items"]) if item["gsi1sk"] != after]
    items = found[:limit]
    more = "LastEvaluatedKey" in reply or len(found) > limit
    return items, items[-1]["gsi1sk"] if more and items else None


def pause(attempt: int) -> None:
    """Exponential with full jitter."""
    time.sleep(0.001 + random.random() * min(0.01 * 2 ** (attempt - 1), 4))


def is_transient(error: ClientError) -> bool:
    return error.response["Error"]["Code"] in {
        "InternalServerError",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
    }


def _count(kind: str, capacities: list[dict]) -> None:
    _meter.calls += 1
    for capacity in capacities:
        read, write = capacity.get("ReadCapacityUnits"), capacity.get("WriteCapacityUnits")
        if read is None and write is None:
            read, write = (capacity["CapacityUnits"], 0) if kind == "read" else (0, capacity["CapacityUnits"])
        _meter.read_units += read or 0
        _meter.write_units += write or 0
