"""`make rollback STAGE= TO=<release>`: deploys the packaged templates of an earlier release, without a compiler."""
from . import account as accounts, packaging, releases, settings, stacks
from .failure import Failed


def run(options):
    core, packs = settings.read(options.config, options.stage)
    account = accounts.Account(core)
    if not options.to:
        return show(account, core.stage)
    release = releases.find(account, core.stage, options.to)
    manifest, urls = releases.load(account, core.stage, release)
    sections = [section for section in (core, *packs.values()) if section.pack in urls and wanted(section, options.packs)]
    for section in sections:
        stacks.refuse_other_stage(section, stacks.refuse_stuck(account, section))
        stacks.required(account, section.stack)
    print(f"Release {release}, git revision {manifest['revision']}.")
    accounts.confirm(account, sections, "Roll back", options.yes)
    for section in sections:
        # The stacks keep their parameters: a rollback changes code, not settings.
        changed = packaging.deploy(account, section, urls[section.pack], {})
        print(f"  ✓ {section.stack}{'' if changed else ': already at this release'}")
    print(f"Release {release} is deployed. Items that newer code has written must be readable by it: docs/operating.md.")
    return 0


def wanted(section, packs):
    return not packs or packs == "all" or section.pack in packs.replace(",", " ").split()


def show(account, stage):
    names = releases.names(account, stage)
    if not names:
        raise Failed(f"Stage {stage} has no releases in {account.section.region}: `make deploy STAGE={stage}` makes the first.")
    print(f"Releases of {stage}, newest first; roll back with `make rollback STAGE={stage} TO=<release>`:")
    for name in names:
        print(f"  {name}")
    return 0
