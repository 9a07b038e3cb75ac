"""`sam validate --lint` of many templates in one process: sam takes seconds to load what it judges with.

Run with the Python of `.venv`: `python validated.py <template>…`. What sam prints is printed; each template that it refuses is
named, and fails the command.
"""
import sys

import click
from samcli.cli.main import cli

REGION = "us-east-1"


def is_valid(path):
    arguments = ["validate", "--lint", "--region", REGION, "--template-file", path]
    try:
        return not cli(arguments, standalone_mode=False)
    except click.ClickException as refusal:
        refusal.show()
    except SystemExit as end:
        return not end.code
    return False


def main(paths):
    refused = [path for path in paths if not is_valid(path)]
    for path in refused:
        print(f"`sam validate --lint` refuses {path}.")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
