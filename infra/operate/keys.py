"""`make backup-keys` and `make restore-keys`: the secrets that no backup of the table contains.

Sessions, links in e-mails and second factors need keys that are encrypted SSM parameters. Without them a restored table has
accounts whose second factor is unusable. The backup is one secret in AWS Secrets Manager, encrypted by KMS, in the same
region or in another (REGION=).
"""
import dataclasses
import json

from botocore.exceptions import ClientError

from . import account as accounts, settings
from .failure import Failed
from .remove import key_names


def secret_name(stage):
    return f"atoll/{stage}/keys-backup"


def backup(options):
    core, _packs = settings.read(options.config, options.stage)
    account = accounts.Account(core)
    vault = accounts.Account(dataclasses.replace(core, region=options.region or core.region))
    names = key_names(account, core)
    if not names:
        raise Failed(f"Stage {core.stage} has no keys in {core.region}: deploy it first.")
    print(f"Back up {len(names)} keys of account {account.id}, region {core.region}, to the secret {secret_name(core.stage)} "
          f"in {vault.section.region}.")
    accounts.confirm(account, [core], "Back up keys", options.yes)
    values = {name: read(account, name) for name in names}
    store(vault, core.stage, json.dumps({"stage": core.stage, "parameters": values}))
    print(f"  ✓ {', '.join(names)}")
    return 0


def restore(options):
    """Writes keys that are missing. One that exists and differs is left alone: with it, other tokens were signed."""
    core, _packs = settings.read(options.config, options.stage)
    account = accounts.Account(core)
    vault = accounts.Account(dataclasses.replace(core, region=options.region or core.region))
    saved = load(vault, core.stage)
    present = set(key_names(account, core))
    differing = [name for name in saved if name in present and read(account, name) != saved[name]]
    if differing and not options.force:
        raise Failed(f"{', '.join(differing)} exist with other values: nothing was changed. With FORCE=yes the backup replaces "
                     "them, which ends the sessions, links and second factors that were made since.")
    written = [name for name in saved if name not in present or name in differing]
    accounts.confirm(account, [core], f"Restore {len(written)} of {len(saved)} keys", options.yes, word=core.stage)
    for name in written:
        account.client("ssm").put_parameter(Name=name, Value=saved[name], Type="SecureString", Overwrite=True)
        print(f"  ✓ {name}")
    print("Functions read keys when they start and every few minutes. If the signing keys changed, run `make rotate-keys "
          f"STAGE={core.stage}` so that every function gets their public halves.")
    return 0


def read(account, name):
    return account.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]


def store(vault, stage, text):
    client, name = vault.client("secretsmanager"), secret_name(stage)
    try:
        client.put_secret_value(SecretId=name, SecretString=text)
    except client.exceptions.ResourceNotFoundException:
        client.create_secret(Name=name, SecretString=text, Description=f"Keys of the Atoll stage {stage}")
    except ClientError as error:
        raise Failed(f"The backup cannot be written: {error}") from error


def load(vault, stage):
    client = vault.client("secretsmanager")
    try:
        text = client.get_secret_value(SecretId=secret_name(stage))["SecretString"]
    except client.exceptions.ResourceNotFoundException as error:
        raise Failed(f"There is no backup {secret_name(stage)} in {vault.section.region}: REGION= names another region.") from error
    document = json.loads(text)
    if document["stage"] != stage:
        raise Failed(f"The backup is of stage {document['stage']}.")
    return document["parameters"]
