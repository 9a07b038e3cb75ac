"""`make test`: every check and test in order; the first failure ends it, and the cloud is always stopped."""
import time

from . import budgets, cloud as clouds, console, dead_letters, deployment, paths, processes, templates, tools

CLOUD = clouds.Cloud("test")


class Step:
    def __init__(self, name, what, action, needs_cloud=False):
        self.name, self.what, self.action, self.needs_cloud = name, what, action, needs_cloud


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


STEPS = (
    Step("format", "rustfmt", cargo("fmt", "--all", "--check")),
    Step("clippy", "no warnings", cargo("clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings")),
    Step("tidy", "the rules of the repository", cargo("xtask", "tidy")),
    Step("unit", "domain and library tests", unit),
    Step("contract", "table and contract tests, and their budgets",
         lambda: budgets.check_tests("--test", "contract")),
    Step("launcher", "the local cloud's own tests", launcher),
    Step("templates", "cfn-lint and sam validate", templates.check),
    Step("build", "all functions", cargo("build", "--locked", "--workspace", "--bins")),
    Step("sizes", "binaries for release keep to their budgets", budgets.check_sizes),
    Step("cloud", "start it and deploy, with IAM enforced", start_cloud),
    Step("e2e", "end to end over HTTP", against_cloud("e2e"), needs_cloud=True),
    Step("faults", "killed, repeated, reordered, poisoned, throttled",
         against_cloud("faults", "--", "--test-threads=1"), needs_cloud=True),
    Step("dead-letters", "every dead-letter queue is empty", lambda: dead_letters.check(CLOUD), needs_cloud=True),
)


def names():
    return [step.name for step in STEPS]


def test(options):
    tools.check()
    steps = selected(options.only)
    tools.install()
    results = []
    try:
        for step in steps:
            results.append(measured(step))
    finally:
        CLOUD.stop()
        summarize(steps, results)


def selected(only):
    """The steps to run; those that need the cloud bring along the build and the cloud."""
    wanted = {name for name in only.split(",") if name}
    if unknown := wanted - set(names()):
        raise console.Failed(f"There is no step {', '.join(sorted(unknown))}; the steps are {', '.join(names())}.")
    if any(step.needs_cloud for step in STEPS if step.name in wanted):
        wanted |= {"build", "cloud", "dead-letters"}
    return [step for step in STEPS if not wanted or step.name in wanted]


def measured(step):
    console.say(f"\n── {step.name}: {step.what}")
    started = time.monotonic()
    step.action()
    return time.monotonic() - started


def summarize(steps, results):
    """One line per step: passed, failed or interrupted, or not reached."""
    console.say()
    for index, step in enumerate(steps):
        if index < len(results):
            console.say(f"  ✓ {step.name:<13} {results[index]:7.1f} s")
        else:
            console.say(f"  {'✗' if index == len(results) else '·'} {step.name}")
    console.say(f"  {'all passed' if len(results) == len(steps) else 'not passed'} in {sum(results):.1f} s")
