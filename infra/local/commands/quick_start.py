"""The commands that `make run` prints: the quick start of the README, for the port and the packs that run."""
from . import guides, packs

DEFAULT_URL = "http://127.0.0.1:4566"
# A call that needs no pack.
WITHOUT_PACK = 'api GET /v1/users/me -H "authorization: Bearer $TOKEN"'


def lines(url, chosen):
    commands = guides.blocks(guides.README.read_text())[0].commands
    other_port = [f"export ATOLL_URL={url}"] if url != DEFAULT_URL else []
    missing = [f"/v1/{pack}/" for pack in packs.names() if pack not in chosen]
    return [*other_port, *(WITHOUT_PACK if any(path in line for path in missing) else line for line in commands)]
