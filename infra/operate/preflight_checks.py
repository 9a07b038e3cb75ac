"""The checks of `make preflight`. Each takes the account and the sections and returns one finding or several."""
from . import stacks

# A deployment polls with some dozens of consumers; an account with 10 would throttle itself.
WANTED_CONCURRENCY = 500
# The functions of the platform and one pack have some 150 roles.
ROLES_PER_STACK = 150
# CloudWatch Logs allows 10 resource policies per region; access logs of an API may need one.
MAX_LOG_POLICIES = 9


def finding(level, text, remedy=""):
    from .preflight import Finding
    return Finding(level, text, remedy)


def concurrency(account, _sections):
    limit = account.client("lambda").get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    if limit >= WANTED_CONCURRENCY:
        return finding("ok", f"{limit} concurrent executions")
    return finding("warning", f"{limit} concurrent executions; requests beyond them get 5xx",
                   "Ask for 1000 in Service Quotas: Lambda, \"Concurrent executions\".")


def mail(account, sections):
    sender = sections[0].parameters.get("MailFrom", "")
    if not sender:
        return finding("warning", "MailFrom is not set, so no e-mail is sent", "Set MailFrom in samconfig.toml.")
    client = account.client("sesv2")
    state = client.get_account()
    found = []
    if not state.get("SendingEnabled", False):
        found.append(finding("failed", "sending is paused for this account", "See the SES console, \"Reputation metrics\"."))
    if not state.get("ProductionAccessEnabled", False):
        found.append(finding("warning", "the account is in the SES sandbox: 200 e-mails a day, to verified addresses only",
                             "Request production access in the SES console."))
    return [*found, identity(client, sender)]


def identity(client, sender):
    """The address or its domain must be verified before SES accepts an e-mail."""
    states = []
    for name in (sender, sender.rpartition("@")[2]):
        try:
            states.append(client.get_email_identity(EmailIdentity=name).get("VerifiedForSendingStatus", False))
        except client.exceptions.NotFoundException:
            states.append(False)
    if any(states):
        return finding("ok", f"{sender} may send")
    return finding("warning", f"{sender} is not verified: every e-mail is refused until it is",
                   "Open the link that SES sends to the address after the deployment, or verify its domain.")


def secrets(account, sections):
    """Every parameter whose name the stacks are given exists and is encrypted."""
    names = {value for section in sections for name, value in section.parameters.items()
             if name.endswith(("SecretName", "TokenName")) and value}
    if not names:
        return finding("ok", "no secret parameters are configured")
    client = account.client("ssm")
    return [secret(client, name) for name in sorted(names)]


def secret(client, name):
    remedy = f"aws ssm put-parameter --type SecureString --name {name} --value …"
    try:
        kind = client.get_parameter(Name=name, WithDecryption=False)["Parameter"]["Type"]
    except client.exceptions.ParameterNotFound:
        return finding("failed", f"the SSM parameter {name} does not exist", remedy)
    if kind != "SecureString":
        return finding("failed", f"the SSM parameter {name} is a {kind}, readable by everyone who may list parameters", f"{remedy} --overwrite")
    return finding("ok", f"{name} is encrypted")


def push(account, sections):
    """The SNS platform applications that the core is given exist and are enabled."""
    arns = [sections[0].parameters[name] for name in ("ApnsApplicationArn", "FcmApplicationArn")
            if sections[0].parameters.get(name)]
    client = account.client("sns")
    found = []
    for arn in arns:
        try:
            enabled = client.get_platform_application_attributes(PlatformApplicationArn=arn)["Attributes"].get("Enabled", "true")
        except client.exceptions.NotFoundException:
            found.append(finding("failed", f"the platform application {arn} does not exist", "Create it in SNS; docs/operating.md."))
            continue
        found.append(finding("ok" if enabled == "true" else "failed", f"{arn.rpartition('/')[2]} is {'' if enabled == 'true' else 'not '}enabled"))
    return found or finding("ok", "no push applications are configured")


def roles(account, sections):
    summary = account.client("iam").get_account_summary()["SummaryMap"]
    used, limit = summary.get("Roles", 0), summary.get("RolesQuota", 1000)
    new = [section for section in sections if stacks.describe(account, section.stack) is None]
    wanted = ROLES_PER_STACK * len(new)
    if used + wanted <= limit:
        return finding("ok", f"{used} of {limit} IAM roles in use, about {wanted} more needed")
    return finding("failed", f"{used} of {limit} IAM roles in use, about {wanted} more needed",
                   "Raise the quota \"Roles per account\", or use an account per stage.")


def log_policies(account, _sections):
    count = len(account.client("logs").describe_resource_policies().get("resourcePolicies", []))
    if count <= MAX_LOG_POLICIES:
        return finding("ok", f"{count} of 10 CloudWatch Logs resource policies in use")
    return finding("warning", f"{count} of 10 CloudWatch Logs resource policies in use: API access logs may be refused",
                   "Delete policies of services that no longer exist.")


def parameter_store(account, _sections):
    setting = account.client("ssm").get_service_setting(SettingId="/ssm/parameter-store/high-throughput-enabled")
    if setting["ServiceSetting"]["SettingValue"] == "true":
        return finding("ok", "high throughput is on")
    return finding("warning", "40 GetParameter calls a second: functions that start together may fail to start",
                   "aws ssm update-service-setting --setting-id /ssm/parameter-store/high-throughput-enabled --setting-value true")


def state(account, sections):
    """Each stack can be updated, keeps its stage, and has its table protected after the first deployment."""
    return [state_of(account, section) for section in sections]


def state_of(account, section):
    stack = stacks.describe(account, section.stack)
    if stack is None:
        return finding("ok", f"stack {section.stack} will be created")
    if stack["StackStatus"] in stacks.STUCK:
        return finding("failed", f"stack {section.stack} is {stack['StackStatus']} and cannot be updated",
                       stacks.way_out(section, stack["StackStatus"]))
    deployed = stacks.parameters(stack)
    if deployed.get("Stage", section.stage) != section.stage:
        return finding("failed", f"stack {section.stack} is the stage {deployed['Stage']}", "Deploy another stage as another stack.")
    if deployed.get("ProtectData") == "no":
        return finding("warning", f"the table of {section.stack} is not protected from deletion", f"make deploy STAGE={section.stage}")
    return finding("ok", f"stack {section.stack} is {stack['StackStatus']}")


ALL = [("stacks", state), ("Lambda", concurrency), ("IAM", roles), ("secrets", secrets), ("e-mail", mail), ("push", push),
       ("parameter store", parameter_store), ("logs", log_policies)]
