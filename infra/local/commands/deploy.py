"""`make deploy`: build for AWS Lambda with cargo-lambda and zig, then `sam deploy` with the caller's credentials."""
import hashlib

from . import console, paths, processes, tools

STACK = "atoll"
LOCK = paths.LOCAL / "requirements-deploy.lock"
STAMP = paths.VENV / "installed-deploy.sha256"
CONFIG = paths.ROOT / "samconfig.toml"
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")


def deploy(_options):
    tools.check()
    tools.install()
    install_compiler()
    processes.visible(["cargo", "lambda", "build", "--locked", "--workspace", "--release", "--arm64",
                       "--lambda-dir", str(paths.ROOT / "target" / "lambda")],
                      "The functions could not be built for AWS Lambda.")
    processes.visible(sam_command(), "`sam deploy` failed; what it created is shown by "
                                     f"`sam list resources --stack-name {STACK}`.")


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
