"""Generated requests against a running cloud: what the OpenAPI documents promise is what every response keeps.

Schemathesis makes valid and invalid requests of each operation from the documents: without credentials, as a user, and as an
admin. A response fails the step if it is a 5xx, has a status, a header or a body that is not documented, or accepts a body
that its schema forbids. Seeds are fixed and time is bounded, so a failure can be repeated with the printed command.

A run whose time ends early asks nothing of the operations that come last. The log of the functions shows which operations were
reached, and a run that missed one fails the step.
"""
import concurrent.futures
import functools
import json
import subprocess

import seed

from . import console, paths, processes, rust_tests, tally

DOCUMENTS = paths.ROOT / "docs" / "openapi"
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
          "response_schema_conformance", "negative_data_rejection")
# The seconds of one run grow with its document: every operation gets its share, whatever its place.
SECONDS_PER_OPERATION = 0.6
MIN_SECONDS = 25
MAX_EXAMPLES = 4
# A busy machine answers late, which is no difference from a document.
REQUEST_SECONDS = 30
# Processes at a time: one makes requests while the functions of the other respond.
PARALLEL = 2
SEED = 20261129
# They end the session or the account of the caller, so that the requests after them would test the 401 only.
ENDS_CALLER = ("delete_me", "logout", "revoke_other_sessions", "revoke_session", "change_password", "reset_password",
               "suspend_user", "set_user_roles")


class Caller:
    def __init__(self, name, token=None):
        self.name, self.token = name, token

    def arguments(self):
        if self.token is None:
            return []
        excluded = [argument for name in ENDS_CALLER for argument in ("--exclude-operation-id", name)]
        return ["--header", f"Authorization: Bearer {self.token}", *excluded]

    def wanted(self, operations):
        """The functions that the caller's run must reach, of the functions by operation."""
        return {function for name, function in operations.items() if self.token is None or name not in ENDS_CALLER}


def check(cloud, documents):
    """Runs all documents for all callers and reports every failure, not only those of the first run.

    The documents of one caller run at the same time: their functions differ, so the log tells which run reached which.
    """
    counted, failed = tally.Tally(), []
    with concurrent.futures.ThreadPoolExecutor(max_workers=PARALLEL) as pool:
        for caller in callers(cloud.url):
            check_one = console.carried(functools.partial(check_document, cloud, caller))
            # The longest first, so that no core idles at the end.
            for log, is_right in pool.map(check_one, sorted(documents, key=seconds, reverse=True)):
                counted += tally.Tally(passed=1) if is_right else tally.Tally(failed=1)
                if not is_right:
                    failed.append(log)
    if failed:
        for log in failed:
            console.say(failures(log.read_text(errors="replace")))
        raise tally.TestsFailed("Responses differ from the OpenAPI documents.", failed[0], counted)
    return counted


def check_document(cloud, caller, document):
    """Runs a document for a caller. Returns the log, and whether every response was right and every function was reached."""
    log = rust_tests.LOGS / f"requests-{document}-{caller.name}.log"
    start = cloud.function_log.stat().st_size
    is_right = run(cloud.url, document, caller, log)
    missed = sorted(caller.wanted(functions(document)) - invoked(cloud.function_log, start))
    if missed:
        with open(log, "a") as output:
            print(f"\nNot reached: {', '.join(missed)}", file=output)
        console.say(f"requests of {document}, {caller.name}: never reached {', '.join(missed)}")
    return log, is_right and not missed


def callers(url):
    seed.post(f"{url}/v1/auth/register", seed.USERS[0])
    user = seed.sign_in(url, seed.USERS[0])["tokens"]["accessToken"]
    return [Caller("anonymous"), Caller("user", user), Caller("admin", seed.become_admin(url))]


def functions(document):
    """The function of each operation of a document."""
    paths_of = json.loads((DOCUMENTS / f"{document}.json").read_text())["paths"]
    operations = [operation for path in paths_of.values() for operation in path.values()]
    return {operation["operationId"]: f"{operation['tags'][0]}-{operation['operationId'].replace('_', '-')}"
            for operation in operations}


def invoked(log, start):
    """The functions that have written into the log behind a position."""
    with open(log, "rb") as lines:
        lines.seek(start)
        return {line.split(b" ", 1)[0].decode(errors="replace") for line in lines}


def seconds(document):
    return max(MIN_SECONDS, round(SECONDS_PER_OPERATION * len(functions(document))))


def run(url, document, caller, log):
    log.parent.mkdir(parents=True, exist_ok=True)
    # One worker: in several threads, the compiler of CPython 3.11 loses count of its recursion (SystemError).
    command = [str(paths.VENV_BIN / "schemathesis"), "run", str(DOCUMENTS / f"{document}.json"), "--url", url,
               "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--workers", "1",
               "--max-examples", str(MAX_EXAMPLES), "--max-time", str(seconds(document)), "--seed", str(SEED),
               "--request-timeout", str(REQUEST_SECONDS), "--suppress-health-check", "all", "--warnings", "off", "--no-color",
               "--continue-on-failure", *caller.arguments()]
    with open(log, "wb") as output:
        code = processes.run(command, stdout=output, stderr=subprocess.STDOUT, directory=paths.STATE)
    console.say(f"requests of {document}, {caller.name}: {'ok' if code == 0 else 'failed'}")
    return code == 0


def failures(printed):
    """The part of a log that says what failed, with the command that repeats it."""
    start = printed.find(" FAILURES ")
    return printed[max(start, 0):]
