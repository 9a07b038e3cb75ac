"""When a message that a function has failed is delivered again."""
import time
import unittest
from unittest import mock

from cloud import queues

LATER = 180


def message(receipt, seconds=LATER, receives=1):
    return {"receipt_handle": receipt, "visible_at": time.time() + seconds, "receive_count": receives}


class Redelivery(unittest.TestCase):
    def setUp(self):
        self.clock = queues.Clock()
        self.fed, self.other = queue("fed"), queue("other")
        mapping = ("account", "region", {"EventSourceArn": "fed"})
        for owner, name, value in ((queues, "clock", self.clock),
                                   (queues.sqs, "_queues", Stored(self.fed, self.other)),
                                   (queues.lambda_svc, "_iter_all_esms", lambda: [mapping])):
            patch = mock.patch.object(owner, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def run_batch(self, *batch, during=lambda: None):
        self.clock.receive(lambda: list(batch))
        queues.run_batch(lambda *arguments: during(), {}, {}, {}, list(batch), "url", "name")

    def test_automatic_brings_back_soon_what_was_delivered_and_is_still_there(self):
        delivered, other = message("1"), message("2")
        later = other["visible_at"]
        self.fed["messages"] = [delivered, other]
        self.run_batch(delivered, message("handled"))
        self.assertLess(delivered["visible_at"], time.time() + queues.RETRY_SECONDS + 1)
        self.assertEqual(other["visible_at"], later)

    def test_held_leaves_a_failed_message_until_its_visibility_time_out(self):
        self.clock.set_mode("held")
        failed = message("1")
        self.fed["messages"] = [failed]
        self.run_batch(failed)
        self.assertGreater(failed["visible_at"], time.time() + LATER - 1)
        skipped = self.clock.skip()
        self.assertLessEqual(failed["visible_at"], time.time())
        self.assertEqual(skipped["messages"], 1)
        self.assertAlmostEqual(skipped["skippedSeconds"], LATER, delta=1)

    def test_a_skip_ends_with_the_first_and_keeps_the_distance_of_the_others(self):
        first, second = message("1", 60), message("2", 240)
        self.fed["messages"] = [second, first]
        self.assertEqual(self.clock.skip()["messages"], 1)
        self.assertAlmostEqual(second["visible_at"] - time.time(), 180, delta=1)
        self.assertAlmostEqual(self.clock.skip()["skippedSeconds"], 240, delta=1)
        self.assertEqual(self.clock.skip()["messages"], 0)

    def test_what_is_in_hand_delayed_or_in_another_queue_is_not_affected(self):
        in_hand, failed = message("1"), message("4")
        delayed, foreign = message("2", receives=0), message("3")
        self.fed["messages"], self.other["messages"] = [in_hand, delayed, failed], [foreign]
        self.clock.set_mode("held")
        self.run_batch(in_hand, during=lambda: self.assertEqual(self.clock.skip()["messages"], 0))
        self.clock.skip()
        self.assertLessEqual(in_hand["visible_at"], time.time())
        for untouched in (delayed, foreign):
            self.assertGreater(untouched["visible_at"], time.time() + LATER - 1)

    def test_automatic_again_releases_what_waits(self):
        self.clock.set_mode("held")
        failed = message("1")
        self.fed["messages"] = [failed]
        self.run_batch(failed)
        self.clock.set_mode("automatic")
        self.assertLessEqual(failed["visible_at"], time.time())

    def test_an_unknown_mode_is_refused(self):
        self.assertRaises(ValueError, self.clock.set_mode, "later")


class Stored:
    """All queues, of which each address is the first one's."""

    def __init__(self, *stored):
        self.stored = stored

    def all_values(self):
        return list(self.stored)

    def __getitem__(self, _url):
        return self.stored[0]


def queue(name):
    return {"attributes": {"QueueArn": name}, "messages": []}
