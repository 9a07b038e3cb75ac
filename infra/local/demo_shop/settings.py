"""How the demo shop sells: warehouses, regions, taxes, shipping methods and price lists."""

MAIN = "0190f000-0000-7000-8000-0000000000a1"
OVERSEAS = "0190f000-0000-7000-8000-0000000000a2"

LOCATIONS = {
    MAIN: {"name": "Rotterdam warehouse", "country": "NL", "priority": 20, "isOpen": True},
    OVERSEAS: {"name": "Columbus warehouse", "country": "US", "priority": 10, "isOpen": True},
}

EU = ("AT", "BE", "DE", "ES", "FR", "IE", "IT", "NL")

REGIONS = {"regions": [{"code": "eu", "countries": list(EU)}, {"code": "us", "countries": ["US"]}]}

# Percent by country, for the tax classes standard, food and books. Examples, no advice: a shop asks an accountant, above all
# about the states of the USA, whose sales taxes the demo shop does not collect.
TAX_CLASSES = ("standard", "food", "books")
TAX_PERCENT = {
    "AT": (20, 10, 10),
    "BE": (21, 6, 6),
    "DE": (19, 7, 7),
    "ES": (21, 10, 4),
    "FR": (20, 5.5, 5.5),
    "IE": (23, 0, 9),
    "IT": (22, 10, 4),
    "NL": (21, 9, 9),
    "US": (0, 0, 0),
}
MILLIONTHS_PER_PERCENT = 10_000

TAXES = {
    "pricesIncludeTax": True,
    "rounding": "by_rate",
    "rates": [{"taxClass": tax_class, "country": country, "rate": round(percent * MILLIONTHS_PER_PERCENT)}
              for country, rates in TAX_PERCENT.items() for tax_class, percent in zip(TAX_CLASSES, rates)],
}


def method(code, name, countries, *tiers):
    """A shipping method; each tier is (grams, cents in EUR, cents in USD)."""
    return {"code": code, "name": name, "countries": list(countries), "taxClass": "standard",
            "tiers": [{"upToGrams": grams, "prices": [{"amountMinor": eur, "currency": "EUR"},
                                                      {"amountMinor": usd, "currency": "USD"}]}
                      for grams, eur, usd in tiers]}


SHIPPING = {"methods": [
    method("parcel-de", "Parcel, 1 to 2 days", ("DE",), (2_000, 490, 590), (10_000, 790, 890), (30_000, 1_490, 1_690)),
    method("parcel-eu", "Parcel, 3 to 5 days", [country for country in EU if country != "DE"],
           (2_000, 890, 990), (10_000, 1_390, 1_590), (30_000, 2_490, 2_790)),
    method("express-eu", "Express, next working day", EU, (2_000, 1_490, 1_690), (10_000, 2_290, 2_590)),
    method("parcel-us", "Parcel, 3 to 7 days", ("US",), (1_000, 1_090, 1_190), (5_000, 1_690, 1_890), (30_000, 3_490, 3_890)),
    method("freight-eu", "Freight, to the curb", EU, (200_000, 5_900, 6_500)),
]}

# The seller does not exist. The VAT number has the form of a Dutch one and a wrong check digit.
CHECKOUT = {
    "isOpen": True,
    "captureMode": "immediate",
    "returnDays": 14,
    "seller": {"name": "Kestrel & Pine B.V.", "address": ["Voorbeeldkade 1", "3011 AA Rotterdam", "Netherlands"],
               "taxNumber": "NL000000000B00"},
    "invoicePrefix": "KP",
}

TRADE_GROUP = "trade"
TRADE_PERCENT = 70

# The lists of the two currencies, a sale that has no end, and prices for a customer group.
PRICE_LISTS = {
    "eur": {"title": "Euro", "currency": "EUR"},
    "usd": {"title": "US dollar", "currency": "USD"},
    "eur-sale": {"title": "Last season", "currency": "EUR"},
    "eur-trade": {"title": "Trade", "currency": "EUR", "customerGroup": TRADE_GROUP},
}
