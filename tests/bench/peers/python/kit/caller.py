import os

import jwt

from .http import Request
from .problem import Problem

ISSUER = os.environ["AUTH_ISSUER"]
LEEWAY_SECONDS = 5
_keys = {key.key_id: key for key in jwt.PyJWKSet.from_json(os.environ["AUTH_JWKS"]).keys}


def _unauthenticated(code: str, detail: str) -> Problem:
    return Problem(401, code, "Authentication required", detail=detail)


def authenticate(request: Request) -> str:
    """The user who calls, proven by an access token."""
    header = request.header("authorization")
    if header is None:
        raise _unauthenticated("auth.token_missing", "the request has no access token")
    scheme, _, token = header.strip().partition(" ")
    try:
        key = _keys[jwt.get_unverified_header(token.strip())["kid"]]
        claims = jwt.decode(
            token.strip(),
            key,
            algorithms=["ES256"],
            issuer=ISSUER,
            audience=ISSUER,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "nbf", "iss", "aud", "sub"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise _unauthenticated("auth.token_expired", "the access token has expired") from error
    except (jwt.PyJWTError, KeyError) as error:
        raise _unauthenticated("auth.token_invalid", "the access token is invalid") from error
    if scheme.lower() != "bearer":
        raise _unauthenticated("auth.token_invalid", "the access token is invalid")
    request.caller_id = claims["sub"]
    return claims["sub"]
