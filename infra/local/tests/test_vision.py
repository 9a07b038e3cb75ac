"""The sandbox of models: both wire formats, and answers that tests choose."""
import asyncio
import base64
import json
import unittest

from cloud.front import moderation, vision

PICTURE = b"\xff\xd8\xff a picture"
SPECIES_MODEL = "arn:aws:rekognition:us-east-1:000000000000:project/fish/version/fish.1/1"
STRIP_MODEL = "arn:aws:rekognition:us-east-1:000000000000:project/strips/version/strips.1/1"


def look(image=PICTURE, kind="species", secret="s"):
    """What the model server answers: the status and the body."""
    body = json.dumps({"kind": kind, "contentType": "image/jpeg", "picture": base64.b64encode(image).decode()}).encode()
    headers = [(b"authorization", f"Bearer {secret}".encode()), (b"idempotency-key", b"an id")]
    sent = []

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(vision.look({"headers": headers, "method": "POST", "path": vision.PATH}, receive, send))
    return sent[0]["status"], sent[1]["body"].decode()


def encoded(image):
    return base64.b64encode(image).decode()


def labels(model=SPECIES_MODEL, image=PICTURE, **more):
    asked = {"ProjectVersionArn": model, "Image": {"Bytes": base64.b64encode(image).decode()}, **more}
    return [(label["Name"], round(label["Confidence"])) for label in vision.custom_labels(asked)["CustomLabels"]]


class Vision(unittest.TestCase):
    def setUp(self):
        vision._answers.clear()
        vision._looks.clear()
        vision._account.update(secret="s")

    def answer(self, **fields):
        vision._answers.append(vision.Answer(**fields))

    def test_both_formats_say_the_same(self):
        status, body = look(kind="test_strip")
        self.assertEqual((status, json.loads(body)["suggestions"]), (200, vision.KINDS["test_strip"]))
        self.assertEqual(labels(STRIP_MODEL), [("nitrate=25 mg_l_as_no3", 82), ("ph=6.8 ph", 90)])
        self.assertEqual(labels(), [("Paracheirodon innesi", 93), ("Paracheirodon axelrodi", 41)])

    def test_rekognition_keeps_its_bounds(self):
        self.assertEqual(labels(MinConfidence=50), [("Paracheirodon innesi", 93)])
        self.assertEqual(len(labels(MaxResults=1)), 1)
        for model, image in (("arn", PICTURE), (SPECIES_MODEL, b"RIFF....WEBP"),
                             (SPECIES_MODEL, PICTURE + bytes(vision.MAX_IMAGE_BYTES))):
            with self.assertRaises(moderation.Refused):
                labels(model, image)

    def test_an_answer_is_given_as_often_as_it_says_and_to_its_picture(self):
        digest = vision.hashlib.sha256(PICTURE).hexdigest()
        self.answer(suggestions=[], sha256=digest, count=2)
        self.assertNotEqual(json.loads(look(PICTURE + b"!")[1])["suggestions"], [])
        self.assertEqual([json.loads(look()[1])["suggestions"] for _ in range(3)], [[], [], vision.KINDS["species"]])

    def test_a_model_can_refuse_and_answer_what_cannot_be_read(self):
        self.answer(status=422)
        self.answer(body="<html>")
        self.assertEqual(look()[0], 422)
        self.assertEqual(look(), (200, "<html>"))

    def test_rekognition_answers_what_cannot_be_read_and_refuses_bad_requests(self):
        self.answer(body="<html>")
        self.assertEqual(vision.custom_labels({"ProjectVersionArn": SPECIES_MODEL, "Image": {"Bytes": encoded(PICTURE)}}), "<html>")
        with self.assertRaises(ValueError):
            vision.custom_labels({"ProjectVersionArn": SPECIES_MODEL, "Image": {"Bytes": "no base64!"}})
        self.answer(status=422)
        with self.assertRaises(moderation.Refused):
            labels()

    def test_looks_are_noted_and_strangers_see_nothing(self):
        self.assertEqual(look(secret="other")[0], 401)
        self.assertEqual(look(b"a text")[0], 415)
        look()
        self.assertEqual([one["identification"] for one in vision._looks], ["an id"])

    def test_an_answer_that_says_nothing_is_refused(self):
        for fields in ({}, {"suggestions": [], "count": 0}):
            with self.assertRaises(ValueError):
                vision.Answer(**fields)
