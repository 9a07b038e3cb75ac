"""`make rotate-keys`: a new signing key, without one refused request.

It updates the deployed stack with nothing changed but the number of the signing key's generation. CloudFormation then
publishes the new key beside the active one, gives both to every function, and only after that makes the new one sign.
"""
import subprocess

from . import console, deploy, paths, processes, tools

# The stack's update runs where boto3 is: inside of the virtual environment.
UPDATE = """
import sys, boto3
stack, parameter = sys.argv[1:3]
client = boto3.client("cloudformation")
parameters = client.describe_stacks(StackName=stack)["Stacks"][0]["Parameters"]
current = next(int(item["ParameterValue"]) for item in parameters if item["ParameterKey"] == parameter)
kept = [{"ParameterKey": item["ParameterKey"], "UsePreviousValue": True}
        for item in parameters if item["ParameterKey"] != parameter]
client.update_stack(StackName=stack, UsePreviousTemplate=True, Capabilities=sys.argv[3:],
                    Parameters=[*kept, {"ParameterKey": parameter, "ParameterValue": str(current + 1)}])
client.get_waiter("stack_update_complete").wait(StackName=stack, WaiterConfig={"Delay": 2, "MaxAttempts": 900})
print(f"Signing keys are of generation {current + 1} now.")
"""


def rotate(_options):
    tools.install()
    command = [str(paths.VENV_BIN / "python"), "-c", UPDATE, deploy.stack_name(), "SigningKeyGeneration", *deploy.CAPABILITIES]
    with console.step("rotating the signing keys"):
        finished = subprocess.run(command, env=processes.with_tools(), text=True, capture_output=True, check=False)
    if finished.returncode != 0:
        reason = (finished.stderr.strip() or "unknown error").splitlines()[-1]
        raise console.Failed(f"The signing keys could not be rotated: {reason}")
    console.say(finished.stdout.strip())
