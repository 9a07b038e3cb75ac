"""SES: headers and tags of a mail are kept, and the addresses of SES's mailbox simulator bounce and complain."""
import json
from datetime import datetime, timezone

from ministack.core.responses import get_account_id
from ministack.services import ses_v2, sns

from .patching import replace, require

SIMULATOR = "simulator.amazonses.com"
# As https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html has them; labels (`bounce+1@`) are free.
EVENTS = {"bounce": "BOUNCE", "complaint": "COMPLAINT"}


def install():
    require(ses_v2, "_sent_emails_list", "")
    require(sns, "topic_policy_allows", "topic_arn service source_arn source_account")
    replace(ses_v2, "handle_request", "method path headers body query_params")(handle_request)


async def handle_request(handle, method, path, headers, body, query_params):
    answer = await handle(method, path, headers, body, query_params)
    if method == "POST" and path.rstrip("/").endswith("/outbound-emails") and answer[0] == 200:
        sent(json.loads(body), json.loads(answer[2])["MessageId"])
    return answer


def sent(request, message_id):
    record = next(mail for mail in reversed(ses_v2._sent_emails_list()) if mail["MessageId"] == message_id)
    simple = request.get("Content", {}).get("Simple", {})
    record["Headers"] = {header["Name"]: header["Value"] for header in simple.get("Headers", [])}
    record["Tags"] = {tag["Name"]: [tag["Value"]] for tag in request.get("EmailTags", [])}
    for address in request.get("Destination", {}).get("ToAddresses", []):
        name, _, host = address.lower().partition("@")
        kind = name.partition("+")[0]
        if host == SIMULATOR and kind in EVENTS:
            tell(request.get("ConfigurationSetName"), kind, address, record)


def tell(configuration_set, kind, address, record):
    """Publish the event to the topics that the configuration set names for it, as SES does."""
    destinations = (ses_v2._config_sets.get(configuration_set or "") or {}).get("EventDestinations") or {}
    for destination in destinations.values():
        topic = (destination.get("SnsDestination") or {}).get("TopicArn")
        if topic and EVENTS[kind] in destination["MatchingEventTypes"] and may_publish(topic, configuration_set):
            sns.publish_internal(topic, event(kind, address, record))


def may_publish(topic, configuration_set):
    source = f"arn:aws:ses:us-east-1:{get_account_id()}:configuration-set/{configuration_set}"
    return sns.topic_policy_allows(topic, "ses.amazonaws.com", source, get_account_id())


def event(kind, address, record):
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    recipient = [{"emailAddress": address}]
    details = {
        "bounce": {"bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": recipient},
        "complaint": {"complainedRecipients": recipient, "complaintFeedbackType": "abuse"},
    }[kind]
    return {"eventType": kind.title(), kind: {**details, "timestamp": now},
            "mail": {"messageId": record["MessageId"], "destination": [address], "tags": record["Tags"]}}
