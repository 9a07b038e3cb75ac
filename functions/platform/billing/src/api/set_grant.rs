//! `PUT /v1/billing/users/{id}/grant`: grants a user a plan until an end date.
//!
//! Emits `billing.entitlement_changed.v1` if the grant changes.

use axum::extract::State;
use contracts::billing::EntitlementChanged;
use dynamo::Outbox;
use jiff::Timestamp;
use kit::auth::{Admin, Standing};
use kit::http::{Fields, Id, Invocation, Json, Path, Problem, Tagged};
use serde::Deserialize;
use types::UserId;
use utoipa::ToSchema;

use crate::api::billing_view::{UserBillingView, read_user};
use crate::ctx::Ctx;
use crate::domain::codes::PlanCode;
use crate::domain::holdings::GrantError;
use crate::domain::subscription::Grant;

/// Request to grant a plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetPlanGrant {
    /// Code of the plan, which must not be retired.
    plan: PlanCode,
    /// First instant after the grant: in the future, and at most 1830 days from now.
    until: Timestamp,
}

/// The field that an error is about.
const fn field(error: GrantError) -> &'static str {
    match error {
        GrantError::NoSuchPlan => "plan",
        GrantError::Past | GrantError::TooLong => "until",
    }
}

/// Grant a plan
///
/// The user has the plan from now until the end date, in place of an earlier grant, of subscriptions, and of the plan of the
/// account. Emits `billing.entitlement_changed.v1`: limits of other services follow within seconds. Requires the role `admin`.
/// Idempotent.
#[utoipa::path(
    put, path = "/v1/billing/users/{id}/grant", operation_id = "set_grant", tag = "billing",
    security(("bearer" = ["admin"])),
    params(("id" = UserId, Path, description = "User ID")),
    request_body = SetPlanGrant,
    responses(
        (status = 200, description = "What the user holds", body = UserBillingView),
        (status = 404, description = "`billing.no_such_user`: no account with this ID, or it was deleted"),
    )
)]
pub async fn set_grant(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    standing: Standing<Admin>,
    Path(Id { id }): Path<Id<UserId>>,
    Json(body): Json<SetPlanGrant>,
) -> Result<Tagged<UserBillingView>, Problem> {
    let (grant, now) = (Grant { plan: body.plan, until: body.until }, ctx.clock.now());
    let (_, (catalogue, read)) = standing.with(read_user(&ctx.store, &standing, id)).await?;
    Fields::refuse_all(grant.check(&catalogue.value, now), |error| field(*error))?;
    let outbox = |fact: EntitlementChanged| Ok::<_, Problem>(Outbox::of(call.event(now, fact))?);
    let written = ctx.store.change_holdings(read, |held| held.with_grant(grant.clone(), now), outbox).await?;
    Ok(Tagged::new(written.version, UserBillingView::new(&written.value, now)))
}
