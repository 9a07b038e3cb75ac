"""Refresh tokens: opaque to clients, stored hashed."""
import base64
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

from kit.ids import new_id, sha256_hex


@dataclass(frozen=True)
class RefreshToken:
    user_id: str
    session_id: str
    secret: bytes

    @classmethod
    def first(cls, user_id: str) -> "RefreshToken":
        return cls(user_id, new_id(), secrets.token_bytes(32))

    @property
    def hash(self) -> str:
        """What the table holds."""
        return sha256_hex(self.secret)

    def write(self, key: bytes) -> str:
        """The text that the client keeps: ids, secret and a tag that proves where it was made."""
        body = UUID(self.user_id).bytes + UUID(self.session_id).bytes + self.secret
        tag = hmac.digest(key, b"tag" + body, "sha256")[:16]
        return "atoll_rt_" + base64.urlsafe_b64encode(body + tag).decode().rstrip("=")
