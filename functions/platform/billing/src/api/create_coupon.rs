//! `PUT /v1/billing/coupons/{code}`: creates a coupon.

use axum::extract::State;
use dynamo::{Conflict, Read};
use jiff::Timestamp;
use kit::auth::{Admin, Standing};
use kit::http::{Fields, Json, Path, Problem, Tagged};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::CodePath;
use crate::api::coupon_view::{CouponDiscount, CouponView};
use crate::ctx::Ctx;
use crate::domain::codes::{CouponCode, PlanCode};
use crate::domain::coupon::{Coupon, StoredCoupon, TermsError};
use crate::problem::Refusal;

/// Request to create a coupon.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateCoupon {
    /// What it takes off each period.
    discount: CouponDiscount,
    /// For how many periods, of the interval that it is redeemed for. Null for all.
    #[schema(minimum = 1, maximum = 120, example = 3)]
    periods: Option<u32>,
    /// First instant at which it cannot be redeemed any more. Null for never.
    redeem_before: Option<Timestamp>,
    /// How often it may be redeemed in all. Null for any number.
    #[schema(minimum = 1, maximum = 1_000_000_000, example = 1000)]
    max_redemptions: Option<u32>,
    /// How often one user may redeem it.
    #[serde(default = "once")]
    #[schema(minimum = 1, maximum = 100, default = 1)]
    max_per_user: u32,
    /// Plans that it is for, which must exist. Empty for all.
    #[serde(default)]
    #[schema(max_items = 20)]
    plans: Vec<PlanCode>,
}

const fn once() -> u32 {
    1
}

impl CreateCoupon {
    fn coupon(self, code: CouponCode) -> Coupon {
        Coupon {
            code,
            discount: self.discount.into(),
            periods: self.periods,
            redeem_before: self.redeem_before,
            max_redemptions: self.max_redemptions,
            max_per_user: self.max_per_user,
            plans: self.plans.into_iter().collect(),
        }
    }
}

/// The field that an error is about.
const fn field(error: &TermsError) -> &'static str {
    match error {
        TermsError::NoDiscount | TermsError::DiscountTooHigh => "discount",
        TermsError::Periods => "periods",
        TermsError::RedeemBefore => "redeemBefore",
        TermsError::MaxRedemptions => "maxRedemptions",
        TermsError::MaxPerUser => "maxPerUser",
        TermsError::TooManyPlans | TermsError::NoSuchPlan(_) => "plans",
    }
}

/// Create a coupon
///
/// The code is chosen by the caller, and the terms never change. Coupons cannot be redeemed yet. Requires the role `admin`.
/// Idempotent: the same terms again return the coupon.
#[utoipa::path(
    put, path = "/v1/billing/coupons/{code}", operation_id = "create_coupon", tag = "billing",
    security(("bearer" = ["admin"])),
    params(("code" = CouponCode, Path, description = "Code of the coupon")),
    request_body = CreateCoupon,
    responses(
        (status = 200, description = "The coupon", body = CouponView),
        (status = 409, description = "`billing.code_taken`: a coupon with other terms has this code"),
    )
)]
pub async fn create_coupon(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
    Path(CodePath { code }): Path<CodePath<CouponCode>>,
    Json(body): Json<CreateCoupon>,
) -> Result<Tagged<CouponView>, Problem> {
    let (coupon, now) = (body.coupon(code), ctx.clock.now());
    let (_, catalogue) = standing.with(ctx.store.catalogue(Read::Strong)).await?;
    Fields::refuse_all(coupon.check(&catalogue.value, now), field)?;
    let stored = StoredCoupon { coupon, created_at: now, retired_at: None };
    match ctx.store.create_coupon(stored.clone()).await {
        Ok(created) => Ok(Tagged::new(created.version, CouponView::from(&created.value))),
        Err(Conflict::Item(Some(known))) if known.value.coupon == stored.coupon => {
            Ok(Tagged::new(known.version, CouponView::from(&known.value)))
        }
        Err(Conflict::Item(_)) => Err(Refusal::CouponTaken.into()),
        Err(Conflict::Store(error)) => Err(error.into()),
    }
}
