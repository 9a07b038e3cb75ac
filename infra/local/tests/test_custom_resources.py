"""A custom resource whose function fails must fail the stack at once."""
import unittest

from ministack.services.cloudformation import custom_resource

from cloud import custom_resources


class Failing(unittest.TestCase):
    def setUp(self):
        self.signal = custom_resource.register_token("token")
        self.addCleanup(custom_resource._pending.pop, "token")
        self.event = {"ResponseURL": "http://127.0.0.1:1/_ministack/cfn-response/token"}

    def answer(self):
        return custom_resource._pending["token"]["result"]

    def test_a_failure_without_an_answer_becomes_one(self):
        failed = {"error": True, "body": {"errorMessage": "no key today"}}
        custom_resources.execute(lambda function, event: failed, {}, self.event)
        self.assertTrue(self.signal.is_set())
        self.assertEqual(self.answer(), {"Status": "FAILED",
                                         "Reason": "The custom resource's function failed: no key today"})

    def test_an_answer_that_was_given_stays(self):
        custom_resource.deliver_response("token", {"Status": "SUCCESS"})
        custom_resources.execute(lambda function, event: {"error": True}, {}, self.event)
        self.assertEqual(self.answer(), {"Status": "SUCCESS"})

    def test_success_is_left_to_the_function(self):
        custom_resources.execute(lambda function, event: {"body": {}}, {}, self.event)
        self.assertIsNone(self.answer())
