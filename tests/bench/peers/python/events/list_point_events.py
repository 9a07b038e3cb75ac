"""`GET /v1/community/points/{id}/events`: a point's care events, the latest first."""
from uuid import UUID

from kit import table
from kit.caller import authenticate
from kit.http import Reply, Request, encode_cursor, endpoint, page
from kit.problem import not_found

from .care_event import event_view, reported_under


def list_point_events(request: Request) -> Reply:
    authenticate(request)
    try:
        point = UUID(request.event["pathParameters"]["id"])
    except ValueError as error:
        raise not_found("request.no_such_path") from error
    limit, cursor = page(request)
    pk, prefix = reported_under(str(point))
    items, following = table.list_index(pk, prefix, limit, cursor)
    return Reply(200, {"items": [event_view(item) for item in items], "nextCursor": encode_cursor(following)})


handler = endpoint(list_point_events)
