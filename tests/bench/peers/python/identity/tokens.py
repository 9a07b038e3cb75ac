"""Makes access tokens, with signing keys that are at most five minutes old."""
import base64
import hmac
import json
import os
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import jwt
from aws_lambda_powertools.utilities import parameters
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from kit.ids import new_id
from kit.table import Item

from .account import user_view
from .refresh import RefreshToken

ACCESS_SECONDS = 10 * 60
CHALLENGE_SECONDS = 5 * 60
MAX_KEY_AGE_SECONDS = 5 * 60
ISSUER = os.environ["AUTH_ISSUER"]


@dataclass(frozen=True)
class Issuer:
    key_id: str
    key: EllipticCurvePrivateKey
    refresh_key: bytes
    mfa_key: bytes


@lru_cache(maxsize=1)
def _read(text: str) -> Issuer:
    secrets = json.loads(text)
    key_id = secrets["activeKeyId"]
    active = next(key for key in secrets["signingKeys"] if key["keyId"] == key_id)
    key = load_der_private_key(base64.b64decode(active["privateKey"]), password=None)
    return Issuer(key_id, key, base64.b64decode(secrets["refreshKey"]), base64.b64decode(secrets["mfaKey"]))


def _issuer() -> Issuer:
    return _read(parameters.get_parameter(os.environ["TOKEN_SECRETS_NAME"], decrypt=True, max_age=MAX_KEY_AGE_SECONDS))


# The keys are there before the first request comes.
_issuer()


def signed_in(account: Item, token: RefreshToken, now: datetime) -> dict:
    """Who signed in, and their tokens."""
    issuer, seconds = _issuer(), int(now.timestamp())
    claims = {
        "iss": ISSUER,
        "aud": ISSUER,
        "sub": account["id"],
        "sid": token.session_id,
        "roles": account["roles"],
        "iat": seconds,
        "nbf": seconds,
        "exp": seconds + ACCESS_SECONDS,
        "jti": new_id(),
    }
    tokens = {
        "accessToken": jwt.encode(claims, issuer.key, algorithm="ES256", headers={"kid": issuer.key_id}),
        "refreshToken": token.write(issuer.refresh_key),
        "tokenType": "Bearer",
        "expiresIn": ACCESS_SECONDS,
        "sessionId": token.session_id,
    }
    return {"user": user_view(account), "tokens": tokens}


def challenge(account: Item, now: datetime) -> dict:
    """What somebody gets who still owes the second factor: signed, and bound to the password that was proven."""
    # One block of HKDF-Expand (RFC 5869).
    key = hmac.digest(_issuer().mfa_key, b"atoll identity mfa challenge\x01", "sha256")
    user, password = UUID(account["id"]).bytes, (account["password"] or "").encode()
    ends = (int(now.timestamp()) + CHALLENGE_SECONDS).to_bytes(8, "big")
    proven = hmac.digest(key, b"first factor" + user + password, "sha256")[:16]
    body = user + UUID(new_id()).bytes + ends + proven
    tag = hmac.digest(key, b"challenge" + body, "sha256")
    token = "atoll_mfa_" + base64.urlsafe_b64encode(body + tag).decode().rstrip("=")
    return {"mfaToken": token, "methods": ["totp", "recovery_code"]}
