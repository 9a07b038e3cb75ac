//! `POST /v1/commerce/orders/{id}/returns/{number}/rejection`: rejects a return.

use axum::extract::State;
use dynamo::{ConflictRetry, Outbox};
use kit::auth::{Manager, Standing};
use kit::http::{Fields, Json, Path, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::fulfilment_view::{OrderPartPath, OrderReturnView, Viewer};
use crate::ctx::Ctx;
use crate::domain::order_return::{ReturnState, rejection_reason};
use crate::problem::Refusal;
use crate::store::NotReturned;

/// Request to reject a return.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RejectReturn {
    /// Reason, which the buyer sees.
    #[schema(min_length = 1, max_length = 200, example = "The seal of the product is broken.")]
    reason: String,
}

/// Reject a return
///
/// Ends a return without a refund. Its units may be returned later. Requires the role `manager` or `admin`. Idempotent: the
/// same rejection has no further effect.
#[utoipa::path(
    post, path = "/v1/commerce/orders/{id}/returns/{number}/rejection", operation_id = "reject_return", tag = "orders",
    security(("bearer" = ["manager"])),
    params(
        ("id" = String, Path, description = "Order ID or order number", min_length = 10, max_length = 36, example = "7ZK2M0QX9D"),
        ("number" = u32, Path, description = "Number of the return within the order", minimum = 1, maximum = 100),
    ),
    request_body = RejectReturn,
    responses(
        (status = 200, description = "Rejected", body = OrderReturnView),
        (status = 404, description = "`orders.no_such_return`: no such order, or it has no return with this number"),
        (status = 409, description = "`orders.return_settled`: the return was received, or rejected for another reason"),
    )
)]
pub async fn reject_return(
    State(ctx): State<&'static Ctx>,
    standing: Standing<Manager>,
    Path(OrderPartPath { order: name, number }): Path<OrderPartPath>,
    Json(body): Json<RejectReturn>,
) -> Result<Json<OrderReturnView>, Problem> {
    let mut fields = Fields::new();
    let reason = fields.check("reason", rejection_reason(&body.reason));
    let (reason,) = fields.all((reason,))?;
    let now = ctx.clock.now();
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = standing.with(ctx.store.returned(&name, number, &[])).await?;
        let read = read.ok_or(Refusal::NoSuchReturn)?;
        let view = |returned| Json(OrderReturnView::new(returned, Viewer::Manager));
        let rejected_before =
            |state: &ReturnState| matches!(state, ReturnState::Rejected { reason: before, .. } if *before == reason);
        if rejected_before(&read.returned.value.state) {
            return Ok(view(&read.returned.value));
        }
        let change = read.returned.value.reject(&read.order.value, reason.clone(), now).map_err(Refusal::from)?;
        let before = Some(&read.returned);
        let none = Outbox::none();
        let write = ctx.store.write_return(&read.order, change.order, before, &change.returned, &[], &none);
        match write.await {
            Ok(()) => return Ok(view(&change.returned)),
            Err(NotReturned::Conflict | NotReturned::TooMuchStock(_)) => retry.pause().await?,
            Err(NotReturned::Store(error)) => return Err(error.into()),
        }
    }
}
