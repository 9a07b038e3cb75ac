"""`make recount-badges STAGE= [USER_ID=] [REPAIR=yes]`: compares badges with the logs of activities, and awards what is missing.

The function is called page by page until all users were compared.
"""
from . import recount


def run(options):
    request = {"userId": options.user} if options.user else {}
    pages = recount.run(options, "badges-recount-badges", "Award missing badges", request)
    total = {name: sum(page[name] for page in pages) for name in ("people", "mended")}
    print(f"Compared: {total['people']} people. Repaired: {total['mended']}.")
    return 0
