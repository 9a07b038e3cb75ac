"""Releases: the packaged templates of each deployment, kept in the deployment bucket with their git revision.

Objects below `code/` are named by their content and are never overwritten; `releases/<stage>/<release>/` has one packaged
template per stack and `release.json`.
"""
import json
import re

from botocore.exceptions import ClientError

from .failure import Failed

CODE = "code"
NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{7,40}(-dirty)?")


def bucket_name(account):
    return f"atoll-deployments-{account.id}-{account.section.region}"


def ensure_bucket(account):
    """Creates the deployment bucket if it does not exist: private and encrypted."""
    client, name = account.client("s3"), bucket_name(account)
    try:
        client.head_bucket(Bucket=name, ExpectedBucketOwner=account.id)
        return name
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise Failed(f"The deployment bucket {name} cannot be used: {error}") from error
    region = account.section.region
    where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    client.create_bucket(Bucket=name, **where)
    client.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration={
        "BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True})
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def prefix(stage):
    return f"releases/{stage}/"


def upload(account, stage, release, templates):
    """Stores the packaged templates (by pack) and returns their URLs. Without its manifest a release is not listed."""
    client, bucket, base = account.client("s3"), bucket_name(account), f"{prefix(stage)}{release}/"
    for pack, text in templates.items():
        client.put_object(Bucket=bucket, Key=f"{base}{pack}.yaml", Body=text.encode(), ServerSideEncryption="AES256")
    return {pack: url(account, f"{base}{pack}.yaml") for pack in templates}


def complete(account, stage, release, packs, revision):
    """Writes the manifest once every stack is deployed."""
    body = json.dumps({"release": release, "revision": revision, "stacks": sorted(packs)}, indent=2) + "\n"
    account.client("s3").put_object(Bucket=bucket_name(account), Key=f"{prefix(stage)}{release}/release.json",
                                    Body=body.encode(), ServerSideEncryption="AES256")


def url(account, key):
    endpoint = account.client("s3").meta.endpoint_url
    return f"{endpoint}/{bucket_name(account)}/{key}"


def names(account, stage):
    """The complete releases of a stage, newest first."""
    pages = account.client("s3").get_paginator("list_objects_v2")
    found = []
    try:
        for page in pages.paginate(Bucket=bucket_name(account), Prefix=prefix(stage)):
            keys = [item["Key"].removeprefix(prefix(stage)) for item in page.get("Contents", [])]
            found += [key.removesuffix("/release.json") for key in keys if key.endswith("/release.json")]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucket":
            return []
        raise Failed(f"Releases cannot be listed: {error}") from error
    return sorted(found, reverse=True)


def find(account, stage, wanted):
    """The one release that a name, a prefix of it, or a git revision means."""
    found = [name for name in names(account, stage)
             if name == wanted or name.startswith(wanted) or revision_of(name).startswith(wanted)]
    if not found:
        raise Failed(f"Stage {stage} has no release {wanted}: `make rollback STAGE={stage}` without TO lists them.")
    if len(found) > 1 and wanted not in found:
        raise Failed(f"{wanted} means several releases: {', '.join(found)}. Name one.")
    return wanted if wanted in found else found[0]


def revision_of(name):
    return name.partition("-")[2]


def load(account, stage, release):
    """Returns the manifest and the URLs of the packaged templates by pack."""
    base = f"{prefix(stage)}{release}/"
    try:
        manifest = json.loads(account.client("s3").get_object(Bucket=bucket_name(account), Key=f"{base}release.json")["Body"].read())
    except ClientError as error:
        raise Failed(f"Release {release} cannot be read: {error}") from error
    return manifest, {pack: url(account, f"{base}{pack}.yaml") for pack in manifest["stacks"]}
