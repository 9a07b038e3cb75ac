//! `POST /v1/commerce/orders/{id}/cancellations`: cancels an order or units of it. Requires `Idempotency-Key`.
//!
//! Emits `orders.order_cancelled.v1`, and for money `orders.refund_due.v1` or `orders.payment_unwanted.v1`.

use axum::extract::State;
use dynamo::{Read, StoreError, Versioned};
use kit::auth::{Buyer, CheckedBuyer};
use kit::http::{Fields, Id, IdempotencyKey, Invocation, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::{OrderId, Role};
use utoipa::ToSchema;

use crate::api::order_view::OrderView;
use crate::ctx::Ctx;
use crate::domain::order::{LineUnits, State as OrderState};
use crate::domain::placed::Order;
use crate::domain::stock::MAX_QUANTITY;
use crate::ordering::change;
use crate::problem::{Refusal, not_cancellable};
use crate::store::{OrderChange, OrderOutcome};

/// Maximum number of lines of a request.
const MAX_LINES: usize = 50;

/// Units of a line to cancel.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancelledUnits {
    /// Index of the line in the order, from 0.
    #[schema(minimum = 0, maximum = 49, example = 0)]
    line: u32,
    /// Number of units.
    #[schema(minimum = 1, maximum = 10_000, example = 1)]
    quantity: u32,
}

/// Request to cancel an order.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CancelOrder {
    /// Units to cancel, for managers and admins. Without it the whole order is cancelled.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 50)]
    lines: Option<Vec<CancelledUnits>>,
}

impl CancelOrder {
    fn parse(self) -> Result<Vec<LineUnits>, Problem> {
        let mut fields = Fields::new();
        let lines = self.lines.map(|lines| {
            let fits = (1..=MAX_LINES).contains(&lines.len())
                && lines.iter().all(|units| (1..=MAX_QUANTITY).contains(&units.quantity));
            let units = |units: &CancelledUnits| LineUnits {
                line: usize::try_from(units.line).unwrap_or(usize::MAX),
                quantity: units.quantity,
            };
            fits.then(|| lines.iter().map(units).collect::<Vec<_>>())
                .ok_or(format!("must have 1 to {MAX_LINES} entries with 1 to {MAX_QUANTITY} units"))
        });
        let lines = fields.check("lines", lines.transpose());
        fields.all((lines,)).map(|(lines,)| lines.unwrap_or_default())
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
    params(("id" = OrderId, Path, description = "Order ID"), IdempotencyKey),
    request_body = CancelOrder,
    responses(
        (status = 200, description = "The order", body = OrderView),
        (status = 401, description = "`auth.session_ended`: the session has ended; sign in again"),
        (status = 403, description = "`auth.suspended`: the account is suspended; `auth.forbidden`: units can be cancelled by managers and admins only"),
        (status = 404, description = "`orders.no_such_order`: no order of the caller with this ID"),
        (status = 409, description = "`orders.not_cancellable`: the state does not allow it, or fewer units are open"),
        (status = 422, description = "`orders.key_reused`: the `Idempotency-Key` was used with other units"),
    )
)]
pub async fn cancel_order(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    buyer: Buyer,
    attempt: IdempotencyKey,
    Path(Id { id }): Path<Id<OrderId>>,
    Json(body): Json<CancelOrder>,
) -> Result<Tagged<OrderView>, Problem> {
    let (units, now) = (body.parse()?, ctx.clock.now());
    let request = attempt.derive_id("cancel_order", &format!("{} {id}", buyer.id()));
    let (caller, order) = buyer.with(ctx.store.order(id, Read::Strong)).await?;
    let order = order.filter(|order| may_cancel(&caller, &order.value)).ok_or(Refusal::NoSuchOrder)?;
    if !units.is_empty() && !is_manager(&caller) {
        return Err(Problem::forbidden("role manager"));
    }
    let may_end = units.is_empty() && is_manager(&caller);
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
            Ok(Tagged::new(order.version, OrderView::new(&order.value, None, now)))
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

fn is_manager(caller: &CheckedBuyer) -> bool {
    match caller {
        CheckedBuyer::User(caller) => caller.has_role(Role::Manager) || caller.has_role(Role::Admin),
        CheckedBuyer::Guest(_) => false,
    }
}

fn may_cancel(caller: &CheckedBuyer, order: &Order) -> bool {
    is_manager(caller) || order.buyer == Some(caller.id())
}
