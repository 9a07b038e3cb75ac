//! The catalogue: products, plans with entitlements as data, and immutable, versioned prices.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, PriceId, TaxClass};

use super::codes::{EntitlementName, PlanCode, PriceCode, ProductCode};
use super::period::Interval;

/// The highest amount of a price in minor units. Sums of an invoice's lines with tax are far from the limits of numbers.
pub const MAX_AMOUNT: i64 = 1_000_000_000_000;
/// The longest trial, in days.
const MAX_TRIAL_DAYS: u16 = 365;
/// The most entitlements of a plan.
const MAX_ENTITLEMENTS: usize = 50;

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
}

/// All that is on sale, and all that subscriptions still have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    products: BTreeMap<ProductCode, Product>,
    plans: BTreeMap<PlanCode, Plan>,
    prices: BTreeMap<PriceId, Price>,
}

impl Catalogue {
    /// Adds or replaces a product.
    pub fn set_product(&mut self, product: Product) {
        self.products.insert(product.code.clone(), product);
    }

    /// Adds or replaces a plan. Prices that are published keep the rank that they were published with.
    pub fn set_plan(&mut self, plan: Plan) -> Result<(), CatalogueError> {
        if !self.products.contains_key(&plan.product) {
            return Err(CatalogueError::NoSuchProduct);
        }
        if plan.entitlements.len() > MAX_ENTITLEMENTS {
            return Err(CatalogueError::TooManyEntitlements);
        }
        self.plans.insert(plan.code.clone(), plan);
        Ok(())
    }

    /// Publishes a price as the next version of its code. Idempotent by ID.
    pub fn publish(&mut self, new: NewPrice, now: Timestamp) -> Result<Price, CatalogueError> {
        if let Some(published) = self.prices.get(&new.id) {
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
        let plan = self.plans.get(&new.plan).ok_or(CatalogueError::NoSuchPlan)?;
        let product = self.products.get(&plan.product).ok_or(CatalogueError::NoSuchProduct)?;
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
        self.prices.insert(price.id, price.clone());
        Ok(price)
    }

    /// The newest version of a price, which new subscriptions get.
    pub fn current(&self, code: &PriceCode) -> Option<&Price> {
        self.prices.values().filter(|price| price.code == *code).max_by_key(|price| price.version)
    }

    /// A version of a price, also one that is not offered any more.
    pub fn price(&self, id: PriceId) -> Option<&Price> {
        self.prices.get(&id)
    }

    /// A plan.
    pub fn plan(&self, code: &PlanCode) -> Option<&Plan> {
        self.plans.get(code)
    }

    /// What a plan allows of one thing. Nothing if the plan or the name is unknown.
    pub fn allowance(&self, plan: &PlanCode, name: &EntitlementName) -> Allowance {
        let entitlements = self.plans.get(plan).map(|plan| &plan.entitlements);
        entitlements.and_then(|all| all.get(name)).copied().unwrap_or(Allowance::Allowed(false))
    }
}

impl Price {
    /// Compares it with another price: by the rank of their plans, then by interval, then by amount.
    pub fn direction_to(&self, to: &Self) -> Direction {
        let order = |price: &Self| (price.rank, price.interval.months(), price.amount);
        if order(to) >= order(self) { Direction::Upgrade } else { Direction::Downgrade }
    }

    fn is_as(&self, new: &NewPrice) -> bool {
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
