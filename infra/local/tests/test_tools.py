"""The Python tools: what is installed is complete, though nothing was resolved."""
import subprocess
import sys
import unittest


# What a package asks for and nothing here uses: `sam build` of functions in Python.
UNUSED = "requires wheel, which is not installed."


class Installed(unittest.TestCase):
    def test_the_lock_names_all_that_the_tools_need(self):
        checked = subprocess.run([sys.executable, "-m", "pip", "check", "--disable-pip-version-check"], text=True, capture_output=True, check=False)
        missing = [line for line in checked.stdout.splitlines() if "requires" in line and not line.endswith(UNUSED)]
        self.assertEqual(missing, [], checked.stdout)
