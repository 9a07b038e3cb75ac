"""`sam package` and `sam deploy`, with the account, region and profile of a section."""
import subprocess
import sys
import tempfile
from pathlib import Path

from . import releases
from .failure import Failed
from .settings import ROOT
from .stacks import CAPABILITIES, first_failure


def sam(account, *arguments):
    """Runs the pinned sam next to this Python. Returns its exit code and what it printed."""
    command = [str(Path(sys.executable).with_name("sam")), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=account.environment(), text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def package(account, section, source=ROOT):
    """Uploads code and nested templates of a stack and returns its packaged root template."""
    with tempfile.TemporaryDirectory() as directory:
        packaged = Path(directory, "packaged.yaml")
        code, output = sam(account, "package", "--template-file", str(source / section.template), "--s3-bucket",
                           releases.bucket_name(account), "--s3-prefix", releases.CODE, "--output-template-file", str(packaged),
                           "--no-progressbar")
        if code:
            raise Failed(f"`sam package` failed for {section.template}:\n{output}")
        return packaged.read_text()


def deploy(account, section, template, parameters, tags=None):
    """Deploys a packaged template. Parameters that are not given keep the stack's values. "Nothing to deploy" is success."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "packaged.yaml")
        file.write_text(template)
        values = [f"{name}={value}" for name, value in parameters.items()]
        code, output = sam(
            account, "deploy", "--template-file", str(file), "--stack-name", section.stack, "--s3-bucket",
            releases.bucket_name(account), "--s3-prefix", releases.CODE, "--no-confirm-changeset", "--no-progressbar",
            "--no-fail-on-empty-changeset", "--capabilities", *CAPABILITIES,
            *(["--parameter-overrides", *values] if values else []),
            "--tags", f"atoll:stage={section.stage}", f"atoll:pack={section.pack}", *(tags or []))
    if code:
        reason = first_failure(account, section.stack) or "see the output above"
        print(output)
        raise Failed(f"Stack {section.stack} was not deployed: {reason}")
    return "No changes to deploy" not in output
