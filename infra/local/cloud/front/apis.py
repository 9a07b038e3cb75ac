"""Finds the APIs that the root stack created, and turns friendly paths into MiniStack's."""
import os

from ministack.services import apigateway
from ministack.services.cloudformation import _stacks

DEPLOYED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE"}


def http_api():
    return deployed_api("HTTP")


def deployed_api(protocol):
    """The id of the root stack's API of this protocol; None until the stack has been created."""
    stack = root_stack()
    if stack is None or stack.get("StackStatus") not in DEPLOYED:
        return None
    protocols = {api_id: api.get("protocolType") for (_account, _region, api_id), api in apigateway._apis.all_items()}
    created = (resource.get("PhysicalResourceId") for resource in stack["_resources"].values()
               if resource.get("ResourceType") == "AWS::ApiGatewayV2::Api")
    return next((api_id for api_id in created if protocols.get(api_id) == protocol), None)


def root_stack():
    name = os.environ.get("ATOLL_STACK", "atoll")
    return next((stack for (_account, _region, key), stack in _stacks.all_items() if key == name), None)


def rewrite_http(scope, api):
    return with_prefix(scope, f"/_aws/execute-api/{api}/$default")


def rewrite_websocket(scope):
    """/ws is the WebSocket API's only stage; any other path is left as it is."""
    if scope["path"].rstrip("/") != "/ws":
        return scope
    api = deployed_api("WEBSOCKET")
    stages = [name for (_account, _region, key), found in apigateway._stages.all_items() if key == api
              for name in found]
    if not stages:
        return scope
    path = f"/_aws/execute-api/{api}/{stages[0]}"
    return {**scope, "path": path, "raw_path": path.encode()}


def with_prefix(scope, prefix):
    raw_path = scope.get("raw_path") or scope["path"].encode()
    return {**scope, "path": prefix + scope["path"], "raw_path": prefix.encode() + raw_path}
