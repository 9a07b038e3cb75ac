"""What a product of the demo shop consists of, and what follows from it: variants, SKUs, barcodes, weights and prices."""
import itertools
from dataclasses import dataclass, field

# GS1 reserves the prefix 952 for demonstrations, so no barcode of the demo shop is that of a real product.
GTIN_PREFIX = "952"
GTIN_DIGITS = 13


@dataclass(frozen=True)
class Value:
    """A value of an option. `code` is its part of the SKU; the rest is what the value adds to the product."""
    name: str
    code: str
    eur: int = 0
    usd: int = 0
    grams: int = 0


@dataclass(frozen=True)
class Option:
    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Stock:
    """Units of each variant. A warehouse without a number does not stock it."""
    main: int | None = None
    overseas: int | None = None
    backorder: int = 0
    incoming: int = 0
    parts: int = 1
    # Codes of values whose variants have no units.
    sold_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Product:
    sku: str
    title: str
    category: str
    text: str
    eur: int
    usd: int
    grams: int
    stock: Stock = Stock()
    attributes: dict = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    tax: str = "standard"
    # Prices in the sale list, in percent of the usual ones.
    sale_percent: int | None = None
    # Price of one unit in percent, from a quantity on.
    tiers: tuple[tuple[int, int], ...] = ()
    # Units by SKU, if this is a bundle.
    components: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Variant:
    product: Product
    sku: str
    choices: dict
    codes: tuple[str, ...]
    barcode: str
    grams: int
    eur: int
    usd: int


def variants(products):
    """The variants of all products, in order; barcodes are numbered through."""
    numbers = itertools.count(1)
    return [variant_of(product, values, next(numbers))
            for product in products
            for values in itertools.product(*(option.values for option in product.options))]


def variant_of(product, values, number):
    return Variant(
        product=product,
        sku="-".join((product.sku, *(value.code for value in values))),
        choices={option.name: value.name for option, value in zip(product.options, values)},
        codes=tuple(value.code for value in values),
        barcode=gtin(number),
        grams=product.grams + sum(value.grams for value in values),
        eur=product.eur + sum(value.eur for value in values),
        usd=product.usd + sum(value.usd for value in values))


def gtin(number):
    """The barcode with a number, with its check digit: weights 3 and 1 from the right (GS1 General Specifications, 7.9.1)."""
    digits = f"{GTIN_PREFIX}{number:0{GTIN_DIGITS - 1 - len(GTIN_PREFIX)}}"
    weighted = sum(int(digit) * weight for digit, weight in zip(reversed(digits), itertools.cycle((3, 1))))
    return digits + str(-weighted % 10)


def is_sold_out(variant):
    return any(code in variant.product.stock.sold_out for code in variant.codes)


def percent_of(amount, percent):
    """A share of a price, rounded down to ten cents."""
    return amount * percent // 1_000 * 10


def tiers_of(product, amount):
    """Prices of one unit by quantity."""
    return [{"minQuantity": 1, "amountMinor": amount},
            *({"minQuantity": quantity, "amountMinor": percent_of(amount, percent)} for quantity, percent in product.tiers)]
