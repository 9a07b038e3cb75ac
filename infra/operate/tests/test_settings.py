"""Sections of samconfig.toml."""
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from operate import settings
from operate.failure import Failed

TEXT = """
version = 0.1
[prod.deploy.parameters]
stack_name = "atoll-prod"
region = "eu-central-1"
profile = "work"
parameter_overrides = ["Stage=prod", "Architecture=x86_64", "AppUrl=https://example.com/?a=b"]
[prod-community.deploy.parameters]
parameter_overrides = "Stage=\\"prod\\" PaymentSecretName=\\"/atoll/prod/payment secret\\" Empty=\\"\\""
[broken.deploy.parameters]
region = "eu-central-1"
parameter_overrides = ["Stage=other"]
[nowhere.deploy.parameters]
stack_name = "x"
"""


class Sections(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = Path(directory.name, "samconfig.toml")
        self.path.write_text(TEXT)
        template = "Parameters:\n  Stage:\n    Type: String\n  Architecture:\n    Type: String\n  TableName:\n    Type: AWS::SSM::Parameter::Value<String>\n\nResources:\n"
        for name, value in (("known_packs", lambda: ["commerce", "community"]), ("ROOT", Path(directory.name))):
            patch = mock.patch.object(settings, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        for pack in ("commerce", "community"):
            file = Path(directory.name, "functions", pack, "template.yaml")
            file.parent.mkdir(parents=True)
            file.write_text(f"Description: x\n\n{template}")

    def test_a_stage_has_a_core_and_packs_that_inherit_region_profile_and_processor(self):
        core, packs = settings.read(self.path, "prod")
        self.assertEqual((core.stack, core.region, core.profile), ("atoll-prod", "eu-central-1", "work"))
        self.assertEqual(core.parameters["AppUrl"], "https://example.com/?a=b")
        community = packs["community"]
        self.assertEqual((community.stack, community.region, community.profile), ("atoll-prod-community", "eu-central-1", "work"))
        self.assertEqual(community.parameters, {"Stage": "prod", "PaymentSecretName": "/atoll/prod/payment secret", "Empty": "",
                                                "Architecture": "x86_64", "TableName": "/atoll/prod/core/table-name"})
        self.assertEqual(packs["commerce"].parameters,
                         {"Stage": "prod", "Architecture": "x86_64", "TableName": "/atoll/prod/core/table-name"})
        self.assertEqual(str(community.template), "functions/community/template.yaml")

    def test_what_is_wrong_is_named(self):
        for stage, message in (("", "STAGE names"), ("dev", r"no section \[dev.deploy"), ("broken", "must be broken"),
                               ("nowhere", "names no region")):
            with self.subTest(stage), self.assertRaisesRegex(Failed, message):
                settings.read(self.path, stage)
        with self.assertRaisesRegex(Failed, "does not exist"):
            settings.read(self.path.with_name("missing.toml"), "prod")

    def test_packs_are_all_by_default_or_those_named(self):
        _core, packs = settings.read(self.path, "prod")
        names = lambda text: [section.pack for section in settings.chosen(text, packs)]
        self.assertEqual(names(""), ["commerce", "community"])
        self.assertEqual(names("none"), [])
        self.assertEqual(names("community, commerce"), ["community", "commerce"])
        with self.assertRaisesRegex(Failed, "There is no pack comunity"):
            names("comunity")
