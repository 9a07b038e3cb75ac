//! `PUT /v1/users/{id}/roles`: says what somebody may do.
//! Emits `identity.roles_changed.v1` if that is something else than before.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Admin, Require};
use kit::http::{Id, IfMatch, Invocation, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::{Role, UserId};
use utoipa::ToSchema;

use crate::api::administration::{AdminUserView, administer};
use crate::ctx::Public;

/// All roles that somebody is to have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetUserRoles {
    /// Everybody is a `user`, named or not.
    #[schema(example = json!(["user", "manager"]))]
    roles: Vec<Role>,
}

/// Set somebody's roles
///
/// An access token carries the roles of the moment when it was made: for up to ten minutes one that was made before still
/// reads what the old ones allow. It changes nothing here: who changes accounts or API keys must be an admin now. With `If-Match`, nothing changes unless the account is in that version.
#[utoipa::path(
    put, path = "/v1/users/{id}/roles", operation_id = "set_user_roles", tag = "identity",
    security(("bearer" = ["admin"])),
    params(("id" = UserId, Path, description = "The account"), OptionalIfMatch),
    request_body = SetUserRoles,
    responses(
        (status = 200, description = "The account as it is now", body = AdminUserView),
        (status = 404, description = "`identity.no_such_user`"),
        (status = 409, description = "`identity.own_account`: nobody takes their own admin role"),
    )
)]
pub async fn set_user_roles(
    State(ctx): State<&'static Public>,
    admin: Require<Admin>,
    call: Invocation,
    Path(Id { id }): Path<Id<UserId>>,
    seen: Option<IfMatch>,
    Json(body): Json<SetUserRoles>,
) -> Result<Tagged<AdminUserView>, Problem> {
    let now = ctx.clock.now();
    let changed =
        administer(ctx, &admin, id, seen, |account| match account.set_roles(&body.roles, admin.caller.user_id)? {
            Some(fact) => Ok(Outbox::of(call.event(now, fact))?),
            None => Ok(Outbox::none()),
        });
    changed.await
}
