//! `GET /v1/commerce/promotions/{id}`: one promotion.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Id, Path, Problem, Tagged};
use types::PromotionId;

use crate::api::promotion_view::PromotionView;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Get a promotion
///
/// Returns the promotion, and how many orders used it if that is limited. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/promotions/{id}", operation_id = "get_promotion", tag = "orders",
    security(("bearer" = ["manager"])),
    params(("id" = PromotionId, Path, description = "Promotion ID")),
    responses(
        (status = 200, description = "The promotion", body = PromotionView),
        (status = 404, description = "`orders.no_such_promotion`: no promotion with this ID"),
    )
)]
pub async fn get_promotion(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<PromotionId>>,
) -> Result<Tagged<PromotionView>, Problem> {
    let (_, read) = standing.with(ctx.store.promotion(id)).await?;
    let (promotion, used) = read.ok_or(Refusal::NoSuchPromotion)?;
    Ok(Tagged::new(promotion.version, PromotionView::new(&promotion.value, used)))
}
