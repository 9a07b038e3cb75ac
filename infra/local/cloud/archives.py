"""CloudFormation: archives of a bus, which MiniStack has but not as a resource type."""
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge
from ministack.services.cloudformation import provisioners

from .patching import require


def install():
    for name in ("_create_archive", "_update_archive", "_delete_archive"):
        require(eventbridge, name, "data")
    provisioners._RESOURCE_HANDLERS.setdefault(
        "AWS::Events::Archive", {"create": create, "update": update, "delete": delete})


def create(logical_id, props, stack):
    name = props.get("ArchiveName") or f"{stack}-{logical_id}"[:48]
    eventbridge._create_archive({**props, "ArchiveName": name, "EventSourceArn": props["SourceArn"]})
    return name, attributes(name)


def update(name, _old, props, _stack):
    eventbridge._update_archive({**props, "ArchiveName": name})
    return name, attributes(name)


def delete(name, _props):
    eventbridge._delete_archive({"ArchiveName": name})


def attributes(name):
    return {"Arn": f"arn:aws:events:{get_region()}:{get_account_id()}:archive/{name}", "ArchiveName": name}
