"""The little of ASGI that the front needs: reading a request, answering it, passing it on."""
import json
from urllib.parse import parse_qs

MAX_BODY_BYTES = 16 * 1024 * 1024


def header(scope, name):
    wanted = name.lower().encode()
    return next((value.decode("latin-1") for key, value in scope["headers"] if key.lower() == wanted), "")


def query(scope):
    """The query parameters, the first value of each."""
    return {key: values[0] for key, values in parse_qs(scope.get("query_string", b"").decode()).items()}


async def read_body(receive):
    parts, size = [], 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY_BYTES:
            raise ValueError("the request is too large")
        if not message.get("more_body"):
            return b"".join(parts)


def replay(body, receive):
    """A receive function for a request whose body has been read already."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def again():
        return messages.pop() if messages else await receive()

    return again


# Of the local pages, which show mails in frames of their own. The functions' responses bring their own headers.
SECURITY_HEADERS = [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"),
                    ("content-security-policy", "frame-ancestors 'self'; base-uri 'none'; object-src 'none'")]


async def send_bytes(send, status, body, content_type, headers=()):
    fields = [("content-type", content_type), ("content-length", str(len(body))), ("cache-control", "no-store"),
              *SECURITY_HEADERS, *headers]
    await send({"type": "http.response.start", "status": status,
                "headers": [(key.encode(), value.encode()) for key, value in fields]})
    await send({"type": "http.response.body", "body": body})


async def send_json(send, status, value, headers=()):
    await send_bytes(send, status, json.dumps(value).encode(), "application/json", headers)


async def send_page(send, html):
    await send_bytes(send, 200, html, "text/html; charset=utf-8")
