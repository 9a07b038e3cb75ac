"""Pure parts of the operator commands."""
import argparse
import builtins
import dataclasses
import struct
import tarfile
import tempfile
import unittest
import zlib
from pathlib import Path
from unittest import mock

from operate import building, dead_letters, package, releases, remove, rollback, settings, smoke, stacks
from operate.failure import Failed


def section(**parameters):
    return settings.Section("dev", "core", "atoll-dev", "us-east-1", None, {"Stage": "dev", **parameters})


def elf(machine, *symbols):
    return b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HH", 3, machine) + b"\0".join(symbols)


class Builds(unittest.TestCase):
    def check(self, content, processor):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory, "bootstrap")
            path.write_bytes(content)
            return building.check_binary(path, processor)

    def test_machine_and_glibc_are_read_from_the_binary(self):
        self.assertEqual(self.check(elf(0x3E, b"GLIBC_2.17", b"GLIBC_2.34"), "x86_64")["glibc"], "2.34")
        self.assertEqual(self.check(elf(0xB7, b"GLIBC_2.9"), "arm64")["glibc"], "2.9")

    def test_what_lambda_cannot_run_is_refused(self):
        for content, message in ((b"#!/bin/sh", "not an ELF"), (elf(0xB7), "built for arm64"), (elf(0xF3), "another processor"),
                                 (elf(0x3E, b"GLIBC_2.35"), "needs glibc 2.35")):
            with self.subTest(message), self.assertRaisesRegex(Failed, message):
                self.check(content, "x86_64")

    def test_the_processor_of_the_build_is_that_of_the_stack(self):
        self.assertEqual(building.architecture(section()), "arm64")
        self.assertEqual(building.architecture(section(Architecture="x86_64"), "x86_64"), "x86_64")
        with self.assertRaisesRegex(Failed, "must agree"):
            building.architecture(section(), "x86_64")

    def test_a_missing_target_is_named_before_the_build(self):
        with mock.patch.object(building, "has_target", return_value=False), self.assertRaisesRegex(Failed, "rustup target add aarch64"):
            building.build("arm64")


class Packages(unittest.TestCase):
    """A tree with two functions, of which one is built for the step `package`."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        self.packaged = "CodeUri: s3://bucket/code"
        for module, name, value in (
                (building, "ROOT", self.root), (building, "OUTPUT", self.root / "target/lambda"), (settings, "ROOT", self.root),
                (settings, "read", lambda *_: (section(), {})), (package, "KINDS", ("a-get",)),
                (package.accounts, "local", lambda: "http://127.0.0.1:1"), (package.releases, "ensure_bucket", lambda _account: None),
                (package.packaging, "package", self.look), (building, "has_target", lambda processor: processor == "x86_64"),
                (building, "build", self.build), (builtins, "print", lambda *_: None)):
            patch = mock.patch.object(module, name, value)
            patch.start()
            self.addCleanup(patch.stop)
        template = self.root / "functions/p/a/template.yaml"
        template.parent.mkdir(parents=True)
        template.write_text("CodeUri: ../../../target/lambda/a-get/\n  CodeUri: '../../../target/lambda/a-put'\n")

    def build(self, _processor, names):
        for name in names:
            path = building.package_of(name)
            path.parent.mkdir(parents=True)
            path.write_bytes(elf(0x3E, b"GLIBC_2.30"))

    def look(self, _account, _section):
        self.seen = {path.parent.name: path.read_bytes()[:4] for path in building.OUTPUT.glob("*/bootstrap")}
        return self.packaged

    def package(self, **options):
        package.run(argparse.Namespace(**{"config": None, "stage": "local", "all": False, "output": None, **options}))

    def test_one_of_each_kind_is_built_and_the_others_get_placeholders_that_do_not_stay(self):
        self.package()
        self.assertEqual(self.seen, {"a-get": b"\x7fELF", "a-put": b"#!/b"})
        self.assertFalse(building.OUTPUT.exists())

    def test_the_archive_of_a_release_has_every_function_where_a_deployment_expects_it(self):
        self.package(all=True, output=self.root / "out")
        with tarfile.open(self.root / "out/atoll-functions-x86_64.tar.gz") as file:
            file.extractall(self.root / "checkout", filter="data")
        building.check_packages(self.root / "checkout", "x86_64")
        with self.assertRaisesRegex(Failed, "is built for x86_64, not for arm64"):
            building.check_packages(self.root / "checkout", "arm64")
        with self.assertRaisesRegex(Failed, "a-get/bootstrap does not exist: unpack"):
            building.check_packages(self.root / "elsewhere", "x86_64")

    def test_placeholders_cannot_reach_aws(self):
        with mock.patch.object(package.accounts, "local", lambda: ""), self.assertRaisesRegex(Failed, "local cloud only"):
            self.package()

    def test_a_template_that_names_a_local_directory_was_not_packaged(self):
        self.packaged = "CodeUri: target/lambda/a-get/"
        with self.assertRaisesRegex(Failed, "still names a local directory"):
            self.package()


class Stages(unittest.TestCase):
    def test_a_deployed_stack_keeps_its_stage(self):
        stack = {"Parameters": [{"ParameterKey": "Stage", "ParameterValue": "prod"}]}
        with self.assertRaisesRegex(Failed, "is the stage prod and cannot become dev"):
            stacks.refuse_other_stage(section(), stack)
        stacks.refuse_other_stage(section(), None)

    def test_a_stack_that_cannot_be_updated_is_refused_with_the_way_out(self):
        for status, remedy in (("ROLLBACK_COMPLETE", "make remove STAGE=dev`"), ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback")):
            with mock.patch.object(stacks, "describe", return_value={"StackStatus": status}), \
                    self.assertRaisesRegex(Failed, f"{status}.*{remedy}"):
                stacks.refuse_stuck(None, section())
        pack = dataclasses.replace(section(), pack="community")
        self.assertIn("PACKS=community", stacks.way_out(pack, "ROLLBACK_COMPLETE"))


class Releases(unittest.TestCase):
    NAMES = ["20261129T101010Z-abcdef012345", "20261128T101010Z-abcdef012345", "20261127T101010Z-0123456789ab-dirty"]

    def find(self, wanted):
        with mock.patch.object(releases, "names", return_value=self.NAMES):
            return releases.find(None, "dev", wanted)

    def test_a_release_is_found_by_name_beginning_or_revision(self):
        self.assertEqual(self.find(self.NAMES[1]), self.NAMES[1])
        self.assertEqual(self.find("20261127"), self.NAMES[2])
        self.assertEqual(self.find("0123"), self.NAMES[2])

    def test_what_means_several_or_none_is_refused(self):
        with self.assertRaisesRegex(Failed, "means several"):
            self.find("abcdef")
        with self.assertRaisesRegex(Failed, "no release fff"):
            self.find("fff")

    def test_a_rollback_takes_the_named_packs(self):
        self.assertTrue(rollback.wanted(section(), ""))
        self.assertFalse(rollback.wanted(section(), "community"))


class Removal(unittest.TestCase):
    def test_a_pack_that_leaves_its_items_behind_is_pointed_out(self):
        core = section()
        pack = dataclasses.replace(core, pack="community", stack="atoll-dev-community")
        self.assertIn("items of community stay", remove.erasure_warning([pack]))
        # With the core, the bus goes too, and the whole table is left for somebody to delete.
        self.assertIsNone(remove.erasure_warning([pack, core]))
        self.assertIsNone(remove.erasure_warning([core]))


class DeadLetters(unittest.TestCase):
    def test_the_consumer_is_found_in_every_kind_of_letter(self):
        attribute = lambda name, value: {"MessageAttributes": {name: {"StringValue": value}}, "Body": "{}"}
        wrapped = '{"requestContext": {"functionArn": "arn:aws:lambda:us-east-1:1:function:atoll-dev-media-forget-user:$LATEST"}}'
        for letter in (attribute("consumer", "media-forget-user"), attribute("RULE_ARN", "arn:aws:events:::rule/atoll-dev/atoll-dev-media-forget-user"),
                       {"Attributes": {"DeadLetterQueueSourceArn": "arn:aws:sqs:us-east-1:1:atoll-dev-media-forget-user"}, "Body": "{}"},
                       {"Body": wrapped}):
            with self.subTest(letter):
                self.assertEqual(dead_letters.consumer_of(letter, "dev"), "media-forget-user")
        self.assertEqual(dead_letters.consumer_of({"Body": "text"}, "dev"), "")

    def test_what_nobody_consumes_from_a_queue_is_not_redriven(self):
        for consumer in (dead_letters.PUBLISHER, ""):
            letter = {"MessageId": "1", "Body": "{}", "MessageAttributes": {"consumer": {"StringValue": consumer}}}
            with mock.patch("builtins.print"):
                self.assertFalse(dead_letters.act(None, "dev", "url", letter, "redrive"), consumer)


class Smoke(unittest.TestCase):
    def test_the_picture_is_a_png_whose_checksums_hold(self):
        image, offset, kinds = smoke.png(3, 2), 8, []
        while offset < len(image):
            length, kind = struct.unpack_from(">I4s", image, offset)
            body = image[offset + 4:offset + 8 + length]
            self.assertEqual(struct.unpack_from(">I", image, offset + 8 + length)[0], zlib.crc32(body))
            kinds.append(kind)
            offset += 12 + length
        self.assertEqual(kinds, [b"IHDR", b"IDAT", b"IEND"])

    def test_lists_that_need_no_input_are_found_in_the_document(self):
        self.assertTrue(smoke.callable_without_input("/v1/a", {"parameters": [{"name": "limit", "required": False}]}))
        self.assertFalse(smoke.callable_without_input("/v1/a", {"parameters": [{"name": "near", "required": True}]}))
        self.assertFalse(smoke.callable_without_input("/v1/a/{id}", {}))
        self.assertFalse(smoke.callable_without_input("/v1/a", None))
