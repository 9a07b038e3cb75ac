"""The processes of the functions: which run, killing them in the middle, and ending all after a rebuild."""
import json
import threading

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from .. import updates
from .asgi import read_body, send_json


def processes(name=None):
    """(worker, process) of every live process, of one function if its binary or full name is given."""
    with lambda_runtime._lock:
        workers = [worker for pool in lambda_runtime._workers.values() for worker in pool]
    for worker in workers:
        process = worker._proc
        if process is not None and process.poll() is None and (name is None or is_called(worker, name)):
            yield worker, process


def is_called(worker, name):
    """A function is called by its binary, or by (a part of) its name in the deployed stack."""
    return worker.config.get("Handler") == name or name in worker.func_name


async def show(_scope, _receive, send):
    """Every deployed function, with or without a process."""
    live = [worker for worker, _process in processes()]
    functions = [describe(record["config"], live) for record in lambda_svc._functions.all_values()]
    await send_json(send, 200, sorted(functions, key=lambda function: function["binary"]))


def describe(config, live):
    own = [worker for worker in live if worker.func_name == config["FunctionName"]]
    return {"name": config["FunctionName"], "binary": config["Handler"], "role": config["Role"],
            "processes": len(own), "running": sum(worker.in_use for worker in own)}


async def kill(name, send):
    """SIGKILL, as when AWS loses the machine: the invocation in hand ends without an answer."""
    killed = running = 0
    for worker, process in processes(name):
        killed, running = killed + 1, running + worker.in_use
        process.kill()
    await send_json(send, 200, {"killed": killed, "running": running})


async def restart(_scope, receive, send):
    """End warm processes, so that the next call starts the rebuilt binary: of all functions, or of `binaries`."""
    binaries = json.loads(await read_body(receive) or b"{}").get("binaries")
    workers = updates.withdraw(lambda worker: binaries is None or worker.config.get("Handler") in binaries)
    for worker in workers:
        threading.Thread(target=updates.retire, args=(worker,), daemon=True).start()
    await send_json(send, 200, {"ended": len(workers)})
