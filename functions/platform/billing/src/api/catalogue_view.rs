//! The catalogue in requests and responses.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kit::http::Fields;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, PriceId, TaxClass};
use utoipa::ToSchema;

use crate::domain::catalogue::{Allowance, Catalogue, Entitlements, Listed, Offer, Plan, Price, Product};
use crate::domain::codes::{EntitlementName, PlanCode, PriceCode, ProductCode};
use crate::domain::period::Interval;

/// What a plan allows of one thing.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum PlanAllowance {
    /// At most so many.
    Limit {
        /// The most.
        #[schema(minimum = 0, maximum = 1_000_000_000_000_u64, example = 10)]
        limit: u64,
    },
    /// As many as wanted.
    Unlimited,
    /// It is allowed.
    Allowed,
    /// It is not allowed, as everything that the plan does not name.
    NotAllowed,
}

impl From<PlanAllowance> for Allowance {
    fn from(allowance: PlanAllowance) -> Self {
        match allowance {
            PlanAllowance::Limit { limit } => Self::Limit(limit),
            PlanAllowance::Unlimited => Self::Unlimited,
            PlanAllowance::Allowed => Self::Allowed(true),
            PlanAllowance::NotAllowed => Self::Allowed(false),
        }
    }
}

impl From<Allowance> for PlanAllowance {
    fn from(allowance: Allowance) -> Self {
        match allowance {
            Allowance::Limit(limit) => Self::Limit { limit },
            Allowance::Unlimited => Self::Unlimited,
            Allowance::Allowed(true) => Self::Allowed,
            Allowance::Allowed(false) => Self::NotAllowed,
        }
    }
}

/// Entitlement of a plan.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanEntitlement {
    /// What it is about.
    pub name: EntitlementName,
    /// What the plan allows of it.
    pub allowance: PlanAllowance,
}

impl PlanEntitlement {
    /// The entitlements of a request, each name once.
    pub fn read_all(entitlements: &[Self], fields: &mut Fields) -> Entitlements {
        let mut all = BTreeMap::new();
        for (index, entitlement) in entitlements.iter().enumerate() {
            if all.insert(entitlement.name.clone(), Allowance::from(entitlement.allowance)).is_some() {
                fields.refuse(&format!("entitlements[{index}].name"), "is repeated: send each name once");
            }
        }
        all
    }

    fn all_of(plan: &Plan) -> Vec<Self> {
        let entitlements = plan.entitlements.iter();
        entitlements.map(|(name, allowance)| Self { name: name.clone(), allowance: (*allowance).into() }).collect()
    }
}

/// Price of a plan that is offered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferedPrice {
    /// ID of this version of the price.
    pub id: PriceId,
    /// Code of the price, the same for all versions.
    pub code: PriceCode,
    /// Version, from 1.
    pub version: u32,
    /// How long a period is.
    pub interval: Interval,
    /// Amount per period in minor units.
    pub amount_minor: i64,
    /// Currency.
    pub currency: CurrencyCode,
    /// Length of the trial in days; 0 for none.
    pub trial_days: u16,
}

impl From<&Price> for OfferedPrice {
    fn from(price: &Price) -> Self {
        Self {
            id: price.id,
            code: price.code.clone(),
            version: price.version,
            interval: price.interval,
            amount_minor: price.amount,
            currency: price.currency.clone(),
            trial_days: price.trial_days,
        }
    }
}

/// Plan that is offered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferedPlan {
    /// Code.
    pub code: PlanCode,
    /// Name.
    #[schema(example = "Family")]
    pub name: String,
    /// Code of its product.
    pub product: ProductCode,
    /// Name of its product.
    #[schema(example = "Atoll")]
    pub product_name: String,
    /// Order among the plans of the product: a change to a higher rank is an upgrade.
    pub rank: u16,
    /// What it allows. What is not named is not allowed.
    pub entitlements: Vec<PlanEntitlement>,
    /// Prices that can be chosen. Empty for a plan that is not sold.
    pub prices: Vec<OfferedPrice>,
}

impl From<&Offer<'_>> for OfferedPlan {
    fn from(offer: &Offer<'_>) -> Self {
        Self {
            code: offer.plan.code.clone(),
            name: offer.plan.name.clone(),
            product: offer.product.code.clone(),
            product_name: offer.product.name.clone(),
            rank: offer.plan.rank,
            entitlements: PlanEntitlement::all_of(offer.plan),
            prices: offer.prices.iter().map(|price| OfferedPrice::from(*price)).collect(),
        }
    }
}

/// Plans that are offered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OfferedPlanList {
    /// The plans, by product, then by rank.
    pub items: Vec<OfferedPlan>,
}

impl From<&Catalogue> for OfferedPlanList {
    fn from(catalogue: &Catalogue) -> Self {
        Self { items: catalogue.offers().iter().map(OfferedPlan::from).collect() }
    }
}

/// Product of the catalogue.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BillingProductView {
    /// Code.
    pub code: ProductCode,
    /// Name on invoices.
    #[schema(example = "Atoll")]
    pub name: String,
    /// How it is taxed.
    pub tax_class: TaxClass,
    /// Its plans are not offered any more.
    pub retired: bool,
}

impl From<Listed<'_, Product>> for BillingProductView {
    fn from(Listed { entry, is_retired }: Listed<'_, Product>) -> Self {
        let Product { code, name, tax_class } = entry.clone();
        Self { code, name, tax_class, retired: is_retired }
    }
}

/// Plan of the catalogue.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BillingPlanView {
    /// Code.
    pub code: PlanCode,
    /// Code of its product.
    pub product: ProductCode,
    /// Name.
    #[schema(example = "Family")]
    pub name: String,
    /// Order among the plans of the product: a change to a higher rank is an upgrade.
    pub rank: u16,
    /// What it allows. What is not named is not allowed.
    pub entitlements: Vec<PlanEntitlement>,
    /// It is neither offered nor granted any more.
    pub retired: bool,
}

impl From<Listed<'_, Plan>> for BillingPlanView {
    fn from(Listed { entry, is_retired }: Listed<'_, Plan>) -> Self {
        Self {
            code: entry.code.clone(),
            product: entry.product.clone(),
            name: entry.name.clone(),
            rank: entry.rank,
            entitlements: PlanEntitlement::all_of(entry),
            retired: is_retired,
        }
    }
}

/// Newest version of a price of the catalogue.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BillingPriceView {
    /// ID of this version.
    pub id: PriceId,
    /// Code, the same for all versions.
    pub code: PriceCode,
    /// Version, from 1.
    pub version: u32,
    /// Code of the plan.
    pub plan: PlanCode,
    /// Rank of the plan when the version was published.
    pub rank: u16,
    /// How long a period is.
    pub interval: Interval,
    /// Amount per period in minor units.
    pub amount_minor: i64,
    /// Currency.
    pub currency: CurrencyCode,
    /// Length of the trial in days; 0 for none.
    pub trial_days: u16,
    /// How it is taxed.
    pub tax_class: TaxClass,
    /// Time of publication.
    #[serde(serialize_with = "types::time::millis")]
    pub published_at: Timestamp,
    /// It is not offered any more.
    pub retired: bool,
}

impl From<Listed<'_, Price>> for BillingPriceView {
    fn from(Listed { entry, is_retired }: Listed<'_, Price>) -> Self {
        Self {
            id: entry.id,
            code: entry.code.clone(),
            version: entry.version,
            plan: entry.plan.clone(),
            rank: entry.rank,
            interval: entry.interval,
            amount_minor: entry.amount,
            currency: entry.currency.clone(),
            trial_days: entry.trial_days,
            tax_class: entry.tax_class.clone(),
            published_at: entry.published_at,
            retired: is_retired,
        }
    }
}

/// The whole catalogue.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CatalogueView {
    /// Products, by their codes.
    pub products: Vec<BillingProductView>,
    /// Plans, by their codes.
    pub plans: Vec<BillingPlanView>,
    /// Newest versions of prices, by their codes.
    pub prices: Vec<BillingPriceView>,
}

impl From<&Catalogue> for CatalogueView {
    fn from(catalogue: &Catalogue) -> Self {
        Self {
            products: catalogue.products().map(BillingProductView::from).collect(),
            plans: catalogue.plans().map(BillingPlanView::from).collect(),
            prices: catalogue.prices().map(BillingPriceView::from).collect(),
        }
    }
}
