"""The prices of the demo shop, by price list."""
from . import model, settings


def of_lists(variants):
    """For each price list the variants with their tiers. Usual prices come first, so that the sale is a reduction of them."""
    on_sale = [variant for variant in variants if variant.product.sale_percent]
    return {
        "eur": [(variant, model.tiers_of(variant.product, variant.eur)) for variant in variants],
        "usd": [(variant, model.tiers_of(variant.product, variant.usd)) for variant in variants],
        "eur-sale": [(variant, flat(variant.eur, variant.product.sale_percent)) for variant in on_sale],
        "eur-trade": [(variant, flat(variant.eur, settings.TRADE_PERCENT)) for variant in variants],
    }


def flat(amount, percent):
    """One price for every quantity."""
    return [{"minQuantity": 1, "amountMinor": model.percent_of(amount, percent)}]
