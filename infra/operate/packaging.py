"""`sam package`, and change sets of packaged templates, with the account, region and profile of a section."""
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from . import releases
from .account import local
from .failure import Failed
from .settings import ROOT
from .stacks import CAPABILITIES, describe, parameters, wait

# Transforming a template of hundreds of resources takes CloudFormation some ten seconds.
CHANGE_SET_SECONDS = 600
# How CloudFormation and its transforms say that there is nothing to do.
UNCHANGED = ("didn't contain changes", "No updates are to be performed")


def sam(account, *arguments):
    """Runs the pinned sam next to this Python. Returns its exit code and what it printed."""
    command = [str(Path(sys.executable).with_name("sam")), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=account.environment(), text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def package(account, section, source=ROOT):
    """Uploads code and nested templates of a stack and returns its packaged root template."""
    with tempfile.TemporaryDirectory() as directory:
        packaged = Path(directory, "packaged.yaml")
        code, output = sam(account, "package", "--template-file", str(source / section.template), "--s3-bucket",
                           releases.bucket_name(account), "--s3-prefix", releases.CODE, "--output-template-file", str(packaged),
                           "--no-progressbar")
        if code:
            raise Failed(f"`sam package` failed for {section.template}:\n{output}")
        return packaged.read_text()


def deploy(account, section, template_url, given):
    """Deploys a packaged template by a change set. Parameters that are not given keep the stack's values, new ones get their
    defaults. Returns False if there is nothing to deploy."""
    stack = describe(account, section.stack)
    present = stack is not None and stack["StackStatus"] != "REVIEW_IN_PROGRESS"
    client = account.client("cloudformation")
    name = f"atoll-{uuid.uuid4().hex[:12]}"
    created = client.create_change_set(
        StackName=section.stack, ChangeSetName=name, ChangeSetType="UPDATE" if present else "CREATE", TemplateURL=template_url,
        Capabilities=CAPABILITIES, Parameters=values(client, template_url, stack if present else None, given),
        Tags=[{"Key": "atoll:stage", "Value": section.stage}, {"Key": "atoll:pack", "Value": section.pack}])
    if not executable(client, created["Id"], section):
        client.delete_change_set(ChangeSetName=created["Id"])
        return False
    client.execute_change_set(ChangeSetName=created["Id"])
    wait(account, section.stack, "stack_update_complete" if present else "stack_create_complete")
    return True


def values(client, template_url, stack, given):
    """The parameters of a change set. A value for a parameter that the template does not have is a mistake in samconfig.toml."""
    known = {item["ParameterKey"] for item in client.get_template_summary(TemplateURL=template_url)["Parameters"]}
    if unknown := sorted(set(given) - known):
        raise Failed(f"The template has no parameter {', '.join(unknown)}: remove it from samconfig.toml.")
    kept = (set(parameters(stack)) if stack else set()) & known - set(given)
    return [*({"ParameterKey": key, "ParameterValue": value} for key, value in given.items()),
            *({"ParameterKey": key, "UsePreviousValue": True} for key in sorted(kept))]


def executable(client, change_set, section):
    """Waits until the change set is ready. False if it contains no changes."""
    deadline = time.monotonic() + CHANGE_SET_SECONDS
    while time.monotonic() < deadline:
        found = client.describe_change_set(ChangeSetName=change_set)
        reason = found.get("StatusReason", "")
        if found["Status"] == "CREATE_COMPLETE":
            return True
        if found["Status"] == "FAILED":
            if any(words in reason for words in UNCHANGED):
                return False
            raise Failed(f"Stack {section.stack} cannot be changed: {reason}")
        time.sleep(0.2 if local() else 2)
    raise Failed(f"The change set of stack {section.stack} was not ready within {CHANGE_SET_SECONDS} s.")
