"""`POST /v1/auth/register`: makes an account and signs its first device in."""
from kit import table, times
from kit.domain_events import outbox
from kit.http import Body, Reply, Request, endpoint, read_body
from kit.problem import Problem, invalid

from .account import claims, registered, start_session
from .attempts import source_of
from .fields import UNKNOWN_DEVICE, Device, Email, PersonName
from .passwords import hash_password
from .refresh import RefreshToken
from .strength import weakness
from .tokens import signed_in


class Register(Body):
    email: Email
    password: str
    name: PersonName
    device: Device = UNKNOWN_DEVICE


def register(request: Request) -> Reply:
    body = read_body(request, Register)
    if weak := weakness(body.password, [body.email, body.name]):
        raise invalid({"field": "password", "message": weak})
    password = hash_password(body.password)

    now = times.now()
    account, fact = registered(body.email, body.name, password, request, now)
    token = RefreshToken.first(account["id"])
    started = start_session(account, token, body.device, source_of(request.source_ip), request, now)
    try:
        table.transact(table.create({**account, "outbox": outbox(fact, *started)}), *claims(account))
    except table.Conflict as conflict:
        if conflict.failed(1):
            raise Problem(409, "identity.email_taken", "This address has an account") from conflict
        raise
    return Reply(201, signed_in(account, token, now), location="/v1/users/me")


handler = endpoint(register)
