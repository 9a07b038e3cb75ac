"""`make recount-timeline STAGE= [AQUARIUM_ID=] [REPAIR=yes]`: compares timelines with their logs, and repairs what is derived from them.

The function is called page by page until all timelines were compared.
"""
from . import account as accounts, settings
from .recount_badges import walk


def run(options):
    core, _packs = settings.read(options.config, options.stage)
    account = accounts.Account(core)
    if options.repair:
        accounts.confirm(account, [core], "Repair timelines", options.yes)
    pages = list(walk(account, f"atoll-{core.stage}-timeline-recount-timeline", asked(options)))
    for page in pages:
        for found in page["differences"]:
            print(" ".join(f"{name}={value}" for name, value in found.items()))
    total = {name: sum(page[name] for page in pages) for name in ("timelines", "repaired")}
    print(f"Compared: {total['timelines']} timelines. Repaired: {total['repaired']}.")
    return 0


def asked(options):
    return {"repair": bool(options.repair), **({"aquariumId": options.aquarium} if options.aquarium else {})}
