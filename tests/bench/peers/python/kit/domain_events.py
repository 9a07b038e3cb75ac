import json
from datetime import datetime
from typing import Any, Protocol

from . import times
from .ids import new_id


class Cause(Protocol):
    """Who asked, for the events that a request causes."""

    correlation_id: str
    caller_id: str | None


def envelope(cause: Cause, at: datetime, type: str, subject: str, data: dict[str, Any]) -> dict:
    """What every published event is wrapped in."""
    return {
        "id": new_id(),
        "type": type,
        "version": 1,
        "occurredAt": times.write(at),
        "correlationId": cause.correlation_id,
        "actor": {"kind": "user", "id": cause.caller_id} if cause.caller_id else {"kind": "anonymous"},
        "subject": subject,
        "data": data,
    }


def outbox(*events: dict) -> str:
    return json.dumps(events, separators=(",", ":"), ensure_ascii=False, default=int)
