"""The step `package`: builds functions of each kind as a deployment does, checks the binaries, and packages every template.

Only some functions are built, since all of them take half an hour; every other function of the templates gets a copy of one of
them as its package, so that `sam package` sees the whole tree.
"""
import re
import shutil
import time

from . import account as accounts, building, packaging, releases, settings

# One per kind: endpoint, password hashing, queue consumer, stream, image decoding, WebSocket route, custom resource, workflow step.
KINDS = ["identity-get-me", "identity-login", "notifications-send-deliveries", "platform-publish-events", "media-process-upload",
         "realtime-connect", "identity-manage-signing-keys", "wallet-charge-card"]
CODE_URI = re.compile(r"CodeUri:\s*\S*target/lambda/([a-z0-9-]+)/?")


def run(options):
    core, packs = settings.read(options.config, options.stage)
    account = accounts.Account(core)
    known = {name for template in templates() for name in CODE_URI.findall(template.read_text())}
    kinds = [name for name in KINDS if name in known]
    for processor in ("x86_64", "arm64"):
        if building.has_target(processor):
            build(processor, kinds)
        else:
            print(f"  - {processor}: skipped, Rust cannot build for it (`rustup target add {building.TARGETS[processor]}` adds it)")
    complete(known, kinds)
    releases.ensure_bucket(account)
    for section in [core, *packs.values()]:
        packaging.package(account, section)
        print(f"  ✓ {section.template} is packaged")
    return 0


def build(processor, kinds):
    building.forget_builds()
    started = time.monotonic()
    building.build(processor, kinds)
    print(f"  ✓ {processor}: {len(kinds)} functions built in {time.monotonic() - started:.0f} s")
    for name in kinds:
        found = building.check_binary(building.OUTPUT / name / "bootstrap", processor)
        print(f"    {name:<34} {found['bytes'] / 1e6:5.1f} MB, glibc {found['glibc']}")


def complete(known, kinds):
    """Gives each function that was not built a package of its own, so that every CodeUri exists."""
    for name in known - set(kinds):
        shutil.copytree(building.OUTPUT / kinds[0], building.OUTPUT / name, dirs_exist_ok=True)


def templates():
    return [*settings.ROOT.glob("functions/*/*/template.yaml"), *settings.ROOT.glob("infra/*.yaml")]
