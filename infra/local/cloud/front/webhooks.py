"""Webhooks of the payment providers to the deployment: repeated until they are accepted, and lost, doubled, late or reordered
on demand."""
import asyncio
import hashlib
import hmac
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass

ATTEMPTS = 5
PAUSE_SECONDS = 1
LATE_SECONDS = 2
# A reordered message leaves so long after the one that overtakes it.
OVERTAKEN_SECONDS = 0.5
TIMEOUT_SECONDS = 20
WAYS = ("lost", "doubled", "late", "reordered")

_held = []


@dataclass
class Delivery:
    path: str
    body: bytes
    headers: Callable  # of an attempt: a signature has a time


def send(deliveries, fault=None):
    """Deliver one event to all of its endpoints, in the way that a fault names."""
    way = fault.error if fault else None
    if way == "lost":
        return
    if way == "reordered":
        _held.extend(deliveries)
        return
    delay = (fault.delayMs / 1000 if fault else 0) or (LATE_SECONDS if way == "late" else 0)
    for delivery in deliveries:
        for _ in range(2 if way == "doubled" else 1):
            later(delay, delivery)
    while _held:
        later(delay + OVERTAKEN_SECONDS, _held.pop(0))


def later(seconds, delivery):
    loop = asyncio.get_running_loop()
    loop.call_later(seconds, lambda: loop.run_in_executor(None, deliver, delivery))


def stripe_signature(body, secret, at):
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


def deliver(delivery):
    """Until it is accepted; the real providers try for three days. A deployment without the pack has no such path."""
    url = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}{delivery.path}"
    for _ in range(ATTEMPTS):
        headers = {"content-type": "application/json", **delivery.headers()}
        try:
            urllib.request.urlopen(urllib.request.Request(url, delivery.body, headers), timeout=TIMEOUT_SECONDS).close()
            return True
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 404:
                return False
        except OSError:
            pass
        time.sleep(PAUSE_SECONDS)
    return False
