"""A sandbox of the models that look at pictures: a model server, and the custom labels of Rekognition.

    POST   /_local/vision/look       the model server, which the local deployment calls
    POST   /_local/vision/account    {"secret"}: the token that the model server accepts
    GET    /_local/vision            the latest looks, oldest first, and the answers that wait for their picture
    POST   /_local/vision            an answer for one picture or, without `sha256`, for the next ones
    DELETE /_local/vision            forgets the answers that wait

An answer is JSON: {"suggestions": [{"name": "Danio rerio", "confidence": 0.9}], "count": 1, "sha256": "<of the picture's bytes>"}.
    status      another HTTP status than 200; Rekognition answers 400 with an error
    body        a text instead of an answer, for example of a broken proxy

Without an answer, a picture shows two tetras, or a strip with nitrate and pH. `DetectCustomLabels` looks at a test strip if the ARN of the
model contains `strip`. Faults have the service `vision` and the operation `Look`, or the service `rekognition` and the operation
`DetectCustomLabels`.
"""
import base64
import hashlib
import json
import re
import threading
from collections import deque
from dataclasses import dataclass

from . import faults, moderation
from .asgi import header, read_body, send_bytes, send_json

SERVICE = "vision"
PATH = "/_local/vision/look"
OPERATION = "DetectCustomLabels"
ACTION = "rekognition:DetectCustomLabels"
ACTIONS = ("account",)
MODEL = re.compile(r"arn:aws:rekognition:[a-z0-9-]+:[0-9]+:project/[^*?]+")
MAX_LOOKS = 1_000
MAX_IMAGE_BYTES = 4 * 1024 * 1024
KINDS = {
    "species": [{"name": "Paracheirodon innesi", "confidence": 0.93}, {"name": "Paracheirodon axelrodi", "confidence": 0.41}],
    "test_strip": [{"parameter": "nitrate", "value": "25", "unit": "mg_l_as_no3", "confidence": 0.82},
                   {"parameter": "ph", "value": "6.8", "unit": "ph", "confidence": 0.9}],
}

_account = {}
_answers = []
_looks = deque(maxlen=MAX_LOOKS)
_lock = threading.Lock()


@dataclass
class Answer:
    suggestions: list | None = None
    count: int = 1
    sha256: str | None = None
    status: int = 200
    body: str | None = None

    def __post_init__(self):
        if self.count < 1:
            raise ValueError("an answer needs a count of at least 1")
        if self.suggestions is None and self.body is None and self.status == 200:
            raise ValueError("an answer needs suggestions, a body or another status than 200")


def looked_at(image, kind, identification):
    """The answer for a picture, counted and noted."""
    digest = hashlib.sha256(image).hexdigest()
    with _lock:
        answer = next((answer for answer in _answers if answer.sha256 in (None, digest)), None)
        if answer is not None:
            answer.count -= 1
            if answer.count == 0:
                _answers.remove(answer)
        answer = answer or Answer(KINDS[kind])
        _looks.append({"sha256": digest, "kind": kind, "identification": identification, "status": answer.status})
        return answer


# --- The model server ----------------------------------------------------------------------------------------------


async def serve(scope, receive, send):
    """One look, with the fault that it meets."""
    body = await read_body(receive)
    fault = faults.take(faults.Call(SERVICE, "Look"), body)
    await faults.serve(fault, look, scope, body, receive, send)


async def look(scope, receive, send):
    body = await read_body(receive)
    if header(scope, "authorization") != f"Bearer {_account.get('secret')}":
        return await send_json(send, 401, {"message": "The token is not valid."})
    try:
        asked = json.loads(body)
        kind, image = asked["kind"], base64.b64decode(asked["picture"], validate=True)
        suggestions = KINDS[kind]
    except (ValueError, KeyError, TypeError):
        return await send_json(send, 404, {"message": "There is no such request."})
    if not image.startswith(moderation.STARTS[0]) or asked.get("contentType") != "image/jpeg":
        return await send_json(send, 415, {"message": "The picture is not a JPEG."})
    answer = looked_at(image, kind, header(scope, "idempotency-key"))
    if answer.body is not None:
        return await send_bytes(send, answer.status, answer.body.encode(), "text/html")
    await send_json(send, answer.status, {"suggestions": suggestions if answer.suggestions is None else answer.suggestions})


# --- Rekognition ---------------------------------------------------------------------------------------------------


async def serve_custom_labels(scope, receive, send):
    """One signed call of `DetectCustomLabels`."""
    try:
        asked = json.loads(await read_body(receive))
        moderation.authorize(header(scope, "authorization"), ACTION, asked.get("ProjectVersionArn", ""))
        status, answer = 200, custom_labels(asked)
    except moderation.Refused as error:
        status, answer = 400, {"__type": str(error)}
    except (ValueError, AttributeError, TypeError):
        status, answer = 400, {"__type": "InvalidParameterException"}
    # A text is sent as it is, like that of a broken proxy.
    body = answer if isinstance(answer, str) else json.dumps(answer)
    await send_bytes(send, status, body.encode(), "application/x-amz-json-1.1")


def custom_labels(asked):
    model = asked.get("ProjectVersionArn", "")
    if not MODEL.fullmatch(model):
        raise moderation.Refused("ResourceNotFoundException")
    image = base64.b64decode(asked.get("Image", {}).get("Bytes", ""), validate=True)
    if len(image) > MAX_IMAGE_BYTES:
        raise moderation.Refused("ImageTooLargeException")
    if not image.startswith(moderation.STARTS):
        raise moderation.Refused("InvalidImageFormatException")
    answer = looked_at(image, "test_strip" if "strip" in model else "species", None)
    if answer.body is not None:
        return answer.body
    if answer.status != 200:
        raise moderation.Refused("InternalServerError" if answer.status >= 500 else "InvalidImageFormatException")
    least = asked.get("MinConfidence", 0)
    labels = [{"Name": name_of(one), "Confidence": one["confidence"] * 100} for one in answer.suggestions]
    return {"CustomLabels": [label for label in labels if label["Confidence"] >= least][:asked.get("MaxResults", 100)]}


def name_of(suggestion):
    """A model of Rekognition knows names only."""
    return suggestion.get("name") or f"{suggestion['parameter']}={suggestion['value']} {suggestion['unit']}"


# --- /_local/vision ------------------------------------------------------------------------------------------------


async def act(_name, _scope, receive, send):
    _account.update(json.loads(await read_body(receive)))
    await send_json(send, 200, {})


async def add(_scope, receive, send):
    try:
        answer = Answer(**json.loads(await read_body(receive)))
    except (ValueError, TypeError) as error:
        return await send_json(send, 400, {"message": f"Not an answer: {error}"})
    with _lock:
        _answers.append(answer)
    await send_json(send, 201, vars(answer))


async def show(_scope, _receive, send):
    with _lock:
        seen = {"looks": list(_looks), "answers": [vars(answer).copy() for answer in _answers]}
    await send_json(send, 200, seen)


async def clear(_scope, _receive, send):
    with _lock:
        _answers.clear()
    await send_json(send, 200, {})
