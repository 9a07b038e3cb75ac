"""A person's account: one item, so that all that changes together is written together."""
from datetime import datetime, timedelta

from kit import table, times
from kit.domain_events import Cause, envelope
from kit.ids import new_id, sha256_hex
from kit.table import Item, Key

from .fields import Device
from .refresh import RefreshToken

VERIFICATION = timedelta(hours=24)
IDLE = timedelta(days=30)
ABSOLUTE = timedelta(days=365)
LISTING_SHARDS = 4
MAX_KNOWN_SOURCES = 5
# How many devices a plan lets be signed in at once.
DEVICES = {"free": 1, "premium": 5, "family": 10}


def fingerprint(email: str) -> str:
    """SHA-256 of an address: what stands for it in keys."""
    return sha256_hex(email.encode())


def account_key(id: str) -> Key:
    return {"pk": f"identity#user#{id}", "sk": "account"}


def claim_key(email: str) -> Key:
    return {"pk": f"identity#email#{fingerprint(email)}", "sk": "claim"}


def registered(email: str, name: str, password: str, cause: Cause, now: datetime) -> tuple[Item, dict]:
    """A new account, and the fact to tell."""
    id, verification_id, at = new_id(), new_id(), times.write(now)
    account = {
        **account_key(id),
        "id": id,
        "email": email,
        "email_verified_at": None,
        "name": name,
        "roles": ["user"],
        "plan": "free",
        "status": "active",
        "password": password,
        "telegram": None,
        "sessions": [],
        "known_sources": [],
        "mfa": {},
        "verification": {"id": verification_id, "requested_at": at, "expires_at": times.write(now + VERIFICATION)},
        "reset": None,
        "created_at": at,
    }
    data = {"userId": id, "email": email, "name": name, "verificationId": verification_id}
    return account, envelope(cause, now, "identity.user_registered", id, data)


def claims(account: Item) -> list[dict]:
    """What makes an address unique, and the account a part of the list of all."""
    id, created_at = account["id"], account["created_at"]
    claim = {
        **claim_key(account["email"]),
        "fingerprint": fingerprint(account["email"]),
        "user_id": id,
        "claimed_at": created_at,
    }
    listing = {
        **account_key(id),
        "sk": "listing",
        "gsi1pk": f"identity#users#{int(id[-2:], 16) % LISTING_SHARDS}",
        "gsi1sk": f"created#{times.millis(times.read(created_at)):013}#{id}",
        "user_id": id,
        "listed_at": created_at,
    }
    return [table.create(claim), table.create(listing)]


def _is_live(session: Item, now: datetime) -> bool:
    return now < min(times.read(session["last_seen_at"]) + IDLE, times.read(session["created_at"]) + ABSOLUTE)


def start_session(
    account: Item, token: RefreshToken, device: Device, source: str, cause: Cause, now: datetime
) -> list[dict]:
    """Signs a device in; the oldest sessions end that the plan has no room for. The facts to tell."""
    others = [known for known in account["known_sources"] if known != source]
    account["known_sources"] = [*others, source][-MAX_KNOWN_SOURCES:]
    at = times.write(now)
    session = {
        "id": token.session_id,
        "device": device.model_dump(),
        "created_at": at,
        "last_seen_at": at,
        "current": token.hash,
        "replaced": [],
    }
    live = [*(one for one in account["sessions"] if _is_live(one, now)), session]
    account["sessions"] = live[-DEVICES.get(account["plan"], 1) :]
    user_id = account["id"]

    def fact(type: str, one: Item, **more) -> dict:
        data = {"userId": user_id, "sessionId": one["id"], "device": one["device"], **more}
        return envelope(cause, now, type, user_id, data)

    ended = live[: len(live) - len(account["sessions"])]
    return [
        fact("identity.session_started", session),
        *(fact("identity.session_ended", one, reason="device_limit") for one in ended),
    ]


def claim_first_admin(account: Item, first_admin: str | None, cause: Cause, now: datetime) -> list[dict]:
    """The first admin is who proved the address that the deployment names. The fact to tell, if that is now."""
    is_theirs = first_admin and account["email"] == first_admin and account["email_verified_at"]
    if not is_theirs or account["status"] != "active" or "admin" in account["roles"]:
        return []
    account["roles"] = [*account["roles"], "admin"]
    data = {"userId": account["id"], "roles": account["roles"]}
    return [envelope(cause, now, "identity.roles_changed", account["id"], data)]


def user_view(account: Item) -> dict:
    """An account as its owner sees it."""
    methods = {"password": account["password"], "telegram": account["telegram"]}
    return {
        "id": account["id"],
        "email": account["email"],
        "emailVerified": account["email_verified_at"] is not None,
        "name": account["name"],
        "signInMethods": [name for name, has in methods.items() if has],
        "roles": account["roles"],
        "plan": account["plan"],
        "status": account["status"],
        "mfaEnabled": "factor" in account["mfa"],
        "createdAt": account["created_at"],
    }
