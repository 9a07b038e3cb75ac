"""Visits of the demo shop: who views a product goes on with others of its category, and now and then with any other."""
import random
from datetime import datetime, time, timedelta, timezone

# Below the 60 new sessions of guests that a network address may begin per hour: the guides begin some, too.
VISITS = 40
MAX_VIEWS = 6
SECONDS_BETWEEN_VIEWS = 20
# One view of so many is of any other product.
STRAY = 8
SEED = 20


def all_of(products, day):
    """The bodies of the requests, each one batch of a visit. The same day has the same visits, so repeating them changes nothing."""
    choice = random.Random(SEED)
    midnight = datetime.combine(day, time(), timezone.utc)
    return [visit(choice, products, number, midnight) for number in range(VISITS)]


def visit(choice, products, number, midnight):
    """A visit; `products` has IDs by category."""
    category = choice.choice(sorted(products))
    ids = products[category]
    start = choice.randrange(len(ids))
    viewed = [ids[(start + step) % len(ids)] for step in range(choice.randint(2, MAX_VIEWS))]
    every = [one for group in sorted(products) for one in products[group]]
    viewed = [choice.choice(every) if choice.randrange(STRAY) == 0 else one for one in viewed]
    return {
        "sessionId": f"demo-visit-{midnight:%Y%m%d}-{number:04}",
        "consent": True,
        "views": [{"productId": one, "viewedAt": moment(midnight, step)} for step, one in enumerate(viewed)],
    }


def moment(midnight, step):
    return (midnight + timedelta(seconds=step * SECONDS_BETWEEN_VIEWS)).strftime("%Y-%m-%dT%H:%M:%SZ")
