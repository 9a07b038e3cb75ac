//! `PUT /v1/users/{id}/roles`: replaces the roles of a user.
//!
//! Emits `identity.roles_changed.v1` if they change.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Admin, Standing};
use kit::http::{Id, IfMatch, Invocation, Json, Path, Problem, Tagged};
use kit::openapi::OptionalIfMatch;
use serde::Deserialize;
use types::{Role, UserId};
use utoipa::ToSchema;

use crate::api::administration::{AdminUserView, administer};
use crate::ctx::Public;

/// Request to replace the roles.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SetUserRoles {
    /// All roles of the user. `user` is always included.
    #[schema(example = json!(["user", "manager"]))]
    roles: Vec<Role>,
}

/// Replace a user's roles
///
/// Requires the role `admin`; the role is checked against the stored account, not only the token. Access tokens
/// carry the roles of the time they were issued: earlier tokens keep read access for up to 10 minutes. Admins
/// cannot remove their own admin role. Supports optimistic concurrency with `If-Match`.
#[utoipa::path(
    put, path = "/v1/users/{id}/roles", operation_id = "set_user_roles", tag = "identity",
    security(("bearer" = ["admin"])),
    params(("id" = UserId, Path, description = "User ID"), OptionalIfMatch),
    request_body = SetUserRoles,
    responses(
        (status = 200, description = "The updated account", body = AdminUserView),
        (status = 404, description = "`identity.no_such_user`: no account with this ID"),
        (status = 409, description = "`identity.own_account`: admins cannot remove their own admin role"),
    )
)]
pub async fn set_user_roles(
    State(ctx): State<&'static Public>,
    admin: Standing<Admin>,
    call: Invocation,
    Path(Id { id }): Path<Id<UserId>>,
    seen: Option<IfMatch>,
    Json(body): Json<SetUserRoles>,
) -> Result<Tagged<AdminUserView>, Problem> {
    let now = ctx.clock.now();
    let changed =
        administer(ctx, &admin, id, seen, |account| match account.set_roles(&body.roles, admin.user_id())? {
            Some(fact) => Ok(Outbox::of(call.event(now, fact))?),
            None => Ok(Outbox::none()),
        });
    changed.await
}
