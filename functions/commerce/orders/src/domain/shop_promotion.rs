//! Promotions as managers keep them: what is taken off, when, for whom, and how often.
//!
//! A promotion without codes applies to every cart; the shop has few of these, in one item. One with codes applies to carts that
//! have one of them. Uses are limited for promotions with codes only: who counts is known before a cart is priced.

use contracts::orders::{PromotedVariants, PromotionChanged, PublicReduction};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{BuyerId, CurrencyCode, EmailAddress, PromotionId, UserId, Uuid, derive_id};

use super::names::{GroupCode, PromotionCode};
use super::pricing::MAX_TOTAL_MINOR;
use super::promotion::{Effect, MAX_TARGETS, Promotion, Target};

/// Maximum number of promotions without codes that have not ended.
pub const MAX_AUTOMATIC: usize = 20;
/// Maximum number of codes of a promotion.
pub const MAX_CODES: usize = 20;
/// Maximum length of a promotion's name in characters.
pub const MAX_NAME_CHARS: usize = 100;
/// Maximum limit of uses.
pub const MAX_USES: u32 = 1_000_000_000;
/// Maximum priority of a promotion.
pub const MAX_PRIORITY: u16 = 1_000;
/// Maximum number of units to buy, and to get.
pub const MAX_SET_UNITS: u32 = 1_000;

/// How often a promotion may be used; unlimited where there is none. Uses are counted from when a limit is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UseLimits {
    /// Orders in total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    /// Orders per account. Guests cannot use the promotion.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_account: Option<u32>,
    /// Orders per e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_email: Option<u32>,
}

impl UseLimits {
    fn all(self) -> impl Iterator<Item = u32> {
        [self.total, self.per_account, self.per_email].into_iter().flatten()
    }
}

/// What a manager sets of a promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromotionTerms {
    /// Name, which buyers see.
    pub name: String,
    /// What it takes off.
    pub effect: Effect,
    /// Currency of its amounts. With one, the promotion applies to carts in this currency only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<CurrencyCode>,
    /// Least sum of the lines before all discounts, in minor units; 0 for no condition.
    #[serde(default)]
    pub min_subtotal_minor: i64,
    /// Of the promotions of a group only the best one applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupCode>,
    /// It applies alone or not at all.
    pub exclusive: bool,
    /// Promotions apply by rising priority, each on what the ones before left.
    pub priority: u16,
    /// When it begins to apply.
    pub valid_from: Timestamp,
    /// When it ends to apply; never if there is no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// Codes. With none, the promotion applies to every cart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<PromotionCode>,
    /// How often it may be used.
    #[serde(default)]
    pub limits: UseLimits,
}

/// Reason why the terms of a promotion are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// It ends before it begins.
    #[error("must be after validFrom")]
    Empty,
    /// Too many codes, or one twice.
    #[error("must have at most {MAX_CODES} different codes")]
    Codes,
    /// An amount without a currency.
    #[error("is required for a promotion with an amount or a minimum subtotal: its amounts are in this currency")]
    CurrencyMissing,
    /// The minimum subtotal is out of bounds.
    #[error("must be 0 to {MAX_TOTAL_MINOR} minor units")]
    MinSubtotal,
    /// A limit without codes.
    #[error("need codes: add a code, or remove the limits")]
    LimitsNeedCodes,
    /// A limit is out of bounds.
    #[error("must be 1 to {MAX_USES}")]
    Limits,
    /// The priority is out of bounds.
    #[error("must be a number from 0 to {MAX_PRIORITY}")]
    Priority,
    /// The amount is out of bounds.
    #[error("must have an amount of 1 to {MAX_TOTAL_MINOR} minor units")]
    Amount,
    /// Units of a set are out of bounds.
    #[error("must have 1 to {MAX_SET_UNITS} units to buy and to get")]
    Units,
    /// A target names nothing, or too much.
    #[error("must have a target with 1 to {MAX_TARGETS} ids or slugs")]
    Targets,
    /// A reduction for everybody of the products of categories. Products enter and leave categories, and the price history of
    /// the catalog would not know since when a product is reduced (Directive 98/6/EC, article 6a).
    #[error(
        "must not be a percentage of the lines of categories without a code or a minimum subtotal: name products, or add a code"
    )]
    ReducedCategories,
}

impl PromotionTerms {
    /// Returns the terms if they fit together.
    pub fn checked(self) -> Result<Self, TermsError> {
        check_effect(&self.effect)?;
        let mut codes = self.codes.clone();
        codes.sort_unstable();
        codes.dedup();
        let has_amount = matches!(self.effect, Effect::OrderAmount { .. }) || self.min_subtotal_minor != 0;
        let refused = [
            (self.valid_until.is_some_and(|until| until <= self.valid_from), TermsError::Empty),
            (codes.len() != self.codes.len() || codes.len() > MAX_CODES, TermsError::Codes),
            (!(0..=MAX_TOTAL_MINOR).contains(&self.min_subtotal_minor), TermsError::MinSubtotal),
            (has_amount && self.currency.is_none(), TermsError::CurrencyMissing),
            (self.limits.all().any(|limit| !(1..=MAX_USES).contains(&limit)), TermsError::Limits),
            (codes.is_empty() && self.limits.all().next().is_some(), TermsError::LimitsNeedCodes),
            (self.priority > MAX_PRIORITY, TermsError::Priority),
            (self.reduces_categories(), TermsError::ReducedCategories),
        ];
        match refused.into_iter().find(|(is_refused, _)| *is_refused) {
            Some((_, error)) => Err(error),
            None => Ok(self),
        }
    }

    /// True if it reduces the prices of categories for everybody.
    fn reduces_categories(&self) -> bool {
        let of_categories = matches!(self.effect, Effect::LinePercentage { target: Target::Categories { .. }, .. });
        of_categories && self.is_unconditional()
    }

    /// True if it applies to every cart.
    fn is_unconditional(&self) -> bool {
        self.codes.is_empty() && self.min_subtotal_minor == 0
    }

    /// True if it applies at a moment.
    pub fn applies_at(&self, now: Timestamp) -> bool {
        self.valid_from <= now && !self.has_ended(now)
    }

    /// True if it has ended.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.valid_until.is_some_and(|until| until <= now)
    }

    /// The reduction of prices that it is for everybody, if it is one.
    fn reduction(&self) -> Option<PublicReduction> {
        let Effect::LinePercentage { rate, target } = &self.effect else { return None };
        let target = match target {
            Target::Everything => PromotedVariants::Everything,
            Target::Products { ids } => PromotedVariants::Products { ids: ids.clone() },
            Target::Variants { ids } => PromotedVariants::Variants { ids: ids.clone() },
            // Refused by `checked`.
            Target::Categories { .. } => return None,
        };
        self.is_unconditional().then(|| PublicReduction {
            rate_millionths: rate.millionths(),
            target,
            currency: self.currency.clone(),
            priority: self.priority.into(),
            group: self.group.as_ref().map(ToString::to_string),
            exclusive: self.exclusive,
        })
    }
}

fn check_effect(effect: &Effect) -> Result<(), TermsError> {
    let units = 1..=MAX_SET_UNITS;
    match effect {
        Effect::OrderAmount { amount_minor } if !(1..=MAX_TOTAL_MINOR).contains(amount_minor) => {
            Err(TermsError::Amount)
        }
        Effect::BuyGet { buy, get, .. } if !units.contains(buy) || !units.contains(get) => Err(TermsError::Units),
        Effect::LinePercentage { target, .. } | Effect::BuyGet { target, .. } => {
            let named = match target {
                Target::Everything => return Ok(()),
                Target::Products { ids } => ids.len(),
                Target::Variants { ids } => ids.len(),
                Target::Categories { slugs } => slugs.len(),
            };
            if (1..=MAX_TARGETS).contains(&named) { Ok(()) } else { Err(TermsError::Targets) }
        }
        Effect::OrderAmount { .. } | Effect::OrderPercentage { .. } | Effect::FreeShipping => Ok(()),
    }
}

/// A promotion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopPromotion {
    /// Promotion ID.
    pub id: PromotionId,
    /// When it was created.
    pub created_at: Timestamp,
    /// What a manager sets.
    pub terms: PromotionTerms,
}

impl ShopPromotion {
    /// Returns the promotion for the calculation of a cart.
    pub fn to_calculate(&self) -> Promotion {
        Promotion {
            id: self.id.uuid(),
            effect: self.terms.effect.clone(),
            min_subtotal: self.terms.min_subtotal_minor,
            group: self.terms.group.as_ref().map(ToString::to_string),
            exclusive: self.terms.exclusive,
        }
    }

    /// Returns the fact that it became this in a revision.
    pub fn fact(&self, revision: u64) -> PromotionChanged {
        PromotionChanged {
            promotion_id: self.id,
            name: self.terms.name.clone(),
            valid_from: self.terms.valid_from,
            valid_until: self.terms.valid_until,
            reduction: self.terms.reduction(),
            revision,
        }
    }

    /// Returns what an order of this buyer counts, with the limits. Per account only for users.
    pub fn uses_of(&self, buyer: BuyerId, email: Option<&EmailAddress>) -> Vec<UseToCount> {
        let UseLimits { total, per_account, per_email } = self.terms.limits;
        let promotion_id = self.id;
        let in_total = total.map(|limit| UseToCount { promotion_id, customer: None, limit });
        let account = buyer.user_id().map(|user| UseToCount::of_account(promotion_id, user));
        let account = per_account.zip(account).map(|(limit, customer)| UseToCount {
            promotion_id,
            customer: Some(customer),
            limit,
        });
        let email = per_email.zip(email).map(|(limit, email)| UseToCount {
            promotion_id,
            customer: Some(UseToCount::of_email(promotion_id, email)),
            limit,
        });
        in_total.into_iter().chain(account).chain(email).collect()
    }
}

/// A use that an order counts, if fewer than `limit` were counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UseToCount {
    /// Promotion ID.
    pub promotion_id: PromotionId,
    /// Who uses it: a hash of the account or the e-mail address, different for each promotion. None for the uses in total.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Uuid>,
    /// Maximum number of uses.
    pub limit: u32,
}

impl UseToCount {
    /// Returns an account as a customer of a promotion.
    pub fn of_account(promotion: PromotionId, user: UserId) -> Uuid {
        derive_id(&["redemption", &promotion.to_string(), "account", &user.to_string()])
    }

    /// Returns an e-mail address as a customer of a promotion.
    pub fn of_email(promotion: PromotionId, email: &EmailAddress) -> Uuid {
        derive_id(&["redemption", &promotion.to_string(), "email", email.as_str()])
    }
}

/// The promotions that apply without a code, as far as they have not ended. One item: every cart needs all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutomaticPromotions {
    promotions: Vec<ShopPromotion>,
}

/// There are [`MAX_AUTOMATIC`] promotions without codes already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyAutomatic;

impl AutomaticPromotions {
    /// Returns the promotions after one was created or changed: those that have ended or need a code are not kept.
    pub fn with(&self, changed: &ShopPromotion, now: Timestamp) -> Result<Self, TooManyAutomatic> {
        let is_kept = |promotion: &&ShopPromotion| promotion.terms.codes.is_empty() && !promotion.terms.has_ended(now);
        let others = self.promotions.iter().filter(|promotion| promotion.id != changed.id);
        let promotions: Vec<_> = others.chain([changed]).filter(is_kept).cloned().collect();
        if promotions.len() > MAX_AUTOMATIC { Err(TooManyAutomatic) } else { Ok(Self { promotions }) }
    }

    /// Returns the promotions.
    pub fn as_slice(&self) -> &[ShopPromotion] {
        &self.promotions
    }
}

/// The promotion that a code belongs to, with its rules, so that a cart is priced without a further read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeEntry {
    /// The code.
    pub code: PromotionCode,
    /// The promotion.
    pub promotion: ShopPromotion,
}

#[cfg(test)]
#[path = "shop_promotion_tests.rs"]
mod tests;
