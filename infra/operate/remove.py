"""`make remove STAGE= PACKS=`: deletes stacks. Tables, buckets and keys are retained and are listed at the end."""
from . import account as accounts, settings, stacks
from .failure import Failed


def run(options):
    core, packs = settings.read(options.config, options.stage)
    account = accounts.Account(core)
    deployed = {name: section for name, section in packs.items() if stacks.describe(account, section.stack)}
    sections = [section for section in chosen(options.packs, core, deployed) if stacks.describe(account, section.stack)]
    if not sections:
        raise Failed(f"Nothing to remove: no stack of stage {core.stage} exists in {core.region}.")
    if warning := erasure_warning(sections):
        print(warning)
    accounts.confirm(account, sections, "Remove", options.yes, word=core.stage)
    kept = []
    for section in sections:
        kept += retained(account, section)
        delete(account, section)
        print(f"  ✓ {section.stack} is deleted")
    for kind, name in kept:
        print(f"  retained: {kind} {name}")
    return 0


def erasure_warning(sections):
    """What removing packs means for users who delete their accounts later; none if the core goes too."""
    packs = [section.pack for section in sections if section.pack != settings.CORE]
    if not packs or len(packs) < len(sections):
        return None
    return (f"The items of {', '.join(packs)} stay in the table, and nobody erases those of accounts that are deleted while a pack "
            "is away. Deploy it again within 30 days and replay identity.user_deleted.v1 (docs/operating.md, Remove a deployment), "
            "or delete its items.")


def chosen(text, core, deployed):
    """Packs first, the core last: it stays while a pack needs it. PACKS=all (the default) removes everything."""
    everything = (text or "all") == "all"
    packs = list(deployed.values()) if everything else settings.chosen(text, deployed)
    return [*packs, core] if everything else packs


def delete(account, section):
    account.client("cloudformation").delete_stack(StackName=section.stack)
    stacks.wait(account, section.stack, "stack_delete_complete")


def retained(account, section):
    """What the deletion leaves behind: data and keys, with the names under which they are found later."""
    stack = stacks.describe(account, section.stack)
    if stack is None or section.pack != settings.CORE:
        return []
    outputs = stacks.outputs(stack)
    named = [("table", outputs.get("TableName")), ("bucket", outputs.get("MediaBucketName"))]
    keys = [("SSM parameter", name) for name in key_names(account, section)]
    return [item for item in (*named, *keys) if item[1]]


def key_names(account, section):
    pages = account.client("ssm").get_paginator("get_parameters_by_path")
    found = pages.paginate(Path=f"/atoll/{section.stage}/identity", Recursive=True)
    return [item["Name"] for page in found for item in page["Parameters"]]
