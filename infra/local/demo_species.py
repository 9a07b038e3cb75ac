"""Imports the species of functions/aquarium/knowledge/data over the public API. Repeating it changes nothing: the import has a fixed key."""
import csv
import json
import time
import urllib.request
import uuid
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

DATA = Path(__file__).resolve().parents[2] / "functions/aquarium/knowledge/data"
IMPORTS = "/v1/aquarium/species/imports"
# How long the import may take.
IMPORT_SECONDS = 120
POLL_SECONDS = 0.5
TIMEOUT_SECONDS = 30


def same(cell):
    return int(cell)


def milli(cell):
    return int(Decimal(cell) * 1000)


def hardness(cell):
    """German degrees, of 10 mg/L CaO, in micromoles per litre."""
    return int((Decimal(cell) * 10_000 / Decimal("56.0774")).quantize(Decimal(1), ROUND_HALF_UP))


# The fact of each column of species.csv, and how its cells are read.
FACTS = {
    "kind": ("kind", str), "water": ("water", str), "scientific_name": ("scientificName", str), "family": ("family", str),
    "order_or_class": ("order", str), "adult_size_mm": ("adultSizeMm", same), "min_volume_l": ("minVolumeMl", milli),
    "temp_min_c": ("temperatureMinMilliC", milli), "temp_max_c": ("temperatureMaxMilliC", milli), "ph_min": ("phMinMilli", milli),
    "ph_max": ("phMaxMilli", milli), "gh_min_dgh": ("ghMinUmol", hardness), "gh_max_dgh": ("ghMaxUmol", hardness),
    "salinity_min_psu": ("salinityMinMilli", milli), "salinity_max_psu": ("salinityMaxMilli", milli),
    "min_group": ("minGroup", same), "temperament": ("temperament", str), "level": ("level", str), "diet": ("diet", str),
    "plant_safe": ("plantSafe", str), "light": ("light", str),
}


def load(api):
    """Imports all species, by an admin, unless it was done before."""
    created = api.post(IMPORTS, None, key="demo-species")
    if created["upload"]:
        upload(created["upload"], "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows()).encode())
    deadline = time.monotonic() + IMPORT_SECONDS
    while True:
        job = api.get(f"{IMPORTS}/{created['id']}")
        if job["status"] == "failed" or job["summary"]["refused"]:
            raise OSError(f"the species could not be imported: {job}")
        if job["finishedAt"]:
            return
        if time.monotonic() > deadline:
            raise OSError(f"the species were not imported within {IMPORT_SECONDS} s: {job}")
        time.sleep(POLL_SECONDS)


def rows():
    """A row of the import per species; docs of the columns are in the README beside the files."""
    sources = {row.pop("id"): row for row in table("sources")}
    species = {row["id"]: {"id": row["id"], "facts": facts(row), "names": {}, "synonyms": [], "sources": {}}
               for row in table("species")}
    for citation in table("facts"):
        one, source = species[citation["species_id"]], citation["source_id"]
        one["facts"][FACTS[citation["fact"]][0]]["sources"].append(source)
        one["sources"][source] = sources[source]
    for name in table("names"):
        names = species[name["species_id"]]["names"].setdefault(name["language"], [])
        names.insert(0 if name["is_primary"] == "true" else len(names), name["name"])
    for synonym in table("synonyms"):
        one, source = species[synonym["species_id"]], synonym["source_id"]
        add_synonym(one["synonyms"], synonym["name"], synonym["status"], source)
        one["sources"][source] = sources[source]
    return list(species.values())


def facts(row):
    return {name: {"value": read(row[column]), "sources": []} for column, (name, read) in FACTS.items() if row[column]}


def add_synonym(synonyms, name, status, source):
    for known in synonyms:
        if (known["name"], known["status"]) == (name, status):
            known["sources"].append(source)
            return
    synonyms.append({"name": name, "status": status, "sources": [source]})


def table(name):
    with open(DATA / f"{name}.csv", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def upload(form, data):
    """Sends a file with a form for uploads."""
    boundary = uuid.uuid4().hex
    parts = [f'--{boundary}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in form["fields"].items()]
    parts.append(f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="species.jsonl"\r\n\r\n'.encode())
    body = b"".join(parts) + data + f"\r\n--{boundary}--\r\n".encode()
    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    request = urllib.request.Request(form["url"], data=body, method="POST", headers=headers)
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as reply:
        reply.read()
