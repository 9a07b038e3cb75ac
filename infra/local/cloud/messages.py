"""SMS and push messages: the time of each, and push messages at all, kept under the endpoint's ARN."""
import time

from ministack.services import sns

from .patching import replace, require


def install():
    require(sns, "_sms_log_for", "phone_number")
    replace(sns, "_publish", "params")(publish)
    replace(sns, "_create_platform_endpoint", "params")(create_endpoint)


def publish(publish_message, params):
    endpoint = sns._platform_endpoints.get(sns._p(params, "TargetArn") or "")
    if endpoint:
        return publish_push(publish_message, params, endpoint)
    answer = publish_message(params)
    if phone := sns._p(params, "PhoneNumber"):
        for record in sns._sms_log_for(phone)[-1:]:
            record.setdefault("Timestamp", time.time())
    return answer


def create_endpoint(create, params):
    """MiniStack names endpoints as parts of their application; policies name them as AWS does."""
    status, headers, body = create(params)
    application = sns._p(params, "PlatformApplicationArn")
    for arn in [known["arn"] for known in sns._platform_endpoints.values() if known["arn"].startswith(f"{application}/")]:
        endpoint = sns._platform_endpoints.pop(arn)
        endpoint["arn"] = arn.replace(":app/", ":endpoint/")
        sns._platform_endpoints[endpoint["arn"]] = endpoint
        body = body.replace(arn.encode(), endpoint["arn"].encode())
    return status, headers, body


def publish_push(publish_message, params, endpoint):
    if str(endpoint["attributes"].get("Enabled")).lower() == "false":
        return sns._error("EndpointDisabled", "Endpoint is disabled", 400)
    sns._sms_log_for(endpoint["arn"]).append(
        {"Message": sns._p(params, "Message"), "Timestamp": time.time(), **endpoint["attributes"]})
    return publish_message(params)
