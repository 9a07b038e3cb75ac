"""The payment provider's messages to the deployment: signed, repeated until they are taken, and lost or late on demand."""
import asyncio
import hashlib
import hmac
import json
import os
import time
import urllib.error
import urllib.request
import uuid

PATH = "/v1/community/wallet/payments/webhooks"
ATTEMPTS = 5
PAUSE_SECONDS = 1
LATE_SECONDS = 2
TIMEOUT_SECONDS = 20
WAYS = ("lost", "doubled", "late")


def event(kind, thing):
    return {"id": f"evt_{uuid.uuid4().hex}", "object": "event", "type": kind, "created": int(time.time()),
            "api_version": "2024-06-20", "livemode": False, "data": {"object": thing}}


def send(message, secret, fault=None):
    """Without an account nobody is told."""
    way = fault.error if fault else None
    if secret is None or way == "lost":
        return
    body = json.dumps(message).encode()
    loop = asyncio.get_running_loop()
    delay = (fault.delayMs / 1000 if fault else 0) or (LATE_SECONDS if way == "late" else 0)
    for _ in range(2 if way == "doubled" else 1):
        loop.call_later(delay, lambda: loop.run_in_executor(None, deliver, body, secret))


def signature(body, secret, at):
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


def deliver(body, secret):
    """Until it is taken; the real provider tries for three days."""
    url = f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}{PATH}"
    for _ in range(ATTEMPTS):
        headers = {"content-type": "application/json", "stripe-signature": signature(body, secret, int(time.time()))}
        try:
            urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=TIMEOUT_SECONDS).close()
            return True
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            pass
        time.sleep(PAUSE_SECONDS)
    return False
