"""Tests of the local cloud itself. MiniStack is imported once, with IAM enforced, and changed once."""
import os

from cloud import environment

os.environ["AUTH"] = "true"
environment.prepare()

from cloud import launch  # noqa: E402

launch.install()
