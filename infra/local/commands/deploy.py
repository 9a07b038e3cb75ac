"""`make deploy`: build for AWS Lambda with cargo-lambda and zig, then `sam deploy` with the caller's credentials: the core,
then each pack. STAGE names the deployment; its stacks are atoll-<stage> and atoll-<stage>-<pack>.

The functions are built for the processor that the saved answers name, else for arm64, the template's default.
"""
import hashlib
import os
import re

from . import console, deployment, packs, paths, processes, tools

DEFAULT_STAGE = "dev"
LOCK = paths.LOCAL / "requirements-deploy.lock"
STAMP = paths.VENV / "installed-deploy.sha256"
CONFIG = paths.ROOT / "samconfig.toml"
BUILD_FLAGS = {"arm64": "--arm64", "x86_64": "--x86-64"}
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")


def deploy(options):
    tools.check()
    tools.install()
    install_compiler()
    architecture = options.architecture or saved_architecture()
    console.say(f"Building for {architecture}; the parameter Architecture must say the same.")
    processes.visible(["cargo", "lambda", "build", "--locked", "--release", BUILD_FLAGS[architecture],
                       "--workspace", "--exclude", "xtask", "--exclude", "tests",
                       "--lambda-dir", str(paths.ROOT / "target" / "lambda")],
                      "The functions could not be built for AWS Lambda.")
    for template, stack in deployment.stacks(packs.names(), stage()):
        processes.interactive(sam_command(template, stack), "`sam deploy` failed; what it created is shown by "
                                                            f"`sam list resources --stack-name {stack}`.")
    forget_generation()


def stage():
    return os.environ.get("STAGE") or DEFAULT_STAGE


def forget_generation():
    """`make rotate-keys` counts the signing keys' generation in the stack: a saved answer would undo a rotation."""
    if CONFIG.exists():
        answers = CONFIG.read_text()
        CONFIG.write_text(re.sub(r'\s?SigningKeyGeneration=\\?"\d+\\?"', "", answers))


def saved_architecture():
    answers = CONFIG.read_text() if CONFIG.exists() else ""
    return "x86_64" if re.search(r"Architecture=\W*x86_64", answers) else "arm64"


def install_compiler():
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    log = paths.STATE / "logs" / "venv.log"
    with console.step("installing cargo-lambda and zig into .venv (once)"):
        tools.pip_install(LOCK, log)
    STAMP.write_text(wanted)


def sam_command(template, stack):
    """The core's is guided the first time; afterwards the answers are in samconfig.toml. Packs read the core's parameters."""
    command = [str(paths.VENV_BIN / "sam"), "deploy", "--template-file", str(template), "--stack-name", stack,
               "--no-fail-on-empty-changeset"]
    if template != paths.core_template():
        values = {"Stage": stage(), "Architecture": saved_architecture()}
        known = deployment.known_to(template, values, stage())
        return [*command, "--resolve-s3", "--capabilities", *CAPABILITIES,
                "--parameter-overrides", *(f"{name}={value}" for name, value in known.items())]
    if CONFIG.exists():
        return command
    return [*command, "--guided", "--capabilities", *CAPABILITIES, "--parameter-overrides", f"Stage={stage()}"]
