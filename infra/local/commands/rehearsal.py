"""The step `operations` of `make test`: every operator command, in the order of a deployment's life, against a local cloud.

It uses a cloud of its own, since it removes what it has deployed.
"""
import datetime
import json
import time

from . import cloud as clouds, console, deployment, operate, paths

STAGE = deployment.STAGE


def rehearse(binaries):
    cloud = clouds.Cloud("operations", clouds.free_port(), binaries)
    cloud.start()
    try:
        Rehearsal(cloud).run()
    finally:
        cloud.stop()


class Rehearsal:
    def __init__(self, cloud):
        self.cloud = cloud
        self.source = deployment.lay_out(paths.TARGET / "local" / cloud.name, cloud.binaries)
        # `other` is a stage that names the same stack, by mistake.
        self.config = deployment.write_config(cloud, deployment.prepare(cloud), (STAGE, "other"))

    def run(self):
        for act in (self.first_deployment, self.stage_is_fixed, self.rollback, self.keys, self.restored_table, self.rotation,
                    self.dead_letters, self.removal):
            started = time.monotonic()
            act()
            console.say(f"  ✓ {act.__doc__} ({time.monotonic() - started:.1f} s)")

    def operate(self, name, *arguments, code=0, stage=STAGE):
        options = ["--stage", stage, "--config", str(self.config), "--yes", *arguments]
        return operate.expect(name, options, code, **self.cloud.client_environment())

    def deploy(self, code=0, stage=STAGE):
        return self.operate("deploy", "--source", str(self.source), code=code, stage=stage)

    def first_deployment(self):
        """preflight, deploy, protect, deploy nothing, smoke"""
        expect("will be created", self.operate("preflight"))
        expect("protected from deletion", self.deploy())
        again = self.deploy()
        expect("nothing to deploy", again)
        expect("The deployment works.", self.operate("smoke"))
        if "not protected" in self.operate("preflight"):
            raise console.Failed("The table is not protected after the first deployment.")

    def stage_is_fixed(self):
        """another stage is refused for the same stack"""
        expect("cannot become other", self.deploy(code=1, stage="other"))

    def rollback(self):
        """a changed release is deployed and rolled back"""
        first = self.releases()[-1]
        root = self.source / "template.yaml"
        # An output alone would be no change to the local cloud.
        changed = root.read_text().replace("RetentionDays: 30\n", "RetentionDays: 31\n", 1)
        root.write_text(changed.replace("\nOutputs:\n", "\nOutputs:\n  Marker: { Value: second }\n", 1))
        self.deploy()
        if "Marker" not in self.outputs():
            raise console.Failed("The second release was not deployed.")
        expect(f"Release {first} is deployed", self.operate("rollback", "--to", first))
        if "Marker" in self.outputs():
            raise console.Failed("The rollback left the newer template in place.")

    def keys(self):
        """keys are backed up, lost and restored"""
        self.operate("backup-keys")
        name = f"/atoll/{STAGE}/identity/token-secrets"
        before = self.parameter(name)
        deployment.put_secret(self.cloud, name, json.dumps({"lost": True}))
        expect("exist with other values", self.operate("restore-keys", code=1))
        self.operate("restore-keys", "--force")
        if self.parameter(name) != before:
            raise console.Failed("The restored key differs from the one that was backed up.")

    def restored_table(self):
        """the table of an earlier time becomes the live one, and the original again"""
        original = self.outputs()["TableName"]
        now = datetime.datetime.now(datetime.UTC).replace(microsecond=0).isoformat()
        self.operate("restore", "--to", now)
        if self.outputs()["TableName"] == original:
            raise console.Failed("The restored table is not the live one.")
        expect("The deployment works.", self.operate("smoke"))
        self.operate("restore", "--to", "original")
        if self.outputs()["TableName"] != original:
            raise console.Failed("The original table is not the live one again.")

    def rotation(self):
        """the signing key is rotated, and the deployment works"""
        expect("signs from now on", self.operate("rotate-keys"))
        expect("The deployment works.", self.operate("smoke"))

    def dead_letters(self):
        """dead letters are counted"""
        expect("dead-letters", self.operate("dead-letters"))

    def removal(self):
        """packs, then the core are removed; data and keys stay"""
        self.operate("remove", "--packs", "community")
        expect("retained: table", self.operate("remove"))
        expect("Nothing to remove", self.operate("remove", code=1))

    def releases(self):
        return [line.strip() for line in self.operate("rollback").splitlines() if line.startswith("  ")]

    def outputs(self):
        return self.cloud.get("/_local/stack")["outputs"]

    def parameter(self, name):
        return deployment.read_secret(self.cloud, name)


def expect(text, output):
    if text not in output:
        console.say(output)
        raise console.Failed(f"The output above does not contain {text!r}.")
