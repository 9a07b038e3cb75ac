"""`POST /v1/community/events`: reports what somebody did or saw at a point. Needs `Idempotency-Key`."""
import unicodedata
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from kit import table, times
from kit.caller import authenticate
from kit.domain_events import envelope, outbox
from kit.http import Body, Reply, Request, endpoint, idempotency_key, read_body
from kit.ids import derive_id
from kit.problem import Problem, invalid, not_found
from kit.table import Item

from .care_event import Circumstances, Report, check_cooldown, cooldown_key, decide, event_key, event_view, items_of

MAX_NOTE_CHARS = 500
MAX_PHOTOS = 4
MAX_AGE = timedelta(days=7)
MAX_CLOCK_AHEAD = timedelta(seconds=60)


def _paragraphs(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if any(unicodedata.category(char) == "Cc" and char != "\n" for char in text):
        raise ValueError("must not contain control characters")
    return text


def _all_different(ids: list[UUID]) -> list[UUID]:
    if len(ids) > MAX_PHOTOS or len(set(ids)) < len(ids):
        raise ValueError(f"must be at most {MAX_PHOTOS} different pictures")
    return ids


Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NOTE_CHARS),
    AfterValidator(_paragraphs),
]


class Location(Body):
    lat: float = Field(ge=-90, le=90)
    lng: float = Field(ge=-180, le=180)


class CreateEvent(Body):
    point_id: UUID
    event_type_id: UUID
    note: Note | None = None
    photo_media_ids: Annotated[list[UUID], AfterValidator(_all_different)] = []
    occurred_at: AwareDatetime | None = None
    location: Location | None = None

    def report(self, id: str, author_id: str, now: datetime) -> Report:
        return Report(
            id=id,
            author_id=author_id,
            point_id=str(self.point_id),
            event_type_id=str(self.event_type_id),
            note=self.note,
            photo_media_ids=[str(id) for id in self.photo_media_ids],
            occurred_at=_occurred(self.occurred_at, now) if self.occurred_at else None,
            location=(self.location.lat, self.location.lng) if self.location else None,
        )


def _occurred(at: datetime, now: datetime) -> datetime:
    if not -MAX_CLOCK_AHEAD <= now - at <= MAX_AGE:
        raise invalid({"field": "occurredAt", "message": "must not be in the future, and at most 7 days ago"})
    return min(at, now)


def create_event(request: Request) -> Reply:
    author_id = authenticate(request)
    id = derive_id("create_event", author_id, idempotency_key(request))
    now = times.now()
    report = read_body(request, CreateEvent).report(id, author_id, now)
    known = _known_of(report)
    if known.before:
        return _same_as_before(known.before, report)
    event, cooldown, point_name = decide(report, known, now)
    item, own = items_of(event)
    fact = envelope(request, now, "events.event_reported", id, _fact(event, point_name))
    writes = [
        table.create({**item, "outbox": outbox(fact)}),
        table.create(own),
        table.absent({"pk": own["pk"], "sk": "forgotten"}),
    ]
    if cooldown:
        writes.append(table.replace(known.cooldown, cooldown) if known.cooldown else table.create(cooldown))
    try:
        table.transact(*writes)
    except table.Conflict as conflict:
        return _after_conflict(conflict, report, now)
    return _created(event)


def _fact(event: Item, point_name: str) -> dict:
    fact = {
        "eventId": event["id"],
        "pointId": event["point_id"],
        "userId": event["author_id"],
        "eventTypeId": event["event_type_id"],
        "code": event["code"],
        "typeName": event["type_name"],
        "pointName": point_name,
        "occurredAt": event["occurred_at"],
    }
    return {**fact, "reward": event["reward"]} if "reward" in event else fact


def _known_of(report: Report) -> Circumstances:
    """All that a decision stands on, in one read."""
    author = f"events#user#{report.author_id}"
    before, cooldown = event_key(report.id), cooldown_key(report)
    standing = {"pk": author, "sk": "standing"}
    point = {"pk": f"events#point#{report.point_id}", "sk": "copy"}
    kind = {"pk": f"events#type#{report.event_type_id}", "sk": "type"}
    photos = [{"pk": author, "sk": f"medium#{id}"} for id in report.photo_media_ids]
    found = table.get_many([before, standing, point, kind, cooldown, *photos])

    def of(key: table.Key) -> Item | None:
        return found.get((key["pk"], key["sk"]))

    shown = [photo for photo in map(of, photos) if photo]
    return Circumstances(of(before), of(standing), of(point), of(kind), of(cooldown), shown)


def _after_conflict(conflict: table.Conflict, report: Report, now: datetime) -> Reply:
    """Somebody was faster: perhaps the same request."""
    if before := conflict.item(0):
        return _same_as_before(before, report)
    if conflict.failed(2):
        raise not_found("events.no_such_user") from conflict
    check_cooldown(conflict.item(3), now)
    raise table.Contended("the cooldown changed meanwhile")


def _created(event: Item) -> Reply:
    return Reply(201, event_view(event), location=f"/v1/community/events/{event['id']}")


def _same_as_before(before: Item, report: Report) -> Reply:
    """A repeat gets what the first try made, if it asks for the same; what was removed since is not made again."""
    if "removed_until" in before:
        raise not_found("events.no_such_event")
    if before.get("asked") != report.asked:
        raise Problem(422, "events.key_reused", "This Idempotency-Key has asked for something else")
    return _created(before)


handler = endpoint(create_event)
