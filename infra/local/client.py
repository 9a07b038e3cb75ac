"""JSON requests to a deployment."""
import http.client
import json
import threading
import urllib.parse

TIMEOUT_SECONDS = 30


class Refused(OSError):
    """The deployment answered with a problem."""

    def __init__(self, request, status, text):
        super().__init__(f"{request}: {status} {text}")
        self.status = status


class Client:
    """Requests with the token of one user, over one connection per thread."""

    def __init__(self, url, token=None):
        self._address = urllib.parse.urlsplit(url).netloc
        self._token = token
        self._local = threading.local()

    def anonymous(self):
        """The same without the token."""
        return Client(f"http://{self._address}")

    def get(self, path):
        return self.send("GET", path)[0]

    def put(self, path, body=None, etag=None):
        return self.send("PUT", path, body, **({"if-match": etag} if etag else {}))[0]

    def post(self, path, body, key):
        return self.send("POST", path, body, **{"idempotency-key": key})[0]

    def send(self, method, path, body=None, **headers):
        """The answer as JSON, None if it is empty, and its entity tag."""
        if body is not None:
            headers["content-type"] = "application/json"
        if self._token:
            headers["authorization"] = f"Bearer {self._token}"
        data = None if body is None else json.dumps(body).encode()
        answer, text = self._answer(method, path, data, headers)
        if answer.status >= 400:
            raise Refused(f"{method} {path}", answer.status, text.decode(errors="replace"))
        return json.loads(text) if text else None, answer.headers["etag"]

    def _answer(self, method, path, data, headers):
        """Once more if a connection that was idle for long is closed by the other side: every request here is idempotent."""
        reused = hasattr(self._local, "connection") and self._local.connection.sock is not None
        try:
            return self._ask(method, path, data, headers)
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected) as error:
            if not reused:
                raise OSError(f"{method} {path}: {error!r}") from error
        return self._answer(method, path, data, headers)

    def _ask(self, method, path, data, headers):
        if not hasattr(self._local, "connection"):
            self._local.connection = http.client.HTTPConnection(self._address, timeout=TIMEOUT_SECONDS)
        try:
            self._local.connection.request(method, path, data, headers)
            answer = self._local.connection.getresponse()
            return answer, answer.read()
        except (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected):
            self._local.connection.close()
            raise
        except (OSError, http.client.HTTPException) as error:
            self._local.connection.close()
            raise OSError(f"{method} {path}: {error!r}") from error
