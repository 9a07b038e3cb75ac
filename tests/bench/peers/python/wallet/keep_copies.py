"""On events of identity and of points: keeps what the wallet must know of people and points."""
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from pydantic import ValidationError

from kit import table, times
from kit.queue import Event, Model, Poison, consumer
from kit.table import Item, Key

MAX_ATTEMPTS = 6


class User(Model):
    user_id: UUID


class PointState(Model):
    point_id: UUID
    name: str
    keeper_id: UUID | None = None
    revision: int


class PointGone(Model):
    point_id: UUID
    revision: int


M = TypeVar("M", bound=Model)


def keep_copies(event: Event) -> bool:
    match f"{event.type}.v{event.version}":
        case "identity.user_registered.v1":
            return _keep_person(_decode(User, event))
        case "identity.user_suspended.v1":
            return _keep_judgement(_decode(User, event), True, event)
        case "identity.user_restored.v1":
            return _keep_judgement(_decode(User, event), False, event)
        case "points.point_created.v1" | "points.point_updated.v1":
            fact = _decode(PointState, event)
            keeper = {"keeper_id": str(fact.keeper_id)} if fact.keeper_id else {}
            return _keep_point(fact.point_id, fact.revision, lambda _: {"name": fact.name, **keeper, "removed": False})
        case "points.point_removed.v1":
            gone = _decode(PointGone, event)
            return _keep_point(gone.point_id, gone.revision, _without_place)
        case other:
            raise Poison(f"no use for {other}")


def _decode(model: type[M], event: Event) -> M:
    try:
        return model.model_validate(event.data)
    except ValidationError as error:
        raise Poison(f"{event.type}: {error}") from error


def _person_key(user: UUID) -> Key:
    return {"pk": f"wallet#user#{user}", "sk": "person"}


def _keep_person(fact: User) -> bool:
    fresh = {"user_id": str(fact.user_id), "suspended": False}
    return _keep(_person_key(fact.user_id), True, lambda known: None if known else fresh)


def _keep_judgement(fact: User, suspended: bool, event: Event) -> bool:
    judged = {"user_id": str(fact.user_id), "suspended": suspended, "judged_at": times.write(event.occurred_at)}

    def decide(known: Item | None) -> Item | None:
        is_old = known and "judged_at" in known and times.read(known["judged_at"]) >= event.occurred_at
        return None if is_old else judged

    return _keep(_person_key(fact.user_id), True, decide)


def _keep_point(point: UUID, revision: int, state: Callable[[Item | None], Item]) -> bool:
    """Of a point's changes the one with the greatest number stands."""

    def decide(known: Item | None) -> Item | None:
        is_old = known and known["revision"] >= revision
        return None if is_old else {"point_id": str(point), **state(known), "revision": revision}

    return _keep({"pk": f"wallet#point#{point}", "sk": "point"}, False, decide)


def _without_place(known: Item | None) -> Item:
    """Gone from the map; its last keeper still spends what is left."""
    kept = {name: known[name] for name in ("name", "keeper_id") if name in known} if known else {}
    return {**kept, "removed": True}


def _keep(key: Key, is_person: bool, decide: Callable[[Item | None], Item | None]) -> bool:
    """Changes a copy as `decide` says: false if there is nothing to change, or the person is forgotten."""
    read = table.get(key)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        following = decide(read)
        if following is None:
            return False
        item = {**key, **following}
        writes = [table.replace(read, item) if read else table.create(item)]
        if is_person:
            writes.append(table.absent({"pk": key["pk"], "sk": "forgotten"}))
        try:
            table.transact(*writes)
            return True
        except table.Conflict as conflict:
            if conflict.failed(1):
                return False
            read = conflict.item(0)
        table.pause(attempt)
    raise table.Contended("others were faster each time")


handler = consumer(keep_copies)
