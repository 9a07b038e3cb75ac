"""Loads the demo data into a local cloud, and checks that loading it twice changes nothing."""
import contextlib
import json
import threading
import time
import urllib.request

import seed

from . import console, deployment, packs

# How long the consumers of events may take on a busy machine until the table is still, and how long it must be still.
SETTLE_SECONDS = 300
STILL_SECONDS = 1
SHOWN_ITEMS = 5
YEAR_DAYS = 365
# As many as need every kind of request.
TESTED_DAYS = 40


def load(cloud, chosen, days=YEAR_DAYS):
    """Aquariums have readings of so many days."""
    with failures(cloud):
        seed.load(cloud.url, chosen, days)


@contextlib.contextmanager
def failures(cloud):
    try:
        yield
    except OSError as error:
        raise console.Failed(f"The demo data could not be loaded: {error}", cloud.function_log) from error


class Loading:
    """The users and the first pack, which the printed commands need, and the other packs while the cloud is used."""

    def __init__(self, cloud, chosen):
        self._cloud = cloud
        parts = seed.parts(cloud.url, chosen, YEAR_DAYS)
        self._first, self._later = parts[:2], parts[2:]
        self._is_stopped = False

    @property
    def later(self):
        """Names of the packs whose demo data is loaded later."""
        return [name for name, _part in self._later]

    def load_first(self):
        with failures(self._cloud):
            for _name, part in self._first:
                part()

    def start(self):
        """Loads the rest in a thread, which says when each pack is complete."""
        threading.Thread(target=self._load_later, daemon=True).start()

    def stop(self):
        """Says nothing any more: requests fail because the cloud ends."""
        self._is_stopped = True

    def _load_later(self):
        for name, part in self._later:
            started = time.monotonic()
            try:
                part()
            except OSError as error:
                self._say(f"The demo data of {name} could not be loaded: {error}")
                return
            self._say(f"The demo data of {name} is loaded ({time.monotonic() - started:.0f} s).")

    def _say(self, text):
        if not self._is_stopped:
            console.say(f"\n{text}\n")


def check_repeatable(cloud, chosen):
    """Load it once more, and compare every item of the packs with its version."""
    before = settled(cloud)
    load(cloud, chosen, days=TESTED_DAYS)
    after = settled(cloud)
    changed = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    if changed:
        shown = ", ".join("/".join(key) for key in changed[:SHOWN_ITEMS])
        raise console.Failed(f"Loading the demo data a second time changes {len(changed)} items: {shown}", cloud.function_log)
    console.say(f"  loading the demo data twice leaves all {len(after)} items as they are")


def settled(cloud):
    """The items of the packs once the consumers of events have nothing left to write."""
    deadline = time.monotonic() + SETTLE_SECONDS
    last = None
    while True:
        wait_for_consumers(cloud, deadline)
        found = items(cloud)
        if found == last:
            return found
        if time.monotonic() > deadline:
            raise console.Failed(f"The table still changes {SETTLE_SECONDS} s after the demo data was loaded.", cloud.function_log)
        last = found
        time.sleep(STILL_SECONDS)


def wait_for_consumers(cloud, deadline):
    """Wait while the messages in queues change: reading the whole table takes seconds of the cloud, which consumers need. Messages
    that are sent for later may stay."""
    last = None
    while (found := messages(cloud)) and found != last and time.monotonic() < deadline:
        last = found
        time.sleep(STILL_SECONDS)


def messages(cloud):
    """The messages that wait in queues, or that a consumer has in hand."""
    return {name: len(queue["messages"]) for name, queue in cloud.get("/_local/queues").items() if queue["messages"]}


def items(cloud):
    """Items by key, without those of the platform, where each sign-in writes a session, and without counters of rate limits, which
    count every request."""
    contexts = {context.name for context in packs.contexts()} - {context.name for context in packs.contexts(packs.PLATFORM)}
    found = {}
    table = cloud.get("/_local/stack")["outputs"]["TableName"]
    start = {}
    while True:
        page = dynamodb(cloud, "Scan", {"TableName": table, **start})
        for item in page["Items"]:
            if item["pk"]["S"].split("#")[0] in contexts and not item["sk"]["S"].startswith("limit#"):
                found[item["pk"]["S"], item["sk"]["S"]] = item
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def dynamodb(cloud, operation, request):
    headers = {**deployment.signature("dynamodb"), "content-type": "application/x-amz-json-1.0",
               "x-amz-target": f"DynamoDB_20120810.{operation}"}
    call = urllib.request.Request(cloud.url, json.dumps(request).encode(), headers)
    with urllib.request.urlopen(call, timeout=30) as answer:
        return json.load(answer)
