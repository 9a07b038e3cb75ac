"""Care events: what people did or saw at points."""
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from kit import times
from kit.ids import derive_id
from kit.problem import Problem, not_found
from kit.table import Item, Key

EARTH_RADIUS_M = 6_371_008.8


@dataclass(frozen=True)
class Report:
    """What somebody says that they did or saw."""

    id: str
    author_id: str
    point_id: str
    event_type_id: str
    note: str | None
    photo_media_ids: list[str]
    occurred_at: datetime | None
    location: tuple[float, float] | None

    @property
    def asked(self) -> str:
        """Stands for what is asked, for a repeat under the same key."""
        time = times.write(self.occurred_at) if self.occurred_at else ""
        photos = ",".join(self.photo_media_ids)
        return derive_id("events.report", self.point_id, self.event_type_id, self.note or "", photos, time)


@dataclass(frozen=True)
class Circumstances:
    """What the decision on a report stands on."""

    before: Item | None
    standing: Item | None
    point: Item | None
    kind: Item | None
    cooldown: Item | None
    photos: list[Item]


def event_key(id: str) -> Key:
    return {"pk": f"events#event#{id}", "sk": "event"}


def cooldown_key(report: Report) -> Key:
    return {"pk": f"events#user#{report.author_id}", "sk": f"cooldown#{report.point_id}#{report.event_type_id}"}


def reported_under(point_id: str) -> tuple[str, str]:
    """The partition of the index that lists a point's events, and how its sort keys start."""
    return f"events#reported#{point_id}", "at#"


def items_of(event: Item) -> tuple[Item, Item]:
    """The event itself, which the index lists, and its author's own copy."""
    place = f"{times.millis(times.read(event['occurred_at'])):015}#{event['id']}"
    pk, prefix = reported_under(event["point_id"])
    own_key = {"pk": f"events#user#{event['author_id']}", "sk": f"event#{place}"}
    return {**event, **event_key(event["id"]), "gsi1pk": pk, "gsi1sk": prefix + place}, {**event, **own_key}


def check_cooldown(cooldown: Item | None, now: datetime) -> None:
    """Refuses a report while the cooldown of the one before lasts."""
    if cooldown and times.read(cooldown["until"]) > now:
        detail = f"it can be reported again from {cooldown['until']} on"
        title = "The same was reported here a short time ago"
        raise Problem(409, "events.cooling_down", title, detail=detail)


def decide(report: Report, known: Circumstances, now: datetime) -> tuple[Item, Item | None, str]:
    """The event, the cooldown that begins, and the point's name, if the rules allow it."""
    if known.standing and known.standing["suspended"]:
        raise Problem(403, "auth.suspended", "This account is suspended")
    place = (known.point or {}).get("place")
    if not place:
        raise not_found("events.no_such_point")
    if not known.kind:
        raise not_found("events.no_such_event_type")
    if known.kind["retired"]:
        raise Problem(409, "events.type_retired", "This kind of event was retired")
    if "max_distance_m" in known.kind:
        _check_distance(report, place["location"], int(known.kind["max_distance_m"]))
    published = {photo["media_id"] for photo in known.photos if photo["published"]}
    if not published.issuperset(report.photo_media_ids):
        title = "Only published pictures of one's own can be shown"
        raise Problem(422, "events.photo_not_published", title)
    check_cooldown(known.cooldown, now)
    return _event(report, known.kind, now), _cooldown(report, known.kind, now), place["name"]


def _check_distance(report: Report, place: Item, metres: int) -> None:
    if report.location is None:
        title = "This kind of event asks for the location of its author"
        raise Problem(422, "events.location_missing", title)
    if _metres(report.location, (float(place["lat"]), float(place["lng"]))) > metres:
        detail = f"this kind of event asks its author to be within {metres} metres of the point"
        raise Problem(422, "events.too_far", "The point is too far away", detail=detail)


def _metres(start: tuple[float, float], end: tuple[float, float]) -> float:
    """The great-circle distance, by the haversine formula."""
    (lat, lng), (to_lat, to_lng) = (map(math.radians, place) for place in (start, end))
    by_lat, by_lng = (to_lat - lat) / 2, (to_lng - lng) / 2
    chord = math.sin(by_lat) ** 2 + math.cos(lat) * math.cos(to_lat) * math.sin(by_lng) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(math.sqrt(chord), 1))


def _event(report: Report, kind: Item, now: datetime) -> Item:
    event = {
        "id": report.id,
        "point_id": report.point_id,
        "author_id": report.author_id,
        "event_type_id": kind["id"],
        "code": kind["code"],
        "type_name": kind["name"],
        "note": report.note,
        "photo_media_ids": report.photo_media_ids or None,
        "occurred_at": times.write(report.occurred_at or now),
        "reported_at": times.write(now),
        "reward": kind.get("reward"),
        "asked": report.asked,
    }
    return {name: value for name, value in event.items() if value is not None}


def _cooldown(report: Report, kind: Item, now: datetime) -> Item | None:
    minutes = int(kind["cooldown_minutes"])
    if minutes == 0:
        return None
    until = now + timedelta(minutes=minutes)
    return {
        **cooldown_key(report),
        "user_id": report.author_id,
        "point_id": report.point_id,
        "event_type_id": report.event_type_id,
        "until": times.write(until),
        "expires_at": int(until.timestamp()),
    }


def event_view(event: Item) -> dict:
    """An event as everybody sees it."""
    view = {
        "id": event["id"],
        "pointId": event["point_id"],
        "authorId": event.get("author_id"),
        "eventTypeId": event["event_type_id"],
        "code": event["code"],
        "typeName": event["type_name"],
        "note": event.get("note"),
        "photoMediaIds": event.get("photo_media_ids", []),
        "occurredAt": event["occurred_at"],
        "reportedAt": event["reported_at"],
        "reward": event.get("reward"),
    }
    return {name: value for name, value in view.items() if value is not None}
