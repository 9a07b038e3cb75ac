"""Decides who answers a request: the deployed API, a page of the front, a fault, or MiniStack."""
from pathlib import Path

from ministack.services import s3

from .. import sockets
from . import apis, faults, functions, mailbox, moderation, payments, paypal, stack, templates, vision
from .asgi import header, read_body, send_json, send_page

PAGES = Path(__file__).parent / "pages"


class Front:
    def __init__(self, ministack):
        self.ministack = ministack

    async def __call__(self, scope, receive, send):
        if scope["type"] == "websocket":
            scope, send = apis.rewrite_websocket(scope), sockets.answering(send)
        elif scope["type"] == "http" and not signed_for_aws(scope):
            return await self.plain(scope, receive, send)
        elif scope["type"] == "http":
            return await self.aws(scope, receive, send)
        return await self.ministack(scope, receive, send)

    async def plain(self, scope, receive, send):
        """A request that is not an AWS call: a browser's, an app's, a test's."""
        if has_control_characters(scope):
            return await send_json(send, 400, {"message": "Bad Request"})
        path = scope["path"]
        if path == "/v1" or path.startswith("/v1/"):
            return await self.api(scope, receive, send)
        if path == "/" and scope["method"] == "GET":
            return await send_page(send, (PAGES / "console.html").read_bytes())
        if path.startswith(payments.PREFIX):
            return await payments.serve(scope, receive, send)
        if path.startswith(paypal.PREFIX) and paypal.is_api(scope):
            return await paypal.serve(scope, receive, send)
        if path == vision.PATH:
            return await vision.serve(scope, receive, send)
        if path.startswith("/_local/"):
            return await local(scope, receive, send)
        if is_for_ministack(scope):
            return await self.ministack(scope, receive, send)
        if is_page_of_the_app(scope):
            return await send_page(send, (PAGES / "app.html").read_bytes())
        # As at the edge, an unknown path goes to the core's API, whose `$default` route answers it.
        return await self.api(scope, receive, send)

    async def api(self, scope, receive, send):
        api = apis.http_api(scope["path"])
        if api is None:
            return await send_json(send, 503, {"message": "Atoll is not deployed yet: wait for the deployment."},
                                   [("retry-after", "1")])
        return await self.ministack(apis.rewrite_http(scope, api), receive, send)

    async def aws(self, scope, receive, send):
        call = faults.call_of(scope)
        service = self.service(call)
        if not faults.watches(call):
            return await service(scope, receive, send)
        body = await read_body(receive)
        fault = faults.take(call, body)
        return await faults.serve(fault, service, scope, body, receive, send)

    def service(self, call):
        if call.service != moderation.SERVICE:
            return self.ministack
        return vision.serve_custom_labels if call.operation == vision.OPERATION else moderation.serve


def signed_for_aws(scope):
    return header(scope, "authorization").startswith("AWS4-") or b"X-Amz-Algorithm" in scope.get("query_string", b"")


def has_control_characters(scope):
    """Header values that RFC 9110 forbids: the gateway refuses them, and functions cannot read them."""
    return any(byte < 0x20 and byte != 0x09 or byte == 0x7F for _name, value in scope["headers"] for byte in value)


def is_for_ministack(scope):
    """MiniStack's own pages, objects in buckets, which browsers upload with a form, and calls of services, which have no
    path."""
    first = scope["path"].strip("/").split("/")[0]
    buckets = {name for _account, name in s3._buckets.to_dict()}
    return not first or first.startswith("_") or first in buckets or header(scope, "host").split(".")[0] in buckets


def is_page_of_the_app(scope):
    """A browser follows a link of a mail."""
    return scope["method"] == "GET" and "text/html" in header(scope, "accept")


async def aquariums_page(_scope, _receive, send):
    await send_page(send, (PAGES / "aquariums.html").read_bytes())


async def socket_page(_scope, _receive, send):
    await send_page(send, (PAGES / "socket.html").read_bytes())


SANDBOXES = {"payments": payments, "paypal": paypal, "vision": vision}

ROUTES = {
    ("GET", "aquariums"): aquariums_page,
    ("GET", "mailbox"): mailbox.page,
    ("GET", "mailbox.json"): mailbox.mails,
    ("GET", "payments.json"): payments.show,
    ("GET", "paypal.json"): paypal.show,
    ("GET", "push.json"): mailbox.pushes,
    ("GET", "sms.json"): mailbox.messages,
    ("GET", "templates"): templates.page,
    ("GET", "faults"): faults.show,
    ("POST", "faults"): faults.add,
    ("DELETE", "faults"): faults.clear,
    ("GET", "functions"): functions.show,
    ("GET", "moderation"): moderation.show,
    ("POST", "moderation"): moderation.add,
    ("DELETE", "moderation"): moderation.clear,
    ("POST", "restart"): functions.restart,
    ("GET", "socket"): socket_page,
    ("GET", "stack"): stack.show,
    ("GET", "queues"): stack.queues,
    ("POST", "queues"): stack.redelivery,
    ("POST", "queues/skip"): stack.skip,
    ("GET", "vision"): vision.show,
    ("POST", "vision"): vision.add,
    ("DELETE", "vision"): vision.clear,
}


async def local(scope, receive, send):
    name = scope["path"].removeprefix("/_local/").rstrip("/")
    parts = name.split("/")
    if scope["method"] == "POST" and len(parts) == 3 and parts[0] == "functions" and parts[2] == "kill":
        return await functions.kill(parts[1], send)
    sandbox = SANDBOXES.get(parts[0])
    if scope["method"] == "POST" and len(parts) == 2 and sandbox and parts[1] in sandbox.ACTIONS:
        return await sandbox.act(parts[1], scope, receive, send)
    route = ROUTES.get((scope["method"], name))
    if route is None:
        return await send_json(send, 404, {"message": f"There is no {scope['method']} {scope['path']}."})
    return await route(scope, receive, send)
