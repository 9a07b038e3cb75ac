"""Creates and publishes the guides of functions/aquarium/knowledge/data/guides over the public API. Repeating it changes nothing: each guide has a
fixed key, and what is published stays."""
import json
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "functions/aquarium/knowledge/data/guides"
GUIDES = "/v1/aquarium/guides"


def load(author, reviewer):
    """Creates all guides by one member of the staff, and has another one review them: no user reviews an own version."""
    for guide in guides():
        created = author.post(GUIDES, guide, key=f"demo-{guide['slug']}")
        path = f"{GUIDES}/{created['id']}"
        if created["newestVersion"] != 1:
            # It was changed since, by hand.
            continue
        if created["newestState"] == "draft":
            created, _ = reviewer.send("POST", f"{path}/review", {"version": 1, "verdict": "approve"})
        if created["newestState"] == "approved" and not created["published"]:
            author.send("POST", f"{path}/publish", {"version": 1})


def guides():
    """The body of a request for each guide; docs of the fields are in the README of the data."""
    data = json.loads((DATA / "guides.json").read_text(encoding="utf-8"))
    for guide in data["guides"]:
        body = (DATA / f"{guide['slug']}.md").read_text(encoding="utf-8")
        yield {**guide, "body": body, "sources": [data["sources"][source] for source in guide["sources"]]}
