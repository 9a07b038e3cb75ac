"""`make recount-badges`: compares people's badges with their logs, and with REPAIR=yes mends what is wrong.

It calls the function of the stage STAGE page by page, until all people were looked at. AWS_ENDPOINT_URL leads it to a
local cloud instead, with AWS_ACCESS_KEY_ID=test, AWS_SECRET_ACCESS_KEY=test and AWS_DEFAULT_REGION=us-east-1.
"""
import json
import subprocess

from . import console, deploy, paths, processes, tools

# The calls run where boto3 is: inside of the virtual environment. One call may take as long as the function may.
WALK = """
import json, sys, boto3
from botocore.config import Config
name, asked = sys.argv[1], json.loads(sys.argv[2])
functions = boto3.client("lambda", config=Config(read_timeout=620, retries={"max_attempts": 0}))
while True:
    reply = functions.invoke(FunctionName=name, Payload=json.dumps(asked))
    answer = json.loads(reply["Payload"].read())
    if "FunctionError" in reply:
        sys.exit(f"the function failed: {answer.get('errorMessage', answer)}")
    print(json.dumps(answer), flush=True)
    if "nextCursor" not in answer:
        break
    asked["cursor"] = answer["nextCursor"]
"""


def recount(options):
    tools.install()
    asked = {"repair": bool(options.repair), **({"userId": options.user} if options.user else {})}
    command = [str(paths.VENV_BIN / "python"), "-c", WALK, f"atoll-{deploy.stage()}-badges-recount-badges", json.dumps(asked)]
    with console.step("recounting badges"):
        finished = subprocess.run(command, env=processes.with_tools(), text=True, capture_output=True, check=False)
    if finished.returncode != 0:
        reason = (finished.stderr.strip() or "unknown error").splitlines()[-1]
        raise console.Failed(f"The badges could not be recounted: {reason}")
    pages = [json.loads(line) for line in finished.stdout.splitlines()]
    total = {name: sum(page[name] for page in pages) for name in ("people", "mended")}
    for page in pages:
        for found in page["differences"]:
            console.say(" ".join(f"{name}={value}" for name, value in found.items()))
    console.say(f"Recounted: {total['people']}. Mended: {total['mended']}.")
    return 0
