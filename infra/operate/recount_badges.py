"""`make recount-badges STAGE= [USER_ID=] [REPAIR=yes]`: compares badges with the logs of activities, and awards what is missing.

The function is called page by page until all users were compared.
"""
import json

from . import account as accounts, settings
from .failure import Failed

# One call may take as long as the function may.
READ_TIMEOUT_SECONDS = 620


def run(options):
    core, _packs = settings.read(options.config, options.stage)
    account = accounts.Account(core)
    if options.repair:
        accounts.confirm(account, [core], "Award missing badges", options.yes)
    pages = list(walk(account, f"atoll-{core.stage}-badges-recount-badges", asked(options)))
    for page in pages:
        for found in page["differences"]:
            print(" ".join(f"{name}={value}" for name, value in found.items()))
    total = {name: sum(page[name] for page in pages) for name in ("people", "mended")}
    print(f"Compared: {total['people']} people. Repaired: {total['mended']}.")
    return 0


def asked(options):
    return {"repair": bool(options.repair), **({"userId": options.user} if options.user else {})}


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
