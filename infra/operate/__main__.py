"""The command line of the operator commands; the Makefile's targets call it with STAGE, PACKS and the rest as options."""
import argparse
import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from . import (dead_letters, deploy, keys, package, preflight, recount_badges, recount_timeline, remove, restore, rollback, rotate_keys,
               settings, smoke)
from .failure import Failed

COMMANDS = {
    "deploy": (deploy.run, "build, package and deploy"),
    "rollback": (rollback.run, "deploy an earlier release"),
    "remove": (remove.run, "delete stacks"),
    "preflight": (preflight.run, "check what a deployment needs"),
    "smoke": (smoke.run, "use a deployment as an app does"),
    "backup-keys": (keys.backup, "copy the keys to Secrets Manager"),
    "restore-keys": (keys.restore, "write keys from the backup"),
    "restore": (restore.run, "make the table of an earlier time live"),
    "rotate-keys": (rotate_keys.run, "replace the signing key"),
    "recount-badges": (recount_badges.run, "compare badges with activities"),
    "recount-timeline": (recount_timeline.run, "compare timelines with their logs"),
    "dead-letters": (dead_letters.run, "count, show, redrive or delete dead letters"),
    "package": (package.run, "build for Lambda and package against the local cloud"),
}


def main(arguments):
    options = parser().parse_args(arguments)
    try:
        return COMMANDS[options.command][0](options) or 0
    except Failed as failure:
        print(f"error: {failure}", file=sys.stderr)
    except (BotoCoreError, ClientError) as error:
        print(f"error: AWS refused a call: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("Interrupted. CloudFormation continues what it has begun.", file=sys.stderr)
    return 1


def parser():
    root = argparse.ArgumentParser(prog="operate", description=__doc__)
    root.add_argument("command", choices=COMMANDS, help="; ".join(f"{name}: {what}" for name, (_run, what) in COMMANDS.items()))
    root.add_argument("--stage", required=True, help="the section of samconfig.toml")
    root.add_argument("--packs", default="", help="packs, separated by commas: all (default) or none")
    root.add_argument("--config", type=Path, default=settings.ROOT / "samconfig.toml")
    root.add_argument("--yes", action="store_true", help="change things without asking")
    root.add_argument("--architecture", default="", choices=["", "arm64", "x86_64"])
    root.add_argument("--source", type=Path, help="a tree with templates and packages that are built already")
    root.add_argument("--all", action="store_true", help="package every function instead of one of each kind")
    root.add_argument("--output", type=Path, help="the directory for archives of what `package` builds")
    root.add_argument("--to", default="", help="a release (rollback), a time or `original` (restore)")
    root.add_argument("--region", default="", help="the region of the backup of the keys")
    root.add_argument("--force", action="store_true", help="replace keys that differ")
    root.add_argument("--queue", default="", help="the context whose dead letters are meant")
    root.add_argument("--do", default="", choices=["", "redrive", "delete"])
    root.add_argument("--user", default="")
    root.add_argument("--aquarium", default="")
    root.add_argument("--repair", action="store_true")
    return root


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
