"""The operating guide lists every parameter of the templates that an operator deploys."""
import re
import unittest

from commands import paths

TEMPLATES = [paths.ROOT / "template.yaml", *sorted(paths.ROOT.glob("functions/*/template.yaml"))]


def parameters(template):
    block = re.search(r"^Parameters:\n((?:  .*\n|\n)+)", template.read_text(), re.MULTILINE)
    return re.findall(r"^  (\w+):", block[1], re.MULTILINE) if block else []


def listed(guide):
    """The names in the first column of the section's tables."""
    section = guide.split("\n### Parameters\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| ([^|]*) \|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


class Parameters(unittest.TestCase):
    def test_the_guide_lists_every_parameter(self):
        names = listed((paths.ROOT / "docs" / "operating.md").read_text())
        missing = {template.parent.name: [name for name in parameters(template) if name not in names]
                   for template in TEMPLATES}
        self.assertEqual([found for found in missing.items() if found[1]], [])

    def test_parameters_are_found_in_every_template(self):
        for template in TEMPLATES:
            self.assertIn("Stage", parameters(template), template)

    def test_only_the_first_column_counts(self):
        guide = "\n### Parameters\n\n| parameter | default |\n|---|---|\n| `One`, `Two` | `Three` |\n\n## Deploy\n| `Four` | x |\n"
        self.assertEqual(listed(guide), {"One", "Two"})
