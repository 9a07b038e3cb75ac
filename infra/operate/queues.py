"""The queues of a stage: what waits in them and what died. Names are `atoll-<stage>-<context>-<consumer>`."""
from .failure import Failed

DEAD = "-dead-letters"


def urls(account, stage):
    """The URLs of the stage's queues by name, without the prefix `atoll-<stage>-`."""
    prefix = f"atoll-{stage}-"
    found = account.client("sqs").get_paginator("list_queues").paginate(QueueNamePrefix=prefix)
    all_urls = [url for page in found for url in page.get("QueueUrls", [])]
    return {url.rpartition("/")[2].removeprefix(prefix): url for url in all_urls}


def count(account, url, *kinds):
    names = [f"ApproximateNumberOfMessages{kind}" for kind in kinds]
    found = account.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(found[name]) for name in names)


def dead(account, stage):
    """How many messages each dead-letter queue has."""
    return {name: count(account, url, "", "NotVisible") for name, url in urls(account, stage).items() if name.endswith(DEAD)}


def waiting(account, stage):
    """The queues of consumers that still have messages."""
    counts = {name: count(account, url, "", "NotVisible") for name, url in urls(account, stage).items() if not name.endswith(DEAD)}
    return {name: number for name, number in counts.items() if number}


def dead_letter_queue(account, stage, context):
    found = {name: url for name, url in urls(account, stage).items() if name.endswith(DEAD)}
    name = context if context.endswith(DEAD) else f"{context}{DEAD}"
    if name not in found:
        raise Failed(f"There is no dead-letter queue {name}: there are {', '.join(sorted(found)) or 'none'}.")
    return found[name]
