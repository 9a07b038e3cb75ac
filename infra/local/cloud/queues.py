"""SQS to Lambda: what a function has failed comes back after seconds, not after the queue's visibility time-out.

This differs from AWS on purpose: there a retry waits for as long as the template says, often minutes, and neither
a developer nor a test wants to. The number of receives, and so the way to the dead-letter queue, stays the same.
"""
import threading
import time

from ministack.services import lambda_svc, sqs

from .patching import replace

RETRY_SECONDS = 1.0


def install():
    replace(lambda_svc, "_run_sqs_batch", "esm func_rec event batch queue_url queue_name")(run_batch)


def run_batch(run, mapping, function, event, batch, queue_url, queue_name):
    run(mapping, function, event, batch, queue_url, queue_name)
    delivered = {message["receipt_handle"] for message in batch}
    retry_at = time.time() + RETRY_SECONDS
    for message in list(sqs._queues[queue_url]["messages"]):
        if message["receipt_handle"] in delivered:
            message["visible_at"] = min(message["visible_at"], retry_at)
            threading.Timer(RETRY_SECONDS, lambda_svc._esm_wake.set).start()
