"""The command line: picks the command, and turns failures into one sentence and an exit code."""
import argparse
import os
import signal

from . import bench, budgets, console, down, operate, package, run, suite

INTERRUPTED = 130


def main(arguments):
    options, more = parser().parse_known_args(arguments)
    options.arguments = more
    if more and options.command is not operate.run:
        parser().error(f"unknown arguments: {' '.join(more)}")
    bypass_proxies()
    # A process that a script starts in the background inherits "ignore SIGINT"; these two must always stop it.
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)
    try:
        return options.command(options) or 0
    except console.Failed as failure:
        console.report(failure)
        return 1
    except KeyboardInterrupt:
        console.say("Interrupted.")
        return INTERRUPTED


def bypass_proxies():
    """This machine is reached directly, by this process and by those that inherit its environment."""
    for name in ("NO_PROXY", "no_proxy"):
        os.environ[name] = ",".join(filter(None, ["127.0.0.1", "localhost", os.environ.get(name)]))


def interrupt(_signal, _frame):
    """Once: a second Ctrl-C must not stop the stopping, which takes seconds at most."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def parser():
    root = argparse.ArgumentParser(prog="atoll.py", description=__doc__)
    commands = root.add_subparsers(required=True, metavar="command")
    command = commands.add_parser("run", help="build, start the local cloud, deploy, show the logs")
    command.add_argument("--port", type=int, default=4566)
    command.add_argument("--packs", default="", help="beside the platform: none, or a list; all if it is empty")
    command.set_defaults(command=run.run)
    command = commands.add_parser("test", help="every check and test, against a local cloud of its own")
    command.add_argument("--only", default="", help=f"some steps, comma separated: {','.join(suite.names())}")
    command.add_argument("--packs", default="", help="the tests of these packs only: platform, or a list; all if it is empty")
    command.set_defaults(command=suite.test)
    command = commands.add_parser("bench", help="measure what tests cannot, built for release, and write the report")
    command.add_argument("--only", default="", help=f"some steps, comma separated: {','.join(bench.names())}")
    command.set_defaults(command=bench.bench)
    command = commands.add_parser("package", help="build every function for AWS Lambda, as the archives of a release")
    command.set_defaults(command=package.package)
    command = commands.add_parser("down", help="stop what a crashed run left behind")
    command.set_defaults(command=down.down)
    for name, purpose in operate.COMMANDS.items():
        command = commands.add_parser(name, help=purpose, add_help=False)
        command.set_defaults(command=operate.run, name=name)
    command = commands.add_parser("bless-budgets", help="rewrite tests/budgets.json from what is measured now")
    command.set_defaults(command=budgets.bless)
    return root
