//! `GET /v1/users/{id}`: an account, for admins and for services with the scope `users:read`.

use axum::extract::State;
use kit::auth::{Access, ReadUsers};
use kit::http::{Id, Path, Problem, Tagged};
use types::UserId;

use crate::api::administration::{AdminUserView, show};
use crate::ctx::Directory;
use crate::problem::Refusal;

/// Get a user
#[utoipa::path(
    get, path = "/v1/users/{id}", operation_id = "get_user", tag = "identity",
    security(("bearer" = ["admin"]), ("apiKey" = ["users:read"])),
    params(("id" = UserId, Path, description = "User ID")),
    responses(
        (status = 200, description = "The account", body = AdminUserView),
        (status = 404, description = "`identity.no_such_user`: no account with this ID"),
    )
)]
pub async fn get_user(
    State(ctx): State<&'static Directory>,
    _reader: Access<ReadUsers>,
    Path(Id { id }): Path<Id<UserId>>,
) -> Result<Tagged<AdminUserView>, Problem> {
    let account = ctx.store.account(id).await?.ok_or(Refusal::NoSuchUser)?;
    Ok(show(&account, ctx.clock.now()))
}
