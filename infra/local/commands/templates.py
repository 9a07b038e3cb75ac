"""The judges of the templates: the local cloud accepts much that AWS refuses."""
from concurrent.futures import ThreadPoolExecutor

from . import console, paths, processes

PARALLEL = 2


def check():
    templates = [*paths.templates(), *paths.templates_of_tests()]
    processes.visible([str(paths.VENV_BIN / "cfn-lint"), "--regions", "us-east-1", "--", *map(str, templates)],
                      "cfn-lint found errors in a template.")
    processes.visible([str(paths.VENV_BIN / "python"), str(paths.LOCAL / "transformed.py"),
                       *map(str, paths.templates())], "A template is not what it says once SAM has transformed it.")
    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(console.carried(validate), templates))


def validate(template):
    name = template.relative_to(paths.ROOT)
    log = paths.STATE / "logs" / "templates" / f"{'-'.join(name.parts)}.log"
    log.unlink(missing_ok=True)
    processes.logged([str(paths.VENV_BIN / "sam"), "validate", "--lint", "--region", "us-east-1",
                      "--template-file", str(template)], log, f"`sam validate --lint` refuses {name}.")
    console.say(f"{name}: valid")
