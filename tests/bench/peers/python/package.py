"""Packs each function into a folder of its own, as it would be zipped: `python package.py <folder>`.

Its own code, the packages that it needs and what those need, and the bytecode of all of it: functions cannot write to their
disk, and would compile each module at each cold start. What Lambda's runtime has is left out.
"""
import compileall
import importlib.metadata
import py_compile
import shutil
import sys
from pathlib import Path

from packaging.requirements import Requirement

HERE = Path(__file__).parent
IN_RUNTIME = {"awslambdaric", "boto3", "botocore", "s3transfer"}
HTTP = ["aws-lambda-powertools", "pydantic", "PyJWT[crypto]", "uuid-utils"]
FUNCTIONS = {
    "identity-register": [*HTTP, "argon2-cffi", "email-validator", "zxcvbn"],
    "identity-login": [*HTTP, "argon2-cffi", "email-validator"],
    "events-create-event": HTTP,
    "events-list-point-events": HTTP,
    "wallet-keep-copies": ["aws-lambda-powertools", "pydantic"],
}


def closure(wanted):
    """The distributions that these requirements need, themselves included."""
    found, left = {}, [Requirement(text) for text in wanted]
    while left:
        requirement = left.pop()
        if requirement.name.lower() in IN_RUNTIME or str(requirement) in found:
            continue
        distribution = found[str(requirement)] = importlib.metadata.distribution(requirement.name)
        for text in distribution.requires or []:
            needed = Requirement(text)
            extras = requirement.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                left.append(needed)
    return {distribution.name: distribution for distribution in found.values()}.values()


def pack(function, wanted, folder):
    for distribution in closure(wanted):
        for file in distribution.files:
            # Commands go to another folder, and are not needed. Bytecode is made below.
            if ".." not in file.parts and file.suffix != ".pyc":
                target = folder / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file.locate(), target)
    for package in ("kit", function.partition("-")[0]):
        shutil.copytree(HERE / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(folder, quiet=1, invalidation_mode=unchecked)


def main(out):
    shutil.rmtree(out, ignore_errors=True)
    for function, wanted in FUNCTIONS.items():
        pack(function, wanted, out / function)


main(Path(sys.argv[1]))
