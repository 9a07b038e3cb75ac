"""Clients for the account of a section, and the confirmation that a command asks for before it changes anything."""
import os
import sys
from dataclasses import dataclass
from functools import cached_property

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ProfileNotFound

from .failure import Failed

# A refused call is retried with backoff; a command must end within minutes all the same.
RETRIES = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10, read_timeout=60)


@dataclass
class Account:
    """Access to the AWS account, region and profile of a section."""
    section: object

    @cached_property
    def session(self):
        try:
            # The local cloud has one account and no profiles.
            profile = None if local() else self.section.profile
            return boto3.Session(profile_name=profile, region_name=self.section.region)
        except ProfileNotFound as error:
            raise Failed(f"{error}: run `aws configure --profile {self.section.profile}`, or change samconfig.toml.") from error

    def client(self, service, **settings):
        return self.session.client(service, config=RETRIES.merge(Config(**settings)))

    @cached_property
    def id(self):
        try:
            return self.client("sts").get_caller_identity()["Account"]
        except (BotoCoreError, ClientError) as error:
            raise Failed(f"AWS did not accept the credentials: {error}. Sign in, or set the profile in samconfig.toml.") from error

    def environment(self):
        """The environment in which sam uses the same account, region and profile."""
        more = {"AWS_REGION": self.section.region, "AWS_DEFAULT_REGION": self.section.region}
        if self.section.profile and not local():
            more["AWS_PROFILE"] = self.section.profile
        return {**os.environ, **more}


def local():
    """The URL of the local cloud that the commands talk to; empty for AWS."""
    return os.environ.get("AWS_ENDPOINT_URL", "").rstrip("/")


def confirm(account, sections, action, assume_yes, word=None):
    """Prints account, region and stacks, then waits for `y`, or for `word` where data or access may be lost."""
    where = f"account {account.id}, region {account.section.region}" + (" (local cloud)" if local() else "")
    print(f"{action} in {where}:")
    for section in sections:
        print(f"  stack {section.stack}")
    if assume_yes:
        return
    if not sys.stdin.isatty():
        raise Failed("Nothing was changed: confirm with YES=1 where no terminal is attached.")
    answer = input(f"Type {word} to continue: " if word else "Continue? [y/N] ").strip()
    if answer.lower() != (word or "y"):
        raise Failed("Nothing was changed.")
