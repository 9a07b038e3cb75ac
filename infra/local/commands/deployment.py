"""Deploying the real templates to a local cloud with `sam deploy`: the core, then each pack as a stack of its own.

The templates are copied, because each CodeUri of the originals names a package for AWS. In the copy it names an archive
with a two-line bootstrap that executes the built binary (`binaries`): a rebuild needs no deployment, and a stub can never
reach AWS. All functions have the same bootstrap, since the runtime passes the function's Handler, which is its binary's name;
so the archive is uploaded once, before `sam` looks at the templates.
"""
import io
import json
import platform
import re
import shutil
import urllib.parse
import urllib.request
import zipfile

from operate import settings

from . import cloud as clouds, console, packs, paths, processes

STAGE = "local"
CORE = f"atoll-{STAGE}"
# The token of a bot that does not exist. It is not secret: it is valid in local clouds only, and the tests sign with it.
TELEGRAM_BOT_TOKEN = "1000000001:the-development-bot-of-the-local-cloud"
TELEGRAM_BOT_TOKEN_NAME = "/atoll/local/telegram-bot-token"
# The keys of the sandboxes of the front, which stand in for the payment providers. They are not secret. One Stripe account has an
# endpoint for the wallet and one for commerce, each with a secret of its own.
PAYMENT_KEYS = {"PaymentSecretName": ("/atoll/local/payment-secret", "key", "sk_test_local"),
                "PaymentWebhookSecretName": ("/atoll/local/payment-webhook-secret", "webhookSecret", "whsec_local"),
                "CommerceWebhookSecretName":
                    ("/atoll/local/commerce-webhook-secret", "commerceWebhookSecret", "whsec_local_commerce")}
PAYPAL_SECRET_NAME = "/atoll/local/paypal-secret"
PAYPAL_ACCOUNT = {"clientId": "paypal-client-local", "clientSecret": "paypal-secret-local", "webhookId": "WHLOCAL000000001"}
# The token of the sandbox of a model server.
VISION_SECRET_NAME = "/atoll/local/vision-secret"
VISION_SECRET = "vision-secret-local"
# An operator creates platform applications in SNS with the keys of Apple and Firebase; these have no keys and reach no device.
PUSH_APPLICATIONS = {"ApnsApplicationArn": "APNS", "FcmApplicationArn": "GCM"}
# Ten devices, for sign-ins from several terminals. Tests that need a limit of one device use the plan `free`.
DEFAULT_PLAN = "family"
BUCKET = "atoll-artifacts"
CODE_KEY = "bootstrap.zip"
CODE_URI = re.compile(r"""CodeUri:\s*(?P<quote>['"]?)(?P<uri>[^\s,'"}]+)(?P=quote)""")


def deploy(cloud, chosen=None, **more):
    """Deploy the core and packs to a running cloud and return the core's outputs, which are also written to outputs.json.

    `chosen` are the packs, all if it is None. `more` are parameters beside those that every local deployment has; each
    template takes those that it knows.
    """
    make_bucket(cloud)
    directory = lay_out(paths.TARGET / "local" / cloud.name, cloud.binaries, chosen=chosen, code=upload_bootstrap(cloud))
    values = {**prepare(cloud), **more}
    write_config(cloud, values)
    sam_deploy(cloud, [(directory / template.relative_to(paths.ROOT), stack, settings.parameters_of(template, STAGE, values))
                       for template, stack in stacks(packs.names() if chosen is None else chosen)])
    return write_outputs(cloud)


def prepare(cloud):
    """Create what an operator creates before a deployment, and return the parameters of the deployment."""
    put_secret(cloud, TELEGRAM_BOT_TOKEN_NAME, TELEGRAM_BOT_TOKEN)
    open_payment_accounts(cloud)
    put_secret(cloud, VISION_SECRET_NAME, VISION_SECRET)
    cloud.post("/_local/vision/account", {"secret": VISION_SECRET})
    applications = {parameter: make_application(cloud, platform) for parameter, platform in PUSH_APPLICATIONS.items()}
    return {**parameters(cloud), **applications}


def write_config(cloud, values, stages=(STAGE,)):
    """Write samconfig.toml, which the operator commands read: a section per stage and pack, all of the local stacks."""
    sections = []
    for stage in stages:
        stacks_of_stage = [(stage, CORE, paths.core_template()),
                           *((f"{stage}-{pack}", f"{CORE}-{pack}", paths.pack_template(pack)) for pack in packs.names())]
        for name, stack, template in stacks_of_stage:
            sections.append(config_section(name, stack, settings.parameters_of(template, stage, {**values, "Stage": stage})))
    config = cloud.directory / "samconfig.toml"
    config.write_text("version = 0.1\n\n" + "\n".join(sections))
    return config


def config_section(name, stack, values):
    overrides = json.dumps([f"{parameter}={value}" for parameter, value in values.items()])
    return (f'[{name}.deploy.parameters]\nstack_name = "{stack}"\nregion = "{clouds.REGION}"\n'
            f"parameter_overrides = {overrides}\n")


def stacks(chosen, stage=STAGE):
    """The templates and the names of the stacks of a deployment, in the order of their creation."""
    return [(paths.core_template(), f"atoll-{stage}"),
            *((paths.pack_template(pack), f"atoll-{stage}-{pack}") for pack in chosen)]


def deploy_beside(cloud, name, template, **values):
    """Deploy a template that is not part of the product to a cloud that has the product, as the stack atoll-local-<name>."""
    directory = lay_out(paths.TARGET / "local" / cloud.name / name, cloud.binaries, [template], code=upload_bootstrap(cloud))
    sam_deploy(cloud, [(directory / template.relative_to(paths.ROOT), f"{CORE}-{name}", {"Architecture": architecture(), **values})])


def sam_deploy(cloud, deployments):
    """Deploy stacks, one after the other: the template, the name and the parameters of each."""
    try:
        commands = json.dumps([arguments(*deployment) for deployment in deployments])
        processes.logged([str(paths.VENV_BIN / "python"), str(paths.LOCAL / "quick_sam.py"), commands],
                         cloud.logs / "deploy.log", "The templates could not be deployed to the local cloud.",
                         SAM_CLI_POLL_DELAY="0.5", **cloud.client_environment())
    except console.Failed as failure:
        raise console.Failed(because(cloud), failure.log) from failure


def arguments(template, stack, values):
    return ["deploy", "--template-file", str(template), "--stack-name", stack,
            "--s3-bucket", BUCKET, "--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar",
            "--disable-rollback",
            "--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND",
            "--parameter-overrides", *(f"{name}={value}" for name, value in values.items())]


def because(cloud):
    """The first failure's own words; what fails after it fails because of it."""
    sentence = "The templates could not be deployed to the local cloud"
    failures = cloud.get("/_local/stack")["failures"]
    return f"{sentence}: {failures[0]['resource']}: {failures[0]['reason']}" if failures else f"{sentence}."


def parameters(cloud):
    return {"Stage": STAGE, "Architecture": architecture(), "LogLevel": "info", "AppUrl": cloud.url,
            "PublicUrl": cloud.url, "TelegramBotTokenName": TELEGRAM_BOT_TOKEN_NAME,
            "FirstAdminEmail": "admin@example.com", "DefaultPlan": DEFAULT_PLAN, "MailPerSecond": "1000",
            # Tests and demo data register many users from one address; their phone numbers are German.
            "MaxRegistrationsPerSource": "1000000", "MaxSignInCodesPerSource": "1000000",
            "SmsCountryCodes": "+49", "MaxTextMessagesPerDay": "100000",
            "PaymentUrl": f"{cloud.url}/_local/payments",
            "PaypalUrl": f"{cloud.url}/_local/paypal",
            "PaypalSecretName": PAYPAL_SECRET_NAME, "PaymentReturnUrl": f"{cloud.url}/payments/return",
            "VisionProvider": "http", "VisionUrl": f"{cloud.url}/_local/vision/look", "VisionSecretName": VISION_SECRET_NAME,
            # Tests and guides report events at points that they have just created.
            "RewardPointAgeHours": 0,
            **{parameter: name for parameter, (name, _field, _value) in PAYMENT_KEYS.items()}}


def architecture():
    return "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x86_64"


def lay_out(directory, binaries, templates=None, chosen=None, code=None):
    """Copy templates, the product's or others, to the same relative places under `directory`. Each CodeUri names `code`, which
    is uploaded already; without it, a bootstrap for each CodeUri executes what is in `binaries`, as after a build for AWS. A
    pack that is not deployed needs no binaries."""
    shutil.rmtree(directory, ignore_errors=True)
    for template in templates or paths.templates():
        copy = directory / template.relative_to(paths.ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        text = template.read_text()
        copy.write_text(CODE_URI.sub(f"CodeUri: {code}", text) if code else text)
        deployed = chosen is None or packs.of_file(template) in (None, packs.PLATFORM, *chosen)
        for found in CODE_URI.finditer(text):
            lay_out_function((copy.parent / found["uri"]).resolve(), binaries, deployed, code)
    return directory


def lay_out_function(directory, binaries, must_exist, code):
    if must_exist and directory.name not in binaries.names:
        raise console.Failed(f"A template names the binary {directory.name}, which the workspace does not build.")
    if code is None:
        directory.mkdir(parents=True, exist_ok=True)
        bootstrap = directory / "bootstrap"
        bootstrap.write_text(binaries.bootstrap)
        bootstrap.chmod(0o755)


def upload_bootstrap(cloud):
    """Put the code of all functions into the bucket; where it is."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        bootstrap = zipfile.ZipInfo("bootstrap")
        bootstrap.create_system, bootstrap.external_attr = 3, 0o100755 << 16  # of Unix, executable
        files.writestr(bootstrap, cloud.binaries.bootstrap)
    put_object(cloud, CODE_KEY, archive.getvalue())
    return f"s3://{BUCKET}/{CODE_KEY}"


def put_object(cloud, key, content):
    request = urllib.request.Request(f"{cloud.url}/{BUCKET}/{key}", content, signature("s3"), method="PUT")
    urllib.request.urlopen(request, timeout=10).close()


def make_bucket(cloud):
    """`sam deploy` uploads nested templates and code there."""
    request = urllib.request.Request(f"{cloud.url}/{BUCKET}", method="PUT", headers=signature("s3"))
    urllib.request.urlopen(request, timeout=10).close()


def put_secret(cloud, name, value):
    """Store a secret in an encrypted parameter, as an operator does before a deployment."""
    parameter_store(cloud, "PutParameter", {"Name": name, "Value": value, "Type": "SecureString", "Overwrite": True})


def read_secret(cloud, name):
    return parameter_store(cloud, "GetParameter", {"Name": name, "WithDecryption": True})["Parameter"]["Value"]


def parameter_store(cloud, operation, request):
    headers = {**signature("ssm"), "content-type": "application/x-amz-json-1.1",
               "x-amz-target": f"AmazonSSM.{operation}"}
    call = urllib.request.Request(cloud.url, json.dumps(request).encode(), headers)
    with urllib.request.urlopen(call, timeout=10) as answer:
        return json.load(answer)


def open_payment_accounts(cloud):
    """Store the keys of the payment providers, which an operator copies from their dashboards, and register them in the
    sandboxes."""
    for name, _field, value in PAYMENT_KEYS.values():
        put_secret(cloud, name, value)
    cloud.post("/_local/payments/account", {field: value for _name, field, value in PAYMENT_KEYS.values()})
    put_secret(cloud, PAYPAL_SECRET_NAME, json.dumps(PAYPAL_ACCOUNT))
    cloud.post("/_local/paypal/account", PAYPAL_ACCOUNT)


def make_application(cloud, platform):
    """The ARN of an SNS platform application, which push messages to devices of a platform go through."""
    form = {"Action": "CreatePlatformApplication", "Version": "2010-03-31", "Name": CORE, "Platform": platform,
            "Attributes.entry.1.key": "PlatformCredential", "Attributes.entry.1.value": "none"}
    request = urllib.request.Request(cloud.url, urllib.parse.urlencode(form).encode(), signature("sns"))
    with urllib.request.urlopen(request, timeout=10) as answer:
        found = re.search(r"<PlatformApplicationArn>([^<]+)<", answer.read().decode())
    if not found:
        raise console.Failed(f"The local cloud created no SNS application for {platform}.")
    return found[1]


def signature(service):
    """The local root account's signatures are not verified."""
    credential = f"Credential=test/20260101/{clouds.REGION}/{service}/aws4_request, SignedHeaders=host, Signature=0"
    return {"authorization": f"AWS4-HMAC-SHA256 {credential}"}


def write_outputs(cloud):
    stack = cloud.get("/_local/stack")["outputs"]
    outputs = {
        "apiUrl": cloud.url,
        "cloudUrl": cloud.url,
        "webSocketUrl": f"ws://{clouds.HOST}:{cloud.port}/ws" if "WebSocketUrl" in stack else None,
        "tableName": stack.get("TableName"),
        "busName": stack.get("BusName"),
        "mediaBucketName": stack.get("MediaBucketName"),
        "accessKeyId": clouds.CREDENTIALS["AWS_ACCESS_KEY_ID"],
        "secretAccessKey": clouds.CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        "region": clouds.REGION,
        "logs": str(cloud.logs),
        "samconfig": str(cloud.directory / "samconfig.toml"),
        "telegramBotToken": TELEGRAM_BOT_TOKEN,
        "paymentWebhookSecret": PAYMENT_KEYS["PaymentWebhookSecretName"][2],
        "stack": stack,
    }
    (cloud.directory / "outputs.json").write_text(json.dumps(outputs, indent=2) + "\n")
    return outputs
