"""Endpoints behind an HTTP API."""
import base64
import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from . import table
from .problem import Problem, invalid
from .telemetry import Usage, logger, report

MAX_BODY_BYTES = 256 * 1024
MAX_CORRELATION_CHARS = 64
MAX_KEY_CHARS = 128
DEFAULT_LIMIT = 20
MAX_LIMIT = 100
IS_PRODUCTION = os.environ["STAGE"] == "prod"


class Body(BaseModel):
    """A request's JSON body: what it does not name is refused."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")


B = TypeVar("B", bound=Body)


@dataclass
class Request:
    event: dict
    request_id: str
    correlation_id: str
    source_ip: str
    caller_id: str | None = None

    def header(self, name: str) -> str | None:
        return self.event["headers"].get(name)


@dataclass
class Reply:
    status: int
    body: Any
    location: str | None = None


def endpoint(handle: Callable[[Request], Reply]) -> Callable[[dict, Any], dict]:
    """An endpoint as a Lambda function: whatever happens, the answer is a response and the log gets a line."""

    def handler(event: dict, _context: Any) -> dict:
        started, usage = time.perf_counter(), table.new_meter()
        request = _request_of(event)
        problem = None
        try:
            reply = handle(request)
            status, headers = reply.status, {"content-type": "application/json"}
            if reply.location:
                headers["location"] = reply.location
            body = json.dumps(reply.body, separators=(",", ":"), ensure_ascii=False, default=int)
        except Exception as error:
            problem = _problem_of(error)
            status, headers, body = problem.status, problem.headers(), problem.body(request.request_id)
        duration = _report(request, status, problem, started, usage)
        headers |= {
            "x-request-id": request.request_id,
            "x-correlation-id": request.correlation_id,
            "cache-control": "no-store",
            "x-content-type-options": "nosniff",
        }
        if not IS_PRODUCTION:
            headers["server-timing"] = f'total;dur={duration}, dynamodb;desc="{usage}"'
        return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}

    return handler


def _request_of(event: dict) -> Request:
    context = event["requestContext"]
    asked = event["headers"].get("x-correlation-id", "")
    # Ids go to logs and events: nothing in them may look like something else.
    is_plain = len(asked) <= MAX_CORRELATION_CHARS and re.fullmatch(r"[A-Za-z0-9_.:-]+", asked)
    request_id = context["requestId"]
    return Request(event, request_id, asked if is_plain else request_id, context["http"]["sourceIp"])


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    text = f"{type(error).__name__}: {error}"
    others = isinstance(error, (table.Contended, BotoCoreError))
    if others or isinstance(error, ClientError) and table.is_transient(error):
        return Problem(503, "service.unavailable", "Service temporarily unavailable", retry_after=1, internal=text)
    logger.exception("an unexpected error")
    return Problem(500, "service.failed", "Internal server error", internal=text)


def _report(request: Request, status: int, problem: Problem | None, started: float, usage: Usage) -> float:
    return report(
        started,
        usage,
        "failed" if status >= 500 else "refused" if status >= 400 else "ok",
        trigger="http",
        requestId=request.request_id,
        correlationId=request.correlation_id,
        callerId=request.caller_id,
        status=status,
        code=problem and problem.code,
        error=problem and problem.internal,
    )


def read_body(request: Request, model: type[B]) -> B:
    """The request's JSON body. What is wrong with it is named field by field."""
    media_type = (request.header("content-type") or "").split(";")[0].strip().lower()
    if media_type != "application/json":
        raise Problem(415, "request.not_json", "Content-Type must be application/json")
    text = request.event.get("body") or ""
    data = base64.b64decode(text) if request.event.get("isBase64Encoded") else text.encode()
    if len(data) > MAX_BODY_BYTES:
        raise Problem(413, "request.too_large", "Request body too large",
                      detail=f"The limit is {MAX_BODY_BYTES} bytes.")
    try:
        return model.model_validate_json(data)
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        if wrong[0]["type"] == "json_invalid":
            detail = f"the body is not valid JSON: {wrong[0]['msg']}"
            raise Problem(400, "request.unreadable", "Malformed request", detail=detail) from error
        raise invalid(
            *({"field": ".".join(map(str, one["loc"])) or "body", "message": one["msg"]} for one in wrong)
        ) from error


def idempotency_key(request: Request) -> str:
    """The client's name for this attempt."""
    key = request.header("idempotency-key")
    if key is None:
        raise Problem(400, "request.idempotency_key_missing", "Idempotency-Key header required")
    if len(key) > MAX_KEY_CHARS or not re.fullmatch(r"[!-~]+", key):
        message = f"must be 1 to {MAX_KEY_CHARS} visible ASCII characters"
        raise invalid({"field": "Idempotency-Key", "message": message})
    return key


def page(request: Request) -> tuple[int, str | None]:
    """Which page of a list is asked for: `?limit=20&cursor=…`."""
    asked = request.event.get("queryStringParameters") or {}
    text, encoded, errors = asked.get("limit"), asked.get("cursor"), []
    limit = DEFAULT_LIMIT if text is None else int(text) if re.fullmatch(r"\d{1,3}", text) else 0
    if not 1 <= limit <= MAX_LIMIT:
        errors.append({"field": "limit", "message": f"must be a number from 1 to {MAX_LIMIT}"})
    cursor = None
    if encoded is not None:
        try:
            cursor = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
        except ValueError:
            cursor = ""
        if not cursor:
            errors.append({"field": "cursor", "message": "is not a cursor that this list gave"})
    if errors:
        raise invalid(*errors)
    return limit, cursor


def encode_cursor(sort_key: str | None) -> str | None:
    return None if sort_key is None else base64.urlsafe_b64encode(sort_key.encode()).decode().rstrip("=")
