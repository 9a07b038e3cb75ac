"""A stand-in for Rekognition, which MiniStack does not have: it finds nothing in a picture, or what a test told it to.

    POST /_local/moderation {"labels": ["Violence"], "confidence": 99, "count": 1, "sha256": "<of the picture's bytes>"}

Without `sha256` the next pictures are flagged, whosever they are. Like Rekognition it takes JPEG and PNG of at most 5 MB, and
asks for the caller's permission.
"""
import base64
import hashlib
import json
import threading
from dataclasses import dataclass

from ministack.core import iam_evaluator

from ..delivery_permissions import Forbidden, check_role
from .asgi import header, read_body, send_bytes, send_json

SERVICE = "rekognition"
OPERATION = "DetectModerationLabels"
ACTION = "rekognition:DetectModerationLabels"
MAX_IMAGE_BYTES = 5 * 1024 * 1024
STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
MODEL_VERSION = "7.0"

_flags = []
_lock = threading.Lock()


@dataclass
class Flag:
    labels: list
    confidence: float = 99.0
    count: int = 1
    sha256: str | None = None

    def __post_init__(self):
        if not self.labels or self.count < 1:
            raise ValueError("a flag needs labels, and a count of at least 1")


class Refused(Exception):
    """An error as the service names it."""


async def serve(scope, receive, send):
    """Answer one signed call."""
    try:
        if header(scope, "x-amz-target").rpartition(".")[2] != OPERATION:
            raise Refused("UnknownOperationException")
        authorize(header(scope, "authorization"), ACTION, "*")
        answer = detect(json.loads(await read_body(receive)))
    except Refused as error:
        return await send_bytes(send, 400, json.dumps({"__type": str(error)}).encode(), "application/x-amz-json-1.1")
    await send_bytes(send, 200, json.dumps(answer).encode(), "application/x-amz-json-1.1")


def authorize(authorization, action, resource):
    """Whether the role of the function that signed the call may make it; the root account's key is no session."""
    key = authorization.partition("Credential=")[2].split("/")[0]
    caller = iam_evaluator.resolve_caller_identity(key)
    if caller is None:
        raise Refused("UnrecognizedClientException")
    if caller["session"] is None:
        return
    role = caller["userArn"].split("/")[1]
    try:
        check_role(role, (action,), resource)
    except Forbidden as error:
        raise Refused("AccessDeniedException") from error


def detect(request):
    image = base64.b64decode(request.get("Image", {}).get("Bytes", ""))
    if len(image) > MAX_IMAGE_BYTES:
        raise Refused("ImageTooLargeException")
    if not image.startswith(STARTS):
        raise Refused("InvalidImageFormatException")
    flag = take(hashlib.sha256(image).hexdigest())
    found = flag is not None and flag.confidence >= request.get("MinConfidence", 50)
    labels = [{"Name": name, "ParentName": "", "Confidence": flag.confidence, "TaxonomyLevel": 1}
              for name in flag.labels] if found else []
    return {"ModerationLabels": labels, "ModerationModelVersion": MODEL_VERSION, "ContentTypes": []}


def take(digest):
    """The first flag for this picture, counted."""
    with _lock:
        flag = next((flag for flag in _flags if flag.sha256 in (None, digest)), None)
        if flag is not None:
            flag.count -= 1
            if flag.count == 0:
                _flags.remove(flag)
        return flag


# --- /_local/moderation --------------------------------------------------------------------------------------------


async def add(_scope, receive, send):
    try:
        flag = Flag(**json.loads(await read_body(receive)))
    except (ValueError, TypeError) as error:
        return await send_json(send, 400, {"message": f"Not a flag: {error}"})
    with _lock:
        _flags.append(flag)
    await send_json(send, 201, vars(flag))


async def show(_scope, _receive, send):
    with _lock:
        await send_json(send, 200, [vars(flag) for flag in _flags])


async def clear(_scope, _receive, send):
    with _lock:
        _flags.clear()
    await send_json(send, 200, [])
