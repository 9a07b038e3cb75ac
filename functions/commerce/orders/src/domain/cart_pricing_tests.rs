//! Prices of whole carts: published cases, problems, codes, and properties over random carts.

use std::collections::BTreeSet;

use contracts::catalog::{PriceChanged, PriceListChanged, PriceTier, ProductSnapshot, VariantSnapshot};
use proptest::prelude::*;
use types::{BuyerId, CartId, EmailAddress, GuestKeyHash, PersonName, UserId};

use super::super::address::{Address, AddressLine};
use super::super::cart::CartDetails;
use super::super::pricing::TaxRounding;
use super::super::promotion::{Effect, Target};
use super::super::regions::Region;
use super::super::shipping::WeightTier;
use super::super::shop_promotion::{PromotionTerms, UseLimits};
use super::super::taxes::TaxRate;
use super::*;

const NOW: i64 = 1_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn rate(millionths: u32) -> Rate {
    Rate::from_millionths(millionths).unwrap()
}

fn country(code: &str) -> CountryCode {
    CountryCode::parse(code).unwrap()
}

fn currency(code: &str) -> CurrencyCode {
    CurrencyCode::parse(code).unwrap()
}

fn variant(number: u128) -> VariantId {
    VariantId::new(Uuid::from_u128(number))
}

fn code(text: &str) -> PromotionCode {
    PromotionCode::parse(text).unwrap()
}

fn user() -> BuyerId {
    BuyerId::User(UserId::new(Uuid::from_u128(7)))
}

/// A shop in euros with one list, taxes in Germany, and a parcel service; and a cart that can be ordered but for its lines.
#[derive(Debug)]
struct Shop {
    cart: Cart,
    variants: BTreeMap<VariantId, VariantCopy>,
    settings: ShopSettings,
    codes: BTreeMap<PromotionCode, ShopPromotion>,
    uses: BTreeMap<UseOf, u32>,
    group: Option<GroupCode>,
}

impl Shop {
    fn new() -> Self {
        Self::in_currency("EUR")
    }

    fn in_currency(code: &str) -> Self {
        let line = |text: &str| AddressLine::parse(text, 100).unwrap();
        let address = Address {
            name: PersonName::parse("Ann").unwrap(),
            company: None,
            line1: line("Hauptstraße 1"),
            line2: None,
            postal_code: None,
            city: line("Berlin"),
            state: None,
            country: country("DE"),
            phone: None,
        };
        let details = CartDetails {
            email: Some(EmailAddress::parse("ann@example.com").unwrap()),
            shipping_address: Some(address),
            shipping_method: Some(ShippingCode::parse("parcel").unwrap()),
            ..CartDetails::default()
        };
        let cart =
            Cart::new(CartId::new(Uuid::from_u128(1)), user(), currency(code), at(0)).with_details(details, at(0));
        let mut shop = Self {
            cart,
            variants: BTreeMap::new(),
            settings: ShopSettings::default(),
            codes: BTreeMap::new(),
            uses: BTreeMap::new(),
            group: None,
        };
        shop.list("base", |_| {});
        shop.taxes(true, TaxRounding::ByRate, 0);
        let tier = WeightTier { up_to_grams: 10_000, prices: vec![types::Money::new(0, currency(code))] };
        shop.shipping(vec![tier]);
        shop
    }

    fn list(&mut self, code: &str, change: impl Fn(&mut PriceListChanged)) {
        let mut fact = PriceListChanged {
            price_list: code.to_owned(),
            title: code.to_owned(),
            currency: self.cart.currency.clone(),
            region: None,
            customer_group: None,
            valid_from: at(0),
            valid_until: None,
            revision: 1,
        };
        change(&mut fact);
        self.settings.price_lists = self.settings.price_lists.after(fact).unwrap();
    }

    fn taxes(&mut self, prices_include_tax: bool, rounding: TaxRounding, standard: u32) {
        let of = |class: &str, millionths| TaxRate {
            class: TaxClass::parse(class).unwrap(),
            country: country("DE"),
            rate: rate(millionths),
        };
        let rates = vec![of("standard", standard), of("reduced", 70_000), of("none", 0)];
        self.settings.taxes = TaxSettings::new(TaxPolicy { prices_include_tax, rounding }, rates).unwrap();
    }

    fn shipping(&mut self, tiers: Vec<WeightTier>) {
        let method = ShippingMethod {
            code: ShippingCode::parse("parcel").unwrap(),
            name: "Parcel".to_owned(),
            countries: vec![country("DE")],
            tax_class: TaxClass::parse("none").unwrap(),
            tiers,
        };
        self.settings.shipping = ShippingSettings::new(vec![method]).unwrap();
    }

    fn tell(&mut self, news: &VariantCopy) {
        let known = self.variants.get(&news.variant_id);
        if let Some(next) = news.after(known) {
            self.variants.insert(news.variant_id, next);
        }
    }

    fn price(&mut self, number: u128, list: &str, revision: u64, tiers: &[(u32, i64)]) {
        let tier = |(min_quantity, amount_minor): &(u32, i64)| PriceTier {
            min_quantity: *min_quantity,
            amount_minor: *amount_minor,
        };
        self.tell(&VariantCopy::of_price(PriceChanged {
            variant_id: variant(number),
            sku: "S".to_owned(),
            price_list: list.to_owned(),
            currency: self.cart.currency.clone(),
            tiers: Some(tiers.iter().map(tier).collect()),
            revision,
        }));
    }

    fn sell(&mut self, number: u128, unit_price: i64, quantity: u32, tax_class: &str) {
        let snapshot = VariantSnapshot {
            variant_id: variant(number),
            sku: format!("S{number}"),
            barcode: None,
            weight_grams: Some(100),
            choices: BTreeMap::new(),
            tax_class: Some(tax_class.to_owned()),
            components: Vec::new(),
        };
        let product = ProductSnapshot {
            slug: "shoe".to_owned(),
            title: "Shoe".to_owned(),
            description: None,
            attributes: BTreeMap::new(),
            categories: Vec::new(),
            variants: vec![snapshot],
            media: Vec::new(),
        };
        for copy in VariantCopy::of_product(ProductId::new(Uuid::from_u128(number)), 1, product) {
            self.tell(&copy);
        }
        self.price(number, "base", 1, &[(1, unit_price)]);
        self.cart = self.cart.with_line(variant(number), quantity, Some(unit_price), at(0)).unwrap();
    }

    fn input(&self) -> PricingInput<'_> {
        PricingInput {
            cart: &self.cart,
            variants: &self.variants,
            settings: &self.settings,
            codes: &self.codes,
            uses: &self.uses,
            group: self.group.as_ref(),
            now: at(NOW),
        }
    }

    fn priced(&self) -> PricedCart {
        price_cart(&self.input())
    }

    /// Adds a promotion: automatic, or with codes that the cart then has.
    fn promote(&mut self, number: u128, effect: Effect, change: impl Fn(&mut PromotionTerms)) -> PromotionId {
        let id = PromotionId::new(Uuid::from_u128(number));
        let mut terms = PromotionTerms {
            name: format!("P{number}"),
            effect,
            currency: None,
            min_subtotal_minor: 0,
            group: None,
            exclusive: false,
            priority: 0,
            valid_from: at(0),
            valid_until: None,
            codes: Vec::new(),
            limits: UseLimits::default(),
        };
        change(&mut terms);
        let promotion = ShopPromotion { id, created_at: at(0), terms };
        if promotion.terms.codes.is_empty() {
            self.settings.automatic = self.settings.automatic.with(&promotion, at(0)).unwrap();
        }
        for code in &promotion.terms.codes {
            self.cart = self.cart.with_code(code.clone(), id, at(0)).unwrap();
            self.codes.insert(code.clone(), promotion.clone());
        }
        id
    }

    fn states(&self) -> Vec<CodeState> {
        self.priced().codes.into_iter().map(|(_, state)| state).collect()
    }
}

fn percent(percent: u32) -> Effect {
    Effect::LinePercentage { rate: rate(percent * 10_000), target: Target::Everything }
}

fn amounts(priced: &PricedCart) -> (i64, i64, i64, i64) {
    (priced.totals.discount, priced.totals.net, priced.totals.tax, priced.totals.total)
}

#[test]
fn published_amounts_come_out_of_whole_carts() {
    // medusajs/medusa#14818: 24.99 + 10.75 % tax, shipping 6.44 untaxed.
    let mut shop = Shop::new();
    shop.taxes(false, TaxRounding::ByRate, 107_500);
    shop.shipping(vec![WeightTier { up_to_grams: 10_000, prices: vec![types::Money::new(644, currency("EUR"))] }]);
    shop.sell(1, 2_499, 1, "standard");
    assert_eq!(amounts(&shop.priced()), (0, 3_143, 269, 3_412));
    // vendurehq/vendure#2662: 10 × 38.23 with 20 % included.
    let mut shop = Shop::new();
    shop.taxes(true, TaxRounding::ByRate, 200_000);
    shop.sell(1, 3_823, 10, "standard");
    assert_eq!(amounts(&shop.priced()), (0, 31_858, 6_372, 38_230));
    // vendurehq/vendure#3091: 25 × 399.00 with 9 % included, 10 % off.
    let mut shop = Shop::new();
    shop.taxes(true, TaxRounding::ByRate, 90_000);
    shop.sell(1, 39_900, 25, "standard");
    shop.promote(9, percent(10), |_| {});
    assert_eq!(amounts(&shop.priced()), (99_750, 823_624, 74_126, 897_750));
    // saleor/saleor#12040: 25 % off 19.99.
    let mut shop = Shop::new();
    shop.sell(1, 1_999, 1, "none");
    shop.promote(9, percent(25), |_| {});
    assert_eq!(amounts(&shop.priced()), (500, 1_499, 0, 1_499));
    // medusajs/medusa#14899: a cart of 8.00 with 10 % and 10.00 off ends at zero.
    let mut shop = Shop::new();
    shop.sell(1, 800, 1, "none");
    shop.promote(8, Effect::OrderPercentage { rate: rate(100_000) }, |_| {});
    shop.promote(9, Effect::OrderAmount { amount_minor: 1_000 }, |terms| terms.currency = Some(currency("EUR")));
    assert_eq!(amounts(&shop.priced()), (800, 0, 0, 0));
    // medusajs/medusa#8829: buy 10 get 20 with 10 in the cart.
    let mut shop = Shop::new();
    shop.sell(1, 100, 10, "none");
    let get = Effect::BuyGet { buy: 10, get: 20, rate: rate(1_000_000), target: Target::Everything };
    shop.promote(9, get, |_| {});
    assert_eq!(amounts(&shop.priced()), (0, 1_000, 0, 1_000));
}

#[test]
fn the_policy_decides_on_the_tax_of_a_cart_with_shipping() {
    // spree/spree#6137: 8.50 and shipping 1.65, both with 7 % included.
    let tax = |rounding| {
        let mut shop = Shop::new();
        shop.taxes(true, rounding, 70_000);
        let mut method = shop.settings.shipping.methods().first().unwrap().clone();
        method.tax_class = TaxClass::parse("reduced").unwrap();
        method.tiers = vec![WeightTier { up_to_grams: 10_000, prices: vec![types::Money::new(165, currency("EUR"))] }];
        shop.settings.shipping = ShippingSettings::new(vec![method]).unwrap();
        shop.sell(1, 850, 1, "standard");
        let totals = shop.priced().totals;
        (totals.tax, totals.lines.first().unwrap().tax, totals.shipping.unwrap().tax)
    };
    assert_eq!((tax(TaxRounding::ByRate), tax(TaxRounding::ByLine)), ((66, 55, 11), (67, 56, 11)));
}

#[test]
fn a_currency_without_minor_digits_is_an_ordinary_number() {
    // Paymenter/Paymenter#1258, InvoicePlane/InvoicePlane#1677: ¥80 is 80.
    let mut shop = Shop::in_currency("JPY");
    shop.taxes(true, TaxRounding::ByRate, 100_000);
    shop.sell(1, 80, 1, "standard");
    let priced = shop.priced();
    assert_eq!((amounts(&priced), priced.currency), ((0, 73, 7, 80), currency("JPY")));
}

#[test]
fn a_price_that_rose_is_told_and_a_lower_one_is_passed_on() {
    // vendurehq/vendure#664, shopperlabs/shopper#614: in the cart at 10.00, then 15.00 or 8.00.
    let mut shop = Shop::new();
    shop.sell(1, 1_000, 2, "none");
    assert_eq!(shop.priced().rises, []);
    shop.price(1, "base", 2, &[(1, 1_500)]);
    let dearer = shop.priced();
    let rise = PriceRise { variant_id: variant(1), seen_minor: Some(1_000), now_minor: 1_500 };
    assert_eq!((&dearer.rises, dearer.totals.total), (&vec![rise], 3_000));
    shop.cart = dearer.seen(&shop.cart, at(NOW));
    assert_eq!(shop.priced().rises, [], "the buyer has seen it");
    shop.price(1, "base", 3, &[(1, 800)]);
    let cheaper = shop.priced();
    assert_eq!((cheaper.rises.len(), cheaper.totals.total, cheaper.problems.len()), (0, 1_600, 0));
}

#[test]
fn the_lowest_price_of_the_buyers_lists_counts_and_all_of_them_are_told() {
    let mut shop = Shop::new();
    shop.settings.regions =
        RegionSettings::new(vec![Region { code: RegionCode::parse("eu").unwrap(), countries: vec![country("DE")] }])
            .unwrap();
    shop.list("eu", |list| list.region = Some("eu".to_owned()));
    shop.list("b2b", |list| list.customer_group = Some("b2b".to_owned()));
    shop.sell(1, 1_000, 10, "none");
    shop.price(1, "eu", 1, &[(1, 950), (10, 900)]);
    shop.price(1, "b2b", 1, &[(1, 500)]);
    let priced = shop.priced();
    let offers = priced.lines[0].price.as_ref().unwrap().offers.iter();
    let offers: Vec<_> =
        offers.map(|offer| (offer.price_list.as_str(), offer.min_quantity, offer.amount_minor)).collect();
    assert_eq!((offers, priced.totals.total), (vec![("eu", 10, 900), ("base", 1, 1_000)], 9_000));
    shop.group = Some(GroupCode::parse("b2b").unwrap());
    assert_eq!(shop.priced().totals.total, 5_000);
    assert_eq!(unit_price(&shop.input(), variant(1), 1), Some(500));
}

#[test]
fn what_stands_in_the_way_of_an_order_is_told_and_the_rest_is_priced() {
    let mut shop = Shop::new();
    assert_eq!(shop.priced().problems, [CartProblem::Empty]);
    shop.sell(1, 1_000, 1, "none");
    assert_eq!(shop.priced().problems, []);
    // Archived, unknown, without a price.
    shop.sell(2, 500, 1, "none");
    shop.variants.get_mut(&variant(2)).unwrap().product.facts = None;
    shop.cart = shop.cart.with_line(variant(3), 1, None, at(0)).unwrap();
    shop.sell(4, 500, 1, "none");
    shop.variants.get_mut(&variant(4)).unwrap().prices.clear();
    // No tax rate for its class.
    shop.sell(5, 500, 1, "luxury");
    let priced = shop.priced();
    let expected = [
        CartProblem::NotForSale(variant(2)),
        CartProblem::NotForSale(variant(3)),
        CartProblem::NoPrice(variant(4)),
        CartProblem::NoTaxRate(TaxClass::parse("luxury").unwrap(), country("DE")),
    ];
    assert_eq!(priced.problems, expected);
    assert_eq!((priced.totals.total, priced.taxes_are_known()), (1_500, false));
    let with_totals: Vec<bool> = priced.lines.iter().map(|line| line.totals.is_some()).collect();
    assert_eq!(with_totals, [true, false, false, false, true]);
}

#[test]
fn details_that_are_missing_or_do_not_fit_are_told() {
    let mut shop = Shop::new();
    shop.sell(1, 1_000, 1, "none");
    let full = shop.cart.clone();
    shop.cart.details = CartDetails::default();
    assert_eq!(shop.priced().problems, [CartProblem::EmailMissing, CartProblem::AddressMissing]);
    shop.cart = full.clone();
    shop.cart.details.shipping_method = None;
    assert_eq!(shop.priced().problems, [CartProblem::ShippingMethodMissing]);
    shop.cart = full.with_line(variant(1), 101, Some(1_000), at(0)).unwrap();
    assert_eq!(shop.priced().problems, [CartProblem::NoShipping(country("DE"))], "10.1 kg is too heavy for all");
    shop.cart = full.clone();
    shop.cart.details.shipping_method = Some(ShippingCode::parse("drone").unwrap());
    assert_eq!(shop.priced().problems, [CartProblem::ShippingNotOffered(ShippingCode::parse("drone").unwrap())]);
    shop.cart = full.with_line(variant(1), 10_000, Some(1_000), at(0)).unwrap();
    shop.price(1, "base", 2, &[(1, 1_000_000_000)]);
    assert!(shop.priced().problems.contains(&CartProblem::TotalTooLarge));
    assert_eq!(shop.priced().totals.total, 0);
}

#[test]
fn bundles_that_need_more_than_an_order_may_have_are_told() {
    let mut shop = Shop::new();
    shop.sell(1, 10, 5_000, "none");
    let facts = shop.variants.get_mut(&variant(1)).unwrap().variant.facts.as_mut().unwrap();
    facts.components = vec![Component { variant_id: variant(9), quantity: 3 }];
    facts.weight_grams = None;
    let priced = shop.priced();
    assert_eq!(priced.problems, [CartProblem::TooMuch(TooMuch::Units(variant(9)))]);
    shop.cart = shop.cart.with_line(variant(1), 2, Some(10), at(0)).unwrap();
    assert_eq!(shop.priced().needs, BTreeMap::from([(variant(9), 6)]));
}

#[test]
fn a_code_says_what_it_does() {
    let mut shop = Shop::new();
    shop.sell(1, 10_000, 1, "none");
    let with = |shop: &mut Shop, number: u128, text: &str, change: &dyn Fn(&mut PromotionTerms)| {
        shop.promote(number, Effect::OrderPercentage { rate: rate(100_000) }, |terms| {
            terms.codes = vec![code(text)];
            change(terms);
        })
    };
    let mut alone = |change: &dyn Fn(&mut PromotionTerms)| {
        shop.cart.codes.clear();
        with(&mut shop, 1, "CODE", change);
        let priced = shop.priced();
        let is_refused = priced.problems == [CartProblem::Code(code("code"), priced.codes[0].1)];
        assert_eq!(is_refused, priced.codes[0].1.prevents_order(), "{priced:?}");
        (priced.codes[0].1, priced.totals.discount)
    };
    assert_eq!(alone(&|_| {}), (CodeState::Applied, 1_000));
    assert_eq!(alone(&|terms| terms.valid_from = at(NOW + 1)), (CodeState::NotYetValid, 0));
    assert_eq!(alone(&|terms| terms.valid_until = Some(at(NOW))), (CodeState::Ended, 0));
    let dollars = |terms: &mut PromotionTerms| terms.currency = Some(currency("USD"));
    assert_eq!(alone(&dollars), (CodeState::ConditionsNotMet, 0));
    assert_eq!(alone(&|terms| terms.min_subtotal_minor = 10_001), (CodeState::ConditionsNotMet, 0));
    assert_eq!(alone(&|terms| terms.limits.per_account = Some(1)), (CodeState::Applied, 1_000));
    // A group takes the better one only; a code that no longer exists has ended.
    shop.cart.codes.clear();
    let group = Some(GroupCode::parse("season").unwrap());
    with(&mut shop, 1, "TEN", &|terms| terms.group.clone_from(&group));
    let twenty = Effect::OrderPercentage { rate: rate(200_000) };
    shop.promote(2, twenty, |terms| (terms.group, terms.codes) = (group.clone(), vec![code("TWENTY")]));
    assert_eq!(shop.states(), [CodeState::NotCombined, CodeState::Applied]);
    shop.codes.remove(&code("TWENTY"));
    assert_eq!(shop.states(), [CodeState::Applied, CodeState::Ended]);
}

#[test]
fn a_used_up_code_prevents_an_order_and_a_use_is_counted_where_it_is_limited() {
    // vendurehq/vendure#4660, shopware/shopware#11245: a code with limit 1. The race is in tests/table/orders_promotions.rs.
    let mut shop = Shop::new();
    shop.sell(1, 1_000, 1, "none");
    let limits = UseLimits { total: Some(1), per_account: None, per_email: Some(1) };
    let id =
        shop.promote(1, percent(10), |terms| (terms.codes, terms.limits) = (vec![code("ONCE"), code("TWICE")], limits));
    shop.promote(2, percent(10), |_| {});
    let priced = shop.priced();
    let email = UseToCount::of_email(id, shop.cart.details.email.as_ref().unwrap());
    let counted: Vec<UseOf> = priced.uses.iter().map(|of| (of.promotion_id, of.customer)).collect();
    assert_eq!(counted, [(id, None), (id, Some(email))], "two codes of one promotion are one use");
    assert_eq!(priced.totals.discount, 190);
    assert!(needed_uses(&shop.cart).contains(&(id, Some(email))));
    for used in [(id, None), (id, Some(email))] {
        shop.uses = BTreeMap::from([(used, 1)]);
        let priced = shop.priced();
        assert_eq!(priced.codes[0].1, CodeState::UsedUp);
        assert_eq!((priced.uses.len(), priced.totals.discount, priced.problems.len()), (0, 100, 2));
    }
}

#[test]
fn a_guest_cannot_use_a_code_that_is_limited_per_account() {
    let mut shop = Shop::new();
    shop.sell(1, 1_000, 1, "none");
    shop.promote(1, percent(10), |terms| (terms.codes, terms.limits.per_account) = (vec![code("ONE")], Some(1)));
    assert_eq!(shop.states(), [CodeState::Applied]);
    shop.cart.owner = BuyerId::Guest(GuestKeyHash::of("key"));
    assert_eq!(shop.states(), [CodeState::AccountNeeded]);
    let refused = |shop: &Shop| code_refusal(&shop.codes[&code("ONE")], &code("ONE"), &shop.cart, at(NOW));
    assert_eq!(refused(&shop), Some(CodeState::AccountNeeded));
    shop.cart.owner = user();
    assert_eq!(refused(&shop), None);
}

#[test]
fn promotions_apply_by_priority_each_on_what_is_left() {
    let mut shop = Shop::new();
    shop.sell(1, 10_000, 1, "none");
    shop.promote(1, Effect::OrderPercentage { rate: rate(100_000) }, |terms| terms.priority = 2);
    let euros = |terms: &mut PromotionTerms| (terms.priority, terms.currency) = (1, Some(currency("EUR")));
    shop.promote(2, Effect::OrderAmount { amount_minor: 1_000 }, euros);
    let applied: Vec<_> = shop.priced().promotions.into_iter().map(|promotion| promotion.amount_minor).collect();
    assert_eq!(applied, [1_000, 900]);
}

/// The number of random carts: few enough for each run of the unit tests; `PROPTEST_CASES=1000000` tries more.
fn cases(usual: u32) -> ProptestConfig {
    let is_set = std::env::var_os("PROPTEST_CASES").is_some();
    if is_set { ProptestConfig::default() } else { ProptestConfig::with_cases(usual) }
}

fn any_shop() -> impl Strategy<Value = Shop> {
    let line = (1..12_u128, prop_oneof![0..100_i64, 0..1_000_000_i64], 1..200_u32, 0..3_usize);
    let effect = (0..5_u8, 0..=1_000_000_u32, 1..4_u32, 1..4_u32, 1..20_000_i64).prop_map(
        |(kind, millionths, buy, get, amount_minor)| match kind {
            0 => Effect::LinePercentage { rate: rate(millionths), target: Target::Everything },
            1 => {
                Effect::BuyGet { buy, get, rate: rate(millionths), target: Target::Variants { ids: vec![variant(1)] } }
            }
            2 => Effect::OrderPercentage { rate: rate(millionths) },
            3 => Effect::OrderAmount { amount_minor },
            _ => Effect::FreeShipping,
        },
    );
    let promotion = (effect, 0..3_u16, any::<bool>(), prop::bool::weighted(0.2), 0..3_u8);
    let policy = (any::<bool>(), any::<bool>(), 0..300_000_u32, 0..2_000_i64);
    // Currencies with 2, 0 and 3 digits after the point: amounts are whole minor units in all of them.
    let currencies = prop_oneof![Just("EUR"), Just("JPY"), Just("KWD")];
    let parts =
        (prop::collection::vec(line, 0..8), prop::collection::vec(promotion, 0..6), policy, currencies, any::<u8>());
    parts.prop_map(|(lines, promotions, (include, by_line, tax, shipping), unit, gaps)| {
        let mut shop = Shop::in_currency(unit);
        shop.taxes(include, if by_line { TaxRounding::ByLine } else { TaxRounding::ByRate }, tax);
        shop.shipping(vec![WeightTier {
            up_to_grams: 50_000,
            prices: vec![types::Money::new(shipping, currency(unit))],
        }]);
        for (number, price, quantity, class) in lines {
            shop.sell(number, price, quantity, ["standard", "reduced", "luxury"][class]);
        }
        for (number, (effect, priority, has_code, exclusive, limit)) in (100_u128..).zip(promotions) {
            shop.promote(number, effect, |terms| {
                (terms.priority, terms.exclusive, terms.currency) = (priority, exclusive, Some(currency(unit)));
                // A cart has at most five codes.
                if has_code && number < 105 {
                    terms.codes = vec![code(&format!("CODE{number}"))];
                    terms.limits.total = (limit > 0).then(|| u32::from(limit));
                }
            });
        }
        if gaps % 4 == 0 {
            shop.variants.remove(&variant(u128::from(gaps) % 12));
        }
        shop
    })
}

proptest! {
    #![proptest_config(cases(1_000))]
    #[test]
    fn parts_sum_to_the_total_of_a_cart_and_nothing_is_negative(shop in any_shop()) {
        let priced = shop.priced();
        let lines: Vec<&LineTotals> = priced.lines.iter().filter_map(|line| line.totals.as_ref()).collect();
        prop_assert_eq!(lines.iter().map(|line| (**line).clone()).collect::<Vec<_>>(), priced.totals.lines.clone());
        let all: Vec<&LineTotals> = lines.into_iter().chain(&priced.totals.shipping).collect();
        for line in &all {
            prop_assert!(line.amount >= 0 && line.net >= 0 && line.tax >= 0, "{line:?}");
        }
        prop_assert_eq!(all.iter().map(|line| line.gross()).sum::<i64>(), priced.totals.total);
        prop_assert_eq!(all.iter().map(|line| line.net).sum::<i64>(), priced.totals.net);
        prop_assert_eq!(all.iter().map(|line| line.tax).sum::<i64>(), priced.totals.tax);
        prop_assert_eq!(priced.promotions.iter().map(|applied| applied.amount_minor).sum::<i64>(), priced.totals.discount);
        let by_rate: i64 = priced.totals.taxes.iter().map(|sums| sums.net + sums.tax).sum();
        prop_assert_eq!(by_rate, priced.totals.total);
    }

    #[test]
    fn only_promotions_that_take_something_off_are_counted_and_each_once(shop in any_shop()) {
        let priced = shop.priced();
        let applied: BTreeSet<_> = priced.promotions.iter().map(|applied| applied.promotion_id).collect();
        let counted: Vec<_> = priced.uses.iter().map(|of| (of.promotion_id, of.customer)).collect();
        prop_assert!(counted.iter().all(|(promotion, _)| applied.contains(promotion)));
        prop_assert_eq!(counted.iter().collect::<BTreeSet<_>>().len(), counted.len());
        prop_assert_eq!(applied.len(), priced.promotions.len());
        prop_assert_eq!(priced.codes.len(), shop.cart.codes.len());
    }

    #[test]
    fn prices_that_were_seen_do_not_rise(shop in any_shop()) {
        let mut shop = shop;
        shop.cart = shop.priced().seen(&shop.cart, at(NOW));
        prop_assert_eq!(shop.priced().rises, vec![]);
    }
}
