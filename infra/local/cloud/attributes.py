"""The attributes that a DynamoDB request names, and whether a read takes all: the values of IAM's dynamodb:Attributes and
dynamodb:Select."""
import re

from . import leading_keys

# Expressions of a request that name attributes.
EXPRESSIONS = ("ProjectionExpression", "UpdateExpression", "ConditionExpression", "FilterExpression",
               "KeyConditionExpression")
WORDS_OF_EXPRESSIONS = {"set", "remove", "add", "delete", "and", "or", "not", "between", "in"}
FUNCTIONS = {"attribute_exists", "attribute_not_exists", "attribute_type", "begins_with", "contains", "size",
             "if_not_exists", "list_append"}


def attributes(body):
    """The top-level attributes that a request names, keys included; None for a request without any."""
    named = set()
    for operation in leading_keys.operations(body):
        named |= named_by(operation)
    return sorted(named) or None


def named_by(operation):
    named = set(operation.get("Key", {})) | set(operation.get("Item", {})) | set(operation.get("AttributesToGet", []))
    names = operation.get("ExpressionAttributeNames", {})
    for expression in EXPRESSIONS:
        named |= {names.get(name, name) for name in words(operation.get(expression, ""))}
    return named


def words(expression):
    """The names that start a path in an expression: no values, no functions, no keywords, no nested names."""
    found = re.findall(r"(?<![\w:#.-])([#A-Za-z_][\w-]*)", expression)
    return {word for word in found if word.lower() not in WORDS_OF_EXPRESSIONS | FUNCTIONS}


def select(body):
    """What a read takes of each item: the strongest that any of its operations asks for. None for writes."""
    asked = {selected_by(operation) for operation in leading_keys.operations(body)} - {None}
    if len(asked) > 1:
        return "ALL_ATTRIBUTES"
    return asked.pop() if asked else None


def selected_by(operation):
    if "Item" in operation or "UpdateExpression" in operation:
        return None
    if "Select" in operation:
        return operation["Select"]
    if operation.get("ProjectionExpression") or operation.get("AttributesToGet"):
        return "SPECIFIC_ATTRIBUTES"
    return "ALL_ATTRIBUTES"
