"""What SAM adds to a template shows: each problem is planted once."""
import os
import unittest
from unittest import mock

import transformed

FUNCTION = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Find:
    Type: AWS::Serverless::Function
    Properties: { Handler: find, Runtime: provided.al2023, CodeUri: x, Role: !GetAtt FindRole.Arn }
  FindRole:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns: [!Ref Basics]
      Policies: [{ PolicyName: own, PolicyDocument: { Statement: [{ Effect: Allow, Action: a, Resource: !GetAtt T.Arn }] } }]
  Basics: { Type: AWS::IAM::ManagedPolicy }
"""


@mock.patch.dict(os.environ, AWS_DEFAULT_REGION="us-east-1")
class Transformed(unittest.TestCase):
    def problems(self, text):
        return "\n".join(transformed.problems(transformed.transformed(text)))

    def test_a_role_that_is_written_out_is_all_that_there_is(self):
        self.assertEqual(self.problems(FUNCTION), "")

    def test_the_policies_that_sam_attaches_are_seen(self):
        found = self.problems(FUNCTION.replace(", Role: !GetAtt FindRole.Arn", "").replace("FindRole", "Unused"))
        self.assertIn("AWSLambdaBasicExecutionRole", found)

    def test_a_role_of_another_function_is_seen(self):
        self.assertIn("Find has no role of its own", self.problems(FUNCTION.replace("GetAtt FindRole", "GetAtt OtherRole")))

    def test_every_resource_is_seen(self):
        self.assertIn("FindRole may a to every resource", self.problems(FUNCTION.replace("!GetAtt T.Arn", '"*"')))

    def test_a_full_stack_is_seen(self):
        topics = "".join(f"  T{number}: {{ Type: AWS::SNS::Topic }}\n" for number in range(400))
        self.assertIn("deploys 403 resources", self.problems(FUNCTION + topics))
