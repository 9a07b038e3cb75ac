//! `GET /v1/billing/coupons`: all coupons.

use axum::extract::State;
use kit::auth::{Admin, Standing};
use kit::http::{Json, List, Page, Problem};

use crate::api::coupon_view::CouponView;
use crate::ctx::Ctx;

/// List coupons
///
/// All coupons, retired ones included, newest first. A new coupon is listed after about a second. Requires the role `admin`.
#[utoipa::path(
    get, path = "/v1/billing/coupons", operation_id = "list_coupons", tag = "billing",
    security(("bearer" = ["admin"])),
    params(Page),
    responses((status = 200, description = "A page of coupons", body = List<CouponView>))
)]
pub async fn list_coupons(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Admin>,
    page: Page,
) -> Result<Json<List<CouponView>>, Problem> {
    let (_, coupons) = standing.with(ctx.store.coupons(page.limit, page.cursor)).await?;
    Ok(Json(List::of(coupons, |coupon| CouponView::from(&coupon.value))))
}
