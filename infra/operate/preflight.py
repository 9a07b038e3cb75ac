"""`make preflight STAGE=`: reads what a deployment needs and what users would otherwise find out. It changes nothing."""
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from . import account as accounts, building, preflight_checks, settings

MARKS = {"ok": "✓", "warning": "!", "failed": "✗", "unknown": "?"}


@dataclass
class Finding:
    """What a check found: `failed` stops a deployment, `warning` hurts later, `unknown` could not be read."""
    level: str
    text: str
    remedy: str = ""


def run(options):
    core, packs = settings.read(options.config, options.stage)
    sections = [core, *settings.chosen(options.packs, packs)]
    account = accounts.Account(core)
    print(f"Account {account.id}, region {core.region}, stage {core.stage}, stacks {', '.join(s.stack for s in sections)}.")
    findings = [(name, finding) for name, check in checks() for finding in results(check, account, sections)]
    for name, finding in findings:
        print(f"  {MARKS[finding.level]} {name}: {finding.text}")
        if finding.remedy:
            print(f"      {finding.remedy}")
    counted = {level: sum(finding.level == level for _name, finding in findings) for level in MARKS}
    print(", ".join(f"{count} {level}" for level, count in counted.items() if count) + ".")
    return 1 if counted["failed"] else 0


def checks():
    return [("compiler", compiler), *preflight_checks.ALL]


def results(check, account, sections):
    """The findings of one check. What the credentials may not read is unknown, not wrong."""
    try:
        found = check(account, sections)
    except (BotoCoreError, ClientError) as error:
        return [Finding("unknown", str(error))]
    return found if isinstance(found, list) else [found]


def compiler(_account, sections):
    processor = building.architecture(sections[0])
    if building.has_target(processor):
        return Finding("ok", f"Rust can build for {processor}")
    return Finding("failed", f"Rust cannot build for {processor}", f"rustup target add {building.TARGETS[processor]}")
