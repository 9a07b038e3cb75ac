"""What the local cloud builds: the chosen packs, how far it is, and again after a file was saved."""
import fcntl
import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from commands import binaries, build, cloud as clouds, console, packs, paths, rebuilds


def write(root, name, text=""):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def replace(binary, text):
    """As the linker does: a new file, and not new content of the old one."""
    fresh = binary.with_suffix(".fresh")
    fresh.write_text(text)
    fresh.replace(binary)


class Repository(unittest.TestCase):
    """A checkout with two packs beside the platform."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        patches = (mock.patch.object(paths, "ROOT", self.root),
                   mock.patch.object(paths, "STATE", self.root / ".atoll"),
                   mock.patch.object(paths, "TARGET", self.root / "target"),
                   mock.patch.object(paths, "FUNCTIONS", self.root / "target/debug/local-functions"))
        for patch in patches:
            patch.start()
            self.addCleanup(patch.stop)
        for context in ("platform/identity", "community/points", "commerce/orders"):
            write(self.root, f"functions/{context}/Cargo.toml")
            write(self.root, f"functions/{context}/src/lib.rs")
        write(self.root, "functions/community/README.md")
        write(self.root, "target/debug/local-functions")


class Packs(Repository):
    def test_an_empty_list_means_all_and_none_means_the_platform(self):
        self.assertEqual(packs.chosen(""), ["commerce", "community"])
        self.assertEqual(packs.chosen("none"), [])
        self.assertEqual(packs.chosen("platform"), [])

    def test_a_list_has_commas_or_spaces(self):
        self.assertEqual(packs.chosen("community, commerce"), ["commerce", "community"])
        self.assertEqual(packs.chosen("community"), ["community"])

    def test_an_unknown_pack_is_refused(self):
        with self.assertRaisesRegex(console.Failed, "There is no pack comunity.*commerce, community"):
            packs.chosen("comunity")

    def test_a_file_belongs_to_a_pack_or_to_all(self):
        self.assertEqual(packs.of_file(self.root / "functions/commerce/orders/template.yaml"), "commerce")
        self.assertIsNone(packs.of_file(self.root / "template.yaml"))


class Building(unittest.TestCase):
    def test_only_the_chosen_packs_are_compiled(self):
        self.assertEqual(build.selection(["commerce", "community"])[-1], "pack-commerce,pack-community")
        self.assertEqual(build.selection([])[-2:], ["--features", ""])

    def test_progress_counts_crates_and_not_their_build_scripts(self):
        progress = build.Progress(3)
        for package, kind in (("a 1", "custom-build"), ("a 1", "lib"), ("b 1", "proc-macro"), ("b 1", "lib")):
            progress.read(json.dumps({"reason": "compiler-artifact", "package_id": package,
                                      "target": {"kind": [kind], "name": package[0]}}))
        progress.read(b"not JSON\n")
        progress.read(json.dumps({"reason": "build-finished", "success": True}))
        self.assertEqual(progress.text(), "2 of 3 crates b")

    def test_the_expected_time_depends_on_the_cores(self):
        self.assertEqual(build.expected(400, 2), "about 10 minutes on 2 idle cores")
        self.assertEqual(build.expected(10, 1), "about 1 minute on 1 idle core")


class Saved(Repository):
    def test_a_written_an_added_and_a_removed_file_are_noticed_once(self):
        sources = rebuilds.Sources(self.root)
        write(self.root, "functions/community/points/src/lib.rs", "changed")
        write(self.root, "shared/kit/src/new.rs")
        (self.root / "functions/commerce/orders/src/lib.rs").unlink()
        for ignored in ("functions/community/README.md", "shared/kit/.new.rs.swp", "shared/kit/target/x.rs"):
            write(self.root, ignored, "changed")
        self.assertEqual(sources.saved(), ["functions/commerce/orders/src/lib.rs",
                                           "functions/community/points/src/lib.rs", "shared/kit/src/new.rs"])
        self.assertEqual(sources.saved(), [])


class FakeBuild:
    """Stands for cargo: `succeed` and `fail` say how the build that runs ends."""

    def __init__(self):
        self.running, self.started, self.builds, self._result = False, 0.0, 0, None

    def start(self):
        self.running, self._result = True, None
        self.builds += 1

    def finished(self):
        if self._result is not None:
            self.running = False
        return self._result

    def end(self, succeeded):
        self._result = succeeded

    def stop(self):
        pass

    def messages(self):
        return "error[E0001]: no"


class Watching(Repository):
    def setUp(self):
        super().setUp()
        self.build, self.said, self.restarts = FakeBuild(), [], 0
        for patch in (mock.patch.object(build, "Rebuild", lambda _packs, _log: self.build),
                      mock.patch.object(console, "say", self.said.append),
                      mock.patch.object(rebuilds, "LOOK_SECONDS", 0)):
            patch.start()
            self.addCleanup(patch.stop)
        self.program = binaries.of_cloud("run-1")
        binaries.keep(self.program)
        self.watch = rebuilds.Watch([], None, self.program)
        self.addCleanup(self.watch.stop)

    def look(self):
        self.watch.look(self.restart)

    def restart(self):
        self.restarts += 1

    def save(self, text, name="functions/community/points/src/lib.rs"):
        write(self.root, name, text)
        self.look()

    def replace_binary(self):
        replace(self.root / "target/debug/local-functions", "built again")

    def test_a_saved_source_is_built_and_the_processes_end_once_the_binary_is_replaced(self):
        self.look()
        self.assertEqual(self.build.builds, 0)
        self.save("1")
        self.look()
        self.assertEqual((self.build.builds, self.restarts), (1, 0))
        self.replace_binary()
        self.build.end(True)
        self.look()
        self.look()
        self.assertEqual((self.build.builds, self.restarts), (1, 1))
        self.assertIn("used from the next call on", self.said[0])

    def test_what_does_not_compile_is_shown_and_ends_no_process(self):
        self.save("1")
        self.build.end(False)
        self.look()
        self.assertEqual(self.restarts, 0)
        self.assertIn("error[E0001]: no\n— it does not compile: the previous build keeps answering", self.said[0])

    def test_a_file_saved_during_a_build_is_built_after_it(self):
        self.save("1")
        self.save("2")
        self.build.end(True)
        self.look()
        self.look()
        self.assertEqual((self.build.builds, self.restarts, self.said), (2, 0, []))

    def test_a_saved_template_is_not_built_but_said_to_need_a_deployment(self):
        self.save("1", "functions/community/points/template.yaml")
        self.assertEqual(self.build.builds, 0)
        self.assertIn("start `make run` again", self.said[0])

    def test_a_source_that_is_saved_while_another_command_builds_is_built_after_that(self):
        with build.Turn():
            self.save("1")
            self.assertEqual(self.build.builds, 0)
        self.look()
        self.assertEqual(self.build.builds, 1)


class Binaries(Repository):
    def test_a_build_for_another_cloud_does_not_replace_a_cloud_s_binary(self):
        first, second = binaries.of_cloud("run-1"), binaries.of_cloud("run-2")
        replace(paths.FUNCTIONS, "all packs")
        self.assertTrue(binaries.keep(first))
        self.assertFalse(binaries.keep(first))
        replace(paths.FUNCTIONS, "no packs")
        self.assertTrue(binaries.keep(second))
        self.assertEqual((first.read_text(), second.read_text()), ("all packs", "no packs"))

    def test_one_command_builds_at_a_time(self):
        turn = build.Turn()
        self.addCleanup(turn.close)
        with build.Turn():
            self.assertFalse(turn.taken())
        self.assertTrue(turn.taken())
        turn.release()


class Clouds(Repository):
    def test_a_start_that_fails_since_another_command_runs_leaves_that_one_alone(self):
        directory = paths.STATE / "run-1"
        write(self.root, ".atoll/run-1/pid", "4711")
        with open(write(self.root, ".atoll/run-1/lock"), "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            cloud = clouds.Cloud("run-1", 1)
            with self.assertRaisesRegex(console.Failed, "Another command uses the local cloud `run-1`"):
                cloud.start()
            cloud.stop()
            self.assertEqual(clouds.left_over(directory), 4711)
