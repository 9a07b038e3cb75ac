"""What the core stack says about itself, and what waits in the queues."""
import json
import os

from ministack.services import sqs
from ministack.services.cloudformation import _stack_events

from ..queues import clock
from .apis import root_stack
from .asgi import read_body, send_json


async def show(_scope, _receive, send):
    stack = root_stack() or {}
    outputs = {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}
    if "WebSocketUrl" in outputs:
        # The template's output has AWS's host name; this is the URL that clients use here.
        outputs["WebSocketUrl"] = f"ws://127.0.0.1:{os.environ['GATEWAY_PORT']}/ws"
    await send_json(send, 200, {"status": stack.get("StackStatus"), "outputs": outputs, "failures": failures()})


def failures():
    """What failed and why, in every stack; a failure of something inside comes before that of its stack."""
    events = sorted((event for events in _stack_events.all_values() for event in events),
                    key=lambda event: event["Timestamp"])
    return [{"resource": event["LogicalResourceId"], "reason": event["ResourceStatusReason"]}
            for event in events if event["ResourceStatus"].endswith("_FAILED") and event["ResourceStatusReason"]]


async def queues(_scope, _receive, send):
    """Every queue's messages, visible or not, and whether it holds what others could not deliver."""
    found = {name_of(url): queue for (_account, _region, url), queue in sqs._queues.all_items()}
    targets = {redrive_target(queue) for queue in found.values()}
    await send_json(send, 200, {name: {
        "deadLetters": name.endswith("-dead-letters") or queue["attributes"].get("QueueArn") in targets,
        "messages": [{"id": message["id"], "body": message["body"], "receiveCount": message["receive_count"]}
                     for message in list(queue["messages"])],
    } for name, queue in sorted(found.items())})


async def redelivery(_scope, receive, send):
    """Choose how the time until redeliveries passes: {"redelivery": "held"}."""
    try:
        clock.set_mode(json.loads(await read_body(receive) or b"{}").get("redelivery"))
    except ValueError as error:
        return await send_json(send, 400, {"message": str(error)})
    await send_json(send, 200, clock.state())


async def skip(_scope, _receive, send):
    """Skip to the end of the next visibility time-out."""
    await send_json(send, 200, clock.skip())


def name_of(url):
    return url.rsplit("/", 1)[-1]


def redrive_target(queue):
    policy = queue["attributes"].get("RedrivePolicy")
    return json.loads(policy).get("deadLetterTargetArn") if policy else None
