"""What the recounts share: a function compares items with their logs, page by page, and may repair them."""
import json

from . import account as accounts, settings
from .failure import Failed

# One call may take as long as the function may.
READ_TIMEOUT_SECONDS = 620


def run(options, function, question, request):
    """Calls a function until all was compared, prints the differences, and returns its answers."""
    core, _packs = settings.read(options.config, options.stage)
    account = accounts.Account(core)
    if options.repair:
        accounts.confirm(account, [core], question, options.yes)
    pages = list(walk(account, f"atoll-{core.stage}-{function}", {"repair": bool(options.repair), **request}))
    for page in pages:
        for found in page["differences"]:
            print(" ".join(f"{name}={value}" for name, value in found.items()))
    return pages


def walk(account, name, request):
    functions = account.client("lambda", read_timeout=READ_TIMEOUT_SECONDS, retries={"max_attempts": 0})
    while True:
        reply = functions.invoke(FunctionName=name, Payload=json.dumps(request))
        answer = json.loads(reply["Payload"].read())
        if "FunctionError" in reply:
            raise Failed(f"{name} failed: {answer.get('errorMessage', answer)}")
        yield answer
        if "nextCursor" not in answer:
            return
        request = {**request, "cursor": answer["nextCursor"]}
