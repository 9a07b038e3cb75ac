"""A message that a function has failed comes back soon."""
import time
import unittest
from unittest import mock

from cloud import queues

LATER = time.time() + 180


def message(receipt):
    return {"receipt_handle": receipt, "visible_at": LATER}


class Retry(unittest.TestCase):
    def test_only_what_was_delivered_and_is_still_there_comes_back(self):
        delivered, other = message("1"), message("2")
        queue = {"messages": [delivered, other]}
        with mock.patch.object(queues.sqs, "_queues", {"url": queue}):
            queues.run_batch(lambda *arguments: None, {}, {}, {}, [delivered, message("handled")], "url", "name")
        self.assertLess(delivered["visible_at"], time.time() + queues.RETRY_SECONDS + 1)
        self.assertEqual(other["visible_at"], LATER)
