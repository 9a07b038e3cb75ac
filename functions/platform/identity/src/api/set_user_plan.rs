//! `PUT /v1/users/{id}/plan`: puts somebody on a plan.
//! Emits `identity.plan_changed.v1` if it is another, and `identity.session_ended.v1` for each session that it has no room for.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Admin, Require};
use kit::http::{Fields, Id, IfMatch, Invocation, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::UserId;
use utoipa::ToSchema;

use crate::api::administration::{AdminUserView, administer, tell};
use crate::ctx::Public;
use crate::domain::plan::Plan;

/// The plan that somebody is to have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetUserPlan {
    #[schema(example = "premium")]
    plan: String,
}

/// Set somebody's plan
///
/// Where the new plan has less room for devices, the oldest sessions end. `If-Match` is honoured.
#[utoipa::path(
    put, path = "/v1/users/{id}/plan", operation_id = "set_user_plan", tag = "identity",
    security(("bearer" = ["admin"])),
    params(("id" = UserId, Path, description = "The account"), OptionalIfMatch),
    request_body = SetUserPlan,
    responses(
        (status = 200, description = "The account as it is now", body = AdminUserView),
        (status = 404, description = "`identity.no_such_user`"),
    )
)]
pub async fn set_user_plan(
    State(ctx): State<&'static Public>,
    admin: Require<Admin>,
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
