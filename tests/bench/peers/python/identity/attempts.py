"""Failed sign-ins: how many are too many."""
import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime

from kit.table import Key

from .account import fingerprint

MAX_PAIR = 5
MAX_SOURCE = 100
MAX_ACCOUNT = 20
SOURCE_WINDOW_SECONDS = 15 * 60
ACCOUNT_WINDOW_SECONDS = 60


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def source_of(address: str) -> str:
    """A network address, hashed. IPv6 hosts choose their last 64 bits freely, so those do not count."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return _digest("source", address)
    return _digest("source", parsed.packed[:8].hex() if parsed.version == 6 else address)


@dataclass(frozen=True)
class Counter:
    """How often something failed in one window."""

    key: Key
    ends_at: int


def _counter(subject: str, seconds: int, now: datetime) -> Counter:
    window = int(now.timestamp()) // seconds
    return Counter({"pk": f"identity#attempts#{subject}", "sk": f"window#{window}"}, (window + 1) * seconds)


@dataclass(frozen=True)
class Subjects:
    """The counters of an attempt to sign in: this address at this account, this address, this account."""

    pair: Counter
    source: Counter
    account: Counter

    def all(self) -> tuple[Counter, Counter, Counter]:
        return self.pair, self.source, self.account


def subjects_of(email: str, source: str, now: datetime) -> Subjects:
    account = fingerprint(email)
    return Subjects(
        pair=_counter(_digest("pair", account, source), SOURCE_WINDOW_SECONDS, now),
        source=_counter(_digest("source", source), SOURCE_WINDOW_SECONDS, now),
        account=_counter(_digest("account", account), ACCOUNT_WINDOW_SECONDS, now),
    )


@dataclass(frozen=True)
class Failures:
    pair: int
    source: int
    account: int


def wait_of_source(subjects: Subjects, failures: Failures, now: datetime) -> int | None:
    """How long this address has to wait, in seconds."""
    is_over = failures.pair >= MAX_PAIR or failures.source >= MAX_SOURCE
    return _seconds_until(subjects.pair.ends_at, now) if is_over else None


def wait_of_account(subjects: Subjects, failures: Failures, now: datetime) -> int | None:
    """How long everybody has to wait who is not known at this account, in seconds."""
    return _seconds_until(subjects.account.ends_at, now) if failures.account >= MAX_ACCOUNT else None


def _seconds_until(end: int, now: datetime) -> int:
    return max(end - int(now.timestamp()), 1)
