"""`make rotate-keys STAGE=`: a new signing key, without one refused request.

The core publishes the new public key beside the active one; then every pack gets both; only then does the new key sign.
"""
import json

from . import account as accounts, settings, stacks
from .failure import Failed

PARAMETER = "SigningKeyGeneration"


def run(options):
    core, packs = settings.read(options.config, options.stage)
    account = accounts.Account(core)
    stack = stacks.required(account, core.stack)
    generation = int(stacks.parameters(stack)[PARAMETER]) + 1
    deployed = [section for section in packs.values() if stacks.describe(account, section.stack)]
    accounts.confirm(account, [core, *deployed], f"Rotate the signing keys to generation {generation}", options.yes)
    stacks.update_parameters(account, core.stack, {PARAMETER: generation})
    for section in deployed:
        # CloudFormation reads the public keys, an SSM parameter of the core, at each update.
        stacks.update_parameters(account, section.stack, {})
    activate(account, stacks.outputs(stack)["SigningKeyManager"], generation)
    print(f"Generation {generation} signs from now on; the generation before stays valid until the next rotation.")
    return 0


def activate(account, manager, generation):
    """Every function that checks tokens has the new public key now, so it may sign."""
    reply = account.client("lambda").invoke(FunctionName=manager, Payload=json.dumps({"activate": generation}))
    answer = json.loads(reply["Payload"].read() or b"null")
    if "FunctionError" in reply:
        message = answer.get("errorMessage", answer) if isinstance(answer, dict) else answer
        raise Failed(f"Generation {generation} is published but does not sign yet: {message}. Run the command again.")
