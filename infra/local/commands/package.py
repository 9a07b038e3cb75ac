"""The step `package`, and `make package`: builds functions for AWS Lambda and packages the templates into a local cloud's S3.

Compilation uses a target directory of its own, which is removed afterwards: with every function it grows to several gigabytes.
After a failure it stays, so that the next attempt continues.
"""
import shutil

from . import cloud as clouds, console, deployment, operate, paths, processes, tools

BUILD = paths.TARGET / "package"
LOG = paths.STATE / "logs" / "package.log"
# What a release publishes.
OUTPUT = paths.ROOT / "target" / "release-files"


def package(_options):
    """`make package`: every function, for each processor that Rust has a target for, as archives."""
    tools.check()
    tools.install()
    shutil.rmtree(OUTPUT, ignore_errors=True)
    check("--all", "--output", str(OUTPUT))
    console.say(f"The archives are in {OUTPUT.relative_to(paths.ROOT)}.")


def check(*options):
    """One function of each kind, unless options say otherwise."""
    operate.install_compiler()
    cloud = clouds.Cloud("package", clouds.free_port())
    cloud.start()  # fails if another command packages; what that one builds must stay
    try:
        config = deployment.write_config(cloud, deployment.parameters(cloud))
        console.say(f"  compiling for release; cargo's output is in {LOG.relative_to(paths.ROOT)}")
        build(cloud, ["--stage", deployment.STAGE, "--config", str(config), *options])
    finally:
        cloud.stop()
    shutil.rmtree(BUILD, ignore_errors=True)


def build(cloud, arguments):
    environment = operate.local_environment(CARGO_TARGET_DIR=str(BUILD), **cloud.client_environment())
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with open(LOG, "wb") as errors:
        process = processes.launch(operate.command("package", arguments), cwd=paths.ROOT, env=environment, stderr=errors)
        with processes.ended_with_us(process):
            code = process.wait()
    if code:
        raise console.Failed("The functions could not be built and packaged for AWS Lambda.", LOG)
