"""Checks templates as SAM transforms them: what CloudFormation gets is not what is written.

SAM attaches policies of AWS to the roles that it makes, and those name every queue, every stream and every log group. Run
with the Python of `.venv`: `python transformed.py <template>…`. Each problem is a line, and fails the command.
"""
import logging
import os
import sys
from pathlib import Path

import yaml
from samtranslator.translator.transform import transform

# It reports for each template that its metrics are not collected.
logging.getLogger("samtranslator.metrics.metrics").setLevel(logging.ERROR)
# Statements that may name every resource; xtask/src/tidy/rules/permissions.rs has the reasons.
MAY_NAME_EVERYTHING = {"FunctionPolicy", "PayDonationRole", "ProcessUploadRole", "PublishToDevices"}
# Resources of one stack; CloudFormation takes 500.
MAX_RESOURCES = 400


class NoPolicies:
    """SAM asks for the ARNs of AWS's policies by their names; no template names one."""

    @staticmethod
    def load():
        return {}


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags."""


def short_tag(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", short_tag)


def transformed(text):
    """The resources that CloudFormation gets for a template."""
    template = yaml.load(text, Loader)
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        # Packaging puts places in S3 there.
        if resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = "s3://bucket/code"
        if resource["Type"] == "AWS::Serverless::Application":
            properties["Location"] = "https://example.com/template"
    return transform(template, {}, NoPolicies())["Resources"]


def problems(resources):
    """What is wrong with a transformed template, one sentence each."""
    if len(resources) >= MAX_RESOURCES:
        yield f"deploys {len(resources)} resources; the limit here is {MAX_RESOURCES}"
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        for policy in properties.get("ManagedPolicyArns", []):
            target = resources.get(policy.get("Ref"), {}) if isinstance(policy, dict) else {}
            if target.get("Type") != "AWS::IAM::ManagedPolicy":
                yield f"{name} has the policy {policy}, which no template writes out"
        if name not in MAY_NAME_EVERYTHING:
            for statement in statements(properties):
                if statement.get("Effect") == "Allow" and "*" in each(statement.get("Resource")):
                    yield f"{name} may {statement.get('Action')} to every resource"
        if resource["Type"] == "AWS::Lambda::Function" and properties.get("Role") != {"Fn::GetAtt": [f"{name}Role", "Arn"]}:
            yield f"{name} has no role of its own"


def statements(properties):
    documents = [policy.get("PolicyDocument", {}) for policy in properties.get("Policies", [])
                 if isinstance(policy, dict)]
    if "Roles" in properties:
        documents.append(properties.get("PolicyDocument", {}))
    return [statement for document in documents for statement in each(document.get("Statement"))]


def each(value):
    return value if isinstance(value, list) else [] if value is None else [value]


def main(paths):
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
    found = 0
    for path in paths:
        resources = transformed(Path(path).read_text())
        for problem in problems(resources):
            found += 1
            print(f"{path}: {problem}")
        print(f"{path}: {len(resources)} resources")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
