"""The stand-in for Rekognition: it takes what Rekognition takes, and finds what it was told to."""
import base64
import unittest

from cloud.front import moderation

PICTURE = b"\xff\xd8\xff a picture"


def ask(image=PICTURE, confidence=80):
    request = {"Image": {"Bytes": base64.b64encode(image).decode()}, "MinConfidence": confidence}
    return [label["Name"] for label in moderation.detect(request)["ModerationLabels"]]


class Moderation(unittest.TestCase):
    def setUp(self):
        moderation._flags.clear()

    def flag(self, **fields):
        moderation._flags.append(moderation.Flag(**fields))

    def test_it_finds_nothing_by_itself(self):
        self.assertEqual(ask(), [])

    def test_it_finds_what_it_was_told_to_as_often_as_that(self):
        self.flag(labels=["Violence"], count=2)
        self.assertEqual([ask(), ask(), ask()], [["Violence"], ["Violence"], []])

    def test_a_flag_of_one_picture_leaves_the_others(self):
        digest = moderation.hashlib.sha256(PICTURE).hexdigest()
        self.flag(labels=["Explicit"], sha256=digest)
        self.assertEqual(ask(b"\x89PNG\r\n\x1a\n another"), [])
        self.assertEqual(ask(), ["Explicit"])

    def test_what_is_less_sure_than_asked_for_is_not_told(self):
        self.flag(labels=["Violence"], confidence=79)
        self.assertEqual(ask(), [])

    def test_it_refuses_what_rekognition_refuses(self):
        for image in (b"RIFF....WEBP", PICTURE + bytes(moderation.MAX_IMAGE_BYTES)):
            with self.assertRaises(moderation.Refused):
                ask(image)

    def test_a_flag_that_says_nothing_is_refused(self):
        for fields in ({"labels": []}, {"labels": ["Violence"], "count": 0}):
            with self.assertRaises(ValueError):
                moderation.Flag(**fields)

    def test_a_key_that_nobody_has_is_refused(self):
        with self.assertRaises(moderation.Refused):
            moderation.authorize("AWS4-HMAC-SHA256 Credential=ASIANOBODY/20260101/us-east-1/rekognition/aws4_request",
                                 moderation.ACTION, "*")
