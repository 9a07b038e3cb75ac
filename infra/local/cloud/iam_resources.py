"""IAM: what MiniStack asks a role for, where AWS asks for something else.

Sending a mail is a call on the sender's identity, not on `*`. Batches of SQS need the permission of the single
call. Devices are entered under an application and changed as endpoints, not on `*`. A schedule lies in its group, which the
request names in its body. Parameters below a path are read with a permission for the path.
"""
import json
from email.utils import parseaddr

from ministack.core import iam_actions
from ministack.services import ses_v2

from .patching import replace

SEND_PATHS = ("/v2/email/outbound-emails", "/v2/email/outbound-bulk-emails")


def install():
    replace(iam_actions, "extract_iam_action", "service method path headers body query_params")(iam_action)
    replace(iam_actions, "_ses_v2_resource_arn", "method path body region account_id")(resource_arn)
    replace(iam_actions, "extract_resource_arn",
            "service method path headers body query_params region account_id")(push_resource_arn)


def iam_action(named, *args, **kwargs):
    """`sqs:SendMessageBatch` is no action of its own."""
    action = named(*args, **kwargs)
    return action.removesuffix("Batch") if action and action.startswith("sqs:") else action


def resource_arn(named, method, path, body, region, account_id):
    if path not in SEND_PATHS:
        return named(method, path, body, region, account_id)
    sender = parseaddr(json.loads(body or b"{}").get("FromEmailAddress", ""))[1]
    return f"arn:aws:ses:{region}:{account_id}:identity/{identity_of(sender)}"


def identity_of(address):
    """The address itself if it is an identity, else its domain."""
    return address if address in ses_v2._identities else address.rpartition("@")[2]


def push_resource_arn(named, service, method, path, headers, body, query_params, region, account_id):
    if service == "sns":
        for parameter in ("PlatformApplicationArn", "EndpointArn"):
            if arn := iam_actions._query_param(query_params, parameter):
                return arn
    arn = named(service, method, path, headers, body, query_params, region, account_id)
    if service == "ssm" and arn == "*" and (below := json.loads(body or b"{}").get("Path")):
        return f"arn:aws:ssm:{region}:{account_id}:parameter{below}"
    if service == "scheduler" and ":schedule/default/" in arn and method in ("POST", "PUT"):
        group = json.loads(body or b"{}").get("GroupName", "default")
        return arn.replace(":schedule/default/", f":schedule/{group}/")
    return arn
