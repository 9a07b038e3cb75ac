"""A message in a dead-letter queue after the tests is a failing test."""
import json

from . import console


def check(cloud):
    left = {name: queue["messages"] for name, queue in cloud.get("/_local/queues").items()
            if queue["deadLetters"] and queue["messages"]}
    for queue, messages in left.items():
        for message in messages:
            console.say(f"{queue}: {json.dumps(message)}")
    if left:
        raise console.Failed(f"{sum(map(len, left.values()))} messages are left in {', '.join(sorted(left))}.")
    console.say("empty")
