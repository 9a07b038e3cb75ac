"""The processes of the functions: which run, killing them in the middle, and ending all after a rebuild."""
from ministack.core import lambda_runtime

from .asgi import send_json


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
    functions = {}
    for worker, _process in processes():
        counted = functions.setdefault(worker.func_name, {
            "name": worker.func_name, "binary": worker.config.get("Handler"), "role": worker.config.get("Role"),
            "processes": 0, "running": 0})
        counted["processes"] += 1
        counted["running"] += worker.in_use
    await send_json(send, 200, sorted(functions.values(), key=lambda item: item["binary"]))


async def kill(name, send):
    """SIGKILL, as when AWS loses the machine: the invocation in hand ends without an answer."""
    killed = running = 0
    for worker, process in processes(name):
        killed, running = killed + 1, running + worker.in_use
        process.kill()
    await send_json(send, 200, {"killed": killed, "running": running})


async def restart(_scope, _receive, send):
    """End all warm processes, so that the next call of each function starts its rebuilt binary."""
    ended = len(list(processes()))
    lambda_runtime.reset()
    await send_json(send, 200, {"ended": ended})
