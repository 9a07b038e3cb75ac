//! `DELETE /v1/billing/coupons/{code}`: retires a coupon.

use axum::extract::State;
use kit::auth::{Admin, Standing};
use kit::http::{NoContent, Path, Problem};

use crate::api::CodePath;
use crate::ctx::Ctx;
use crate::domain::codes::CouponCode;
use crate::problem::Refusal;

/// Retire a coupon
///
/// It cannot be redeemed any more. Its code stays taken. Requires the role `admin`. Idempotent.
#[utoipa::path(
    delete, path = "/v1/billing/coupons/{code}", operation_id = "retire_coupon", tag = "billing",
    security(("bearer" = ["admin"])),
    params(("code" = CouponCode, Path, description = "Code of the coupon")),
    responses(
        (status = 204, description = "Coupon retired"),
        (status = 404, description = "`billing.no_such_coupon`: no coupon with this code"),
    )
)]
pub async fn retire_coupon(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
    Path(CodePath { code }): Path<CodePath<CouponCode>>,
) -> Result<NoContent, Problem> {
    let (_, read) = standing.with(ctx.store.coupon(&code)).await?;
    let exists = ctx.store.retire_coupon(read, ctx.clock.now()).await?;
    if exists { Ok(NoContent) } else { Err(Refusal::NoSuchCoupon.into()) }
}
