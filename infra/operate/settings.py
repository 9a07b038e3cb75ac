"""The sections of samconfig.toml: which stack, region, profile and parameters belong to a stage.

The core stack of the stage `prod` is the section `[prod.deploy.parameters]`; the pack `community` of the same stage is
`[prod-community.deploy.parameters]`. `sam deploy --config-env prod` reads the same sections.
"""
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from .failure import Failed

CORE = "core"
ROOT = Path(__file__).resolve().parents[2]
QUOTE = '"'
PARAMETER = re.compile(r"^  (\w+):\n    Type: (\S+)", re.MULTILINE)
STAGE = re.compile(r"[a-z][a-z0-9-]{1,15}")


@dataclass(frozen=True)
class Section:
    """The settings of one stack."""
    stage: str
    pack: str
    stack: str
    region: str
    profile: str | None = None
    parameters: dict = field(default_factory=dict)

    @property
    def template(self):
        """The root template, relative to the repository."""
        return Path("template.yaml") if self.pack == CORE else Path("functions", self.pack, "template.yaml")


def read(path, stage):
    """Returns the core section of a stage and, by name, the sections of its packs."""
    if not STAGE.fullmatch(stage or ""):
        raise Failed("STAGE names the deployment: 2 to 16 lower-case letters, digits and hyphens, as in STAGE=dev.")
    if not path.exists():
        raise Failed(f"{path.name} does not exist: it has one section per stage; docs/operating.md shows an example.")
    try:
        document = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise Failed(f"{path.name} is not valid TOML: {error}") from error
    core = section(document, stage, stage, CORE, None)
    if core is None:
        raise Failed(f"{path.name} has no section [{stage}.deploy.parameters]: add it with stack_name and region.")
    packs = {name: section(document, f"{stage}-{name}", stage, name, core) for name in known_packs()}
    return core, packs


def known_packs():
    """The packs that the repository has; the platform belongs to the core."""
    return sorted(path.parent.name for path in ROOT.glob("functions/*/template.yaml") if path.parent.name != "platform")


def section(document, environment, stage, pack, core):
    """Reads one section. A pack without one takes its values from the core."""
    values = document.get(environment, {}).get("deploy", {}).get("parameters")
    if values is None and core is None:
        return None
    values = values or {}
    region = values.get("region") or (core and core.region)
    if not region:
        raise Failed(f"[{environment}.deploy.parameters] names no region: add region = \"eu-central-1\" or another.")
    default = f"atoll-{stage}" if pack == CORE else f"{core.stack}-{pack}"
    parameters = overrides(values.get("parameter_overrides", []), environment)
    if parameters.setdefault("Stage", stage) != stage:
        raise Failed(f"[{environment}.deploy.parameters] says Stage={parameters['Stage']}: it must be {stage}, the section's name.")
    if core is not None:
        parameters = {**inherited(pack, stage, core), **parameters}
    return Section(stage, pack, values.get("stack_name", default), region,
                   values.get("profile") or (core and core.profile), parameters)


def inherited(pack, stage, core):
    """What a pack's stack is given unless its section says otherwise: the names of the parameters that the core publishes,
    and the core's values for parameters that both templates have."""
    return parameters_of(ROOT / "functions" / pack / "template.yaml", stage, core.parameters)


def parameters_of(template, stage, values):
    """The values of the parameters that a template has, and the names of the SSM parameters that it reads from the core."""
    kinds = parameter_kinds(template.read_text())
    published = {name: f"/atoll/{stage}/core/{kebab(name)}" for name, kind in kinds.items()
                 if kind.startswith("AWS::SSM::Parameter::Value<")}
    return {**{name: value for name, value in values.items() if name in kinds}, **published}


def parameter_kinds(template):
    """The parameters of a template and their types, as the templates of this repository write them."""
    return dict(PARAMETER.findall(template.partition("\nParameters:\n")[2].partition("\nResources:\n")[0]))


def kebab(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


def overrides(value, environment):
    """Parses `parameter_overrides`: a list of Name=value, or one string of them as `sam deploy --guided` writes it."""
    if isinstance(value, str):
        pairs = re.findall(r'([A-Za-z0-9]+)=("[^"]*"|\S*)', value)
        value = [f"{name}={text.strip(QUOTE)}" for name, text in pairs]
    parsed = {}
    for item in value:
        name, separator, text = item.partition("=")
        if not separator or not name.isalnum():
            raise Failed(f"[{environment}.deploy.parameters] has the override {item!r}: write it as Name=value.")
        parsed[name] = text
    return parsed


def chosen(text, packs):
    """Returns the sections that PACKS names: every known pack by default, none for `none`."""
    names = [name for name in re.split(r"[,\s]+", text or "all") if name]
    if names == ["all"]:
        return list(packs.values())
    if names == ["none"]:
        return []
    unknown = sorted(set(names) - set(packs))
    if unknown:
        raise Failed(f"There is no pack {', '.join(unknown)}: the packs are {', '.join(packs) or 'none'}.")
    return [packs[name] for name in names]
