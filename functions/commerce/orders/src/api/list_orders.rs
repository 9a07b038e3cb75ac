//! `GET /v1/commerce/orders`: the caller's orders, newest first.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{Json, List, Page, Problem};

use crate::api::order_view::OrderSummary;
use crate::ctx::Ctx;

/// List my orders
///
/// Newest first. Orders that the user placed as a guest are not listed; the `Guest-Key` opens them.
#[utoipa::path(
    get, path = "/v1/commerce/orders", operation_id = "list_orders", tag = "orders",
    security(("bearer" = [])),
    params(Page),
    responses((status = 200, description = "Page of results", body = List<OrderSummary>))
)]
pub async fn list_orders(
    State(ctx): State<&'static Ctx>,
    caller: Caller,
    page: Page,
) -> Result<Json<List<OrderSummary>>, Problem> {
    let found = ctx.store.orders_of(caller.user_id, page.limit, page.cursor).await?;
    Ok(Json(List::of(found, |entry| OrderSummary::from(entry.value))))
}
