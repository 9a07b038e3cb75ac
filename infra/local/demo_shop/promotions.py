"""Promotions of the demo shop: two that apply to every cart, and four with codes."""

BEGIN = "2026-01-01T00:00:00.000Z"
ALL = 1_000_000  # millionths
BOOKS, CAMP_KITCHEN = "books", "camp-kitchen"


def share(percent):
    return percent * ALL // 100


def all_of(products_in):
    """Terms by promotion ID. `products_in` gives the IDs of the products that are in or below a category."""
    return {
        "0190f000-0000-7000-8000-0000000000b1": {
            "name": "Free shipping from 100 euros", "effect": {"kind": "free_shipping"},
            "currency": "EUR", "minSubtotalMinor": 10_000, "validFrom": BEGIN, "priority": 900},
        "0190f000-0000-7000-8000-0000000000b2": {
            "name": "Three books: the cheapest at half price",
            "effect": {"kind": "buy_get", "buy": 2, "get": 1, "rate": share(50), "target": products(products_in(BOOKS))},
            "validFrom": BEGIN, "priority": 100},
        "0190f000-0000-7000-8000-0000000000b3": {
            "name": "Welcome", "effect": {"kind": "order_percentage", "rate": share(10)},
            "codes": ["WELCOME10"], "limits": {"perEmail": 1}, "group": "codes", "validFrom": BEGIN, "priority": 500},
        "0190f000-0000-7000-8000-0000000000b4": {
            "name": "Camp kitchen week",
            "effect": {"kind": "line_percentage", "rate": share(15), "target": products(products_in(CAMP_KITCHEN))},
            "codes": ["CAMP15"], "validFrom": BEGIN, "priority": 200},
        # Applies alone or not at all, 500 times.
        "0190f000-0000-7000-8000-0000000000b5": {
            "name": "20 euros off", "effect": {"kind": "order_amount", "amountMinor": 2_000},
            "currency": "EUR", "minSubtotalMinor": 15_000, "codes": ["SAVE20", "SAVE-20"], "limits": {"total": 500},
            "exclusive": True, "validFrom": BEGIN},
        # Has ended: what carts say about such a code.
        "0190f000-0000-7000-8000-0000000000b6": {
            "name": "Spring", "effect": {"kind": "order_percentage", "rate": share(20)},
            "codes": ["SPRING20"], "validFrom": BEGIN, "validUntil": "2026-06-01T00:00:00.000Z"},
    }


def products(ids):
    return {"kind": "products", "ids": ids}
