"""Permissions between services, which MiniStack does not check: a forgotten one must fail here, not in AWS.

- A rule sends to a queue only if the queue's policy lets events.amazonaws.com do so.
- Scheduler sends to a queue only if the role that it was lent may.
- A mapping is created only if the function's role may read its source.
- An HTTP API's integration is created only if its own role may invoke the function.
- A state machine is created only if its role may invoke each function that its definition names.
"""
import logging
import re

from ministack import app
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, lambda_svc, sqs, stepfunctions

from . import http_api, resources
from .patching import replace, require

logger = logging.getLogger("permissions")

SOURCE_ACTIONS = {
    "sqs": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "dynamodb": ("dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"),
}

FUNCTION_ARN = re.compile(r"arn:aws:lambda:[a-z0-9-]+:[0-9]+:function:[A-Za-z0-9_-]+")


class Forbidden(Exception):
    """Fails the resource, and with it the deployment."""


def install():
    if not app.AUTH:
        return
    require(sqs, "queue_policy_allows", "queue_arn service source_arn source_account")
    require(iam_evaluator, "_gather_role_policies", "role_name account_id")
    replace(eventbridge, "_invoke_target", "target event rule view")(invoke_target)
    resources.afterwards("AWS::Lambda::EventSourceMapping", check_source)
    resources.afterwards("AWS::ApiGatewayV2::Integration", check_integration)
    resources.afterwards("AWS::ApiGatewayV2::Api", check_body)
    resources.afterwards("AWS::StepFunctions::StateMachine", check_machine)


def invoke_target(invoke, target, event, rule, view=None):
    arn = target.get("Arn", "")
    if arn.startswith("arn:aws:sqs:") and "ScheduleExpressionTimezone" in rule:
        try:
            check_role(target["RoleArn"], ("sqs:SendMessage",), arn)
        except Forbidden as forbidden:
            logger.error("The schedule %s is lost: %s", rule.get("Name"), forbidden)
            return None
    elif arn.startswith("arn:aws:sqs:") and not sqs.queue_policy_allows(
            arn, "events.amazonaws.com", rule.get("Arn", ""), get_account_id()):
        logger.error("The rule %s may not send to %s: the queue's policy does not allow events.amazonaws.com.",
                     rule.get("Name"), arn)
        return None
    return invoke(target, event, rule, view)


def check_source(mapping_id, props):
    mapping = lambda_svc._esms[mapping_id]
    function, _config = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
    arn = props["EventSourceArn"]
    check_role(function["config"]["Role"], SOURCE_ACTIONS.get(arn.split(":")[2], ()), arn)


def check_integration(_integration_id, props):
    if props.get("IntegrationType") != "AWS_PROXY":
        return
    if not props.get("CredentialsArn"):
        raise Forbidden(f"The integration with {props.get('IntegrationUri')} has no CredentialsArn.")
    # A URI is either the function's ARN or an API Gateway path around it.
    arn = props["IntegrationUri"].split("/functions/")[-1].split("/invocations")[0]
    check_role(props["CredentialsArn"], ("lambda:InvokeFunction",), arn)


def check_body(_api_id, props):
    """An imported integration says by other names what a resource says."""
    for path, method, operation in http_api.operations(props.get("Body") or {}):
        spec = operation[http_api.INTEGRATION]
        check_integration(f"{method} {path}", {
            "IntegrationType": spec["type"].upper(), "IntegrationUri": spec["uri"],
            "CredentialsArn": spec.get("credentials")})


def check_machine(machine_arn, props):
    definition = stepfunctions._state_machines[machine_arn]["definition"]
    for arn in sorted(set(FUNCTION_ARN.findall(definition))):
        check_role(props["RoleArn"], ("lambda:InvokeFunction",), arn)


def check_role(role_arn, actions, resource_arn):
    role = role_arn.rsplit("/", 1)[-1]
    policies = iam_evaluator._gather_role_policies(role, get_account_id())
    for action in actions:
        context = iam_evaluator.EvalContext(
            principal_arn=role_arn, principal_type="AssumedRole", principal_account=get_account_id(),
            action=action, resource_arn=resource_arn, region=get_region())
        if iam_evaluator.evaluate(context, policies).decision != "Allow":
            raise Forbidden(f"The role {role} does not allow {action} on {resource_arn}.")
