"""`POST /v1/auth/login`: signs a device in, or asks for the second factor."""
import copy
import os
from datetime import datetime

from kit import table, times
from kit.domain_events import outbox
from kit.http import Body, Reply, Request, endpoint, read_body
from kit.ids import new_id
from kit.problem import Problem, not_found
from kit.table import Item

from .account import account_key, claim_first_admin, claim_key, start_session
from .attempts import Failures, Subjects, source_of, subjects_of, wait_of_account, wait_of_source
from .fields import UNKNOWN_DEVICE, Device, Email
from .passwords import matches, matches_nobody
from .refresh import RefreshToken
from .tokens import challenge, signed_in

# How often a change is tried against others.
MAX_ATTEMPTS = 200
FIRST_ADMIN = os.environ.get("FIRST_ADMIN_EMAIL", "").strip().lower() or None


class Login(Body):
    email: Email
    password: str
    device: Device = UNKNOWN_DEVICE


def _bad_credentials() -> Problem:
    return Problem(401, "identity.bad_credentials", "The address or the password is wrong")


def _too_many_attempts(seconds: int) -> Problem:
    return Problem(429, "identity.too_many_attempts", "Too many attempts; wait a while", retry_after=seconds)


def login(request: Request) -> Reply:
    body = read_body(request, Login)
    now = times.now()
    source = source_of(request.source_ip)
    subjects = subjects_of(body.email, source, now)
    owner, failures = _owner_and_failures(body.email, subjects)
    if seconds := wait_of_source(subjects, failures, now):
        raise _too_many_attempts(seconds)
    # Nobody's account is looked up too: the time of an answer must not tell whether an address is known.
    account = table.get(account_key(owner or new_id()))
    if account and account["status"] == "deleted":
        account = None
    is_known_here = account and source in account["known_sources"]
    if not is_known_here and (seconds := wait_of_account(subjects, failures, now)):
        raise _too_many_attempts(seconds)
    hashed = account and account["password"]
    if not (matches(body.password, hashed) if hashed else matches_nobody(body.password)):
        for counter in subjects.all():
            table.count_up(counter.key, "failures", counter.ends_at)
        raise _bad_credentials()
    return _sign_in(request, account, hashed, body.device, source, now)


def _owner_and_failures(email: str, subjects: Subjects) -> tuple[str | None, Failures]:
    """Whose an address is, and how often signing in has failed: one round trip."""
    claim = claim_key(email)
    found = table.get_many([claim, *(counter.key for counter in subjects.all())])

    def of(key: table.Key) -> Item:
        return found.get((key["pk"], key["sk"]), {})

    counts = (int(of(counter.key).get("failures", 0)) for counter in subjects.all())
    return of(claim).get("user_id"), Failures(*counts)


def _sign_in(request: Request, read: Item, hashed: str, device: Device, source: str, now: datetime) -> Reply:
    """Starts a session in the account as it stands; it is decided again if somebody else was faster."""
    token = RefreshToken.first(read["id"])
    for attempt in range(1, MAX_ATTEMPTS + 1):
        # If it was changed a moment ago, what was proven proves nothing now.
        if read["password"] != hashed:
            raise _bad_credentials()
        if read["status"] == "suspended":
            raise Problem(403, "auth.suspended", "This account is suspended")
        if read["status"] == "deleted":
            raise not_found("identity.no_such_user")
        if "factor" in read["mfa"]:
            return Reply(200, challenge(read, now))
        account = copy.deepcopy(read)
        promoted = claim_first_admin(account, FIRST_ADMIN, request, now)
        started, *ended = start_session(account, token, device, source, request, now)
        try:
            table.put(read, {**account, "outbox": outbox(started, *promoted, *ended)})
            return Reply(200, signed_in(account, token, now))
        except table.Conflict as conflict:
            newer = conflict.item(0)
            if newer is None:
                raise
            read = newer
        if attempt > 1:
            table.pause(attempt * 2)
            read = table.get(account_key(read["id"])) or read
    raise table.Contended("others changed the account each time")


handler = endpoint(login)
