"""`make restore STAGE= TO=<time>`: restores the table to a second of the last 35 days and makes the copy the live table.

The copy is a new table; the stack's own table stays as it is until an operator deletes it, so `TO=original` undoes a restore.
"""
import datetime
import time

from botocore.exceptions import ClientError

from . import account as accounts, settings, stacks
from .failure import Failed

# A table of some gigabytes takes 20 minutes and more; AWS gives no estimate.
MAX_WAIT_SECONDS = 6 * 3600
POLL_SECONDS = 5
ORIGINAL = "original"


def run(options):
    core, packs = settings.read(options.config, options.stage)
    account = accounts.Account(core)
    stack = stacks.required(account, core.stack)
    deployed = [section for section in packs.values() if stacks.describe(account, section.stack)]
    if options.to == ORIGINAL:
        accounts.confirm(account, [core, *deployed], "Return to the stack's own table", options.yes, word=core.stage)
        use(account, core, deployed, "", "")
        return 0
    source = live_table(stack)
    when = moment(account, source, options.to)
    target = f"atoll-{core.stage}-{when.strftime('%Y%m%dT%H%M%SZ')}"
    print(f"Table {source} as of {when.isoformat()} becomes the table {target}. Stop requests meanwhile with ThrottleRate=0 and "
          "ThrottleBurst=0: what is written after that time is not in the copy.")
    accounts.confirm(account, [core, *deployed], "Restore", options.yes, word=core.stage)
    stream = restored(account, source, target, when)
    if stacks.parameters(stack).get("ProtectData") == "yes":
        account.client("dynamodb").update_table(TableName=target, DeletionProtectionEnabled=True)
    use(account, core, deployed, target, stream)
    print(f"Table {target} is live. Refresh tokens used since then end their sessions; docs/operating.md says what else to check.")
    return 0


def live_table(stack):
    name = stacks.outputs(stack).get("TableName")
    if not name:
        raise Failed(f"Stack {stack['StackName']} has no output TableName: deploy the present templates first.")
    return name


def moment(account, table, text):
    """Parses TO and checks that the table can be restored to it."""
    try:
        when = datetime.datetime.fromisoformat(text or "")
    except ValueError as error:
        raise Failed("TO is a time in UTC, as in TO=2026-11-21T10:00:00Z, or TO=original to go back to the stack's table.") from error
    when = when.replace(tzinfo=when.tzinfo or datetime.UTC).astimezone(datetime.UTC).replace(microsecond=0)
    described = account.client("dynamodb").describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    recovery = described.get("PointInTimeRecoveryDescription", {})
    if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
        raise Failed(f"Point-in-time recovery is not enabled on {table}: it cannot be restored.")
    earliest, latest = recovery.get("EarliestRestorableDateTime"), recovery.get("LatestRestorableDateTime")
    if (earliest and when < earliest.replace(microsecond=0)) or (latest and when > latest):
        raise Failed(f"{table} can be restored to a time from {earliest} to {latest}, not to {when.isoformat()}.")
    return when


def restored(account, source, target, when):
    """Restores into a new table, gives it what a restore does not copy (stream, expiry, recovery), and returns its stream's ARN."""
    client = account.client("dynamodb")
    try:
        client.restore_table_to_point_in_time(SourceTableName=source, TargetTableName=target, RestoreDateTime=when)
    except client.exceptions.TableAlreadyExistsException:
        print(f"  table {target} exists already: continuing with it")
    except ClientError as error:
        raise Failed(f"The table cannot be restored: {error}") from error
    active(client, target)
    enable_stream(client, target)
    unless_there(client.update_time_to_live, "already enabled", TableName=target,
                 TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"})
    client.update_continuous_backups(TableName=target, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
    active(client, target)
    return client.describe_table(TableName=target)["Table"]["LatestStreamArn"]


def enable_stream(client, table):
    unless_there(client.update_table, "already has an enabled stream", TableName=table, StreamSpecification={
        "StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    active(client, table)


def unless_there(call, already, **arguments):
    """A second run continues where the first one ended."""
    try:
        call(**arguments)
    except ClientError as error:
        if already not in str(error):
            raise Failed(f"The restored table cannot be prepared: {error}") from error


def active(client, table):
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while time.monotonic() < deadline:
        described = client.describe_table(TableName=table)["Table"]
        indexes = described.get("GlobalSecondaryIndexes", [])
        if described["TableStatus"] == "ACTIVE" and all(index.get("IndexStatus", "ACTIVE") == "ACTIVE" for index in indexes):
            return
        time.sleep(POLL_SECONDS if not accounts.local() else 0.2)
    raise Failed(f"Table {table} did not become active within {MAX_WAIT_SECONDS // 3600} hours: run the command again to continue.")


def use(account, core, deployed, table, stream):
    """Points the core, then each pack, at a table. Empty names mean the table of the stack itself."""
    changed = stacks.update_parameters(account, core.stack, {"TableOverride": table, "StreamOverride": stream})
    print(f"  ✓ {core.stack}{'' if changed else ': already there'}")
    for section in deployed:
        # A pack reads the table's name from the core's SSM parameters at each update.
        changed = stacks.update_parameters(account, section.stack, {})
        print(f"  ✓ {section.stack}{'' if changed else ': already there'}")
