"""A small HTTP and WebSocket client for checks: one JSON call, one form upload, one socket."""
import base64
import json
import socket
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from contextlib import contextmanager

import wsproto
from wsproto.events import AcceptConnection, CloseConnection, RejectConnection, Request, TextMessage

TIMEOUT_SECONDS = 30


def call(method, url, body=None, token=None, headers=None):
    """Sends a request and returns status and body: JSON where it is JSON, else text."""
    sent = {"content-type": "application/json"} if body is not None else {}
    if token:
        sent["authorization"] = f"Bearer {token}"
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data=data, method=method, headers={**sent, **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as reply:
            return reply.status, content(reply.read())
    except urllib.error.HTTPError as error:
        return error.code, content(error.read())


def content(raw):
    text = raw.decode("utf-8", "replace")
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def upload(url, fields, name, data, content_type):
    """Posts a form with one file, as a browser does with a presigned form of S3. Returns the status."""
    boundary = uuid.uuid4().hex
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in fields.items()]
    parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                 f"Content-Type: {content_type}\r\n\r\n".encode() + data + f"\r\n--{boundary}--\r\n".encode())
    request = urllib.request.Request(url, data=b"".join(parts), method="POST",
                                     headers={"content-type": f"multipart/form-data; boundary={boundary}"})
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as reply:
        return reply.status


class Socket:
    """An open WebSocket that speaks JSON messages."""

    def __init__(self, connection, protocol):
        self._connection, self._protocol, self._messages = connection, protocol, []

    def send(self, kind, data):
        text = json.dumps({"type": kind, "data": data})
        self._connection.sendall(self._protocol.send(TextMessage(data=text)))

    def wait_for(self, kind, seconds):
        """Returns the next message of a kind; raises TimeoutError if none comes in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in self._messages:
                if message.get("type") == kind:
                    self._messages.remove(message)
                    return message
            self._read(deadline)
        raise TimeoutError(f"no message `{kind}` within {seconds} s")

    def _read(self, deadline):
        self._connection.settimeout(max(0.05, deadline - time.monotonic()))
        data = self._connection.recv(65536)
        self._protocol.receive_data(data or None)
        for event in self._protocol.events():
            if isinstance(event, TextMessage):
                self._messages.append(json.loads(event.data))
            elif isinstance(event, (CloseConnection, RejectConnection)):
                raise ConnectionError(f"the socket was closed: {event}")


@contextmanager
def websocket(url, subprotocols):
    """Opens a WebSocket and closes it at the end."""
    parts = urllib.parse.urlsplit(url)
    port = parts.port or (443 if parts.scheme == "wss" else 80)
    connection = socket.create_connection((parts.hostname, port), timeout=TIMEOUT_SECONDS)
    try:
        if parts.scheme == "wss":
            connection = ssl.create_default_context().wrap_socket(connection, server_hostname=parts.hostname)
        protocol = wsproto.WSConnection(wsproto.ConnectionType.CLIENT)
        connection.sendall(protocol.send(Request(host=parts.netloc, target=parts.path or "/", subprotocols=subprotocols)))
        accept(connection, protocol)
        yield Socket(connection, protocol)
    finally:
        connection.close()


def accept(connection, protocol):
    while True:
        protocol.receive_data(connection.recv(65536) or None)
        for event in protocol.events():
            if isinstance(event, AcceptConnection):
                return
            if isinstance(event, (RejectConnection, CloseConnection)):
                raise ConnectionError(f"the socket was refused: {getattr(event, 'status_code', event)}")


def random_password():
    return base64.urlsafe_b64encode(uuid.uuid4().bytes + uuid.uuid4().bytes).decode()
