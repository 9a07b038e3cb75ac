"""An update of a function lets an invocation in hand finish, as in AWS; MiniStack kills its process in the middle."""
import threading
import time

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from .patching import replace, require

POLL_SECONDS = 0.05
# Longer than any function may run: what is busy then hangs.
MAX_SECONDS = 60


def install():
    require(lambda_runtime, "kill_workers", "workers")
    for update in ("_update_code", "_update_config"):
        replace(lambda_svc, update, "name data")(updated)


def updated(update, name, data):
    busy = withdraw(lambda worker: worker.func_name == name and worker.in_use)
    for worker in busy:
        threading.Thread(target=retire, args=(worker,), daemon=True).start()
    return update(name, data)


def withdraw(wanted):
    """Take workers out of their pools: they get no further invocation."""
    taken = []
    with lambda_runtime._lock:
        for key, pool in list(lambda_runtime._workers.items()):
            taken += [worker for worker in pool if wanted(worker)]
            lambda_runtime._workers[key] = [worker for worker in pool if not wanted(worker)]
    return taken


def retire(worker):
    """An invocation in hand is finished first."""
    deadline = time.monotonic() + MAX_SECONDS
    while worker.in_use and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    lambda_runtime.kill_workers([worker])
