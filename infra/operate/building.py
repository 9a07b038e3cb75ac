"""Building every function for AWS Lambda with the pinned cargo-lambda and zig, and checking what was built."""
import re
import shutil
import struct
import subprocess
from pathlib import Path

from .failure import Failed
from .settings import ROOT

OUTPUT = ROOT / "target" / "lambda"
TARGETS = {"arm64": "aarch64-unknown-linux-gnu", "x86_64": "x86_64-unknown-linux-gnu"}
FLAGS = {"arm64": "--arm64", "x86_64": "--x86-64"}
# e_machine of the ELF header (System V ABI).
MACHINES = {0xB7: "arm64", 0x3E: "x86_64"}
# Amazon Linux 2023, the base of provided.al2023, has glibc 2.34.
NEWEST_GLIBC = (2, 34)
GLIBC = re.compile(rb"GLIBC_2\.(\d+)")
CODE_URI = re.compile(r"CodeUri:\s*['\"]?\S*target/lambda/([a-z0-9-]+)")


def functions():
    """The functions of all templates; the name of a function is the name of its binary."""
    templates = [*ROOT.glob("functions/*/*/template.yaml"), *ROOT.glob("infra/*.yaml")]
    return {name for template in templates for name in CODE_URI.findall(template.read_text())}


def package_of(name, source=None):
    """The executable in the package of a function, in this checkout or in another tree."""
    output = source / OUTPUT.relative_to(ROOT) if source else OUTPUT
    return output / name / "bootstrap"


def architecture(section, wanted=""):
    """Returns the processor of the section; fails if the command names another one."""
    configured = section.parameters.get("Architecture", "arm64")
    if wanted and wanted != configured:
        raise Failed(f"ARCH={wanted}, but the parameter Architecture is {configured}: set Architecture={wanted} in "
                     f"[{section.stage}.deploy.parameters] too, since functions and packages must agree.")
    if configured not in TARGETS:
        raise Failed(f"Architecture={configured} is neither arm64 nor x86_64.")
    return configured


def has_target(processor):
    """Whether the compiler can build for the processor."""
    directory = subprocess.run(["rustc", "--print", "target-libdir", "--target", TARGETS[processor]], cwd=ROOT,
                               capture_output=True, text=True, check=False)
    return directory.returncode == 0 and Path(directory.stdout.strip()).is_dir()


def check_target(processor):
    if not has_target(processor):
        raise Failed(f"Rust cannot build for {processor} yet: run `rustup target add {TARGETS[processor]}`, or deploy for "
                     f"another processor (Architecture in samconfig.toml and ARCH=).")


def build(processor, binaries=(), profile="--release"):
    """Builds all functions, or some, into target/lambda/<binary>/bootstrap. The packages are the same in both cases, so that
    dependencies have the same features."""
    check_target(processor)
    chosen = [word for binary in binaries for word in ("--bin", binary)]
    command = ["cargo", "lambda", "build", "--locked", profile, FLAGS[processor], "--lambda-dir", str(OUTPUT), "--workspace",
               "--exclude", "xtask", "--exclude", "tests", "--exclude", "local-functions", *chosen]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise Failed("The functions could not be built for AWS Lambda; the compiler's output is above.")


def check_binary(path, processor):
    """Fails unless the file is an executable that provided.al2023 can run on the processor."""
    content = path.read_bytes()
    if content[:4] != b"\x7fELF":
        raise Failed(f"{path} is not an ELF executable.")
    order = "<" if content[5] == 1 else ">"
    machine = MACHINES.get(struct.unpack_from(order + "H", content, 18)[0], "another processor")
    if machine != processor:
        raise Failed(f"{path} is built for {machine}, not for {processor}.")
    newest = max((int(minor) for minor in GLIBC.findall(content)), default=0)
    if (2, newest) > NEWEST_GLIBC:
        raise Failed(f"{path} needs glibc 2.{newest}; Amazon Linux 2023 has 2.{NEWEST_GLIBC[1]}.")
    return {"bytes": len(content), "glibc": f"2.{newest}"}


def check_packages(source, processor):
    """Fails unless a tree that is deployed without a build has the package of every function, for the processor."""
    for name in sorted(functions()):
        path = package_of(name, source)
        if not path.exists():
            raise Failed(f"{path} does not exist: unpack the release's functions for {processor} over the checkout.")
        check_binary(path, processor)


def forget_builds():
    """Removes packages of an earlier build, so that none of another processor or commit is deployed."""
    shutil.rmtree(OUTPUT, ignore_errors=True)
