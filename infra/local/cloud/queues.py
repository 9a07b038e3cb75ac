"""SQS to Lambda: the time until a failed message is delivered again, which a test controls.

On AWS a message that a function has failed is hidden until its visibility time-out ends, often minutes. Here that time passes
in one of two ways:

- `automatic` (the default): a second after the failure, since neither a developer nor a test wants to wait.
- `held`: only when a client skips to the end of the next visibility time-out (`POST /_local/queues/skip`), and only while no
  function works on messages. All failed messages keep the distance in time that they have on AWS, and the skipped seconds are counted. A test sees what happens before a
  redelivery, and how long AWS would have taken.

The number of receives, and so the way to the dead-letter queue, is the template's in both. Messages that a function has in
hand, and those that are sent with a delay, are not affected.
"""
import threading
import time

from ministack.services import lambda_svc, sqs

from .patching import replace

RETRY_SECONDS = 1.0
MODES = ("automatic", "held")


class Clock:
    """Which mode is on, which messages are in a function's hands, and how many seconds were skipped."""

    def __init__(self):
        self.lock = threading.RLock()
        self.mode = "automatic"
        self.skipped_seconds = 0.0
        self._in_hand = {}  # receipt handle -> when the message would be visible again

    def set_mode(self, mode):
        if mode not in MODES:
            raise ValueError(f"redelivery must be one of {', '.join(MODES)}")
        self.mode = mode
        if mode == "automatic":
            self.release()

    def receive(self, collect):
        """Messages as `collect` finds them. A skip in between would take them for failed ones."""
        with self.lock:
            messages = collect()
            self._in_hand.update((message["receipt_handle"], message["visible_at"]) for message in messages)
            return messages

    def give_back(self, receipts):
        with self.lock:
            for receipt in receipts:
                self._in_hand.pop(receipt, None)

    def is_busy(self, now):
        """True while a function has messages in hand: then something happens by itself."""
        return any(visible_at > now for visible_at in self._in_hand.values())

    def failed(self, now):
        """The messages that wait for their visibility time-out, in the queues that feed functions."""
        sources = {mapping.get("EventSourceArn") for _account, _region, mapping in lambda_svc._iter_all_esms()}
        return [message for queue in sqs._queues.all_values() if queue["attributes"].get("QueueArn") in sources
                for message in list(queue["messages"])
                if message.get("receive_count") and message["visible_at"] > now]

    def skip(self):
        """Let the time pass until the next failed message is visible, unless a function is at work."""
        with self.lock:
            now = time.time()
            waiting = [] if self.is_busy(now) else self.failed(now)
            seconds = min((message["visible_at"] for message in waiting), default=now) - now
            for message in waiting:
                message["visible_at"] -= seconds
            self.skipped_seconds += seconds
            due = sum(message["visible_at"] <= now for message in waiting)
        lambda_svc._esm_wake.set()
        return self.state(messages=due)

    def release(self):
        """Make all failed messages visible."""
        with self.lock:
            now = time.time()
            for message in self.failed(now):
                if message.get("receipt_handle") not in self._in_hand:
                    message["visible_at"] = now
        lambda_svc._esm_wake.set()

    def state(self, **more):
        return {"redelivery": self.mode, "skippedSeconds": round(self.skipped_seconds, 3), **more}


clock = Clock()


def install():
    replace(lambda_svc, "_run_sqs_batch", "esm func_rec event batch queue_url queue_name")(run_batch)
    replace(sqs, "_receive_messages_for_esm", "queue_url max_number")(receive)


def receive(collect, queue_url, max_number):
    return clock.receive(lambda: collect(queue_url, max_number))


def run_batch(run, mapping, function, event, batch, queue_url, queue_name):
    delivered = {message["receipt_handle"] for message in batch}
    try:
        run(mapping, function, event, batch, queue_url, queue_name)
    finally:
        clock.give_back(delivered)
    if clock.mode == "automatic":
        retry_soon(queue_url, delivered)


def retry_soon(queue_url, delivered):
    retry_at = time.time() + RETRY_SECONDS
    for message in list(sqs._queues[queue_url]["messages"]):
        if message["receipt_handle"] in delivered:
            message["visible_at"] = min(message["visible_at"], retry_at)
            threading.Timer(RETRY_SECONDS, lambda_svc._esm_wake.set).start()
