"""`make deploy STAGE= PACKS=`: builds, packages and deploys the core and packs, and keeps what was deployed as a release."""
import datetime
import subprocess

from . import account as accounts, building, packaging, releases, settings, stacks
from .failure import Failed


def run(options):
    core, packs = settings.read(options.config, options.stage)
    sections = [core, *settings.chosen(options.packs, packs)]
    account = accounts.Account(core)
    processor = building.architecture(core, options.architecture)
    check(account, sections)
    check_code(options.source, processor)
    accounts.confirm(account, sections, "Deploy", options.yes)
    if not options.source:
        building.forget_builds()
        building.build(processor)
    release = deploy(account, sections, options.source or settings.ROOT)
    protect(account, core)
    print(f"Release {release} is deployed.")
    show_urls(account, sections)


def check_code(source, processor):
    """Without a source, functions are built. The local cloud runs scripts in place of binaries, so they are not checked there."""
    if not source:
        building.check_target(processor)
    elif not accounts.local():
        building.check_packages(source, processor)


def check(account, sections):
    """Everything that can refuse the deployment without a build."""
    for section in sections:
        stacks.refuse_other_stage(section, stacks.refuse_stuck(account, section))


def deploy(account, sections, source):
    """Packages all stacks before the first one changes. The release is complete once the last one is deployed."""
    releases.ensure_bucket(account)
    templates = {section.pack: packaged(account, section, source) for section in sections}
    release, revision = release_name()
    urls = releases.upload(account, sections[0].stage, release, templates)
    for section in sections:
        changed = packaging.deploy(account, section, urls[section.pack], section.parameters)
        print(f"  ✓ {section.stack}{'' if changed else ': nothing to deploy'}")
    releases.complete(account, sections[0].stage, release, templates, revision)
    return release


def packaged(account, section, source):
    print(f"  … packaging {section.template}")
    return packaging.package(account, section, source)


def release_name():
    """The time and the git revision; `-dirty` if the checkout has changes that no commit has."""
    git = lambda *words: subprocess.run(["git", *words], cwd=settings.ROOT, capture_output=True, text=True, check=False)
    revision = git("rev-parse", "HEAD")
    if revision.returncode:
        raise Failed("A release is named by its git revision, and this directory is not a git checkout: clone the repository.")
    dirty = bool(git("status", "--porcelain", "--untracked-files=no").stdout.strip())
    revision = revision.stdout.strip()
    time = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"{time}-{revision[:12]}{'-dirty' if dirty else ''}", revision


def protect(account, core):
    """After the first successful deployment: a first one that fails must be able to roll back, which protection forbids."""
    stack = stacks.required(account, core.stack)
    if stacks.parameters(stack).get("ProtectData") == "no" and "ProtectData" not in core.parameters:
        stacks.update_parameters(account, core.stack, {"ProtectData": "yes"})
        print("  ✓ the table is protected from deletion from now on")


def show_urls(account, sections):
    for section in sections:
        outputs = stacks.outputs(stacks.required(account, section.stack))
        for name in ("ApiUrl", "WebSocketUrl"):
            if name in outputs:
                print(f"  {section.pack:<10} {name:<13} {outputs[name]}")
