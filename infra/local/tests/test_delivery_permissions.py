"""A permission that a template forgets between two services must show here, not in AWS."""
import unittest
from unittest import mock

from ministack.core import iam_evaluator

from cloud import delivery_permissions as permissions

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:atoll-Orders-PlaceOrder"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:orders"
ROLE = "arn:aws:iam::000000000000:role/gateway"


def role_that_may(action, resource):
    statements = iam_evaluator.parse_policy_document(
        {"Statement": {"Effect": "Allow", "Action": action, "Resource": resource}})
    return mock.patch.object(iam_evaluator, "_gather_role_policies", lambda role, account: [statements])


class Integration(unittest.TestCase):
    def check(self, **props):
        permissions.check_integration("id", {"IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION, **props})

    def test_the_role_may_invoke_the_function(self):
        path = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
        with role_that_may("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:atoll-*"):
            self.check(CredentialsArn=ROLE)
            self.check(CredentialsArn=ROLE, IntegrationUri=path)

    def test_a_role_that_may_not_fails_the_deployment(self):
        with role_that_may("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:other-*"):
            with self.assertRaisesRegex(permissions.Forbidden, "gateway does not allow lambda:InvokeFunction on"):
                self.check(CredentialsArn=ROLE)

    def test_no_role_fails_the_deployment(self):
        with self.assertRaisesRegex(permissions.Forbidden, "has no CredentialsArn"):
            self.check()

    def test_an_imported_integration_needs_the_same(self):
        spec = {"type": "aws_proxy", "uri": f"arn:aws:apigateway:us-east-1:lambda:path/functions/{FUNCTION}/invocations"}
        operation = {"x-amazon-apigateway-integration": spec}
        with self.assertRaisesRegex(permissions.Forbidden, "has no CredentialsArn"):
            permissions.check_body("api", {"Body": {"paths": {"/v1/a": {"get": operation}}}})
        with role_that_may("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:atoll-*"):
            spec["credentials"] = ROLE
            permissions.check_body("api", {"Body": {"paths": {"/v1/a": {"get": operation}}}})


class Source(unittest.TestCase):
    def check(self):
        with (mock.patch.object(permissions.lambda_svc, "_esms", {"id": {"FunctionName": "f"}}),
              mock.patch.object(permissions.lambda_svc, "_get_func_record_for_qualifier",
                                lambda name, qualifier: ({"config": {"Role": ROLE}}, {}))):
            permissions.check_source("id", {"EventSourceArn": QUEUE})

    def test_every_action_is_needed(self):
        with role_that_may("sqs:*", QUEUE):
            self.check()
        with role_that_may(["sqs:ReceiveMessage", "sqs:GetQueueAttributes"], QUEUE):
            with self.assertRaisesRegex(permissions.Forbidden, "sqs:DeleteMessage"):
                self.check()


class Rule(unittest.TestCase):
    def delivered(self, allowed, arn=QUEUE):
        targets = []
        with mock.patch.object(permissions.sqs, "queue_policy_allows", lambda *arguments: allowed):
            permissions.invoke_target(lambda target, event, rule, view: targets.append(target), {"Arn": arn}, {},
                                      {"Name": "rule", "Arn": "arn:aws:events:::rule/rule"})
        return bool(targets)

    def test_a_queue_gets_only_what_its_policy_allows(self):
        self.assertTrue(self.delivered(allowed=True))
        with self.assertLogs("permissions", "ERROR") as logged:
            self.assertFalse(self.delivered(allowed=False))
        self.assertIn("does not allow events.amazonaws.com", logged.output[0])

    def test_other_targets_have_no_queue_policy(self):
        self.assertTrue(self.delivered(allowed=False, arn=FUNCTION))


class Schedule(unittest.TestCase):
    def delivered(self):
        targets = []
        permissions.invoke_target(lambda target, event, rule, view: targets.append(target),
                                  {"Arn": QUEUE, "RoleArn": ROLE}, {},
                                  {"Name": "schedule", "ScheduleExpressionTimezone": "UTC"})
        return bool(targets)

    def test_a_queue_gets_only_what_the_role_of_the_schedule_may_send(self):
        with role_that_may("sqs:SendMessage", QUEUE):
            self.assertTrue(self.delivered())
        with role_that_may("sqs:SendMessage", QUEUE + "-other"), self.assertLogs("permissions", "ERROR") as logged:
            self.assertFalse(self.delivered())
        self.assertIn("does not allow sqs:SendMessage", logged.output[0])
