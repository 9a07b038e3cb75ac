"""Several commands of `sam` in one process, which read and write YAML with libyaml: loading sam and reading templates in Python are
most of the time of a deployment to a local cloud.

Run with the Python of `.venv`: `python quick_sam.py '[["deploy", …], …]'`. The first command that fails is the last one.
"""
import json
import sys

import click
import yaml

if yaml.__with_libyaml__:
    # Before sam is imported, which derives its own from these.
    yaml.SafeLoader, yaml.SafeDumper = yaml.CSafeLoader, yaml.CSafeDumper

from samcli.cli.main import cli  # noqa: E402


def run(arguments):
    """The exit code of a command."""
    try:
        return cli(arguments, prog_name="sam", standalone_mode=False) or 0
    except click.ClickException as failure:
        failure.show()
        return failure.exit_code
    except SystemExit as end:
        return end.code


def main(commands):
    return next((code for code in map(run, commands) if code), 0)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
