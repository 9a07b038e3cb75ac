//! The catalogue: products, plans with entitlements as data, and immutable, versioned prices.
//!
//! Every change of it is decided here, on the whole catalogue.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, PriceId, TaxClass};

use super::codes::{EntitlementName, PlanCode, PriceCode, ProductCode};
use super::period::Interval;

/// The highest amount of a price in minor units. Sums of an invoice's lines with tax are far from the limits of numbers.
pub const MAX_AMOUNT: i64 = 1_000_000_000_000;
/// The longest trial, in days.
pub const MAX_TRIAL_DAYS: u16 = 365;
/// The most entitlements of a plan.
pub const MAX_ENTITLEMENTS: usize = 50;
/// The most products, retired ones included. The bounds keep the catalogue, which is one item, far below 400 KB.
pub const MAX_PRODUCTS: usize = 20;
/// The most plans, retired ones included.
pub const MAX_PLANS: usize = 50;
/// The most prices, retired ones included. All versions of a price count once.
pub const MAX_PRICES: usize = 200;
/// The longest name of a product or plan, in characters.
pub const MAX_NAME_CHARS: usize = 60;

/// A product: what its plans are variants of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Code.
    pub code: ProductCode,
    /// Name on invoices.
    pub name: String,
    /// How it is taxed.
    pub tax_class: TaxClass,
}

/// What a plan allows of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allowance {
    /// At most so many.
    Limit(u64),
    /// As many as wanted.
    Unlimited,
    /// It is allowed or not.
    Allowed(bool),
}

/// What a plan allows, by name. What is not named is not allowed.
pub type Entitlements = BTreeMap<EntitlementName, Allowance>;

/// A plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Code.
    pub code: PlanCode,
    /// Product.
    pub product: ProductCode,
    /// Name for people.
    pub name: String,
    /// Order among the plans of a product: a change to a higher rank is an upgrade.
    pub rank: u16,
    /// What it allows.
    pub entitlements: Entitlements,
}

/// One version of a price. It never changes: a subscription keeps the version that it was started with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// ID.
    pub id: PriceId,
    /// Code, the same for all versions.
    pub code: PriceCode,
    /// Version, from 1.
    pub version: u32,
    /// Plan.
    pub plan: PlanCode,
    /// Rank of the plan when the price was published.
    pub rank: u16,
    /// How long a period is.
    pub interval: Interval,
    /// Amount per period in minor units.
    pub amount: i64,
    /// Currency.
    pub currency: CurrencyCode,
    /// Length of the trial in days. 0: none.
    pub trial_days: u16,
    /// How it is taxed.
    pub tax_class: TaxClass,
    /// From when on new subscriptions may choose it.
    pub published_at: Timestamp,
}

/// Whether a price is more or less than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// A plan of a higher rank, or a longer interval, or a higher amount.
    Upgrade,
    /// The opposite.
    Downgrade,
}

/// What a price is published with. The catalogue adds version, rank and tax class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPrice {
    /// ID.
    pub id: PriceId,
    /// Code, the same for all versions.
    pub code: PriceCode,
    /// Plan.
    pub plan: PlanCode,
    /// How long a period is.
    pub interval: Interval,
    /// Amount per period in minor units.
    pub amount: i64,
    /// Currency.
    pub currency: CurrencyCode,
    /// Length of the trial in days. 0: none.
    pub trial_days: u16,
}

/// Why a product, plan or price is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// The product does not exist.
    #[error("the product does not exist")]
    NoSuchProduct,
    /// The plan does not exist.
    #[error("the plan does not exist")]
    NoSuchPlan,
    /// The price exists with other values.
    #[error("a published price never changes: publish a new version")]
    PriceIsPublished,
    /// The versions of a price differ in more than the amount and the trial.
    #[error("all versions of a price have one plan, interval and currency: choose another code")]
    OtherPrice,
    /// The amount is negative.
    #[error("an amount must not be negative")]
    NegativeAmount,
    /// The amount is too high.
    #[error("an amount is at most {MAX_AMOUNT} minor units")]
    AmountTooHigh,
    /// The trial is too long.
    #[error("a trial has at most {MAX_TRIAL_DAYS} days")]
    TrialTooLong,
    /// There are too many entitlements.
    #[error("a plan has at most {MAX_ENTITLEMENTS} entitlements")]
    TooManyEntitlements,
    /// The catalogue has as many products as it may have.
    #[error("the catalogue has at most {MAX_PRODUCTS} products, including retired ones")]
    TooManyProducts,
    /// The catalogue has as many plans as it may have.
    #[error("the catalogue has at most {MAX_PLANS} plans, including retired ones")]
    TooManyPlans,
    /// The catalogue has as many prices as it may have.
    #[error("the catalogue has at most {MAX_PRICES} prices, including retired ones")]
    TooManyPrices,
}

/// Entries by their code, and the codes of those that are retired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound(deserialize = "C: Ord + Deserialize<'de>, E: Deserialize<'de>"))]
struct Entries<C, E> {
    all: BTreeMap<C, E>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    retired: BTreeSet<C>,
}

impl<C, E> Default for Entries<C, E> {
    fn default() -> Self {
        Self { all: BTreeMap::new(), retired: BTreeSet::new() }
    }
}

impl<C: Ord + Clone, E> Entries<C, E> {
    /// Adds or replaces an entry, which is then not retired. False if there is no room for a new one.
    fn set(&mut self, code: C, entry: E, max: usize) -> bool {
        if self.all.len() >= max && !self.all.contains_key(&code) {
            return false;
        }
        self.retired.remove(&code);
        self.all.insert(code, entry);
        true
    }

    /// Retires an entry. None if there is no such entry; false if it is retired already.
    fn retire(&mut self, code: &C) -> Option<bool> {
        self.all.contains_key(code).then(|| self.retired.insert(code.clone()))
    }

    fn listed(&self) -> impl Iterator<Item = Listed<'_, E>> {
        self.all.iter().map(move |(code, entry)| Listed { entry, is_retired: self.retired.contains(code) })
    }

    fn offered(&self) -> impl Iterator<Item = &E> {
        self.listed().filter(|listed| !listed.is_retired).map(|listed| listed.entry)
    }

    fn is_offered(&self, code: &C) -> bool {
        self.all.contains_key(code) && !self.retired.contains(code)
    }
}

/// An entry of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed<'a, E> {
    /// The product, plan or price.
    pub entry: &'a E,
    /// True if it is not offered any more.
    pub is_retired: bool,
}

/// A plan that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer<'a> {
    /// The product of the plan.
    pub product: &'a Product,
    /// The plan.
    pub plan: &'a Plan,
    /// Its prices, in the order of their codes.
    pub prices: Vec<&'a Price>,
}

/// All that is on sale, and the newest version of each price. Retired entries stay: subscriptions still have them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Catalogue {
    products: Entries<ProductCode, Product>,
    plans: Entries<PlanCode, Plan>,
    prices: Entries<PriceCode, Price>,
}

impl Catalogue {
    /// Adds or replaces a product, which is offered then.
    pub fn set_product(&mut self, product: Product) -> Result<(), CatalogueError> {
        let is_set = self.products.set(product.code.clone(), product, MAX_PRODUCTS);
        is_set.then_some(()).ok_or(CatalogueError::TooManyProducts)
    }

    /// Adds or replaces a plan, which is offered then. Prices that are published keep the rank that they were published with.
    pub fn set_plan(&mut self, plan: Plan) -> Result<(), CatalogueError> {
        if !self.products.all.contains_key(&plan.product) {
            return Err(CatalogueError::NoSuchProduct);
        }
        if plan.entitlements.len() > MAX_ENTITLEMENTS {
            return Err(CatalogueError::TooManyEntitlements);
        }
        let is_set = self.plans.set(plan.code.clone(), plan, MAX_PLANS);
        is_set.then_some(()).ok_or(CatalogueError::TooManyPlans)
    }

    /// Publishes a price as the next version of its code, which is offered then. Idempotent by ID while it is the newest version;
    /// the caller stores each version once, by its ID.
    pub fn publish(&mut self, new: NewPrice, now: Timestamp) -> Result<Price, CatalogueError> {
        if let Some(published) = self.prices.all.values().find(|price| price.id == new.id) {
            return if published.is_as(&new) { Ok(published.clone()) } else { Err(CatalogueError::PriceIsPublished) };
        }
        if new.amount < 0 {
            return Err(CatalogueError::NegativeAmount);
        }
        if new.amount > MAX_AMOUNT {
            return Err(CatalogueError::AmountTooHigh);
        }
        if new.trial_days > MAX_TRIAL_DAYS {
            return Err(CatalogueError::TrialTooLong);
        }
        let plan = self.plans.all.get(&new.plan).ok_or(CatalogueError::NoSuchPlan)?;
        let product = self.products.all.get(&plan.product).ok_or(CatalogueError::NoSuchProduct)?;
        let last = self.current(&new.code);
        if last
            .is_some_and(|last| (&last.plan, last.interval, &last.currency) != (&new.plan, new.interval, &new.currency))
        {
            return Err(CatalogueError::OtherPrice);
        }
        let price = Price {
            version: last.map_or(0, |last| last.version) + 1,
            rank: plan.rank,
            tax_class: product.tax_class.clone(),
            published_at: now,
            id: new.id,
            code: new.code,
            plan: new.plan,
            interval: new.interval,
            amount: new.amount,
            currency: new.currency,
            trial_days: new.trial_days,
        };
        let is_set = self.prices.set(price.code.clone(), price.clone(), MAX_PRICES);
        is_set.then_some(price).ok_or(CatalogueError::TooManyPrices)
    }

    /// Retires a product: its plans are not offered any more. None if there is none; false if it is retired already.
    pub fn retire_product(&mut self, code: &ProductCode) -> Option<bool> {
        self.products.retire(code)
    }

    /// Retires a plan: it is neither offered nor granted any more. None if there is none; false if it is retired already.
    pub fn retire_plan(&mut self, code: &PlanCode) -> Option<bool> {
        self.plans.retire(code)
    }

    /// Retires a price. None if there is none; false if it is retired already.
    pub fn retire_price(&mut self, code: &PriceCode) -> Option<bool> {
        self.prices.retire(code)
    }

    /// All products, in the order of their codes.
    pub fn products(&self) -> impl Iterator<Item = Listed<'_, Product>> {
        self.products.listed()
    }

    /// All plans, in the order of their codes.
    pub fn plans(&self) -> impl Iterator<Item = Listed<'_, Plan>> {
        self.plans.listed()
    }

    /// The newest versions of all prices, in the order of their codes.
    pub fn prices(&self) -> impl Iterator<Item = Listed<'_, Price>> {
        self.prices.listed()
    }

    /// The plans that can be chosen: by product, then by rank.
    pub fn offers(&self) -> Vec<Offer<'_>> {
        let mut offers: Vec<_> = self.plans.offered().filter_map(|plan| self.offer(plan)).collect();
        offers.sort_by(|a, b| {
            (&a.product.code, a.plan.rank, &a.plan.code).cmp(&(&b.product.code, b.plan.rank, &b.plan.code))
        });
        offers
    }

    /// The offer of a plan that is not retired; none if its product is.
    fn offer<'a>(&'a self, plan: &'a Plan) -> Option<Offer<'a>> {
        let product = self.products.all.get(&plan.product).filter(|_| self.products.is_offered(&plan.product))?;
        let prices = self.prices.offered().filter(|price| price.plan == plan.code).collect();
        Some(Offer { product, plan, prices })
    }

    /// True if the plan exists and is not retired.
    pub fn is_offered(&self, plan: &PlanCode) -> bool {
        self.plans.is_offered(plan)
    }

    /// The newest version of a price, which new subscriptions get.
    pub fn current(&self, code: &PriceCode) -> Option<&Price> {
        self.prices.all.get(code)
    }

    /// A plan.
    pub fn plan(&self, code: &PlanCode) -> Option<&Plan> {
        self.plans.all.get(code)
    }

    /// What a plan allows of one thing. Nothing if the plan or the name is unknown.
    pub fn allowance(&self, plan: &PlanCode, name: &EntitlementName) -> Allowance {
        let entitlements = self.plan(plan).map(|plan| &plan.entitlements);
        entitlements.and_then(|all| all.get(name)).copied().unwrap_or(Allowance::Allowed(false))
    }
}

impl Price {
    /// Compares it with another price: by the rank of their plans, then by interval, then by amount.
    pub fn direction_to(&self, to: &Self) -> Direction {
        let order = |price: &Self| (price.rank, price.interval.months(), price.amount);
        if order(to) >= order(self) { Direction::Upgrade } else { Direction::Downgrade }
    }

    /// True if it was published with these values.
    pub fn is_as(&self, new: &NewPrice) -> bool {
        (&self.code, &self.plan, self.interval, self.amount, &self.currency, self.trial_days)
            == (&new.code, &new.plan, new.interval, new.amount, &new.currency, new.trial_days)
    }
}

impl Allowance {
    /// True if `used` of it, counting the one that is asked for, is allowed.
    pub fn permits(self, used: u64) -> bool {
        match self {
            Self::Limit(limit) => used <= limit,
            Self::Unlimited => true,
            Self::Allowed(allowed) => allowed,
        }
    }
}

#[cfg(test)]
#[path = "catalogue_tests.rs"]
mod tests;
