"""Faults on demand: the next N matching AWS calls fail, are slow, or lose their answer.

A fault is JSON: {"service": "dynamodb", "operation": "PutItem", "error": "ThrottlingException", "count": 3}.
    operation   default "*", every operation of the service
    error       the AWS error; leave it out to only delay the call
    count       default 1; calls, or entries if "partial" is true
    keyPrefix   only requests that name a DynamoDB partition key with this prefix
    contains    only requests whose body contains this text
    when        "before" (default): the call has no effect. "after": it takes effect and its answer is lost
    delayMs     wait so long before the call ("after": before its answer); a caller that is killed meanwhile ends it
    partial     PutEvents only: the first `count` entries fail, the others are published
    status, message, fields   override the HTTP status and the text, and add to the error's body
"""
import asyncio
import json
import threading
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from ministack.services import eventbridge

from .. import leading_keys
from ..patching import replace
from .asgi import header, read_body, replay, send_json
from .aws_errors import send_error

SERVICES = ("dynamodb", "events", "execute-api", "payments", "paypal", "rekognition", "s3", "sesv2", "sns", "sqs", "ssm",
            "states", "vision")
CONNECTION_OPERATIONS = {"POST": "PostToConnection", "DELETE": "DeleteConnection", "GET": "GetConnection"}
SIGNED_AS = {"ses": "sesv2"}  # a signature names SES without its version

_faults = []
_lock = threading.Lock()


@dataclass
class Fault:
    service: str
    operation: str = "*"
    error: str | None = None
    count: int = 1
    keyPrefix: str | None = None
    contains: str | None = None
    when: str = "before"
    delayMs: int = 0
    partial: bool = False
    status: int | None = None
    message: str = "Injected by a test."
    fields: dict = field(default_factory=dict)

    def __post_init__(self):
        if self.service not in SERVICES:
            raise ValueError(f"service must be one of {', '.join(SERVICES)}")
        if self.count < 1 or self.when not in ("before", "after"):
            raise ValueError('count must be at least 1 and when "before" or "after"')
        if not self.error and (not self.delayMs or self.partial):
            raise ValueError("a fault needs an error or a delayMs, and a partial one needs an error")

    def matches(self, service, operation, body):
        return (self.service == service and self.operation in ("*", operation)
                and (self.contains is None or self.contains.encode() in body)
                and (self.keyPrefix is None or names_key(body, self.keyPrefix)))


@dataclass
class Call:
    service: str
    operation: str | None  # None: only the body tells


def install():
    replace(eventbridge, "_put_events", "data allow_aws_source")(put_events)


def names_key(body, prefix):
    try:
        keys = leading_keys.leading_keys(json.loads(body), leading_keys.partition_key)
    except (ValueError, AttributeError, KeyError):
        return False
    return any(key.startswith(prefix) for key in keys)


# --- The requests that one AWS call makes ------------------------------------------------------------------------


def call_of(scope):
    """The service from the signature, the operation from the target header or the path."""
    credential = header(scope, "authorization").partition("Credential=")[2].split(",")[0].split("/")
    service = credential[3] if len(credential) > 3 else ""
    return Call(SIGNED_AS.get(service, service), operation_of(scope, service))


def operation_of(scope, service):
    if target := header(scope, "x-amz-target"):
        return target.rpartition(".")[2]
    if scope["method"] == "POST" and scope["path"] == "/v2/email/outbound-emails":
        return "SendEmail"
    if "/@connections/" in scope["path"]:
        return CONNECTION_OPERATIONS.get(scope["method"])
    if service == "s3":
        return s3_operation(scope)
    return None


def s3_operation(scope):
    """Of calls on objects, which the method tells; those on buckets are named after none."""
    is_object = len(scope["path"].strip("/").split("/")) > 1
    return f"{scope['method'].capitalize()}Object" if is_object else "Bucket"


def watches(call):
    return any(fault.service == call.service and not fault.partial for fault in list(_faults))


def take(call, body):
    """The fault that this call meets, counted; None if it meets none."""
    operation = call.operation or parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0]
    return consume(lambda fault: not fault.partial and fault.matches(call.service, operation, body))


def consume(wanted, most=1):
    """Take up to `most` units of the first wanted fault; returns a fault with that count, or None."""
    with _lock:
        fault = next((fault for fault in _faults if wanted(fault)), None)
        if fault is None:
            return None
        taken = min(most, fault.count)
        fault.count -= taken
        if fault.count == 0:
            _faults.remove(fault)
        return Fault(**{**vars(fault), "count": taken})


async def serve(fault, ministack, scope, body, receive, send):
    if fault is None:
        return await ministack(scope, replay(body, receive), send)
    answer = []
    if fault.when == "after":
        await ministack(scope, replay(body, receive), keep_in(answer))
    if await caller_is_gone(receive, fault.delayMs / 1000):
        return None  # a call that had not taken effect yet never will
    if fault.error:
        return await send_error(send, fault)
    if fault.when == "before":
        return await ministack(scope, replay(body, receive), send)
    for message in answer:
        await send(message)


async def caller_is_gone(receive, seconds):
    """Wait for so long; true as soon as the caller has closed the connection."""
    if not seconds:
        return False
    closed = asyncio.ensure_future(receive())
    await asyncio.wait([closed], timeout=seconds)
    if closed.done():
        return closed.result()["type"] == "http.disconnect"
    closed.cancel()
    return False


def keep_in(messages):
    async def keep(message):
        messages.append(message)
    return keep


def put_events(publish, data, allow_aws_source=False):
    """PutEvents whose first entries fail while the others are published."""
    entries = data.get("Entries", [])
    body = json.dumps(data).encode()
    fault = consume(lambda fault: fault.partial and fault.matches("events", "PutEvents", body), most=len(entries))
    if fault is None:
        return publish(data, allow_aws_source)
    status, headers, answer = publish({**data, "Entries": entries[fault.count:]}, allow_aws_source)
    published = json.loads(answer)
    failed = [{"ErrorCode": fault.error, "ErrorMessage": fault.message}] * fault.count
    return status, headers, json.dumps({"FailedEntryCount": published["FailedEntryCount"] + fault.count,
                                        "Entries": failed + published["Entries"]}).encode()


# --- /_local/faults ----------------------------------------------------------------------------------------------


async def add(_scope, receive, send):
    try:
        fault = Fault(**json.loads(await read_body(receive)))
    except (ValueError, TypeError) as error:
        return await send_json(send, 400, {"message": f"Not a fault: {error}"})
    with _lock:
        _faults.append(fault)
    await send_json(send, 201, vars(fault))


async def show(_scope, _receive, send):
    with _lock:
        remaining = [vars(fault).copy() for fault in _faults]
    await send_json(send, 200, remaining)


async def clear(_scope, _receive, send):
    with _lock:
        _faults.clear()
    await send_json(send, 200, [])
