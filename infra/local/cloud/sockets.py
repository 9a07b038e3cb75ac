"""The WebSocket API: what MiniStack leaves out of it.

- Functions reach open sockets at this machine: the endpoint that the template names is AWS's.
- The sub-protocol that $connect's function chose is in the answer to the client. Without it a browser hangs up.
- A handshake that the function refuses, or fails to answer, gets the function's status.
"""
import contextvars
import os

from ministack.services import apigateway

from . import resources
from .patching import replace

ENDPOINT = "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"
PROTOCOL = "sec-websocket-protocol"

# What $connect's function answered to the handshake that this task serves.
_answers = contextvars.ContextVar("answers")


def install():
    replace(apigateway, "_invoke_ws_lambda",
            "api_id account_id region route stage connection_id event_type message_id body_text source_ip headers "
            "query_params kwargs")(invoke)
    resources.afterwards("AWS::ApiGatewayV2::Stage", publish_endpoint)


def publish_endpoint(stage, props):
    """Every function that starts from now on inherits it; there is one WebSocket API."""
    api = props["ApiId"]
    if apigateway._api_protocol(api) == "WEBSOCKET":
        os.environ[ENDPOINT] = f"{os.environ['AWS_ENDPOINT_URL']}/_aws/execute-api/{api}/{props['StageName']}"


async def invoke(invoke_function, *arguments, **more):
    answer = await invoke_function(*arguments, **more)
    event_type = arguments[6]
    if event_type == "CONNECT" and answer:
        _answers.get([]).append(answer)
    return answer


def answering(send):
    """A `send` for one WebSocket that completes the answer to the handshake with what the function answered."""
    answers = []
    _answers.set(answers)

    async def send_answer(message):
        if message["type"] == "websocket.accept" and (protocol := chosen(answers)):
            message = {**message, "subprotocol": protocol}
        if message["type"] == "websocket.close" and (status := refusal(answers)):
            await send({"type": "websocket.http.response.start", "status": status, "headers": []})
            message = {"type": "websocket.http.response.body", "body": b""}
        await send(message)

    return send_answer


def refusal(answers):
    """The status of a refused handshake; None if it was accepted, or no function was asked."""
    status = int(answers[-1].get("statusCode", 200)) if answers else 200
    return status if status >= 300 else None


def chosen(answers):
    headers = (answers[-1].get("headers") or {}) if answers else {}
    return next((value for name, value in headers.items() if name.lower() == PROTOCOL), None)
