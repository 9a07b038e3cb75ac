"""The partition keys that a DynamoDB request names: the values of IAM's dynamodb:LeadingKeys."""
import re

from ministack.services import dynamodb

DEFAULT_PARTITION_KEY = "pk"


def partition_key(table, index=None):
    """The name of the partition key of a table, given by name or ARN, or of one of its indexes."""
    found = dynamodb._tables.get((table or "").rsplit("/", 1)[-1]) or {}
    schema = found.get("KeySchema") or []
    if index:
        indexes = (found.get("GlobalSecondaryIndexes") or []) + (found.get("LocalSecondaryIndexes") or [])
        schema = next((item["KeySchema"] for item in indexes if item["IndexName"] == index), schema)
    return next((item["AttributeName"] for item in schema if item["KeyType"] == "HASH"), DEFAULT_PARTITION_KEY)


def leading_keys(body, partition_key):
    """The partition keys that a DynamoDB request names, of every operation that names any."""
    keys = set()
    for operation in operations(body):
        keys |= keys_of(operation, partition_key(operation.get("TableName"), operation.get("IndexName")))
    return keys


def operations(body):
    """A request as the single-table operations that it consists of."""
    if "TransactItems" in body:
        for item in body["TransactItems"]:
            yield from item.values()
    elif "RequestItems" in body:
        for table, items in body["RequestItems"].items():
            yield from batched(table, items)
    else:
        yield body


def batched(table, items):
    if isinstance(items, dict):  # BatchGetItem
        for key in items.get("Keys", []):
            yield {**{name: value for name, value in items.items() if name != "Keys"}, "TableName": table, "Key": key}
    else:  # BatchWriteItem
        for item in items:
            yield {"TableName": table, **item.get("PutRequest", {}), **item.get("DeleteRequest", {})}


def keys_of(operation, name):
    for part in ("Key", "Item"):
        if name in operation.get(part, {}):
            return {text(operation[part][name])}
    if "KeyConditionExpression" in operation:
        return queried(operation, name)
    if name in operation.get("KeyConditions", {}):
        return {text(value) for value in operation["KeyConditions"][name]["AttributeValueList"]}
    return set()


def queried(operation, name):
    """The partition key that a query's expression compares with: `pk = :p` or `#p = :p`, wherever it stands."""
    names, values = operation.get("ExpressionAttributeNames", {}), operation.get("ExpressionAttributeValues", {})
    found = re.findall(r"([#\w.-]+)\s*=\s*(:\w+)", operation["KeyConditionExpression"])
    return {text(values[value]) for attribute, value in found
            if names.get(attribute, attribute) == name and value in values}


def text(value):
    """A key's value as IAM compares it: the bare string, number or base64 text."""
    return str(next(iter(value.values())))
