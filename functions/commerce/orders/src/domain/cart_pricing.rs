//! The price of a cart, from copies of the catalog and the settings of the shop: a pure function.
//!
//! It finds the price of each line, the tax rates and the shipping price, decides which promotions apply, and calculates the
//! totals ([`super::pricing`]). What stands in the way of an order is in [`PricedCart::problems`]; the cart is priced as far as
//! possible all the same, so that the buyer sees it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use money::Rate;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, ProductId, PromotionId, Uuid, VariantId};

use super::cart::{Cart, CartLine};
pub use super::cart_promotions::{AppliedPromotion, CodeState, code_refusal, needed_uses};
use super::cart_promotions::{applied, candidates, discounts};
use super::location::CountryCode;
use super::names::{GroupCode, PromotionCategory, PromotionCode, RegionCode};
use super::prices::{PriceListCopies, PriceQuery, UnitPrice};
use super::pricing::{LineTotals, TaxPolicy, Totals, UnpricedLine, UnpricedShipping, price};
use super::promotion::Promotion;
use super::regions::RegionSettings;
use super::shipping::{ShippingCode, ShippingMethod, ShippingSettings};
use super::shop_promotion::{AutomaticPromotions, ShopPromotion, UseToCount};
use super::stock::{Component, TooMuch, Wanted, needs};
use super::taxes::{TaxClass, TaxSettings};
use super::variant_copy::{SoldVariant, VariantCopy};

/// What the shop sets, as far as prices depend on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShopSettings {
    /// Tax rates and policy.
    pub taxes: TaxSettings,
    /// Shipping methods.
    pub shipping: ShippingSettings,
    /// Regions.
    pub regions: RegionSettings,
    /// Price lists.
    pub price_lists: PriceListCopies,
    /// Promotions without codes.
    pub automatic: AutomaticPromotions,
    /// The versions of all of these.
    pub versions: SettingsVersions,
}

/// The versions of the settings that a cart was priced with; 0 for one that was never set. An order keeps them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsVersions {
    /// Tax settings.
    pub taxes: u64,
    /// Shipping methods.
    pub shipping: u64,
    /// Regions.
    pub regions: u64,
    /// Price lists.
    pub price_lists: u64,
    /// Promotions without codes.
    pub promotions: u64,
}

/// What a cart is priced with.
#[derive(Debug, Clone, Copy)]
pub struct PricingInput<'a> {
    /// The cart.
    pub cart: &'a Cart,
    /// Copies of the variants of its lines, as far as they are known.
    pub variants: &'a BTreeMap<VariantId, VariantCopy>,
    /// Settings of the shop.
    pub settings: &'a ShopSettings,
    /// The promotions of the cart's codes, as far as the codes exist.
    pub codes: &'a BTreeMap<PromotionCode, ShopPromotion>,
    /// Uses that were counted so far, as [`needed_uses`] asks for them; absent for none.
    pub uses: &'a BTreeMap<UseOf, u32>,
    /// Customer group of the buyer.
    pub group: Option<&'a GroupCode>,
    /// The moment.
    pub now: Timestamp,
}

/// Whose uses of a promotion: those in total without a customer.
pub type UseOf = (PromotionId, Option<Uuid>);

/// The price of a line's unit and tax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinePrice {
    /// The prices of all lists that apply: the lowest first, which is the one that counts.
    pub offers: Vec<UnitPrice>,
    /// Price of one unit in minor units.
    pub unit_price_minor: i64,
}

/// A line of a priced cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedLine {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Number of units.
    pub quantity: u32,
    /// What is sold. None if it cannot be bought any more.
    pub item: Option<PricedItem>,
    /// Its price; none if no list that applies has one.
    pub price: Option<LinePrice>,
    /// Tax rate; none if the country is not known, or the shop has no rate there.
    pub tax_rate: Option<Rate>,
    /// Price of one unit in minor units that the buyer last saw.
    pub seen_unit_price_minor: Option<i64>,
    /// Amounts; none without a price.
    pub totals: Option<LineTotals>,
}

/// What a line sells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedItem {
    /// Product ID.
    pub product_id: ProductId,
    /// SKU.
    pub sku: String,
    /// Title of the product.
    pub title: String,
    /// Categories of the product.
    pub categories: Vec<PromotionCategory>,
    /// The value of each option.
    pub choices: BTreeMap<String, String>,
    /// Weight of one unit in grams.
    pub weight_grams: Option<u32>,
    /// Tax class.
    pub tax_class: TaxClass,
    /// Components of a bundle.
    pub components: Vec<Component>,
}

impl From<SoldVariant<'_>> for PricedItem {
    fn from(SoldVariant { product_id, variant, product }: SoldVariant<'_>) -> Self {
        Self {
            product_id,
            sku: variant.sku.clone(),
            title: product.title.clone(),
            categories: product.categories.clone(),
            choices: variant.choices.clone(),
            weight_grams: variant.weight_grams,
            tax_class: variant.tax_class.clone(),
            components: variant.components.clone(),
        }
    }
}

/// A shipping method that can deliver the cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedOffer {
    /// Code.
    pub code: ShippingCode,
    /// Name.
    pub name: String,
    /// Price in minor units, before promotions.
    pub price_minor: i64,
    /// Tax class.
    pub tax_class: TaxClass,
}

/// Something that stands in the way of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CartProblem {
    /// There are no lines.
    Empty,
    /// The variant was archived or removed, or is not published.
    NotForSale(VariantId),
    /// No price list that applies has a price.
    NoPrice(VariantId),
    /// The shop has no tax rate for the class in the country: it does not sell there.
    NoTaxRate(TaxClass, CountryCode),
    /// Too many units, or too many different variants.
    TooMuch(TooMuch),
    /// The sum of the cart is beyond all bounds.
    TotalTooLarge,
    /// There is no e-mail address.
    EmailMissing,
    /// There is no shipping address, so neither taxes nor shipping are known.
    AddressMissing,
    /// No shipping method is chosen.
    ShippingMethodMissing,
    /// The chosen method does not deliver this weight to this country in this currency.
    ShippingNotOffered(ShippingCode),
    /// No method delivers this weight to this country in this currency.
    NoShipping(CountryCode),
    /// A code prevents an order.
    Code(PromotionCode, CodeState),
}

/// A line whose unit costs more than the buyer saw, or whose price the buyer has not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceRise {
    /// Variant ID.
    pub variant_id: VariantId,
    /// Price of one unit in minor units that the buyer saw.
    pub seen_minor: Option<i64>,
    /// Price of one unit in minor units now.
    pub now_minor: i64,
}

/// A priced cart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedCart {
    /// Lines, in the order of the cart.
    pub lines: Vec<PricedLine>,
    /// Currency of all amounts.
    pub currency: CurrencyCode,
    /// Country of delivery.
    pub country: Option<CountryCode>,
    /// Region of the delivery.
    pub region: Option<RegionCode>,
    /// Shipping methods that can deliver the cart.
    pub offers: Vec<PricedOffer>,
    /// The chosen method, if it can deliver.
    pub shipping: Option<PricedOffer>,
    /// Totals of the lines that have a price, and of the chosen shipping. Rates that are not known count as zero. All zero if
    /// the sum is beyond all bounds.
    pub totals: Totals,
    /// How prices are stated and taxes rounded.
    pub policy: TaxPolicy,
    /// Promotions that take something off, in the order in which they are applied.
    pub promotions: Vec<AppliedPromotion>,
    /// What each code does, in the order of the cart.
    pub codes: Vec<(PromotionCode, CodeState)>,
    /// What an order has to count, in the same write. Nothing else of promotions is limited.
    pub uses: Vec<UseToCount>,
    /// What an order needs of the stock; bundles are not expanded yet.
    pub wanted: Vec<Wanted>,
    /// Units per variant, bundles expanded: what an order takes from the stock.
    pub needs: BTreeMap<VariantId, u32>,
    /// Lines that cost more than the buyer saw. A buyer who states the total that they expect has seen it.
    pub rises: Vec<PriceRise>,
    /// What stands in the way of an order. None: it can be placed if the stock suffices.
    pub problems: Vec<CartProblem>,
    /// The versions of the settings.
    pub versions: SettingsVersions,
}

impl PricedCart {
    /// True if all tax rates are known.
    pub fn taxes_are_known(&self) -> bool {
        self.country.is_some() && !self.problems.iter().any(|problem| matches!(problem, CartProblem::NoTaxRate(..)))
    }

    /// Returns the cart as it is once the buyer has seen these prices.
    pub fn seen(&self, cart: &Cart, now: Timestamp) -> Cart {
        cart.with_seen(self.lines.iter().map(|line| line.price.as_ref().map(|price| price.unit_price_minor)), now)
    }
}

/// Returns the price of one unit of a line for the buyer of a cart: what they see when they set the line.
pub fn unit_price(input: &PricingInput<'_>, variant: VariantId, quantity: u32) -> Option<i64> {
    let country = input.cart.details.shipping_address.as_ref().map(|address| &address.country);
    let region = country.and_then(|country| input.settings.regions.of_country(country));
    let offers = offers(input, region, variant, quantity);
    offers.first().map(|offer| offer.amount_minor)
}

fn offers(input: &PricingInput<'_>, region: Option<&RegionCode>, variant: VariantId, quantity: u32) -> Vec<UnitPrice> {
    let query = PriceQuery { currency: &input.cart.currency, region, group: input.group, now: input.now };
    let prices = input.variants.get(&variant).map(|copy| &copy.prices);
    prices.map(|prices| input.settings.price_lists.unit_prices(prices, query, quantity)).unwrap_or_default()
}

/// Prices a cart.
pub fn price_cart(input: &PricingInput<'_>) -> PricedCart {
    let (cart, settings) = (input.cart, input.settings);
    let country = cart.details.shipping_address.as_ref().map(|address| address.country.clone());
    let region = country.as_ref().and_then(|country| settings.regions.of_country(country));
    let mut problems = Problems::default();
    let lines: Vec<PricedLine> =
        cart.lines.iter().map(|line| find_line(input, line, country.as_ref(), region)).collect();
    for line in &lines {
        problems.of_line(line, country.as_ref());
    }
    let offers = country.as_ref().map(|country| shipping_offers(input, country, &lines)).unwrap_or_default();
    let chosen = cart.details.shipping_method.as_ref();
    let shipping = chosen.and_then(|chosen| offers.iter().find(|offer| offer.code == *chosen)).cloned();
    problems.of_details(cart, country.as_ref(), (&offers, shipping.as_ref()), settings);
    let wanted: Vec<Wanted> = lines.iter().filter_map(wanted).collect();
    let needs = needs(&wanted).unwrap_or_else(|error| {
        problems.add(CartProblem::TooMuch(error));
        BTreeMap::new()
    });
    let rises = lines.iter().filter_map(rise).collect();
    let mut priced = PricedCart {
        currency: cart.currency.clone(),
        region: region.cloned(),
        country,
        offers,
        shipping,
        totals: no_totals(),
        policy: settings.taxes.policy(),
        promotions: Vec::new(),
        codes: Vec::new(),
        uses: Vec::new(),
        wanted,
        needs,
        rises,
        lines,
        problems: Vec::new(),
        versions: settings.versions,
    };
    calculate(input, &mut priced, &mut problems);
    for (code, state) in priced.codes.iter().filter(|(_, state)| state.prevents_order()) {
        problems.add(CartProblem::Code(code.clone(), *state));
    }
    priced.problems = problems.0;
    priced
}

fn find_line(
    input: &PricingInput<'_>,
    line: &CartLine,
    country: Option<&CountryCode>,
    region: Option<&RegionCode>,
) -> PricedLine {
    let sold = input.variants.get(&line.variant_id).and_then(VariantCopy::sold);
    let item = sold.map(PricedItem::from);
    // What is not sold has no price, whatever lists say.
    let offers = item.as_ref().map(|_| offers(input, region, line.variant_id, line.quantity)).unwrap_or_default();
    let price = offers.first().map(|lowest| lowest.amount_minor);
    let tax_rate =
        item.as_ref().zip(country).and_then(|(item, country)| input.settings.taxes.rate(&item.tax_class, country));
    PricedLine {
        variant_id: line.variant_id,
        quantity: line.quantity,
        item,
        price: price.map(|unit_price_minor| LinePrice { offers, unit_price_minor }),
        tax_rate,
        seen_unit_price_minor: line.seen_unit_price_minor,
        totals: None,
    }
}

fn wanted(line: &PricedLine) -> Option<Wanted> {
    let PricedLine { variant_id, quantity, .. } = *line;
    line.item.as_ref().map(|item| Wanted { variant_id, quantity, components: item.components.clone() })
}

fn rise(line: &PricedLine) -> Option<PriceRise> {
    let (now_minor, seen_minor) = (line.price.as_ref()?.unit_price_minor, line.seen_unit_price_minor);
    let is_rise = seen_minor.is_none_or(|seen| seen < now_minor);
    is_rise.then_some(PriceRise { variant_id: line.variant_id, seen_minor, now_minor })
}

/// The methods that deliver all lines together.
fn shipping_offers(input: &PricingInput<'_>, country: &CountryCode, lines: &[PricedLine]) -> Vec<PricedOffer> {
    let grams = |line: &PricedLine| {
        let of_unit = line.item.as_ref().and_then(|item| item.weight_grams).unwrap_or(0);
        u64::from(of_unit) * u64::from(line.quantity)
    };
    let grams = u32::try_from(lines.iter().map(grams).sum::<u64>()).unwrap_or(u32::MAX);
    let offers = input.settings.shipping.offers(country, grams, &input.cart.currency);
    let offer = |method: &ShippingMethod, price_minor| PricedOffer {
        code: method.code.clone(),
        name: method.name.clone(),
        price_minor,
        tax_class: method.tax_class.clone(),
    };
    offers.map(|found| offer(found.method, found.price.amount_minor)).collect()
}

/// Collects what stands in the way of an order, each thing once.
#[derive(Default)]
struct Problems(Vec<CartProblem>);

impl Problems {
    fn add(&mut self, problem: CartProblem) {
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    fn of_line(&mut self, line: &PricedLine, country: Option<&CountryCode>) {
        let Some(item) = &line.item else { return self.add(CartProblem::NotForSale(line.variant_id)) };
        if line.price.is_none() {
            self.add(CartProblem::NoPrice(line.variant_id));
        }
        if let (Some(country), None) = (country, line.tax_rate) {
            self.add(CartProblem::NoTaxRate(item.tax_class.clone(), country.clone()));
        }
    }

    fn of_details(
        &mut self,
        cart: &Cart,
        country: Option<&CountryCode>,
        (offers, shipping): (&[PricedOffer], Option<&PricedOffer>),
        settings: &ShopSettings,
    ) {
        if cart.lines.is_empty() {
            self.add(CartProblem::Empty);
        }
        if cart.details.email.is_none() {
            self.add(CartProblem::EmailMissing);
        }
        let Some(country) = country else { return self.add(CartProblem::AddressMissing) };
        match (&cart.details.shipping_method, shipping) {
            _ if offers.is_empty() => self.add(CartProblem::NoShipping(country.clone())),
            (None, _) => self.add(CartProblem::ShippingMethodMissing),
            (Some(code), None) => self.add(CartProblem::ShippingNotOffered(code.clone())),
            (Some(_), Some(offer)) if settings.taxes.rate(&offer.tax_class, country).is_none() => {
                self.add(CartProblem::NoTaxRate(offer.tax_class.clone(), country.clone()));
            }
            (Some(_), Some(_)) => {}
        }
    }
}

/// Adds totals and promotions to a cart whose lines are found.
fn calculate(input: &PricingInput<'_>, priced: &mut PricedCart, problems: &mut Problems) {
    let unpriced: Vec<UnpricedLine> = priced.lines.iter().filter_map(unpriced).collect();
    let shipping = priced.shipping.as_ref().map(|offer| UnpricedShipping {
        price: offer.price_minor,
        tax_rate: rate_of(input, priced.country.as_ref(), &offer.tax_class),
    });
    let (candidates, refused) = candidates(input);
    let promotions: Vec<Promotion> = candidates.iter().map(|candidate| candidate.promotion.to_calculate()).collect();
    let policy = priced.policy;
    let Ok(totals) = price(&unpriced, shipping, &promotions, policy) else {
        return problems.add(CartProblem::TotalTooLarge);
    };
    let taken_off = discounts(&totals);
    priced.promotions = candidates.iter().filter_map(|candidate| applied(candidate, &taken_off)).collect();
    let alone = |promotion: &Promotion| {
        price(&unpriced, shipping, std::slice::from_ref(promotion), policy).is_ok_and(|totals| totals.discount > 0)
    };
    let state = |promotion: &ShopPromotion| match taken_off.contains_key(&promotion.id.uuid()) {
        true => CodeState::Applied,
        false if alone(&promotion.to_calculate()) => CodeState::NotCombined,
        false => CodeState::ConditionsNotMet,
    };
    let state_of = |code: &PromotionCode| match (refused.get(code), input.codes.get(code)) {
        (Some(refused), _) => *refused,
        (None, Some(promotion)) => state(promotion),
        (None, None) => CodeState::Ended,
    };
    priced.codes = input.cart.codes.iter().map(|code| (code.code.clone(), state_of(&code.code))).collect();
    let (buyer, email) = (input.cart.owner, input.cart.details.email.as_ref());
    let used = candidates.iter().filter(|candidate| taken_off.contains_key(&candidate.promotion.id.uuid()));
    priced.uses = used.flat_map(|candidate| candidate.promotion.uses_of(buyer, email)).collect();
    let mut amounts = totals.lines.iter();
    for line in priced.lines.iter_mut().filter(|line| unpriced_exists(line)) {
        line.totals = amounts.next().cloned();
    }
    priced.totals = totals;
}

fn unpriced_exists(line: &PricedLine) -> bool {
    line.item.is_some() && line.price.is_some()
}

fn unpriced(line: &PricedLine) -> Option<UnpricedLine> {
    let (item, price) = (line.item.as_ref()?, line.price.as_ref()?);
    Some(UnpricedLine {
        variant_id: line.variant_id,
        product_id: item.product_id,
        categories: item.categories.clone(),
        unit_price: price.unit_price_minor,
        quantity: line.quantity,
        tax_rate: line.tax_rate.unwrap_or(Rate::ZERO),
    })
}

fn rate_of(input: &PricingInput<'_>, country: Option<&CountryCode>, class: &TaxClass) -> Rate {
    country.and_then(|country| input.settings.taxes.rate(class, country)).unwrap_or(Rate::ZERO)
}

fn no_totals() -> Totals {
    Totals { lines: Vec::new(), shipping: None, taxes: Vec::new(), discount: 0, net: 0, tax: 0, total: 0 }
}

#[cfg(test)]
#[path = "cart_pricing_tests.rs"]
mod tests;
