"""Nested stacks: their transforms, and the attributes of resources that an update leaves alone. Templates are read with libyaml."""
import yaml

from ministack.services.cloudformation import _stacks, engine, provisioners

from .patching import replace


def install():
    engine.CfnLoader = with_libyaml(engine.CfnLoader)
    # Only nested stacks look this name up when they call it; a root stack is transformed elsewhere.
    replace(engine, "_parse_template", "template_body")(parse_and_transform)
    replace(provisioners, "_update_resource",
            "resource_type physical_id old_props new_props stack_name logical_id old_attrs")(update_resource)


def with_libyaml(loader):
    """A loader of YAML with the tags of another one, and a parser in C where there is one: MiniStack's is in Python."""
    if not yaml.__with_libyaml__:
        return loader
    return type(loader.__name__, (yaml.CSafeLoader,), {"yaml_constructors": dict(loader.yaml_constructors)})


def parse_and_transform(parse, template_body):
    return engine._apply_transforms(parse(template_body))


def update_resource(update, kind, physical_id, old, new, stack, logical_id=None, attributes=None):
    """An update of a nested stack passes no attributes, and Fn::GetAtt on what did not change would be empty."""
    if attributes is None:
        attributes = _stacks[stack]["_resources"][logical_id]["Attributes"]
    return update(kind, physical_id, old, new, stack, logical_id, attributes)
