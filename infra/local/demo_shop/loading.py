"""Creates the demo shop over the public API. Repeating it changes nothing, because every request is idempotent."""
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone

from client import Refused

from . import categories, model, prices, products, promotions, settings, visits

# Requests under way at a time: each needs a process of its function.
WORKERS = 4
PRICES_PER_REQUEST = 50
# How long the variants may take from the catalog to the stock, which learns of them by events.
COPY_SECONDS = 60
POLL_SECONDS = 0.2
NOT_FOUND = 404


def load(api, guests, trade_customer):
    """The whole shop, by a manager or admin. One user is in the customer group `trade`; guests visit."""
    configure(api)
    api.put(f"/v1/commerce/customers/{trade_customer}/group", {"group": settings.TRADE_GROUP})
    variants = model.variants(products.PRODUCTS)
    with ThreadPoolExecutor(WORKERS) as pool:
        shop = Shop(api, pool)
        shop.create_products(variants)
        shop.set_prices(variants)
        shop.publish()
        shop.stock(variants)
        shop.promote()
        shop.visit(guests, datetime.now(timezone.utc).date())


def configure(api):
    for location, body in settings.LOCATIONS.items():
        api.put(f"/v1/commerce/locations/{location}", body)
    for name, body in (("taxes", settings.TAXES), ("shipping", settings.SHIPPING), ("regions", settings.REGIONS),
                       ("checkout", settings.CHECKOUT)):
        replace(api, f"/v1/commerce/settings/{name}", body)
    for code, body in settings.PRICE_LISTS.items():
        api.put(f"/v1/commerce/price-lists/{code}", body)
    for position, (slug, title, description, parent) in enumerate(categories.CATEGORIES):
        api.put(f"/v1/commerce/categories/{slug}",
                {"title": title, "description": description, "parent": parent, "position": position})


def replace(api, path, body):
    """Settings are replaced under their entity tag; nothing is written if they are the same."""
    _, etag = api.send("GET", path)
    api.put(path, body, etag)


class Shop:
    """What exists so far: IDs of products and variants by SKU."""

    def __init__(self, api, pool):
        self._api, self._pool = api, pool
        self._products, self._variants = {}, {}

    def create_products(self, variants):
        """Bundles last: their components must exist."""
        for is_bundle in (False, True):
            self._each(lambda product: self._create_product(product, variants),
                       [product for product in products.PRODUCTS if bool(product.components) == is_bundle])

    def _create_product(self, product, variants):
        created = self._api.post("/v1/commerce/products", {
            "title": product.title,
            "description": product.text,
            "attributes": product.attributes,
            "options": [{"name": option.name, "values": [value.name for value in option.values]}
                        for option in product.options],
            "categories": categories.path(product.category),
        }, key=f"demo-{product.sku}")
        self._products[product.sku] = created["id"]
        for variant in variants:
            if variant.product is product:
                self._put_variant(created["id"], variant)

    def _put_variant(self, product_id, variant):
        shown = self._api.put(f"/v1/commerce/products/{product_id}/variants/{variant.sku}", {
            "barcode": variant.barcode,
            "weightGrams": variant.grams,
            "choices": variant.choices,
            "taxClass": variant.product.tax,
            "components": [{"variantId": self._variants[sku], "quantity": units}
                           for sku, units in variant.product.components.items()],
        })
        self._variants.update({one["sku"]: one["id"] for one in shown["variants"]})

    def set_prices(self, variants):
        """List by list: a sale is a reduction only if the usual price was there before it."""
        for code, priced in prices.of_lists(variants).items():
            body = [{"productId": self._products[variant.product.sku], "sku": variant.sku, "tiers": tiers}
                    for variant, tiers in priced]
            for start in range(0, len(body), PRICES_PER_REQUEST):
                self._api.put(f"/v1/commerce/price-lists/{code}/prices", {"prices": body[start:start + PRICES_PER_REQUEST]})

    def publish(self):
        self._each(lambda product_id: self._api.put(f"/v1/commerce/products/{product_id}/publication"),
                   self._products.values())

    def stock(self, variants):
        self._each(self._stock_variant, variants)

    def _stock_variant(self, variant):
        stock = variant.product.stock
        for location, units in ((settings.MAIN, stock.main), (settings.OVERSEAS, stock.overseas)):
            if units is None:
                continue
            level = f"/v1/commerce/stock/{self._variants[variant.sku]}/{location}"
            # What is ordered from suppliers comes to the main warehouse.
            supply = {"backorderLimit": stock.backorder, "incoming": stock.incoming} if location == settings.MAIN else {}
            self._put_when_known(level, {"parts": stock.parts, **supply})
            if units and not model.is_sold_out(variant):
                self._api.post(f"{level}/adjustments", {"quantity": units, "reason": "received"},
                               key=f"demo-{variant.sku}-{location}")

    def _put_when_known(self, level, body):
        deadline = time.monotonic() + COPY_SECONDS
        while True:
            try:
                return self._api.put(level, body)
            except Refused as refusal:
                if refusal.status != NOT_FOUND or time.monotonic() > deadline:
                    raise
            time.sleep(POLL_SECONDS)

    def promote(self):
        for promotion, terms in promotions.all_of(self._products_in).items():
            self._api.put(f"/v1/commerce/promotions/{promotion}", terms)

    def visit(self, guests, day):
        """Views of guests, for recommendations."""
        grouped = {}
        for product in products.PRODUCTS:
            grouped.setdefault(product.category, []).append(self._products[product.sku])
        self._each(lambda body: guests.send("POST", "/v1/commerce/views", body), visits.all_of(grouped, day))

    def _products_in(self, category):
        return [self._products[product.sku] for product in products.PRODUCTS if category in categories.path(product.category)]

    def _each(self, action, items):
        """Several at a time; the first failure is raised."""
        for _ in self._pool.map(action, items):
            pass
