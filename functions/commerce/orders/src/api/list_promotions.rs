//! `GET /v1/commerce/promotions`: all promotions.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Json, List, Page, Problem};

use crate::api::promotion_view::PromotionView;
use crate::ctx::Ctx;

/// List promotions
///
/// All promotions, ended ones included, newest first. A new promotion is listed after about a second. Requires the role
/// `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/promotions", operation_id = "list_promotions", tag = "orders",
    security(("bearer" = ["manager"])),
    params(Page),
    responses((status = 200, description = "A page of promotions", body = List<PromotionView>))
)]
pub async fn list_promotions(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    page: Page,
) -> Result<Json<List<PromotionView>>, Problem> {
    let (_, (promotions, uses)) = standing.with(ctx.store.promotions(page.limit, page.cursor)).await?;
    Ok(Json(List::of(promotions, |promotion| {
        let total = uses.get(&promotion.value.id).copied().unwrap_or(0);
        PromotionView::new(&promotion.value, total)
    })))
}
