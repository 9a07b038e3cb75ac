"""IAM conditions on what a request says: MiniStack takes them for absent."""
import contextvars
import functools
import json
from email.utils import parseaddr

from ministack import app
from ministack.core import iam_evaluator

from . import attributes, leading_keys
from .patching import replace

# Nothing leaves this machine, so plain HTTP stands for TLS: a bucket that insists on it works.
SECURE_TRANSPORT = "aws:securetransport"



class Request:
    """The body of a request, and what conditions have asked of it: every statement of a role asks the same."""

    def __init__(self, body):
        self._body, self._values = body, {}

    def value(self, key):
        if key not in self._values:
            self._values[key] = CONDITIONS[key](self._json)
        return self._values[key]

    @functools.cached_property
    def _json(self):
        return json.loads(self._body or b"{}")


_request = contextvars.ContextVar("request", default=Request(b""))


def install():
    replace(app, "pin_signed_body", "body")(remember_body)
    replace(iam_evaluator, "_resolve_condition_key", "key ctx")(resolve_condition_key)


def remember_body(pin, body):
    _request.set(Request(body))
    pin(body)


def resolve_condition_key(resolve, key, context):
    lower = key.lower()
    if lower == SECURE_TRANSPORT:
        return "true"
    return _request.get().value(lower) if lower in CONDITIONS else resolve(key, context)


def partition_keys(request):
    return sorted(leading_keys.leading_keys(request, leading_keys.partition_key)) or None


def of_entries(field):
    """One value if all entries of a PutEvents agree, else a list."""
    def values(request):
        found = sorted({entry.get(field, "") for entry in request.get("Entries", [])})
        return found[0] if len(found) == 1 else found
    return values


def from_address(request):
    return parseaddr(request.get("FromEmailAddress", ""))[1] or None


CONDITIONS = {
    "dynamodb:attributes": attributes.attributes,
    "dynamodb:leadingkeys": partition_keys,
    "dynamodb:select": attributes.select,
    "events:detail-type": of_entries("DetailType"),
    "events:source": of_entries("Source"),
    "ses:fromaddress": from_address,
}
