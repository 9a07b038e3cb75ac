"""Policies and expressions that were parsed before mean what they meant."""
import unittest

from ministack.core import iam_evaluator
from ministack.services import dynamodb

from cloud import parsed


class Parsed(unittest.TestCase):
    def test_a_caller_may_change_its_tokens(self):
        tokenize = parsed.copied(dynamodb._tokenize)
        first = tokenize(None, "pk = :p")
        self.assertEqual(first, dynamodb._tokenize("pk = :p"))
        first.clear()
        self.assertEqual(tokenize(None, "pk = :p"), dynamodb._tokenize("pk = :p"))

    def test_a_policy_is_parsed_once_and_another_text_is_another_policy(self):
        read = parsed.shared(iam_evaluator.parse_policy_document)
        policies = ['{"Statement": {"Effect": "%s", "Action": "a:B", "Resource": "*"}}' % effect for effect in ("Allow", "Deny")]
        self.assertIs(read(None, policies[0]), read(None, policies[0]))
        self.assertEqual([read(None, policy)[0].effect for policy in policies], ["Allow", "Deny"])
        self.assertEqual(read(None, {"Statement": []}), [])
