"""What was sent through SES and SNS: a page to read it, and JSON for tests."""
import json
from datetime import datetime, timezone
from pathlib import Path

from ministack.services import ses, sns

from .asgi import query, send_json, send_page

PAGE = Path(__file__).parent / "pages" / "mailbox.html"


async def page(_scope, _receive, send):
    await send_page(send, PAGE.read_bytes())


async def mails(scope, _receive, send):
    """Newest first; `?to=` selects a recipient."""
    wanted = query(scope).get("to", "").lower()
    records = sent_records(ses._sent_emails, "entries")
    found = [as_mail(record) for record in records if not wanted or wanted in map(str.lower, recipients(record))]
    await send_json(send, 200, newest_first(found))


async def messages(scope, _receive, send):
    """SMS and push messages, newest first; `?to=` selects a phone number or an endpoint's ARN."""
    wanted = query(scope).get("to")
    found = [as_message(to, record) for (_account, _region, to), records in sns._sms_messages.all_items()
             for record in records if wanted in (None, to)]
    await send_json(send, 200, newest_first(found))


async def pushes(scope, _receive, send):
    """Push messages in the words of the device's service, newest first; `?token=` selects a device."""
    wanted = query(scope).get("token")
    found = [as_push(to, record) for (_account, _region, to), records in sns._sms_messages.all_items()
             for record in records if "Token" in record and wanted in (None, record["Token"])]
    await send_json(send, 200, newest_first(found))


def sent_records(store, key):
    return [record for (_account, _region, found), records in store.all_items() if found == key
            for record in records]


def recipients(record):
    return [*record.get("To", []), *record.get("CC", []), *record.get("BCC", [])]


def as_mail(record):
    return {
        "id": record["MessageId"],
        "to": recipients(record),
        "from": record["Source"],
        "subject": record.get("RenderedSubject") or record.get("Subject", ""),
        "text": record.get("RenderedBodyText") or record.get("BodyText", ""),
        "headers": record.get("Headers", {}),
        "html": record.get("RenderedBodyHtml") or record.get("BodyHtml") or "",
        "sentAt": timestamp(record["Timestamp"]),
    }


def as_message(to, record):
    subject = as_push(to, record)["title"] if "Token" in record else ""
    return {"subject": subject, "id": record.get("MessageId", ""), "to": to, "text": record.get("Message", ""),
            "sentAt": timestamp(record.get("Timestamp"))}


def as_push(to, record):
    """SNS sends each device the part of the message that is for its service."""
    platform = to.split("/")[-3]
    parts = parsed(record.get("Message"))
    message = parsed(parts.get(platform)) if platform in parts else {"default": record.get("Message", "")}
    if platform == "GCM":
        message = message.get("fcmV1Message", {}).get("message", {})
        alert = message.get("notification", {})
    else:
        alert = message.get("aps", {}).get("alert", {})
    return {"endpoint": to, "platform": platform, "token": record["Token"], "title": alert.get("title", ""),
            "body": alert.get("body", message.get("default", "")), "data": message.get("data", {}),
            "sentAt": timestamp(record.get("Timestamp"))}


def parsed(text):
    """A JSON object; empty for any other text."""
    try:
        value = json.loads(text)
    except (TypeError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def newest_first(items):
    return sorted(reversed(items), key=lambda item: item["sentAt"], reverse=True)


def timestamp(seconds):
    if not isinstance(seconds, (int, float)):
        return seconds or ""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
