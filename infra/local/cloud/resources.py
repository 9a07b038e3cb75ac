"""CloudFormation: resource types and properties that MiniStack does not know."""
import json

from ministack.services import dynamodb, lambda_svc
from ministack.services.cloudformation import provisioners

from .environment import TIME_FACTOR
from .patching import replace

HANDLERS = provisioners._RESOURCE_HANDLERS

# Accepted, and nothing is created: what they do cannot be seen locally.
WITHOUT_EFFECT = (
    "AWS::ApiGatewayV2::RouteResponse",
    "AWS::Budgets::Budget",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::Events::EventBusPolicy",
    "AWS::Logs::QueryDefinition",
    "AWS::ResourceGroups::Group",
    "AWS::SES::Template",
    "AWS::SQS::QueueInlinePolicy",
    "AWS::WAFv2::IPSet",
    "AWS::WAFv2::WebACLAssociation",
    "AWS::XRay::Group",
    "AWS::XRay::SamplingRule",
)


def install():
    for kind in WITHOUT_EFFECT:
        HANDLERS.setdefault(kind, accepted())
    for kind in ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
        afterwards(kind, set_time_to_live)
        afterwards(kind, set_recovery)
    replace(dynamodb, "_describe_continuous_backups", "data")(describe_recovery)
    replace(provisioners, "_cw_metric_alarm_record", "name props")(alarm_on_query)
    afterwards("AWS::Lambda::Function", set_concurrency)
    afterwards("AWS::Lambda::Function", extend_timeout)


def accepted():
    return {"create": lambda logical_id, props, stack: (f"{stack}-{logical_id}", {}),
            "update": lambda physical_id, old, new, stack, logical_id=None: (physical_id, {}),
            "delete": lambda physical_id, props: None}


def afterwards(kind, action):
    """Run action(physical id, properties) after each create and update of a resource type."""
    handler = HANDLERS[kind]
    create, update = handler["create"], handler["update"]

    def created(logical_id, props, stack):
        result = create(logical_id, props, stack)
        action(result[0], props)
        return result

    def updated(physical_id, old, new, stack, *logical_id):
        result = update(physical_id, old, new, stack, *logical_id)
        action(result[0], new)
        return result

    handler.update(create=created, update=updated)


def set_time_to_live(table, props):
    if spec := props.get("TimeToLiveSpecification"):
        dynamodb._update_ttl({"TableName": table, "TimeToLiveSpecification": {
            "Enabled": str(spec["Enabled"]).lower() == "true", "AttributeName": spec["AttributeName"]}})


def set_recovery(table, props):
    """A global table has the setting per replica, and this cloud has one region."""
    spec = (props.get("Replicas") or [props])[0].get("PointInTimeRecoverySpecification", {})
    enabled = str(spec.get("PointInTimeRecoveryEnabled", False)).lower() == "true"
    dynamodb._update_continuous_backups({"TableName": table, "PointInTimeRecoverySpecification": {
        "PointInTimeRecoveryEnabled": enabled}})


def alarm_on_query(record, name, props):
    """No alarm is evaluated here, so one on a query over metrics is accepted under the query's name."""
    if not (queries := props.get("Metrics")):
        return record(name, props)
    named = {"Namespace": "Queries", "MetricName": queries[0]["Id"], "Period": queries[0].get("Period", 60)}
    return record(name, {**{key: value for key, value in props.items() if key != "Metrics"}, **named})


def describe_recovery(describe, data):
    """A table can be restored to any time since its creation; MiniStack knows the present only, and that is what it copies."""
    status, headers, body = describe(data)
    answer = json.loads(body)
    recovery = answer.get("ContinuousBackupsDescription", {}).get("PointInTimeRecoveryDescription", {})
    if "EarliestRestorableDateTime" in recovery:
        recovery["EarliestRestorableDateTime"] = 0
    return status, headers, json.dumps(answer).encode()


def extend_timeout(function, props):
    """The template's time-out is made for AWS's processors."""
    lambda_svc._functions[function]["config"]["Timeout"] = int(props.get("Timeout", 3)) * TIME_FACTOR


def set_concurrency(function, props):
    value = props.get("ReservedConcurrentExecutions")
    lambda_svc._functions[function]["concurrency"] = None if value is None else int(value)
