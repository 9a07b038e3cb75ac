"""`make smoke STAGE=`: uses a deployment as an app does and reports each step. The account that it makes is deleted at the end.

E-mail goes to the SES mailbox simulator, so nothing here needs an inbox. One run takes about a minute.
"""
import os
import struct
import time
import uuid
import zlib

from . import account as accounts, http, queues, settings, stacks
from .failure import Failed

EVENT_SECONDS = 90
SETTLE_SECONDS = 120


def run(options):
    core, packs = settings.read(options.config, options.stage)
    account = accounts.Account(core)
    outputs = stacks.outputs(stacks.required(account, core.stack))
    sections = [section for section in settings.chosen(options.packs, packs) if stacks.describe(account, section.stack)]
    check = Smoke(account, core, outputs, sections)
    print(f"Account {account.id}, region {core.region}, stage {core.stage}: {check.url}")
    return check.run()


class Smoke:
    def __init__(self, account, core, outputs, sections):
        self.account, self.core, self.sections = account, core, sections
        self.url, self.socket_url = base_url(outputs), socket_url(outputs)
        self.email = f"success+atoll-{uuid.uuid4().hex[:12]}@simulator.amazonses.com"
        self.password, self.token, self.failed = http.random_password(), None, 0

    def run(self):
        before = queues.dead(self.account, self.core.stage)
        steps = [("health", self.health), ("public pages", self.pages), ("register and sign in", self.sign_in),
                 ("event to WebSocket", self.socket), ("picture", self.picture),
                 *((f"pack {section.pack}", lambda section=section: self.pack(section)) for section in self.sections)]
        for name, step in steps:
            self.attempt(name, step)
        self.attempt("delete the account", self.delete)
        self.attempt("queues", lambda: self.settled(before))
        print("The deployment works." if not self.failed else f"{self.failed} steps failed.")
        return 1 if self.failed else 0

    def attempt(self, name, step):
        started = time.monotonic()
        try:
            step()
            print(f"  ✓ {name} ({time.monotonic() - started:.1f} s)")
        except (Failed, OSError, KeyError, TypeError) as error:
            self.failed += 1
            print(f"  ✗ {name}: {error}")

    def expect(self, status, method, path, body=None, headers=None, base=None):
        found, answer = http.call(method, f"{base or self.url}{path}", body, self.token, headers)
        if found != status:
            detail = answer.get("detail") or answer.get("code") if isinstance(answer, dict) else answer
            raise Failed(f"{method} {path} answered {found}, expected {status}: {detail}")
        return answer

    def health(self):
        self.expect(200, "GET", "/v1/health")

    def pages(self):
        for path in ("/v1", "/v1/openapi.json", "/v1/docs", "/v1/.well-known/jwks.json"):
            self.expect(200, "GET", path)
        self.expect(404, "GET", "/v1/no-such-path")

    def sign_in(self):
        device = {"name": "Smoke test", "platform": "web"}
        body = {"email": self.email, "password": self.password, "name": "Smoke test", "device": device}
        self.expect(201, "POST", "/v1/auth/register", body)
        reply = self.expect(200, "POST", "/v1/auth/login", {key: body[key] for key in ("email", "password", "device")})
        self.token = reply["tokens"]["accessToken"]
        self.expect(200, "GET", "/v1/users/me")

    def socket(self):
        """A changed password is an event that goes through table, stream, bus, two consumers and the socket."""
        with http.websocket(self.socket_url, ["atoll.v1", self.token]) as socket:
            socket.send("resume", {})
            socket.wait_for("resumed", EVENT_SECONDS)
            changed = http.random_password()
            self.expect(204, "POST", "/v1/users/me/password", {"currentPassword": self.password, "newPassword": changed})
            self.password = changed
            socket.wait_for("notification", EVENT_SECONDS)

    def picture(self):
        image = png(64, 64)
        asked = {"purpose": "photo", "contentType": "image/png", "bytes": len(image)}
        made = self.expect(201, "POST", "/v1/media", asked, {"idempotency-key": uuid.uuid4().hex})
        form = made["upload"]
        http.upload(form["url"], form["fields"], "smoke.png", image, "image/png")
        path = f"/v1/media/{(made.get('media') or made)['id']}"
        status = self.until(lambda: self.expect(200, "GET", path)["status"],
                            lambda status: status in ("published", "rejected"), "the picture was not processed")
        if status != "published":
            raise Failed("the picture was rejected")

    def pack(self, section):
        """Every list of the pack answers, found in the pack's own OpenAPI document."""
        base = base_url(stacks.outputs(stacks.required(self.account, section.stack)))
        document = self.expect(200, "GET", f"/v1/{section.pack}/openapi.json", base=base)
        paths = [path for path, methods in document["paths"].items() if callable_without_input(path, methods.get("get"))]
        if not paths:
            raise Failed("the document names no operation that can be called without input")
        for path in paths:
            status, answer = http.call("GET", f"{base}{path}", token=self.token)
            if status >= 500 or status in (401, 404):
                raise Failed(f"GET {path} answered {status}: {answer}")

    def delete(self):
        self.expect(204, "DELETE", "/v1/users/me", {"password": self.password})

    def settled(self, before):
        """Every consumer has taken its messages, and none ended as a dead letter."""
        self.until(lambda: queues.waiting(self.account, self.core.stage), lambda waiting: not waiting, "messages still wait")
        new = {name: count for name, count in queues.dead(self.account, self.core.stage).items() if count > before.get(name, 0)}
        if new:
            raise Failed(f"dead letters in {', '.join(sorted(new))}: `make dead-letters STAGE={self.core.stage}` shows them")

    def until(self, read, done, complaint):
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            found = read()
            if done(found):
                return found
            if time.monotonic() >= deadline:
                raise Failed(f"{complaint} within {SETTLE_SECONDS} s: {found}")
            time.sleep(1 if not accounts.local() else 0.1)


def base_url(outputs):
    """The URL of an API. The local cloud has one front for all of them, and no names for its APIs' hosts."""
    return accounts.local() or outputs["ApiUrl"].rstrip("/")


def socket_url(outputs):
    return f"ws{accounts.local().removeprefix('http')}/ws" if accounts.local() else outputs["WebSocketUrl"]


def callable_without_input(path, operation):
    if operation is None or "{" in path:
        return False
    return not any(parameter.get("required") for parameter in operation.get("parameters", []))


def png(width, height):
    """An image of random noise in the PNG format (W3C PNG, third edition, section 5)."""
    rows = b"".join(b"\0" + os.urandom(3 * width) for _row in range(height))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
