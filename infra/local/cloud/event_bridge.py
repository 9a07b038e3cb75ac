"""EventBridge: it invokes a function asynchronously, that is with retries and destinations."""
import json

from ministack.services import eventbridge, lambda_svc

from .patching import replace


def install():
    replace(eventbridge, "_dispatch_to_lambda", "arn payload")(dispatch_to_lambda)


def dispatch_to_lambda(_dispatch_once, arn, payload):
    function, _config, _name = lambda_svc._get_func_record_for_ref(arn)
    if function:
        lambda_svc.invoke_async_with_retry(function, json.loads(payload))
