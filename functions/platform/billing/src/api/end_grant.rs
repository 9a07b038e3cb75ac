//! `DELETE /v1/billing/users/{id}/grant`: ends the grant of a user.
//!
//! Emits `billing.entitlement_changed.v1` if a grant was in force.

use axum::extract::State;
use contracts::billing::EntitlementChanged;
use dynamo::Outbox;
use kit::auth::{Admin, Standing};
use kit::http::{Id, Invocation, NoContent, Path, Problem};
use types::UserId;

use crate::api::billing_view::read_holdings;
use crate::ctx::Ctx;

/// End a grant
///
/// The user has the plan of the subscription again, or that of the account. Emits `billing.entitlement_changed.v1`. Requires
/// the role `admin`. Idempotent: without a grant nothing happens.
#[utoipa::path(
    delete, path = "/v1/billing/users/{id}/grant", operation_id = "end_grant", tag = "billing",
    security(("bearer" = ["admin"])),
    params(("id" = UserId, Path, description = "User ID")),
    responses(
        (status = 204, description = "The user has no grant"),
        (status = 404, description = "`billing.no_such_user`: no account with this ID, or it was deleted"),
    )
)]
pub async fn end_grant(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Admin>,
    Path(Id { id }): Path<Id<UserId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let (_, read) = standing.with(read_holdings(&ctx.store, &standing, id)).await?;
    let outbox = |fact: EntitlementChanged| Ok::<_, Problem>(Outbox::of(call.event(now, fact))?);
    ctx.store.change_holdings(read, |held| held.without_grant(now), outbox).await?;
    Ok(NoContent)
}
