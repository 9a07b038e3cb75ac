//! Coupons in requests and responses.

use jiff::Timestamp;
use money::Rate;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, Money};
use utoipa::ToSchema;

use crate::domain::codes::{CouponCode, PlanCode};
use crate::domain::coupon::{Discount, StoredCoupon};

/// What a coupon takes off the price of a period.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum CouponDiscount {
    /// A part of the price.
    Fraction {
        /// Fraction in millionths: 250000 is 25 %.
        #[schema(value_type = u32, minimum = 1, maximum = 1_000_000, example = 250_000)]
        rate: Rate,
    },
    /// A fixed amount. It never makes a price negative.
    #[serde(rename_all = "camelCase")]
    Fixed {
        /// Amount in minor units.
        #[schema(minimum = 1, maximum = 1_000_000_000_000_i64, example = 500)]
        amount_minor: i64,
        /// Currency. The coupon is for prices in this currency only.
        currency: CurrencyCode,
    },
}

impl From<CouponDiscount> for Discount {
    fn from(discount: CouponDiscount) -> Self {
        match discount {
            CouponDiscount::Fraction { rate } => Self::Fraction(rate),
            CouponDiscount::Fixed { amount_minor, currency } => Self::Fixed(Money::new(amount_minor, currency)),
        }
    }
}

impl From<&Discount> for CouponDiscount {
    fn from(discount: &Discount) -> Self {
        match discount.clone() {
            Discount::Fraction(rate) => Self::Fraction { rate },
            Discount::Fixed(Money { amount_minor, currency }) => Self::Fixed { amount_minor, currency },
        }
    }
}

/// Coupon.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CouponView {
    /// Code.
    pub code: CouponCode,
    /// What it takes off each period.
    pub discount: CouponDiscount,
    /// For how many periods. Null for all.
    pub periods: Option<u32>,
    /// First instant at which it cannot be redeemed any more. Null for never.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub redeem_before: Option<Timestamp>,
    /// How often it may be redeemed in all. Null for any number.
    pub max_redemptions: Option<u32>,
    /// How often one user may redeem it.
    pub max_per_user: u32,
    /// Plans that it is for. Empty for all.
    pub plans: Vec<PlanCode>,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    pub created_at: Timestamp,
    /// When it was retired. Null if it was not.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub retired_at: Option<Timestamp>,
}

impl From<&StoredCoupon> for CouponView {
    fn from(stored: &StoredCoupon) -> Self {
        let coupon = &stored.coupon;
        Self {
            code: coupon.code.clone(),
            discount: CouponDiscount::from(&coupon.discount),
            periods: coupon.periods,
            redeem_before: coupon.redeem_before,
            max_redemptions: coupon.max_redemptions,
            max_per_user: coupon.max_per_user,
            plans: coupon.plans.iter().cloned().collect(),
            created_at: stored.created_at,
            retired_at: stored.retired_at,
        }
    }
}
