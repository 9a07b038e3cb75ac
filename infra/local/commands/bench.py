"""`make bench`: builds for release, measures what tests cannot, and writes docs/performance.md from it.

Each measuring step is a bench target of the package `tests`, which writes target/bench/<step>.json. target/bench/machine.json
says on what, target/bench/steps.json when, of which commit, and how busy the machine was before each of them.
"""
import json
import time

from . import binaries, budgets, cloud as clouds, console, dead_letters, deployment, machine, package, paths, processes, rust_tests, steps
from .steps import Step

CLOUD = clouds.Cloud("bench", binaries=binaries.OnePerFunction(paths.RELEASE))
# Where `tests::bench::harness` writes too.
MEASURED = paths.ROOT / "target" / "bench"
BENCH = ("cargo", "bench", "--locked", "--package", "tests", "--bench")
HELLO = paths.ROOT / "tests" / "bench" / "path" / "template.yaml"
# A throttle would be measured instead of the path. The local cloud has none today.
THROTTLE = {"ThrottleRate": 100_000, "ThrottleBurst": 100_000}


def release():
    """`tests` depends on every context, so its benches alone need each dependency with the features that the functions
    have: nothing is built twice. xtask is not deployed, and its dependencies could enable more features."""
    budgets.build()
    targets = [argument for target in rust_tests.BENCHES for argument in ("--bench", target)]
    cargo("bench", "--locked", "--package", "tests", "--no-run", *targets)
    budgets.check_sizes()


def cargo(*arguments):
    processes.visible(["cargo", *arguments], f"`cargo {' '.join(arguments)}` failed.")


def cargo_bench(target, *options, **environment):
    """Figures are shown; the lines that functions log, one per invocation, go to a file."""
    log = paths.STATE / "logs" / f"bench-{target}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "wb") as lines:
        code = processes.run([*BENCH, target, *options], stderr=lines, ATOLL_BINARIES=str(paths.RELEASE), **environment)
    if code:
        raise console.Failed(f"The measurement `{target}` failed.", log)


def path():
    """Against a cloud of its own, with the binaries that were built for release, and a function that does nothing beside
    them."""
    try:
        CLOUD.port = clouds.free_port()
        CLOUD.start()
        outputs = deployment.deploy(CLOUD, **THROTTLE)
        deployment.deploy_beside(CLOUD, "hello", HELLO, ApiId=outputs["stack"]["ApiId"])
        measure("path", ATOLL_OUTPUTS=str(CLOUD.directory / "outputs.json"))
        dead_letters.check(CLOUD)
    finally:
        CLOUD.stop()


def report():
    cargo("xtask", "performance")


def drop():
    """In virtual time, which no optimization changes. It needs tokio with another feature, and so a build of its own."""
    measure("drop", "--profile", "dev", "--features", "virtual-time", "--target-dir", str(paths.TARGET / "virtual-time"))


def measure(target, *options, **environment):
    """Run a bench target, and note when, of which commit, for how long, and how busy the machine was before."""
    before = machine.load()
    machine.tell(before)
    started = time.monotonic()
    cargo_bench(target, *options, **environment)
    note(target, {**machine.moment(), **before, "seconds": round(time.monotonic() - started, 1)})


def note(target, how):
    """Steps may be run one by one: what is noted of the others stays. How busy the machine was is that of the worst."""
    MEASURED.mkdir(parents=True, exist_ok=True)
    noted = MEASURED / "steps.json"
    known = {**(json.loads(noted.read_text()) if noted.exists() else {}), target: how}
    busiest = max(known.values(), key=lambda step: (step["busyCores"] or 0, step["loadAverage"]))
    worst = {name: busiest[name] for name in ("loadAverage", "busyCores")}
    for name, content in (("steps", known), ("machine", {**machine.describe(), **worst})):
        (MEASURED / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n")


RELEASE = ("release",)
STEPS = (
    Step("release", "functions and benches as they are deployed, and their sizes", release),
    Step("functions", "what each function costs by itself", lambda: measure("functions"), RELEASE),
    Step("peers", "the same work in Node.js and Python", lambda: measure("peers"), RELEASE),
    Step("growth", "lists and searches in small and large tables", lambda: measure("growth"), RELEASE),
    Step("drop", "how long a thousand buyers wait who want the same five hundred units", drop),
    Step("timing", "whether the time of a refused login tells anything", lambda: measure("timing"), RELEASE),
    Step("path", "requests per second through the local cloud", path, RELEASE),
    Step("package", "functions of each kind, built and packaged for Lambda", package.check),
    Step("report", "docs/performance.md", report),
)


def names():
    return steps.names(STEPS)


def bench(options):
    steps.run_chosen(STEPS, options.only, CLOUD.stop)
