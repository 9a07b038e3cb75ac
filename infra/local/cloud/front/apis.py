"""Finds the APIs that the deployed stacks created, and turns friendly paths into MiniStack's."""
from ministack.services import apigateway
from ministack.services.cloudformation import _stacks

DEPLOYED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"}


CORE = "atoll-local"


def http_api(path):
    """The id of the API that answers a path: /v1/<pack>/… is the pack's, all else the core's. None until it is deployed."""
    parts = path.split("/")
    stack = stack_named(f"{CORE}-{parts[2]}") if len(parts) > 2 else None
    return output(stack or root_stack(), "ApiId")


def output(stack, name):
    if stack is None or stack.get("StackStatus") not in DEPLOYED:
        return None
    return next((item["OutputValue"] for item in stack.get("Outputs", []) if item["OutputKey"] == name), None)


def root_stack():
    return stack_named(CORE)


def stack_named(name):
    return next((stack for (_account, _region, key), stack in _stacks.all_items() if key == name), None)


def rewrite_http(scope, api):
    return with_prefix(scope, f"/_aws/execute-api/{api}/$default")


def rewrite_websocket(scope):
    """/ws is the WebSocket API's only stage; any other path is left as it is."""
    if scope["path"].rstrip("/") != "/ws":
        return scope
    api = output(root_stack(), "WebSocketApiId")
    stages = [name for (_account, _region, key), found in apigateway._stages.all_items() if key == api
              for name in found]
    if not stages:
        return scope
    path = f"/_aws/execute-api/{api}/{stages[0]}"
    return {**scope, "path": path, "raw_path": path.encode()}


def with_prefix(scope, prefix):
    raw_path = scope.get("raw_path") or scope["path"].encode()
    return {**scope, "path": prefix + scope["path"], "raw_path": prefix.encode() + raw_path}
