"""The data of the demo aquariums: its requests are within the bounds of the API, and a load that was cut is repeated."""
import datetime
import re
import threading
import unittest

import demo_aquariums
from client import Refused

KEY = re.compile(r"[!-~]{1,128}")
MAX_SAMPLES = 500
MAX_HOURS = {"record": 24, "history": 96}


class Deployment:
    """Keeps aquariums by their ID, notes all requests, and refuses what the API refuses."""

    def __init__(self):
        self.lock = threading.Lock()
        self.aquariums, self.posts, self.batches, self.rules = {}, [], [], []
        self.fails_at = None

    def anonymous(self):
        return self

    def get(self, _path):
        with self.lock:
            return {"items": [{"id": key, "name": name} for key, name in self.aquariums.items()]}

    def post(self, path, body, key):
        assert KEY.fullmatch(key), key
        if self.fails_at and path.endswith(self.fails_at):
            raise Refused(path, 503, "on purpose")
        with self.lock:
            assert key not in [before for _, _, before in self.posts], key
            self.posts.append((path, body, key))
            created = f"id-{len(self.posts)}"
            if path.endswith("/aquariums"):
                self.aquariums[created] = body["name"]
            if path.endswith("/alarm-rules"):
                self.rules.append((body, datetime.datetime.now(datetime.UTC)))
        return {"id": created, "deviceId": created, "key": "k"}

    def send(self, method, path, body=None, **headers):
        with self.lock:
            if method == "POST":
                self.batches.append(("history" if path.endswith("/history") else "record", body["samples"]))
            elif method == "DELETE":
                assert headers["if-match"]
                del self.aquariums[path.split("/")[-1]]
            elif method == "PATCH":
                assert headers["if-match"]
                self.aquariums[path.split("/")[-1]] = body["name"]
        return None, '"1"'


def loaded(api, days=60):
    demo_aquariums.load(api, days)


class DemoAquariums(unittest.TestCase):
    def test_requests_are_within_the_bounds_of_the_api(self):
        api = Deployment()
        loaded(api)
        self.assertEqual(sorted(api.aquariums.values()), sorted(tank[0] for tank in demo_aquariums.TANKS))
        animals = [body["species"] for path, body, _ in api.posts if path.endswith("/livestock")]
        self.assertEqual(len(animals), sum(len(stock) for stock in demo_aquariums.LIVESTOCK.values()))
        self.assertEqual({kind for kind, _ in api.batches}, set(MAX_HOURS))
        for kind, samples in api.batches:
            self.assertLessEqual(len(samples), MAX_SAMPLES)
            self.assertLessEqual(len({sample["at"][:13] for sample in samples}), MAX_HOURS[kind])

    def test_the_rule_has_a_sample_above_its_limit_that_it_judges(self):
        api = Deployment()
        loaded(api, days=1)
        (rule, created), = api.rules
        limit, sensors = float(rule["limit"]["value"]), rule["sensorIds"]
        judged = [sample for _, samples in api.batches for sample in samples
                  if sample["sensorId"] in sensors and datetime.datetime.fromisoformat(sample["at"]) >= created.replace(microsecond=0)]
        self.assertTrue([sample for sample in judged if float(sample["value"]) > limit])
        self.assertEqual(rule["forSeconds"], 0)

    def test_what_is_there_is_not_loaded_again(self):
        api = Deployment()
        loaded(api)
        posts = len(api.posts)
        loaded(api)
        self.assertEqual(len(api.posts), posts)

    def test_a_load_that_was_cut_is_repeated(self):
        api = Deployment()
        api.fails_at = "/readings/manual"
        with self.assertRaises(Refused):
            loaded(api)
        self.assertTrue(all(name.endswith(demo_aquariums.LOADING) for name in api.aquariums.values()))
        api.fails_at = None
        loaded(api)
        self.assertEqual(sorted(api.aquariums.values()), sorted(tank[0] for tank in demo_aquariums.TANKS))


if __name__ == "__main__":
    unittest.main()
