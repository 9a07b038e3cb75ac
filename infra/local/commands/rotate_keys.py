"""`make rotate-keys`: a new signing key, without one refused request.

It publishes the new key beside the active one by an update of the core stack, which changes nothing but the number of the
key's generation. Then it updates each pack, which so reads the new public key. Only when every function has it, the key is
made to sign.
"""
import subprocess

from . import console, deploy, paths, processes, tools

# The updates run where boto3 is: inside of the virtual environment.
UPDATE = """
import json, sys, boto3
stage, capabilities = sys.argv[1], sys.argv[2:]
core, generation = f"atoll-{stage}", "SigningKeyGeneration"
client = boto3.client("cloudformation")

def update(stack, changed):
    parameters = client.describe_stacks(StackName=stack)["Stacks"][0]["Parameters"]
    kept = [{"ParameterKey": item["ParameterKey"], "UsePreviousValue": True}
            for item in parameters if item["ParameterKey"] not in changed]
    client.update_stack(StackName=stack, UsePreviousTemplate=True, Capabilities=capabilities, Parameters=[
        *kept, *({"ParameterKey": key, "ParameterValue": value} for key, value in changed.items())])
    client.get_waiter("stack_update_complete").wait(StackName=stack, WaiterConfig={"Delay": 2, "MaxAttempts": 900})

outputs = {item["OutputKey"]: item["OutputValue"]
           for item in client.describe_stacks(StackName=core)["Stacks"][0]["Outputs"]}
number = int(outputs[generation]) + 1
update(core, {generation: str(number)})
prefix = f"/atoll/{stage}/packs/"
pages = boto3.client("ssm").get_paginator("get_parameters_by_path").paginate(Path=prefix, Recursive=True)
for pack in sorted({item["Name"].removeprefix(prefix).split("/")[0] for page in pages for item in page["Parameters"]}):
    update(f"{core}-{pack}", {})
reply = boto3.client("lambda").invoke(FunctionName=outputs["SigningKeyManager"],
                                      Payload=json.dumps({"activate": number}))
if "FunctionError" in reply:
    sys.exit(f"the new key is published but does not sign: {reply['Payload'].read().decode()}")
print(f"Signing keys are of generation {number} now.")
"""


def rotate(_options):
    tools.install()
    command = [str(paths.VENV_BIN / "python"), "-c", UPDATE, deploy.stage(), *deploy.CAPABILITIES]
    with console.step("rotating the signing keys"):
        finished = subprocess.run(command, env=processes.with_tools(), text=True, capture_output=True, check=False)
    if finished.returncode != 0:
        reason = (finished.stderr.strip() or "unknown error").splitlines()[-1]
        raise console.Failed(f"The signing keys could not be rotated: {reason}")
    console.say(finished.stdout.strip())
