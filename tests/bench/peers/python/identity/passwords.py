from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError

# OWASP's first parameters for argon2id.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID)


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def matches(password: str, hashed: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except VerifyMismatchError:
        return False


def matches_nobody(password: str) -> bool:
    """Takes the time of `matches` where there is no account."""
    _hasher.hash(password)
    return False
