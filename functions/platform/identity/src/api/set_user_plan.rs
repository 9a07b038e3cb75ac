//! `PUT /v1/users/{id}/plan`: sets the plan of an account, below the one from billing.
//!
//! Emits `identity.plan_changed.v1` if the plan changes, and `identity.session_ended.v1` for each session beyond
//! its device limit.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Admin, Standing};
use kit::http::{Fields, Id, IfMatch, Invocation, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::UserId;
use utoipa::ToSchema;

use crate::api::administration::{AdminUserView, administer, tell};
use crate::ctx::Public;
use crate::domain::plan::Plan;

/// Request to set the plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetUserPlan {
    /// Name of a plan with a device limit: `free`, `premium` or `family`.
    #[schema(min_length = 1, max_length = 64, example = "premium")]
    plan: String,
}

/// Set a user's plan
///
/// Sets the plan that the account has while billing gives the user none: a plan that is granted until a date, or that of a
/// subscription, counts instead (`PUT /v1/billing/users/{id}/grant`). Requires the role `admin`; the role is checked against
/// the stored account, not only the token. Ends the oldest sessions if the plan that counts allows fewer devices. Supports
/// optimistic concurrency with `If-Match`.
#[utoipa::path(
    put, path = "/v1/users/{id}/plan", operation_id = "set_user_plan", tag = "identity",
    security(("bearer" = ["admin"])),
    params(("id" = UserId, Path, description = "User ID"), OptionalIfMatch),
    request_body = SetUserPlan,
    responses(
        (status = 200, description = "The updated account", body = AdminUserView),
        (status = 404, description = "`identity.no_such_user`: no account with this ID"),
    )
)]
pub async fn set_user_plan(
    State(ctx): State<&'static Public>,
    admin: Standing<Admin>,
    call: Invocation,
    Path(Id { id }): Path<Id<UserId>>,
    seen: Option<IfMatch>,
    Json(body): Json<SetUserPlan>,
) -> Result<Tagged<AdminUserView>, Problem> {
    let mut fields = Fields::new();
    let plan = fields.check("plan", Plan::try_from(body.plan));
    let (plan,) = fields.all((plan,))?;
    let now = ctx.clock.now();
    let changed = administer(ctx, &admin, id, seen, |account| match account.set_plan(plan.clone(), now) {
        Some((fact, ended)) => tell(&call, now, fact, ended),
        None => Ok(Outbox::none()),
    });
    changed.await
}
