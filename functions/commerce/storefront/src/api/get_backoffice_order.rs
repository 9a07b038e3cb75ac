//! `GET /v1/commerce/backoffice/orders/{id}`: an order with everything that belongs to it.

use axum::extract::State;
use dynamo::Read;
use jiff::Timestamp;
use kit::auth::{Manager, Standing};
use kit::http::{Id, Json, Path, Problem, Query};
use types::OrderId;

use crate::api::lookup::PAUSES;
use crate::api::order_view::BackofficeOrder;
use crate::api::parameters::OrderQuery;
use crate::ctx::Ctx;
use crate::problem::Refusal;

/// Get a back-office order page
///
/// Returns an order with payment, cancellations, shipments, returns, refunds and disputes, joined from events. It has IDs and amounts
/// only: `GET /v1/commerce/orders/{id}` has names and addresses. The page follows changes within seconds. To read your own write, send
/// its time as `atLeast`: the response waits up to 0.7 seconds for an event of the order from that time or later. Requires the role
/// `manager` or `admin`.
#[utoipa::path(
    get, path = "/v1/commerce/backoffice/orders/{id}", operation_id = "get_backoffice_order", tag = "storefront",
    security(("bearer" = ["manager"])),
    params(
        ("id" = OrderId, Path, description = "Order ID"),
        ("atLeast" = Option<String>, Query, description = "The page has to show an event of this time or later", format = DateTime, example = "2026-03-14T09:26:53Z"),
    ),
    responses(
        (status = 200, description = "The page", body = BackofficeOrder),
        (status = 404, description = "`storefront.no_such_order`: no order with this ID is known"),
        (status = 409, description = "`storefront.not_yet`: the page shows no event of the time `atLeast` yet; retry after `Retry-After` seconds"),
    )
)]
pub async fn get_backoffice_order(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(Id { id }): Path<Id<OrderId>>,
    Query(query): Query<OrderQuery>,
) -> Result<Json<BackofficeOrder>, Problem> {
    let at_least = query.parse()?;
    let (_, order) = standing.with(find(ctx, id, at_least)).await?;
    Ok(Json(order))
}

async fn find(ctx: &Ctx, id: OrderId, at_least: Option<Timestamp>) -> Result<BackofficeOrder, Problem> {
    let read = if at_least.is_some() { Read::Strong } else { Read::Eventual };
    let mut pauses = PAUSES.into_iter();
    loop {
        let page = ctx.store.order(id, read).await?;
        let shown = page.as_ref().and_then(BackofficeOrder::of);
        let Some(at_least) = at_least else { return Ok(shown.ok_or(Refusal::NoSuchOrder)?) };
        if let Some(shown) = shown.filter(|shown| shown.as_of >= at_least) {
            return Ok(shown);
        }
        tokio::time::sleep(pauses.next().ok_or(Refusal::NotYet)?).await;
    }
}
