"""Custom resources: a function that fails without answering fails its stack at once, not after an hour."""
from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource

from .patching import replace, require


def install():
    require(custom_resource, "deliver_response", "token response")
    # Its default host is `localhost`, which may resolve to ::1 first, where nothing listens.
    custom_resource._HOST = "127.0.0.1"
    replace(lambda_svc, "_execute_function_with_config_scope", "func event")(execute)


def execute(execute_function, func, event):
    result = execute_function(func, event)
    if result.get("error") and isinstance(event, dict) and "ResponseURL" in event:
        token = event["ResponseURL"].rsplit("/", 1)[-1]
        if not answered(token):
            custom_resource.deliver_response(token, {"Status": "FAILED", "Reason": reason(result)})
    return result


def answered(token):
    pending = custom_resource._pending.get(token)
    return pending is not None and pending["result"] is not None


def reason(result):
    body = result.get("body")
    text = body.get("errorMessage") if isinstance(body, dict) else body
    return f"The custom resource's function failed: {text}"
