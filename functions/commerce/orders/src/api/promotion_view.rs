//! Promotions in requests and responses.

use jiff::Timestamp;
use money::Rate;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, PromotionId};
use utoipa::ToSchema;

use crate::domain::names::{GroupCode, PromotionCode};
use crate::domain::promotion::{Effect, Target};
use crate::domain::shop_promotion::{ShopPromotion, UseLimits};

/// What a promotion takes off.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum PromotionEffect {
    /// A percentage of each line.
    LinePercentage {
        /// Fraction in millionths: 100000 is 10 %.
        #[schema(value_type = u32, minimum = 0, maximum = 1_000_000, example = 100_000)]
        rate: Rate,
        /// Lines that it applies to.
        target: Target,
    },
    /// Of each `buy + get` units, `get` units are discounted: the cheapest ones.
    BuyGet {
        /// Number of units to buy.
        #[schema(minimum = 1, maximum = 1000, example = 2)]
        buy: u32,
        /// Number of discounted units.
        #[schema(minimum = 1, maximum = 1000, example = 1)]
        get: u32,
        /// Fraction of the price in millionths: 1000000 makes the units free.
        #[schema(value_type = u32, minimum = 0, maximum = 1_000_000, example = 1_000_000)]
        rate: Rate,
        /// Lines that count and are discounted.
        target: Target,
    },
    /// A percentage of the order without shipping.
    OrderPercentage {
        /// Fraction in millionths: 100000 is 10 %.
        #[schema(value_type = u32, minimum = 0, maximum = 1_000_000, example = 100_000)]
        rate: Rate,
    },
    /// A fixed amount, divided among the lines by their amounts.
    #[serde(rename_all = "camelCase")]
    OrderAmount {
        /// Amount in minor units of the promotion's currency.
        #[schema(minimum = 1, maximum = 1_000_000_000_000_i64, example = 500)]
        amount_minor: i64,
    },
    /// Free shipping.
    FreeShipping,
}

impl From<PromotionEffect> for Effect {
    fn from(effect: PromotionEffect) -> Self {
        match effect {
            PromotionEffect::LinePercentage { rate, target } => Self::LinePercentage { rate, target },
            PromotionEffect::BuyGet { buy, get, rate, target } => Self::BuyGet { buy, get, rate, target },
            PromotionEffect::OrderPercentage { rate } => Self::OrderPercentage { rate },
            PromotionEffect::OrderAmount { amount_minor } => Self::OrderAmount { amount_minor },
            PromotionEffect::FreeShipping => Self::FreeShipping,
        }
    }
}

impl From<&Effect> for PromotionEffect {
    fn from(effect: &Effect) -> Self {
        match effect.clone() {
            Effect::LinePercentage { rate, target } => Self::LinePercentage { rate, target },
            Effect::BuyGet { buy, get, rate, target } => Self::BuyGet { buy, get, rate, target },
            Effect::OrderPercentage { rate } => Self::OrderPercentage { rate },
            Effect::OrderAmount { amount_minor } => Self::OrderAmount { amount_minor },
            Effect::FreeShipping => Self::FreeShipping,
        }
    }
}

/// How many orders may use a promotion. Requires codes.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PromotionLimits {
    /// Orders in total. Null for no limit.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 100)]
    pub total: Option<u32>,
    /// Orders per account. Guests cannot use the promotion. Null for no limit.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 1)]
    pub per_account: Option<u32>,
    /// Orders per e-mail address. Null for no limit.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 1)]
    pub per_email: Option<u32>,
}

impl From<PromotionLimits> for UseLimits {
    fn from(PromotionLimits { total, per_account, per_email }: PromotionLimits) -> Self {
        Self { total, per_account, per_email }
    }
}

impl From<UseLimits> for PromotionLimits {
    fn from(UseLimits { total, per_account, per_email }: UseLimits) -> Self {
        Self { total, per_account, per_email }
    }
}

/// Promotion.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PromotionView {
    /// Promotion ID.
    pub id: PromotionId,
    /// Name, which buyers see.
    #[schema(example = "Spring sale")]
    pub name: String,
    /// What it takes off.
    pub effect: PromotionEffect,
    /// Currency of its amounts. With one, it applies to carts in this currency only.
    pub currency: Option<CurrencyCode>,
    /// Least sum of the lines before all discounts, in minor units; 0 for no condition.
    pub min_subtotal_minor: i64,
    /// Of the promotions of a group only the best one applies.
    pub group: Option<GroupCode>,
    /// It applies alone or not at all.
    pub exclusive: bool,
    /// Promotions apply by rising priority, each on what the ones before left.
    pub priority: u16,
    /// When it begins to apply.
    #[serde(serialize_with = "types::time::millis")]
    pub valid_from: Timestamp,
    /// When it ends to apply. Null for never.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub valid_until: Option<Timestamp>,
    /// Codes. With none, it applies to every cart.
    pub codes: Vec<PromotionCode>,
    /// How many orders may use it.
    pub limits: PromotionLimits,
    /// Orders that used it so far. Null without a total limit, since nothing is counted then.
    pub used: Option<u32>,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    pub created_at: Timestamp,
}

impl PromotionView {
    /// A promotion, with the uses that were counted in total.
    pub fn new(promotion: &ShopPromotion, used: u32) -> Self {
        let terms = promotion.terms.clone();
        Self {
            id: promotion.id,
            name: terms.name,
            effect: PromotionEffect::from(&terms.effect),
            currency: terms.currency,
            min_subtotal_minor: terms.min_subtotal_minor,
            group: terms.group,
            exclusive: terms.exclusive,
            priority: terms.priority,
            valid_from: terms.valid_from,
            valid_until: terms.valid_until,
            codes: terms.codes,
            limits: terms.limits.into(),
            used: terms.limits.total.map(|_| used),
            created_at: promotion.created_at,
        }
    }
}
