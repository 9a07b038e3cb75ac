//! `GET /v1/commerce/admin/payments/attention`: payments that need attention.

use axum::extract::State;
use kit::auth::{Manager, Standing};
use kit::http::{Json, List, Page, Problem};

use crate::api::view::PaymentAttentionView;
use crate::ctx::Ctx;

/// List payments needing attention
///
/// Oldest first, one item per payment and reason. An item disappears when its reason does: when a dispute is decided, or an
/// authorization was captured. Requires the role `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/admin/payments/attention", operation_id = "list_payment_attention", tag = "payments",
    security(("bearer" = ["manager"])),
    params(Page),
    responses(
        (status = 200, description = "A page of payments with reasons", body = List<PaymentAttentionView>),
    )
)]
pub async fn list_payment_attention(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    page: Page,
) -> Result<Json<List<PaymentAttentionView>>, Problem> {
    let (_, attention) = standing.with(ctx.store.attention(page.limit, page.cursor)).await?;
    Ok(Json(List::of(attention, PaymentAttentionView::from)))
}
