#!/usr/bin/env python3
"""Atoll's commands: run, test, down and deploy. The Makefile is a thin front to this file."""
import sys

OLDEST_PYTHON = (3, 11)


def main():
    if sys.version_info < OLDEST_PYTHON:
        sys.exit("error: Atoll needs Python 3.11 or newer, this is %d.%d: install one and run "
                 "`make PYTHON=python3.11 ...`." % sys.version_info[:2])
    from commands import main as command_line
    sys.exit(command_line.main(sys.argv[1:]))


if __name__ == "__main__":
    main()
