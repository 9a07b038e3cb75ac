"""`make test`: every check and test, two at a time where neither needs the machine for itself; the first failure ends it, and the
clouds are always stopped."""
import os
import subprocess

from . import (binaries, budgets, build, cloud as clouds, console, dead_letters, demo_data, deployment, generated_requests, guides,
               package, packs, paths, processes, rehearsal, rust_tests, steps, tally, templates, tools)
from .steps import Step

# Two cores are what a runner of CI has. A cloud keeps one busy, and its tests wait for it most of the time.
LANES = 2
BUILT = ("tools", "build")
WITH_CLOUD = (*BUILT, "cloud")

# Modules of fault tests that use all cores: beside others, leases and time-outs expire that should not.
ALONE = ("fan_out", "races", "whole_run")


class Suite:
    """One run: what was built, for which packs, and the clouds that are used."""

    def __init__(self, chosen=None):
        """`chosen` are the packs whose tests run; None means all of them, and what all packs share. All packs are compiled
        and deployed in any case: some tests of the platform cover the routes of all packs."""
        self.chosen = chosen
        self.built = rust_tests.Build()
        # A copy of its own: a build at the same time, of `make run` for example, replaces the original.
        self.program = paths.TARGET / "local" / "tested-functions"
        # Fault tests disturb a whole cloud, so they run one at a time in each; two clouds halve the waiting.
        self.clouds = [clouds.Cloud(name, binaries=binaries.AllInOne(self.program)) for name in ("test", "test-2")]

    def build(self):
        progress = build.Progress(build.count_workspace())
        with console.step("compiling and checking", progress=progress.text), build.Turn():
            self.built.compile(progress, paths.STATE / "logs" / "test-build.log")
            self.program.parent.mkdir(parents=True, exist_ok=True)
            self.program.unlink(missing_ok=True)
            os.link(self.built.binary(build.PACKAGE), self.program)

    def tidy(self):
        processes.visible([self.built.binary("xtask"), "tidy"], "The rules of the repository are broken.")

    def unit(self):
        return self.tests(self.built.executables(), threads=1)

    def contract(self):
        budgets.RECORD.unlink(missing_ok=True)
        counted = self.tests(self.built.executables("contract", "table"), ATOLL_BUDGETS_RECORD=str(budgets.RECORD))
        if self.chosen is None:
            processes.visible([self.built.binary("xtask"), "check-budgets", str(budgets.RECORD)],
                              "What was measured differs from tests/budgets.json.")
        return counted

    def tests(self, executables, threads=None, **environment):
        counted = tally.Tally()
        for one in executables:
            names = one.of_packs(self.chosen)
            if names is None or names:
                counted += rust_tests.results([rust_tests.Run(one, names, threads, **environment)])
        return counted

    def start_clouds(self):
        for cloud in self.clouds:
            self.start(cloud)

    def start(self, cloud):
        cloud.port = clouds.free_port()
        cloud.start()
        deployment.deploy(cloud)
        console.say(f"The local cloud {cloud.name} listens on {cloud.url}.")

    def e2e(self):
        return self.tests(self.built.executables("e2e"), **outputs(self.clouds[0]))

    def guides(self):
        """Guides of the chosen packs, in a cloud of their own: the demo data that they start from would disturb tests."""
        cloud = clouds.Cloud("guides", binaries=binaries.AllInOne(self.program))
        try:
            self.start(cloud)
            demo_data.load(cloud, packs.names(), demo_data.TESTED_DAYS)
            demo_data.check_repeatable(cloud, packs.names())
            guides.check(cloud.url, packs.names() if self.chosen is None else self.chosen)
            dead_letters.check(cloud)
        finally:
            cloud.stop()

    def requests(self):
        """In a cloud of their own: they lock accounts, fill quotas and leave dead letters on purpose."""
        cloud = clouds.Cloud("requests", binaries=binaries.AllInOne(self.program))
        try:
            self.start(cloud)
            return generated_requests.check(cloud, ("core", *(packs.names() if self.chosen is None else self.chosen)))
        finally:
            cloud.stop()

    def faults(self):
        beside, _alone = apart(self.fault_modules())
        return self.run_faults(beside, self.clouds)

    def faults_alone(self):
        _beside, alone = apart(self.fault_modules())
        return self.run_faults(alone, self.clouds[:1])

    def fault_modules(self):
        executable, = self.built.executables("faults")
        names = executable.of_packs(self.chosen)
        return modules(executable.tests() if names is None else names)

    def run_faults(self, chosen, lanes):
        executable, = self.built.executables("faults")

        def starting(module, names):
            return lambda cloud: rust_tests.Run(executable, names, threads=1, label=f"faults {module} on {cloud.name}",
                                                **outputs(cloud))
        return rust_tests.queued([starting(*module) for module in chosen], lanes)

    def operations(self):
        rehearsal.rehearse(binaries.AllInOne(self.program))

    def dead_letters(self):
        for cloud in self.clouds:
            dead_letters.check(cloud)

    def stop(self):
        for cloud in self.clouds:
            cloud.stop()

    def steps(self):
        """Of those that may start the first does. The table tests keep all cores busy, and some measure time."""
        return (
            Step("format", "rustfmt", format_check),
            Step("build", "all tests and the local binary, without warnings of clippy", self.build, after=("format",), live=True),
            Step("tools", "the local cloud and what judges templates and requests, in .venv", tools.install),
            Step("tidy", "the rules of the repository", self.tidy, needs=("build",)),
            Step("contract", "table and contract tests, and their budgets", self.contract, needs=("build",), alone=True),
            Step("cloud", "start two and deploy, with IAM enforced", self.start_clouds, needs=BUILT),
            Step("unit", "domain and library tests", self.unit, needs=("build",)),
            Step("e2e", "end to end over HTTP", self.e2e, needs=WITH_CLOUD, brings=("dead-letters",)),
            Step("operations", "every operator command against a cloud of its own", self.operations, needs=BUILT),
            Step("guides", "the demo data, and the commands of the README and docs/guides", self.guides, needs=BUILT),
            Step("requests", "generated requests against the OpenAPI documents", self.requests, needs=BUILT),
            Step("faults", "killed, repeated, reordered, poisoned, throttled", self.faults, needs=WITH_CLOUD, after=("e2e",),
                 brings=("faults-alone", "dead-letters")),
            Step("launcher", "tests of the local cloud and of the operator commands", launcher, needs=("tools",), after=BUILT),
            Step("templates", "cfn-lint and sam validate", templates.check, needs=("tools",),
                 after=BUILT),
            Step("faults-alone", "fault tests that keep all cores busy", self.faults_alone, needs=WITH_CLOUD,
                 after=("e2e", "faults"), brings=("dead-letters",), alone=True),
            Step("dead-letters", "every dead-letter queue is empty", self.dead_letters, needs=WITH_CLOUD,
                 after=("e2e", "faults", "faults-alone")),
            Step("package", "functions of each kind, built and packaged for Lambda", package.check, needs=("tools",),
                 default=False),
        )


def outputs(cloud):
    return {"ATOLL_OUTPUTS": str(cloud.directory / "outputs.json")}


def modules(names):
    """Tests by module, largest first: the tests of a module stay together, and a long one does not come last."""
    found = {}
    for name in names:
        found.setdefault(name.split("::")[0], []).append(name)
    return sorted(found.items(), key=lambda module: len(module[1]), reverse=True)


def apart(modules):
    """Modules that may run beside others, and those that need the machine for themselves."""
    beside = [module for module in modules if module[0] not in ALONE]
    return beside, [module for module in modules if module not in beside]


def format_check():
    processes.visible(["cargo", "fmt", "--all", "--check"], "The code is not formatted: `make fmt`.")


def launcher():
    return python_tests(paths.LOCAL, "launcher") + python_tests(paths.ROOT / "infra" / "operate", "operate", paths.ROOT / "infra")


def python_tests(directory, name, top=None):
    log = rust_tests.LOGS / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [str(paths.VENV_BIN / "python"), "-m", "unittest", "discover", "--buffer", "--start-directory",
               str(directory / "tests"), "--top-level-directory", str(top or directory)]
    with open(log, "wb") as output:
        code = processes.run(command, stdout=output, stderr=subprocess.STDOUT)
    printed = log.read_text(errors="replace")
    counted = tally.of_python(printed)
    console.say(f"{name}: {counted}")
    if code:
        console.say(printed)
        raise tally.TestsFailed(f"The tests of {directory.relative_to(paths.ROOT)} failed.", log, counted)
    return counted


def names():
    return steps.names(Suite().steps())


def test(options):
    tools.check()
    suite = Suite(packs.tested(options.packs))
    steps.run(steps.selected(suite.steps(), options.only), suite.stop, LANES)
