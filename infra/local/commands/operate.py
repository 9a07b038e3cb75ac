"""The operator commands run in .venv, where boto3, sam and the compiler for Lambda are: infra/operate."""
import os
import subprocess

from . import console, deploy, paths, processes, tools

# These build for Lambda and need cargo-lambda and zig.
BUILDING = ("deploy", "package")


def run(options):
    tools.check()
    tools.install()
    if options.name in BUILDING:
        deploy.install_compiler()
    # What is interrupted here goes on in AWS; the command itself says so.
    return subprocess.run(command(options.name, options.arguments), cwd=paths.ROOT, env=environment(), check=False).returncode


def command(name, arguments):
    return [str(paths.VENV_BIN / "python"), "-m", "operate", name, *arguments]


def environment(**extra):
    return {**processes.with_tools(), "PYTHONPATH": str(paths.ROOT / "infra"), "PYTHONUNBUFFERED": "1", **extra}


def output(name, arguments, **extra):
    """Runs a command against a local cloud and returns its exit code and what it printed."""
    clean = {key: value for key, value in environment().items() if not key.startswith("AWS_")}
    done = subprocess.run(command(name, arguments), cwd=paths.ROOT, env={**clean, "AWS_CONFIG_FILE": os.devnull, **extra},
                          text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def expect(name, arguments, code=0, **extra):
    """Runs a command that must end with a code; the whole output is shown if it does not."""
    found, text = output(name, arguments, **extra)
    if found != code:
        console.say(text)
        raise console.Failed(f"`operate {name}` ended with {found}, expected {code}; its output is above.")
    return text
