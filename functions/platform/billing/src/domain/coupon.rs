//! Coupons: what they take off the price of a period.

use std::collections::BTreeSet;

use jiff::Timestamp;
use money::Rate;
use serde::{Deserialize, Serialize};
use types::Money;

use super::catalogue::{Catalogue, MAX_AMOUNT, Price};
use super::codes::{CouponCode, PlanCode};
use super::period::Interval;

/// The most periods that a coupon counts for. Without a number it counts for all.
pub const MAX_PERIODS: u32 = 120;
/// The most redemptions of a coupon by one user.
pub const MAX_PER_USER: u32 = 100;
/// The most plans that a coupon names.
pub const MAX_PLANS: usize = 20;

/// What a coupon takes off each period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Discount {
    /// A part of the price.
    Fraction(Rate),
    /// A fixed amount, in one currency only. It never makes a price negative.
    Fixed(Money),
}

/// A coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coupon {
    /// Code.
    pub code: CouponCode,
    /// What it takes off.
    pub discount: Discount,
    /// For how many periods, of the interval that it was redeemed for: one for three months makes no year cheaper. None: for
    /// all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub periods: Option<u32>,
    /// The last instant for redeeming it. None: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redeem_before: Option<Timestamp>,
    /// How often it may be redeemed in all. None: any number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_redemptions: Option<u32>,
    /// How often one user may redeem it.
    #[serde(default = "once")]
    pub max_per_user: u32,
    /// The plans that it is for. Empty: all.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub plans: BTreeSet<PlanCode>,
}

/// A coupon as it was created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredCoupon {
    /// The coupon. Its terms never change.
    pub coupon: Coupon,
    /// Time of creation.
    pub created_at: Timestamp,
    /// When it was retired: from then on it cannot be redeemed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
}

impl StoredCoupon {
    /// The coupon once it is retired; none if it is already.
    pub fn retired(&self, now: Timestamp) -> Option<Self> {
        self.retired_at.is_none().then(|| Self { retired_at: Some(now), ..self.clone() })
    }
}

/// Why a coupon cannot be created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// It takes nothing off.
    #[error("must take more than nothing off")]
    NoDiscount,
    /// It takes off too much.
    #[error("must be at most {MAX_AMOUNT} minor units")]
    DiscountTooHigh,
    /// The number of periods is out of range.
    #[error("must be a number from 1 to {MAX_PERIODS}, or absent for all periods")]
    Periods,
    /// It could not be redeemed at all.
    #[error("must be in the future")]
    RedeemBefore,
    /// The number of redemptions is out of range.
    #[error("must be at least 1, or absent for any number")]
    MaxRedemptions,
    /// The number of redemptions per user is out of range.
    #[error("must be a number from 1 to {MAX_PER_USER}")]
    MaxPerUser,
    /// It names too many plans.
    #[error("must name at most {MAX_PLANS} plans")]
    TooManyPlans,
    /// It names a plan that does not exist.
    #[error("the plan {0} does not exist: create it first")]
    NoSuchPlan(PlanCode),
}

/// Why a coupon cannot be redeemed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CouponError {
    /// It is too late.
    #[error("the coupon has expired")]
    Expired,
    /// It was redeemed as often as possible.
    #[error("the coupon was redeemed as often as it may be")]
    UsedUp,
    /// The user redeemed it as often as possible.
    #[error("you have redeemed the coupon already")]
    UsedByUser,
    /// It is for other plans.
    #[error("the coupon is not for this plan")]
    OtherPlan,
    /// It is in another currency.
    #[error("the coupon has another currency than the price")]
    OtherCurrency,
}

fn once() -> u32 {
    1
}

/// How often a coupon was redeemed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Redemptions {
    /// By anyone.
    pub in_all: u32,
    /// By the user, or with the user's card.
    pub by_user: u32,
}

/// A coupon that a subscription has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redeemed {
    /// The coupon as it was when it was redeemed.
    pub coupon: Coupon,
    /// Interval of the price that it was redeemed for.
    pub interval: Interval,
    /// How many periods it was used for.
    pub used: u32,
}

impl Coupon {
    /// Checks the terms of a new coupon, and returns every error.
    pub fn check(&self, catalogue: &Catalogue, now: Timestamp) -> Vec<TermsError> {
        let least = match &self.discount {
            Discount::Fraction(rate) => i64::from(u32::from(*rate)),
            Discount::Fixed(money) => money.amount_minor,
        };
        let unknown = self.plans.iter().find(|plan| catalogue.plan(plan).is_none());
        let errors = [
            (least <= 0).then_some(TermsError::NoDiscount),
            (least > MAX_AMOUNT).then_some(TermsError::DiscountTooHigh),
            self.periods.is_some_and(|periods| !(1..=MAX_PERIODS).contains(&periods)).then_some(TermsError::Periods),
            self.redeem_before.is_some_and(|end| end <= now).then_some(TermsError::RedeemBefore),
            (self.max_redemptions == Some(0)).then_some(TermsError::MaxRedemptions),
            (!(1..=MAX_PER_USER).contains(&self.max_per_user)).then_some(TermsError::MaxPerUser),
            (self.plans.len() > MAX_PLANS).then_some(TermsError::TooManyPlans),
            unknown.map(|plan| TermsError::NoSuchPlan(plan.clone())),
        ];
        errors.into_iter().flatten().collect()
    }

    /// Redeems it for a price. The caller counts redemptions in the transaction that starts the subscription, also those of
    /// subscriptions that ended.
    pub fn redeem(&self, price: &Price, before: Redemptions, now: Timestamp) -> Result<Redeemed, CouponError> {
        if self.redeem_before.is_some_and(|end| now >= end) {
            return Err(CouponError::Expired);
        }
        if self.max_redemptions.is_some_and(|most| before.in_all >= most) {
            return Err(CouponError::UsedUp);
        }
        if before.by_user >= self.max_per_user {
            return Err(CouponError::UsedByUser);
        }
        if !self.is_for(&price.plan) {
            return Err(CouponError::OtherPlan);
        }
        if let Discount::Fixed(money) = &self.discount
            && money.currency != price.currency
        {
            return Err(CouponError::OtherCurrency);
        }
        Ok(Redeemed { coupon: self.clone(), interval: price.interval, used: 0 })
    }

    fn is_for(&self, plan: &PlanCode) -> bool {
        self.plans.is_empty() || self.plans.contains(plan)
    }

    fn discounted(&self, price: &Price) -> i64 {
        match &self.discount {
            Discount::Fraction(rate) => price.amount - rate.of(price.amount),
            Discount::Fixed(money) if money.currency == price.currency => {
                price.amount.saturating_sub(money.amount_minor.max(0)).max(0)
            }
            Discount::Fixed(_) => price.amount,
        }
    }
}

impl Redeemed {
    /// What a period costs with it. A plan or an interval that the coupon is not for costs its price.
    pub fn amount(&self, price: &Price) -> i64 {
        let is_left = self.coupon.periods.is_none_or(|periods| self.used < periods && self.interval == price.interval);
        if is_left && self.coupon.is_for(&price.plan) { self.coupon.discounted(price) } else { price.amount }
    }

    /// The coupon as the current period was billed with it.
    #[must_use]
    pub fn before_period(&self) -> Self {
        Self { used: self.used.saturating_sub(1), ..self.clone() }
    }

    /// The coupon after one more period.
    #[must_use]
    pub fn after_period(&self) -> Self {
        Self { used: self.used.saturating_add(1), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use types::CurrencyCode;

    use super::*;
    use crate::domain::fixture::{at, price};

    fn coupon(discount: Discount) -> Coupon {
        Coupon {
            code: CouponCode::parse("spring").unwrap(),
            discount,
            periods: Some(2),
            redeem_before: Some(at(100)),
            max_redemptions: Some(3),
            max_per_user: 1,
            plans: BTreeSet::from([PlanCode::parse("pro").unwrap()]),
        }
    }

    fn fixed(amount: i64, currency: &str) -> Discount {
        Discount::Fixed(Money::new(amount, CurrencyCode::parse(currency).unwrap()))
    }

    #[test]
    fn the_terms_of_a_new_coupon_are_bounded_and_name_known_plans() {
        let good = Coupon { plans: BTreeSet::new(), ..coupon(fixed(100, "EUR")) };
        let check = |coupon: Coupon| coupon.check(&Catalogue::default(), at(0));
        assert_eq!(check(good.clone()), []);
        assert_eq!(check(Coupon { discount: fixed(0, "EUR"), ..good.clone() }), [TermsError::NoDiscount]);
        assert_eq!(
            check(Coupon { discount: fixed(MAX_AMOUNT + 1, "EUR"), ..good.clone() }),
            [TermsError::DiscountTooHigh]
        );
        assert_eq!(check(Coupon { redeem_before: Some(at(0)), ..good.clone() }), [TermsError::RedeemBefore]);
        let wrong = Coupon { periods: Some(0), max_redemptions: Some(0), max_per_user: 0, ..good.clone() };
        assert_eq!(check(wrong), [TermsError::Periods, TermsError::MaxRedemptions, TermsError::MaxPerUser]);
        let pro = PlanCode::parse("pro").unwrap();
        assert_eq!(check(Coupon { plans: BTreeSet::from([pro.clone()]), ..good }), [TermsError::NoSuchPlan(pro)]);
    }

    #[test]
    fn a_coupon_reduces_as_many_periods_as_it_says() {
        let half = coupon(Discount::Fraction(Rate::from_millionths(500_000).unwrap()));
        let price = price("pro", 1_999);
        let mut redeemed = half.redeem(&price, Redemptions { in_all: 2, by_user: 0 }, at(0)).unwrap();
        let mut amounts = Vec::new();
        for _ in 0..3 {
            amounts.push(redeemed.amount(&price));
            redeemed = redeemed.after_period();
        }
        assert_eq!(amounts, [999, 999, 1_999]);
    }

    #[test]
    fn a_fixed_discount_never_makes_a_price_negative() {
        let price = price("pro", 999);
        let redeemed = coupon(fixed(1_500, "EUR")).redeem(&price, Redemptions::default(), at(0)).unwrap();
        assert_eq!(redeemed.amount(&price), 0);
    }

    #[test]
    fn a_coupon_is_refused_when_late_used_up_or_meant_for_something_else() {
        let (pro, basic) = (price("pro", 999), price("basic", 499));
        let valid = coupon(fixed(100, "EUR"));
        let never = Redemptions::default();
        assert_eq!(valid.redeem(&pro, never, at(100)), Err(CouponError::Expired));
        assert_eq!(valid.redeem(&pro, Redemptions { in_all: 3, by_user: 0 }, at(0)), Err(CouponError::UsedUp));
        assert_eq!(valid.redeem(&pro, Redemptions { in_all: 1, by_user: 1 }, at(0)), Err(CouponError::UsedByUser));
        assert_eq!(valid.redeem(&basic, never, at(0)), Err(CouponError::OtherPlan));
        assert_eq!(coupon(fixed(100, "USD")).redeem(&pro, never, at(0)), Err(CouponError::OtherCurrency));
        assert_eq!(valid.redeem(&pro, never, at(0)).unwrap().amount(&basic), 499, "a change to another plan loses it");
    }
}
