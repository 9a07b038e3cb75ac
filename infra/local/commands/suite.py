"""`make test`: every check and test in order; the first failure ends it, and the cloud is always stopped."""
import seed

from . import (budgets, build, cloud as clouds, console, dead_letters, deployment, guides, packs, paths, processes, steps,
               templates)
from .steps import Step

CLOUD = clouds.Cloud("test")
# What a step that talks to the cloud brings along.
WITH_CLOUD = ("build", "cloud", "dead-letters")


def cargo(*arguments):
    return lambda: processes.visible(["cargo", *arguments], f"`cargo {' '.join(arguments)}` failed.")


def against_cloud(test, *arguments):
    command = ["cargo", "test", "--locked", "-p", "tests", "--test", test, *arguments]
    return lambda: processes.visible(command, f"The {test} tests failed; the cloud's logs are in {CLOUD.logs}.",
                                     ATOLL_OUTPUTS=str(CLOUD.directory / "outputs.json"))


def unit():
    cargo("test", "--locked", "--workspace", "--lib")()
    cargo("test", "--locked", "-p", "xtask")()


def launcher():
    processes.visible([str(paths.VENV_BIN / "python"), "-m", "unittest", "discover", "--start-directory",
                       str(paths.LOCAL / "tests"), "--top-level-directory", str(paths.LOCAL)],
                      "The local cloud's own tests failed.")


def start_cloud():
    CLOUD.port = clouds.free_port()
    CLOUD.start()
    deployment.deploy(CLOUD)
    console.say(f"The local cloud listens on {CLOUD.url}.")


def run_guides():
    try:
        seed.load(CLOUD.url, packs.names())
    except OSError as error:
        raise console.Failed(f"The demo data could not be loaded: {error}", CLOUD.function_log) from error
    guides.check(CLOUD.url, packs.names())


STEPS = (
    Step("format", "rustfmt", cargo("fmt", "--all", "--check")),
    Step("clippy", "no warnings", cargo("clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings")),
    Step("tidy", "the rules of the repository", cargo("xtask", "tidy")),
    Step("unit", "domain and library tests", unit),
    Step("contract", "table and contract tests, and their budgets",
         lambda: budgets.check_tests("--test", "contract")),
    Step("launcher", "the local cloud's own tests", launcher),
    Step("templates", "cfn-lint and sam validate", templates.check),
    Step("build", "all functions", cargo("build", "--locked", *build.selection(packs.names()))),
    Step("sizes", "binaries for release keep to their budgets", budgets.check_sizes),
    Step("cloud", "start it and deploy, with IAM enforced", start_cloud),
    Step("e2e", "end to end over HTTP", against_cloud("e2e"), needs=WITH_CLOUD),
    Step("guides", "the commands of the README and docs/guides", run_guides, needs=WITH_CLOUD),
    Step("faults", "killed, repeated, reordered, poisoned, throttled",
         against_cloud("faults", "--", "--test-threads=1"), needs=WITH_CLOUD),
    Step("dead-letters", "every dead-letter queue is empty", lambda: dead_letters.check(CLOUD), needs=WITH_CLOUD),
)


def names():
    return steps.names(STEPS)


def test(options):
    steps.run_chosen(STEPS, options.only, CLOUD.stop)
