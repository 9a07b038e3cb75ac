//! `POST /v1/commerce/orders/{id}/cancellations`: cancels an order or units of it. Requires `Idempotency-Key`.
//!
//! Emits `orders.order_cancelled.v1`, and for money `orders.refund_due.v1` or `orders.payment_unwanted.v1`.

use axum::extract::State;
use dynamo::{StoreError, Versioned};
use kit::auth::Buyer;
use kit::http::{IdempotencyKey, Invocation, Json, Path, Problem, Tagged};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::fulfilment_view::{OrderPath, Viewer, viewer};
use crate::api::line_units::{OrderLineUnits, line_units};
use crate::api::order_view::OrderView;
use crate::ctx::Ctx;
use crate::domain::order::{LineUnits, State as OrderState};
use crate::domain::placed::Order;
use crate::ordering::change;
use crate::problem::{Refusal, not_cancellable};
use crate::store::{OrderChange, OrderOutcome};

/// Request to cancel an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancelOrder {
    /// Units to cancel, for managers and admins, each line at most once. Without it the whole order is cancelled.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 50)]
    lines: Option<Vec<OrderLineUnits>>,
}

impl CancelOrder {
    fn parse(self) -> Result<Vec<LineUnits>, Problem> {
        self.lines.map_or_else(|| Ok(Vec::new()), |lines| line_units("lines", &lines, 1))
    }
}

/// Cancel an order
///
/// The buyer may cancel the whole order, a manager or admin also units of it, as long as they were not shipped; units of a bundle also
/// if some of its components were shipped, which are given up. Units that were reserved are free again, and money that was captured
/// is refunded. While a payment is in progress, the order becomes `cancelling` until the provider has closed the payment; a manager
/// or admin who cancels it again, with a new `Idempotency-Key`, ends it without waiting. Guests send the `Guest-Key`. Idempotent by `Idempotency-Key`.
#[utoipa::path(
    post, path = "/v1/commerce/orders/{id}/cancellations", operation_id = "cancel_order", tag = "orders",
    security(("bearer" = []), ("guestKey" = [])),
    params(
        ("id" = String, Path, description = "Order ID or order number", min_length = 10, max_length = 36, example = "7ZK2M0QX9D"),
        IdempotencyKey,
    ),
    request_body = CancelOrder,
    responses(
        (status = 200, description = "The order", body = OrderView),
        (status = 401, description = "`auth.session_ended`: the session has ended; sign in again"),
        (status = 403, description = "`auth.suspended`: the account is suspended; `auth.forbidden`: units can be cancelled by managers and admins only"),
        (status = 404, description = "`orders.no_such_order`: no order of the caller with this ID"),
        (status = 409, description = "`orders.not_cancellable`: the state does not allow it, or fewer units are open"),
        (status = 422, description = "`request.idempotency_key_reused`: the `Idempotency-Key` was used with other units"),
    )
)]
pub async fn cancel_order(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    buyer: Buyer,
    attempt: IdempotencyKey,
    Path(OrderPath { order: name }): Path<OrderPath>,
    Json(body): Json<CancelOrder>,
) -> Result<Tagged<OrderView>, Problem> {
    let (units, now) = (body.parse()?, ctx.clock.now());
    let (caller, order) = buyer.with(ctx.store.order_named(&name)).await?;
    let order = order.ok_or(Refusal::NoSuchOrder)?;
    let viewer = viewer(&caller, &order.value)?;
    if !units.is_empty() && viewer == Viewer::Buyer {
        return Err(Problem::forbidden("role manager"));
    }
    let request = attempt.derive_id("cancel_order", &format!("{} {}", buyer.id(), order.value.id));
    let may_end = units.is_empty() && viewer == Viewer::Manager;
    let decide = |read: &Versioned<Order>| -> Result<Option<OrderChange>, Refused> {
        let is_ended = may_end && read.value.fulfilment.state == OrderState::Cancelling;
        let step = if is_ended {
            read.value.after_end(request, now)
        } else {
            read.value.after_cancellation(request, &units, now)
        };
        let step = step.map_err(|error| Refused::Problem(Box::new(not_cancellable(error))))?;
        step.map(|step| change(&call, step, now)).transpose().map_err(Refused::Store)
    };
    match ctx.store.change_read_order(order, decide).await? {
        OrderOutcome::Changed(order) | OrderOutcome::Unchanged(order) => {
            Ok(Tagged::new(order.version, OrderView::new(&order.value, viewer, None, now)))
        }
        OrderOutcome::Refused(Refused::Problem(problem)) => Err(*problem),
        OrderOutcome::Refused(Refused::Store(error)) => Err(error.into()),
        OrderOutcome::Absent => Err(Refusal::NoSuchOrder.into()),
    }
}

/// Why nothing was cancelled.
enum Refused {
    Problem(Box<Problem>),
    Store(StoreError),
}
