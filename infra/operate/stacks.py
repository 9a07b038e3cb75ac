"""What CloudFormation knows about a stack, and updates that change parameters only."""
import time

from botocore.exceptions import ClientError, WaiterError

from .account import local
from .failure import Failed

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
DELAY_SECONDS = 2
LOCAL_DELAY_SECONDS = 0.2
MAX_WAITS = 1800
# A stack in one of these states cannot be updated.
STUCK = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED", "REVIEW_IN_PROGRESS"}


def describe(account, name):
    """Returns the stack, or None if there is none."""
    try:
        found = account.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise Failed(f"Stack {name} cannot be read: {error}") from error
    return next((stack for stack in found if stack["StackStatus"] != "DELETE_COMPLETE"), None)


def required(account, name):
    """Returns the stack, which must exist."""
    stack = describe(account, name)
    if stack is None:
        raise Failed(f"Stack {name} does not exist in {account.section.region}: deploy it first.")
    return stack


def parameters(stack):
    return {item["ParameterKey"]: item.get("ParameterValue", "") for item in stack.get("Parameters", [])}


def outputs(stack):
    return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}


def update_parameters(account, name, changes):
    """Updates a stack with its present template and other values for some parameters. Returns False if nothing changed."""
    stack = required(account, name)
    present = parameters(stack)
    unknown = sorted(set(changes) - set(present))
    if unknown:
        raise Failed(f"Stack {name} has no parameter {', '.join(unknown)}: deploy the present templates first.")
    values = [{"ParameterKey": key, "ParameterValue": str(changes[key])} if key in changes
              else {"ParameterKey": key, "UsePreviousValue": True} for key in present]
    client = account.client("cloudformation")
    try:
        client.update_stack(StackName=name, UsePreviousTemplate=True, Capabilities=CAPABILITIES, Parameters=values)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return False
        raise Failed(f"Stack {name} cannot be updated: {error}") from error
    wait(account, name, "stack_update_complete")
    return True


def wait(account, name, waiter):
    client = account.client("cloudformation")
    time.sleep(0.2)  # the first answer after a call may still show the state before it
    try:
        client.get_waiter(waiter).wait(StackName=name, WaiterConfig={"Delay": LOCAL_DELAY_SECONDS if local() else DELAY_SECONDS,
                                                                    "MaxAttempts": MAX_WAITS})
    except WaiterError as error:
        raise Failed(f"Stack {name} did not reach {waiter}: {first_failure(account, name) or error}") from error


def first_failure(account, name):
    """The first resource that failed in the last operation, with its reason; what fails later fails because of it."""
    try:
        events = account.client("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    except ClientError:
        return None
    failed = [event for event in events if event.get("ResourceStatus", "").endswith("_FAILED")]
    if not failed:
        return None
    event = failed[-1]
    return f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'no reason given')}"


def refuse_stuck(account, section):
    """Names the way out where a stack cannot be updated."""
    stack = describe(account, section.stack)
    if stack and stack["StackStatus"] in STUCK:
        raise Failed(f"Stack {section.stack} is in the state {stack['StackStatus']}. {way_out(section, stack['StackStatus'])} "
                     "docs/operating.md, \"A deployment that failed\", has the details.")
    return stack


def way_out(section, status):
    """What an operator does about a stack that cannot be updated."""
    if status == "UPDATE_ROLLBACK_FAILED":
        return (f"Repair what the stack's events name, then run `aws cloudformation continue-update-rollback --stack-name "
                f"{section.stack} --region {section.region}` and deploy again.")
    packs = "" if section.pack == "core" else f" PACKS={section.pack}"
    return f"Delete it with `make remove STAGE={section.stage}{packs}` (tables, buckets and keys are retained), then deploy again."


def refuse_other_stage(section, stack):
    """A stage is fixed when a stack is created: names, keys and the bus carry it."""
    if stack is None:
        return
    deployed = parameters(stack).get("Stage", section.stage)
    if deployed != section.stage:
        raise Failed(f"Stack {section.stack} is the stage {deployed} and cannot become {section.stage}: the stage is part of "
                     "the names of its keys, bus and functions. Deploy another stage as another stack.")
