"""`make dead-letters STAGE= [QUEUE=context] [DO=redrive|delete]`: counts, shows, redrives or deletes dead letters.

A letter carries its consumer in the attribute `consumer`; letters that SQS moved itself name their source queue. A redrive sends
each letter to its consumer's queue, or invokes the consumer if it has none, and deletes it from the dead-letter queue only then.
"""
import json

from . import account as accounts, queues, settings
from .failure import Failed

MAX_SHOWN = 50
VISIBILITY_SECONDS = 120


def run(options):
    core, _packs = settings.read(options.config, options.stage)
    account = accounts.Account(core)
    if not options.queue:
        return show_counts(account, core.stage)
    url = queues.dead_letter_queue(account, core.stage, options.queue)
    if options.do in ("redrive", "delete"):
        accounts.confirm(account, [core], f"{options.do.capitalize()} the dead letters of {options.queue}", options.yes)
    done = sum(1 for letter in letters(account, url) if act(account, core.stage, url, letter, options.do))
    print(f"{done} dead letters {dict(redrive='redriven', delete='deleted').get(options.do, 'shown')}.")
    return 0


def show_counts(account, stage):
    for name, number in sorted(queues.dead(account, stage).items()):
        print(f"  {number:6} {name}")
    return 0


def letters(account, url):
    """At most MAX_SHOWN letters; they are invisible to others for two minutes."""
    client, seen = account.client("sqs"), 0
    while seen < MAX_SHOWN:
        found = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=VISIBILITY_SECONDS,
                                       MessageAttributeNames=["All"], AttributeNames=["All"]).get("Messages", [])
        if not found:
            return
        seen += len(found)
        yield from found


def act(account, stage, url, letter, action):
    consumer, reason = consumer_of(letter, stage), text(letter, "reason") or text(letter, "ERROR_MESSAGE") or "no attempt succeeded"
    print(f"  {letter['MessageId']} {consumer or 'unknown consumer'}: {reason}")
    if action == "redrive":
        if consumer in ("", PUBLISHER):
            print("    not redriven: " + ("the publisher reads a stream, not messages; see docs/operating.md" if consumer
                                          else "the letter does not say whose it is"))
            return False
        redrive(account, stage, consumer, letter["Body"])
    elif action != "delete":
        print(f"    {letter['Body'][:400]}")
        return True
    account.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=letter["ReceiptHandle"])
    return True


def text(letter, attribute):
    return letter.get("MessageAttributes", {}).get(attribute, {}).get("StringValue")


def consumer_of(letter, stage):
    """The consumer's binary, `<context>-<consumer>`, from the letter itself or from the queue that SQS moved it from."""
    prefix = f"atoll-{stage}-"
    named = text(letter, "consumer") or letter.get("Attributes", {}).get("DeadLetterQueueSourceArn", "").rpartition(":")[2]
    named = named or (text(letter, "RULE_ARN") or "").rpartition("/")[2] or function_of(letter["Body"])
    return named.removeprefix(prefix)


def function_of(body):
    """An asynchronous invocation that failed is wrapped with its request and the function's ARN."""
    try:
        arn = json.loads(body)["requestContext"]["functionArn"]
    except (ValueError, KeyError, TypeError):
        return ""
    return arn.partition(":function:")[2].partition(":")[0]


# Changes of the table that could not be published have no queue behind them: docs/operating.md says how to publish them again.
PUBLISHER = "platform-publish-events"


def redrive(account, stage, consumer, body):
    target = queues.urls(account, stage).get(consumer)
    if target:
        account.client("sqs").send_message(QueueUrl=target, MessageBody=body)
        return
    try:
        payload = json.loads(body).get("requestPayload", json.loads(body))
    except ValueError as error:
        raise Failed(f"The letter's body is not JSON: {error}") from error
    account.client("lambda").invoke(FunctionName=f"atoll-{stage}-{consumer}", InvocationType="Event", Payload=json.dumps(payload))
