"""Builds functions as a deployment does, checks the binaries, and packages every template.

By default only one function of each kind is built, since all of them take half an hour. The other functions of the templates get
a placeholder as their package, so that `sam package` processes the whole tree; placeholders are removed afterwards.
"""
import hashlib
import shutil
import tarfile
import time

from . import account as accounts, building, packaging, releases, settings
from .failure import Failed

# One per kind: endpoint, password hashing, queue consumer, schedule, stream, image decoding, WebSocket route, custom resource,
# workflow step.
KINDS = ("identity-get-me", "identity-login", "notifications-send-deliveries", "wallet-sweep-payments", "platform-publish-events",
         "media-process-upload", "realtime-connect", "identity-manage-signing-keys", "wallet-charge-card")
PLACEHOLDER = "#!/bin/sh\necho 'This function was not built.' >&2\nexit 1\n"


def run(options):
    core, packs = settings.read(options.config, options.stage)
    account = accounts.Account(core)
    if not accounts.local():
        raise Failed("`package` uploads placeholders, so it runs against the local cloud only: `make test ONLY=package`.")
    known = building.functions()
    chosen = known if options.all else KINDS
    if missing := set(chosen) - known:
        raise Failed(f"No template has the function {', '.join(sorted(missing))}: change KINDS in infra/operate/package.py.")
    try:
        for processor in sorted(building.TARGETS, reverse=True):
            build(processor, chosen, options.output)
        fill(known)
        package(account, [core, *packs.values()])
    finally:
        building.forget_builds()


def build(processor, names, output):
    """Builds for one processor and checks what was built. A processor that Rust has no target for is skipped."""
    if not building.has_target(processor):
        print(f"  - {processor}: skipped; `rustup target add {building.TARGETS[processor]}` adds the target")
        return
    building.forget_builds()
    started = time.monotonic()
    building.build(processor, sorted(names))
    print(f"  ✓ {processor}: {len(names)} functions built in {time.monotonic() - started:.0f} s")
    for name in sorted(names):
        found = building.check_binary(building.package_of(name), processor)
        print(f"    {name:<34} {found['bytes'] / 1e6:5.1f} MB, glibc {found['glibc']}")
    if output:
        archive(processor, output)


def archive(processor, directory):
    """Writes the packages of a processor to an archive that is unpacked over a checkout, and its checksum."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"atoll-functions-{processor}.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        file.add(building.OUTPUT, arcname=str(building.OUTPUT.relative_to(settings.ROOT)))
    with open(path, "rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    path.with_name(f"{path.name}.sha256").write_text(f"{checksum}  {path.name}\n")
    print(f"  ✓ {path.name}: {path.stat().st_size / 1e6:.0f} MB")


def fill(known):
    """Gives each function that was not built a placeholder, so that every CodeUri exists."""
    for name in known:
        path = building.package_of(name)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(PLACEHOLDER)


def package(account, sections):
    releases.ensure_bucket(account)
    for section in sections:
        started = time.monotonic()
        packaged = packaging.package(account, section)
        if str(building.OUTPUT.name) + "/" in packaged:
            raise Failed(f"The packaged {section.template} still names a local directory.")
        print(f"  ✓ {section.template}: packaged in {time.monotonic() - started:.0f} s")
