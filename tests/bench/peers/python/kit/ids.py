import hashlib
from uuid import UUID

from uuid_utils import uuid7


def new_id() -> str:
    return str(uuid7())


def derive_id(*parts: str) -> str:
    """A UUIDv8 (RFC 9562) that is the same for the same parts: a create is its own idempotency record."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    id = bytearray(digest.digest()[:16])
    id[6] = id[6] & 0x0F | 0x80
    id[8] = id[8] & 0x3F | 0x80
    return str(UUID(bytes=bytes(id)))


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
