"""The runner of the guides: what it extracts, compares and reports."""
import tempfile
import unittest
from pathlib import Path

from commands import console, guides

GUIDE = """# A guide

Some text.

```sh
NAME=Ann
echo "Hello $NAME"
```

```text
Hello …
```

<!-- not run: needs an AWS account -->

```sh
exit 3
```

```json
{"not": "output of the block above, which is not run"}
```

```sh
echo '{"items": [{"id": 7, "name": "'$NAME'"}, 8], "more": true}'
```

```json
{"items": [{"id": "…", "name": "Ann"}, "…"], "more": true}
```
"""


class Blocks(unittest.TestCase):
    def test_commands_are_found_with_their_line_and_the_output_after_them(self):
        first, second = guides.blocks(GUIDE)
        self.assertEqual((first.line, first.commands), (5, ["NAME=Ann", 'echo "Hello $NAME"']))
        self.assertEqual((first.kind, first.expected, first.expected_line), ("text", "Hello …", 10))
        self.assertEqual((second.line, second.kind), (24, "json"))

    def test_text_between_commands_and_a_block_separates_them(self):
        (only,) = guides.blocks("```sh\ntrue\n```\n\nA configuration file:\n\n```json\n{}\n```\n")
        self.assertIsNone(only.expected)

    def test_a_block_without_an_end_is_refused(self):
        with self.assertRaisesRegex(console.Failed, "line 3"):
            guides.blocks("text\n\n```sh\ntrue\n")

    def test_lines_of_the_script_are_those_of_the_guide(self):
        lines = guides.script(guides.blocks(GUIDE)).splitlines()
        self.assertEqual(lines[5], "NAME=Ann")
        self.assertTrue(lines[24].startswith("echo '{"), lines)


class Comparison(unittest.TestCase):
    def unlike(self, shown, found):
        return list(guides.unlike(shown, found, "it"))

    def test_shown_fields_must_be_there_and_others_may_be(self):
        self.assertEqual(self.unlike({"a": 1}, {"a": 1, "b": 2}), [])
        self.assertEqual(self.unlike({"a": 1, "b": {"c": "x"}}, {"a": 1, "b": {}}), ["it.b has no `c`"])
        self.assertEqual(len(self.unlike({"a": 1, "b": "x"}, {"a": 2, "b": "y"})), 2)

    def test_an_ellipsis_is_anything(self):
        self.assertEqual(self.unlike({"a": "…", "b": "/points/…"}, {"a": {"c": 1}, "b": "/points/7"}), [])
        self.assertEqual(len(self.unlike({"b": "/points/…"}, {"b": "/wallet"})), 1)

    def test_types_differ_even_where_values_look_alike(self):
        self.assertEqual(len(self.unlike({"a": True, "b": 1}, {"a": 1, "b": 1.0})), 2)
        self.assertEqual(self.unlike({"a": None}, {"a": None}), [])

    def test_lists_are_compared_in_order_and_may_go_on_after_an_ellipsis(self):
        self.assertEqual(self.unlike([1, "…"], [1, 2, 3]), [])
        self.assertEqual(self.unlike([1, 2], [1]), ["it has 1 elements, not 2"])


class Runs(unittest.TestCase):
    def run_guide(self, text):
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "planted.md"
            path.write_text(text)
            guides.run(path, "http://127.0.0.1:1")

    def failure(self, text):
        with self.assertRaises(console.Failed) as caught:
            self.run_guide(text)
        return str(caught.exception)

    def test_a_guide_that_works_passes(self):
        self.run_guide(GUIDE)

    def test_a_failing_command_is_named_with_its_line(self):
        for command in ("false", "X=$(false)", "echo x | false | cat", "no_such_command"):
            failure = self.failure(f"```sh\necho fine\n{command}\n```\n")
            self.assertIn("planted.md:3: the command failed", failure)

    def test_a_helper_that_fails_in_the_middle_of_a_pipe_fails(self):
        failure = self.failure("```sh\n. scripts/guide.sh\napi GET /v1/health | field status\n```\n")
        self.assertIn("planted.md:3", failure)
        self.assertIn("Failed to connect", failure)

    def test_output_that_differs_is_named_with_the_line_of_what_is_shown(self):
        failure = self.failure("```sh\necho 1\n```\n\n```text\n2\n```\n")
        self.assertIn("planted.md:5: the shown output", failure)
        failure = self.failure("```sh\necho '{\"a\": 1}'\n```\n\n```json\n{\"a\": 2}\n```\n")
        self.assertIn("the output.a is 1, not 2", failure)

    def test_a_guide_without_commands_fails(self):
        self.assertIn("no commands", self.failure("# Nothing\n"))


class Packs(unittest.TestCase):
    def test_guides_of_packs_run_where_the_pack_is(self):
        names = lambda packs: {file.name for file in guides.files(packs)}
        self.assertLessEqual({"accounts.md", "points.md", "README.md"}, names(["community"]))
        self.assertIn("accounts.md", names([]))
        self.assertFalse({"points.md", "README.md"} & names([]))
