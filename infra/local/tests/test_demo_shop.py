"""The data of the demo shop: what the API refuses is found here, and what a reader would stumble over."""
import itertools
import re
import unittest
from datetime import date

from demo_shop import categories, model, prices, products, promotions, settings, visits

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SKU = re.compile(r"[A-Z0-9-]{1,64}")


class Visits(unittest.TestCase):
    def test_visits_of_a_day_are_the_same_each_time_and_within_the_bounds_of_the_api(self):
        ids = {"mugs": ["a", "b", "c"], "tents": ["d"]}
        first, second = (visits.all_of(ids, date(2026, 11, 29)) for _ in range(2))
        self.assertEqual(first, second)
        self.assertEqual(len({visit["sessionId"] for visit in first}), visits.VISITS)
        for visit in first:
            self.assertRegex(visit["sessionId"], re.compile(r"[A-Za-z0-9_-]{16,64}"))
            self.assertTrue(visit["consent"] and 2 <= len(visit["views"]) <= 20)
        self.assertNotEqual(first, visits.all_of(ids, date(2026, 11, 30)))


class Products(unittest.TestCase):
    def setUp(self):
        self.products = products.PRODUCTS
        self.variants = model.variants(self.products)
        self.by_sku = {variant.sku: variant for variant in self.variants}

    def test_there_are_sixty_with_texts_of_their_own(self):
        self.assertEqual(len(self.products), 60)
        for texts in ([product.title for product in self.products], [product.text for product in self.products]):
            self.assertEqual(len(set(texts)), len(texts))

    def test_skus_are_unique_and_say_which_product_and_values(self):
        self.assertEqual(len(self.by_sku), len(self.variants))
        for variant in self.variants:
            self.assertRegex(variant.sku, SKU)
            self.assertTrue(variant.sku.startswith(variant.product.sku))
            self.assertEqual(set(variant.choices), {option.name for option in variant.product.options})

    def test_barcodes_are_unique_and_have_a_valid_check_digit(self):
        # A known one, from the label of a pen: 4006381333931.
        self.assertEqual(check_digit("400638133393"), 1)
        barcodes = [variant.barcode for variant in self.variants]
        self.assertEqual(len(set(barcodes)), len(barcodes))
        for barcode in barcodes:
            self.assertEqual((len(barcode), int(barcode[-1])), (13, check_digit(barcode[:-1])))

    def test_components_of_bundles_exist_weigh_as_much_and_cost_more_by_themselves(self):
        bundles = [product for product in self.products if product.components]
        self.assertGreaterEqual(len(bundles), 3)
        for bundle in bundles:
            parts = [(self.by_sku[sku], units) for sku, units in bundle.components.items()]
            self.assertFalse([part.sku for part, _units in parts if part.product.components])
            self.assertGreaterEqual(bundle.grams, sum(part.grams * units for part, units in parts))
            self.assertLess(bundle.eur, sum(part.eur * units for part, units in parts))
            self.assertLess(bundle.usd, sum(part.usd * units for part, units in parts))
            # Its units are those of its components.
            self.assertEqual((bundle.stock.main, bundle.stock.overseas), (None, None))

    def test_all_others_are_stocked_and_the_drop_is_divided(self):
        for product in self.products:
            self.assertTrue(product.components or product.stock.main is not None, product.sku)
        self.assertEqual([product.stock.parts for product in self.products if product.stock.parts > 1], [8])
        self.assertGreaterEqual(len([product for product in self.products if product.stock.backorder]), 4)

    def test_codes_of_sold_out_values_are_those_of_options(self):
        for product in self.products:
            known = {value.code for option in product.options for value in option.values}
            self.assertLessEqual(set(product.stock.sold_out), known, product.sku)


class Catalog(unittest.TestCase):
    def test_categories_have_three_levels_and_parents_come_first(self):
        known = set()
        for slug, _title, _description, parent in categories.CATEGORIES:
            self.assertRegex(slug, CODE)
            self.assertIn(parent, known | {None})
            known.add(slug)
        self.assertEqual({len(categories.path(slug)) for slug in known}, {1, 2, 3})

    def test_every_category_of_the_lowest_level_has_products_and_no_other(self):
        parents = set(categories.PARENTS.values())
        leaves = set(categories.PARENTS) - parents
        self.assertEqual({product.category for product in products.PRODUCTS}, leaves)

    def test_prices_are_positive_fall_with_the_quantity_and_are_lower_in_the_sale(self):
        variants = model.variants(products.PRODUCTS)
        lists = prices.of_lists(variants)
        self.assertEqual(set(lists), set(settings.PRICE_LISTS))
        usual = {variant.sku: tiers[0]["amountMinor"] for variant, tiers in lists["eur"]}
        for tiers in (tiers for priced in lists.values() for _variant, tiers in priced):
            self.assertEqual(tiers[0]["minQuantity"], 1)
            for before, after in itertools.pairwise(tiers):
                self.assertLess(before["minQuantity"], after["minQuantity"])
                self.assertGreater(before["amountMinor"], after["amountMinor"])
            self.assertGreater(tiers[-1]["amountMinor"], 0)
        self.assertTrue(lists["eur-sale"])
        for variant, tiers in lists["eur-sale"] + lists["eur-trade"]:
            self.assertLess(tiers[0]["amountMinor"], usual[variant.sku])

    def test_taxes_and_shipping_cover_what_is_sold(self):
        self.assertEqual({product.tax for product in products.PRODUCTS}, set(settings.TAX_CLASSES))
        countries = set(settings.TAX_PERCENT)
        self.assertLessEqual({"DE", "FR", "AT", "US"}, countries)
        heaviest = max(variant.grams for variant in model.variants(products.PRODUCTS))
        for country in countries:
            methods = [method for method in settings.SHIPPING["methods"] if country in method["countries"]]
            self.assertTrue(any(method["tiers"][-1]["upToGrams"] >= heaviest for method in methods), country)
        for method in settings.SHIPPING["methods"]:
            self.assertLessEqual(set(method["countries"]), countries)


class Promotions(unittest.TestCase):
    def test_codes_and_ids_are_unique_and_targets_have_products(self):
        asked = []

        def products_in(category):
            asked.append(category)
            return [product.sku for product in products.PRODUCTS if category in categories.path(product.category)]

        terms = promotions.all_of(products_in).values()
        codes = [code for one in terms for code in one.get("codes", ())]
        self.assertEqual(len(set(codes)), len(codes))
        self.assertEqual(len([one for one in terms if not one.get("codes")]), 2)
        for one in terms:
            if "target" in one["effect"]:
                self.assertTrue(one["effect"]["target"]["ids"], one["name"])
            # Amounts need a currency.
            self.assertEqual("currency" in one, "minSubtotalMinor" in one)
        self.assertLessEqual(set(asked), set(categories.PARENTS))

    def test_regions_are_the_countries_that_the_shop_sells_to(self):
        countries = [country for region in settings.REGIONS["regions"] for country in region["countries"]]
        self.assertEqual(sorted(countries), sorted(settings.TAX_PERCENT))


def check_digit(digits):
    weighted = sum(int(digit) * weight for digit, weight in zip(reversed(digits), itertools.cycle((3, 1))))
    return -weighted % 10


if __name__ == "__main__":
    unittest.main()
