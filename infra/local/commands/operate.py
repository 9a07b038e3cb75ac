"""The operator commands run in .venv, where boto3, sam and the compiler for Lambda are: infra/operate."""
import hashlib
import os
import subprocess

from . import console, paths, processes, tools

COMMANDS = {
    "deploy": "build for AWS Lambda, package and deploy a stage",
    "rollback": "deploy an earlier release of a stage, or list its releases",
    "remove": "delete stacks of a stage; data and keys are retained",
    "preflight": "check an account and a stage before a deployment",
    "smoke": "use a deployment as an app does",
    "backup-keys": "copy the keys of a stage to Secrets Manager",
    "restore-keys": "write missing keys of a stage from the backup",
    "restore": "make the table of an earlier time the live one",
    "rotate-keys": "replace the signing key of a stage, with overlap",
    "recount-badges": "compare badges with the logs of activities",
    "recount-timeline": "compare timelines with their logs",
    "dead-letters": "count, show, redrive or delete dead letters",
}
LOCK = paths.LOCAL / "requirements-deploy.lock"
STAMP = paths.VENV / "installed-deploy.sha256"


def run(options):
    tools.check()
    tools.install()
    if options.name == "deploy":
        install_compiler()
    # What is interrupted here goes on in AWS; the command itself says so.
    return subprocess.run(command(options.name, options.arguments), cwd=paths.ROOT, env=environment(), check=False).returncode


def install_compiler():
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return
    with console.step("installing cargo-lambda and zig into .venv (once)"):
        tools.pip_install(LOCK, paths.STATE / "logs" / "venv.log")
    STAMP.write_text(wanted)


def command(name, arguments):
    return [str(paths.VENV_BIN / "python"), "-m", "operate", name, *arguments]


def environment(**extra):
    return {**processes.with_tools(), "PYTHONPATH": str(paths.ROOT / "infra"), "PYTHONUNBUFFERED": "1", **extra}


def output(name, arguments, **extra):
    """Runs a command against a local cloud and returns its exit code and what it printed."""
    return processes.output(command(name, arguments), local_environment(**extra))


def local_environment(**extra):
    """The environment of a command that must not reach AWS."""
    clean = {key: value for key, value in environment().items() if not key.startswith("AWS_")}
    return {**clean, "AWS_CONFIG_FILE": os.devnull, **extra}


def expect(name, arguments, code=0, **extra):
    """Runs a command that must end with a code; the whole output is shown if it does not."""
    found, text = output(name, arguments, **extra)
    if found != code:
        console.say(text)
        raise console.Failed(f"`operate {name}` ended with {found}, expected {code}; its output is above.")
    return text
