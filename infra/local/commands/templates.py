"""The judges of the templates: the local cloud accepts much that AWS refuses."""
from concurrent.futures import ThreadPoolExecutor

from . import console, paths, processes

# Processes at a time.
PARALLEL = 2


def check():
    judged = [*paths.templates(), *paths.templates_of_tests()]
    judges = [lambda: lint(judged), *(lambda share=share: validate(share) for share in shares(judged, PARALLEL)), transform]
    with ThreadPoolExecutor(PARALLEL) as pool:
        list(pool.map(console.carried(lambda judge: judge()), judges))


def lint(templates):
    run([str(paths.VENV_BIN / "cfn-lint"), "--regions", "us-east-1", "--"], templates, "cfn-lint found errors in a template.")


def validate(templates):
    run([str(paths.VENV_BIN / "python"), str(paths.LOCAL / "validated.py")], templates,
        "`sam validate --lint` refuses a template.")


def transform():
    run([str(paths.VENV_BIN / "python"), str(paths.LOCAL / "transformed.py")], paths.templates(),
        "A template is not what it says once SAM has transformed it.")


def run(command, templates, sentence):
    processes.visible([*processes.GIVING_WAY, *command, *map(str, templates)], sentence)


def shares(templates, count):
    """The templates in so many parts of about the same work: the large ones, which take longest, are spread."""
    largest_first = sorted(templates, key=lambda template: template.stat().st_size, reverse=True)
    return [largest_first[start::count] for start in range(count)]
