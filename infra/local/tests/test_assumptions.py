"""The launcher replaces private functions of one MiniStack version; on any other it must refuse to start."""
import types
import unittest

from cloud import patching, version


class Version(unittest.TestCase):
    def test_the_required_version_is_installed(self):
        version.check()

    def test_another_version_is_refused_with_one_sentence(self):
        with self.assertRaisesRegex(version.WrongVersion, r"needs ministack==1\.5\.33, but 1\.5\.34 is installed"):
            version.check("1.5.34")


class Replacing(unittest.TestCase):
    """`launch.install`, run when these tests are imported, has checked every name that the launcher replaces."""

    def setUp(self):
        self.module = types.SimpleNamespace(__name__="module", double=lambda number: 2 * number)

    def test_a_replacement_gets_the_original(self):
        patching.replace(self.module, "double", "number")(lambda original, number: original(number) + 1)
        self.assertEqual(self.module.double(5), 11)

    def test_a_missing_name_is_reported(self):
        with self.assertRaisesRegex(patching.AssumptionBroken, "module.treble does not exist"):
            patching.require(self.module, "treble", "number")

    def test_other_parameters_are_reported(self):
        with self.assertRaisesRegex(patching.AssumptionBroken, r"takes \(number\), not \(number times\)"):
            patching.require(self.module, "double", "number times")
