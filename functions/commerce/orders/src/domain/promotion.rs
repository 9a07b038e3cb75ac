//! Promotions: conditions, discounts, and which of them apply together.
//!
//! Promotions on lines come first, then those on the order, then those on shipping; within these, promotions apply in the
//! order in which they are listed, each on what the ones before left. Of a group only the promotion applies that takes off
//! most by itself. A promotion that is exclusive applies alone if that is better for the buyer than all others
//! together. An amount never becomes negative.

use money::{Rate, allocate_within, share};
use serde::{Deserialize, Serialize};
use types::{ProductId, Uuid, VariantId};
use utoipa::ToSchema;

use super::names::PromotionCategory;
use super::pricing::{LineTotals, UnpricedLine};

/// Longest list of products, variants or categories that a promotion names.
pub const MAX_TARGETS: usize = 100;

/// Which lines a promotion is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = PromotionTarget)]
pub enum Target {
    /// All lines.
    Everything,
    /// Lines of these products.
    Products {
        /// The products.
        #[schema(max_items = 100)]
        ids: Vec<ProductId>,
    },
    /// Lines of these variants.
    Variants {
        /// The variants.
        #[schema(max_items = 100)]
        ids: Vec<VariantId>,
    },
    /// Lines of products that are in one of these categories. Products of the categories below them are not.
    Categories {
        /// Slugs of the categories.
        #[schema(max_items = 100)]
        slugs: Vec<PromotionCategory>,
    },
}

impl Target {
    /// Whether it contains the line.
    pub fn contains(&self, line: &UnpricedLine) -> bool {
        match self {
            Self::Everything => true,
            Self::Products { ids } => ids.contains(&line.product_id),
            Self::Variants { ids } => ids.contains(&line.variant_id),
            Self::Categories { slugs } => line.categories.iter().any(|category| slugs.contains(category)),
        }
    }
}

/// What a promotion takes off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// A fraction of each line.
    LinePercentage {
        /// The fraction in millionths.
        rate: Rate,
        /// Which lines.
        target: Target,
    },
    /// Of `get` units out of each `buy + get`, a fraction of the price. The cheapest units are discounted.
    BuyGet {
        /// Number of units to buy.
        buy: u32,
        /// Number of discounted units.
        get: u32,
        /// The fraction in millionths: 1000000 makes them free.
        rate: Rate,
        /// Which lines count and are discounted.
        target: Target,
    },
    /// A fraction of the order without shipping.
    OrderPercentage {
        /// The fraction in millionths.
        rate: Rate,
    },
    /// A fixed amount, divided among the lines by their amounts.
    OrderAmount {
        /// Minor units of the cart's currency.
        amount_minor: i64,
    },
    /// No charge for shipping.
    FreeShipping,
}

/// The place of a promotion in the order of calculation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Lines,
    Order,
    Shipping,
}

impl Effect {
    const fn phase(&self) -> Phase {
        match self {
            Self::LinePercentage { .. } | Self::BuyGet { .. } => Phase::Lines,
            Self::OrderPercentage { .. } | Self::OrderAmount { .. } => Phase::Order,
            Self::FreeShipping => Phase::Shipping,
        }
    }
}

/// A promotion whose limits of use and validity were checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promotion {
    /// The promotion.
    pub id: Uuid,
    /// What it takes off.
    pub effect: Effect,
    /// Least sum of the lines before all discounts, in minor units.
    pub min_subtotal: i64,
    /// Promotions of the same group exclude each other.
    pub group: Option<String>,
    /// It applies alone or not at all.
    pub exclusive: bool,
}

/// A discount of a promotion on one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The promotion.
    pub promotion_id: Uuid,
    /// What it takes off, in minor units.
    pub amount: i64,
}

/// The amounts that promotions change: of lines, then of the shipping.
#[derive(Clone)]
struct Amounts {
    lines: Vec<LineTotals>,
    shipping: Option<LineTotals>,
}

impl Amounts {
    fn sum(&self) -> i64 {
        self.lines.iter().chain(&self.shipping).map(|line| line.amount).sum()
    }
}

/// Applies promotions to the amounts of lines and shipping.
pub fn discount(
    lines: &[UnpricedLine],
    totals: &mut Vec<LineTotals>,
    shipping: Option<&mut LineTotals>,
    promotions: &[Promotion],
) {
    let start = Amounts { lines: std::mem::take(totals), shipping: shipping.as_deref().cloned() };
    let subtotal: i64 = start.lines.iter().map(|line| line.subtotal).sum();
    let met: Vec<&Promotion> = promotions.iter().filter(|promotion| promotion.min_subtotal <= subtotal).collect();
    let (exclusive, together): (Vec<_>, Vec<_>) = met.into_iter().partition(|promotion| promotion.exclusive);
    let mut best = apply_together(lines, start.clone(), &together);
    for promotion in exclusive {
        let alone = apply(lines, start.clone(), promotion);
        // Ties go to what was listed first and to the promotions that stack.
        if alone.sum() < best.sum() {
            best = alone;
        }
    }
    *totals = best.lines;
    if let (Some(shipping), Some(discounted)) = (shipping, best.shipping) {
        *shipping = discounted;
    }
}

/// Applies promotions phase by phase, in the order in which they are listed.
fn apply_together(lines: &[UnpricedLine], start: Amounts, promotions: &[&Promotion]) -> Amounts {
    let chosen = best_of_groups(lines, &start, promotions);
    let phases = [Phase::Lines, Phase::Order, Phase::Shipping].into_iter();
    let in_order =
        phases.flat_map(|phase| chosen.iter().copied().filter(move |promotion| promotion.effect.phase() == phase));
    in_order.fold(start, |amounts, promotion| apply(lines, amounts, promotion))
}

/// The promotions without a group, and of each group the one that takes off most by itself; among equals the first.
fn best_of_groups<'a>(lines: &[UnpricedLine], start: &Amounts, promotions: &[&'a Promotion]) -> Vec<&'a Promotion> {
    let remaining = |promotion: &Promotion| apply(lines, start.clone(), promotion).sum();
    let is_chosen = |candidate: &Promotion| {
        let Some(group) = candidate.group.as_deref() else { return true };
        let rivals = promotions.iter().filter(|rival| rival.group.as_deref() == Some(group));
        rivals.copied().min_by_key(|rival| remaining(rival)).is_some_and(|best| best.id == candidate.id)
    };
    promotions.iter().copied().filter(|promotion| is_chosen(promotion)).collect()
}

fn apply(lines: &[UnpricedLine], mut amounts: Amounts, promotion: &Promotion) -> Amounts {
    let discounts = match &promotion.effect {
        Effect::LinePercentage { rate, target } => lines
            .iter()
            .zip(&amounts.lines)
            .map(|(line, totals)| if target.contains(line) { rate.of(totals.amount) } else { 0 })
            .collect(),
        Effect::BuyGet { buy, get, rate, target } => buy_get(lines, &amounts.lines, (*buy, *get), *rate, target),
        Effect::OrderPercentage { rate } => {
            let sum = amounts.lines.iter().map(|line| line.amount).sum();
            divided(rate.of(sum), &amounts.lines)
        }
        Effect::OrderAmount { amount_minor } => divided(*amount_minor, &amounts.lines),
        Effect::FreeShipping => {
            if let Some(shipping) = &mut amounts.shipping {
                take_off(shipping, promotion.id, shipping.amount);
            }
            return amounts;
        }
    };
    for (line, amount) in amounts.lines.iter_mut().zip(discounts) {
        take_off(line, promotion.id, amount);
    }
    amounts
}

/// Divides a discount among lines by their amounts; no line gets more than it has.
fn divided(discount: i64, lines: &[LineTotals]) -> Vec<i64> {
    let amounts: Vec<u64> = lines.iter().map(|line| line.amount.unsigned_abs()).collect();
    let parts = allocate_within(discount.unsigned_abs(), &amounts, &amounts);
    parts.into_iter().map(|part| i64::try_from(part).unwrap_or(i64::MAX)).collect()
}

/// Discounts of "buy x, get y": of all units of the target, `get` of each `buy + get` are discounted, the cheapest first.
fn buy_get(
    lines: &[UnpricedLine],
    totals: &[LineTotals],
    (buy, get): (u32, u32),
    rate: Rate,
    target: &Target,
) -> Vec<i64> {
    let units: u64 = lines.iter().filter(|line| target.contains(line)).map(|line| u64::from(line.quantity)).sum();
    let (buy, get) = (u64::from(buy), u64::from(get));
    // Of no units to buy and none to get, nothing is discounted.
    let set = (buy + get).max(1);
    // An incomplete set counts too: who has bought enough gets what is there beyond it.
    let incomplete = (units % set).saturating_sub(buy);
    let mut left = units / set * get + incomplete;
    let mut cheapest: Vec<usize> =
        (0..lines.len()).filter(|index| lines.get(*index).is_some_and(|line| target.contains(line))).collect();
    cheapest.sort_by_key(|index| lines.get(*index).map(|line| line.unit_price));
    let mut discounts = vec![0; lines.len()];
    for index in cheapest {
        let (Some(line), Some(totals), Some(discount)) =
            (lines.get(index), totals.get(index), discounts.get_mut(index))
        else {
            continue;
        };
        let free = u32::try_from(left).unwrap_or(u32::MAX).min(line.quantity);
        *discount = rate.of(share(totals.amount, free, line.quantity));
        left -= u64::from(free);
    }
    discounts
}

fn take_off(line: &mut LineTotals, promotion_id: Uuid, amount: i64) {
    let amount = amount.clamp(0, line.amount);
    if amount > 0 {
        line.amount -= amount;
        line.discounts.push(Applied { promotion_id, amount });
    }
}
