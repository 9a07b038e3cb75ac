from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)


def write(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read(text: str) -> datetime:
    # Python keeps microseconds; others write nanoseconds, which `fromisoformat` cuts.
    return datetime.fromisoformat(text)


def millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)
