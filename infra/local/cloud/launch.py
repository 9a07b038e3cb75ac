"""Checks MiniStack's version, changes what Atoll needs changed, and serves until stopped."""
import sys

from . import environment, lifetime, patching, version


def main():
    try:
        version.check()
        environment.prepare()  # before the first import of MiniStack, which reads it
        install()
    except (version.WrongVersion, patching.AssumptionBroken) as error:
        sys.exit(f"error: {error}")
    lifetime.begin()
    from ministack.app import main as serve
    serve()


def install():
    """Each part changes one behaviour; `resources` comes first, since others add to resource types."""
    from . import (archives, custom_resources, delivery_permissions, event_bridge, front, function_logs, http_api,
                   iam_conditions, iam_resources, mail, messages, nested_stacks, parsed, queues, resources, runtime_api, sockets,
                   streams, updates)
    for part in (resources, archives, http_api, nested_stacks, custom_resources, streams, queues, event_bridge,
                 mail, messages, iam_conditions, iam_resources, delivery_permissions, function_logs, runtime_api, sockets,
                 updates, parsed, front):
        part.install()
