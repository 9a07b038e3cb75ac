"""`make deploy`: build for AWS Lambda with cargo-lambda and zig, then `sam deploy` with the caller's credentials.

The functions are built for the processor that the saved answers name, else for arm64, the template's default.
"""
import hashlib
import re

from . import console, paths, processes, tools

STACK = "atoll"
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
    processes.interactive(sam_command(), "`sam deploy` failed; what it created is shown by "
                                         f"`sam list resources --stack-name {stack_name()}`.")
    forget_generation()


def stack_name():
    """The name that the guided deployment saved."""
    answers = CONFIG.read_text() if CONFIG.exists() else ""
    found = re.search(r'^stack_name\s*=\s*"([^"]+)"', answers, re.MULTILINE)
    return found[1] if found else STACK


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


def sam_command():
    """Guided the first time; afterwards the answers are in samconfig.toml."""
    command = [str(paths.VENV_BIN / "sam"), "deploy", "--template-file", str(paths.ROOT / "template.yaml")]
    if CONFIG.exists():
        return command
    return [*command, "--guided", "--stack-name", STACK, "--capabilities", *CAPABILITIES]
