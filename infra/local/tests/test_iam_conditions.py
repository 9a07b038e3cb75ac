"""What IAM makes of a request: a function may touch the keys of its own context only."""
import json
import unittest

from ministack.core import iam_actions, iam_evaluator

from cloud import iam_conditions


def decision(action, condition, body):
    """What a role with this one statement may do."""
    iam_conditions.remember_body(lambda body: None, json.dumps(body).encode())
    policy = {"Statement": {"Effect": "Allow", "Action": action, "Resource": "*", "Condition": condition}}
    context = iam_evaluator.EvalContext(
        principal_arn="arn:aws:sts::000000000000:assumed-role/r/s", principal_type="AssumedRole",
        principal_account="000000000000", action=action, resource_arn="*", region="us-east-1")
    return iam_evaluator.evaluate(context, [iam_evaluator.parse_policy_document(policy)]).decision


class Actions(unittest.TestCase):
    def test_a_batch_needs_the_permission_of_the_single_call(self):
        for call, action in (("SendMessageBatch", "SendMessage"), ("SendMessage", "SendMessage")):
            asked = iam_actions.extract_iam_action("sqs", "POST", "/", {"x-amz-target": f"AmazonSQS.{call}"}, b"{}", {})
            self.assertEqual(asked, f"sqs:{action}")


class Table(unittest.TestCase):
    CONDITION = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["identity#*"]}}

    def put(self, *keys):
        items = [{"Put": {"TableName": "items", "Item": {"pk": {"S": key}}}} for key in keys]
        return decision("dynamodb:PutItem", self.CONDITION, {"TransactItems": items})

    def test_the_own_prefix_is_allowed(self):
        self.assertEqual(self.put("identity#user#1"), "Allow")

    def test_another_prefix_is_denied(self):
        self.assertEqual(self.put("orders#order#1"), "ImplicitDeny")

    def test_one_foreign_item_denies_the_whole_transaction(self):
        self.assertEqual(self.put("identity#user#1", "orders#order#1"), "ImplicitDeny")


class Attributes(unittest.TestCase):
    """A role that may read one attribute of accounts."""
    CONDITION = {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["identity#user#*"]},
        "ForAllValues:StringEquals": {"dynamodb:Attributes": ["pk", "sk", "standing"]},
        "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
    }
    KEY = {"pk": {"S": "identity#user#1"}, "sk": {"S": "account"}}

    def get(self, **request):
        return decision("dynamodb:GetItem", self.CONDITION, {"TableName": "items", "Key": self.KEY, **request})

    def test_the_named_attribute_is_allowed_under_any_alias(self):
        self.assertEqual(self.get(ProjectionExpression="standing"), "Allow")
        self.assertEqual(self.get(ProjectionExpression="#a", ExpressionAttributeNames={"#a": "standing"}), "Allow")

    def test_another_attribute_and_the_whole_item_are_denied(self):
        for request in ({}, {"ProjectionExpression": "password"}, {"ProjectionExpression": "standing, email"},
                        {"ProjectionExpression": "#a", "ExpressionAttributeNames": {"#a": "password"}},
                        {"AttributesToGet": ["email"]}, {"ProjectionExpression": "mfa.secret"}):
            self.assertEqual(self.get(**request), "ImplicitDeny", request)

    def test_a_read_of_several_items_is_judged_by_each(self):
        whole = {"Get": {"TableName": "items", "Key": self.KEY}}
        part = {"Get": {"TableName": "items", "Key": self.KEY, "ProjectionExpression": "standing"}}
        for reads, expected in (([part], "Allow"), ([part, whole], "ImplicitDeny")):
            self.assertEqual(decision("dynamodb:GetItem", self.CONDITION, {"TransactItems": reads}), expected)


class OtherServices(unittest.TestCase):
    def test_mail_leaves_from_the_allowed_address_only(self):
        condition = {"StringEquals": {"ses:FromAddress": "atoll@example.com"}}
        for sender, expected in (("atoll@example.com", "Allow"), ("Atoll <atoll@example.com>", "Allow"),
                                 ("other@example.com", "ImplicitDeny")):
            self.assertEqual(decision("ses:SendEmail", condition, {"FromEmailAddress": sender}), expected)

    def test_events_carry_the_allowed_source_only(self):
        condition = {"StringEquals": {"events:source": "atoll.identity"}}
        for sources, expected in ((["atoll.identity"], "Allow"), (["atoll.orders"], "ImplicitDeny")):
            body = {"Entries": [{"Source": source} for source in sources]}
            self.assertEqual(decision("events:PutEvents", condition, body), expected)

    def test_a_bucket_that_insists_on_tls_can_be_used(self):
        for wanted, expected in (("true", "Allow"), ("false", "ImplicitDeny")):
            condition = {"Bool": {"aws:SecureTransport": wanted}}
            self.assertEqual(decision("s3:GetObject", condition, {}), expected)
