"""`make recount-timeline STAGE= [AQUARIUM_ID=] [REPAIR=yes]`: compares timelines with their logs, and repairs what is derived from them.

The function is called page by page until all timelines were compared.
"""
from . import recount


def run(options):
    request = {"aquariumId": options.aquarium} if options.aquarium else {}
    pages = recount.run(options, "timeline-recount-timeline", "Repair timelines", request)
    total = {name: sum(page[name] for page in pages) for name in ("timelines", "repaired")}
    print(f"Compared: {total['timelines']} timelines. Repaired: {total['repaired']}.")
    return 0
