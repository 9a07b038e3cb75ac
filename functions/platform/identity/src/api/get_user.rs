//! `GET /v1/users/{id}`: somebody's account, for admins and for services that may read users.

use axum::extract::State;
use kit::auth::{Access, ReadUsers};
use kit::http::{Id, Path, Problem, Tagged};
use types::UserId;

use crate::api::administration::{AdminUserView, show};
use crate::ctx::Directory;
use crate::problem::Refusal;

/// Read an account
#[utoipa::path(
    get, path = "/v1/users/{id}", operation_id = "get_user", tag = "identity",
    security(("bearer" = []), ("apiKey" = [])),
    params(("id" = UserId, Path, description = "The account")),
    responses(
        (status = 200, description = "The account", body = AdminUserView),
        (status = 401, description = "`auth.token_missing`, `auth.token_invalid`, `auth.token_expired`, `auth.key_invalid`, `auth.key_expired`", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "`auth.forbidden`: this needs the role admin, or an API key with the scope `users:read`", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "`identity.no_such_user`", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn get_user(
    State(ctx): State<&'static Directory>,
    _reader: Access<ReadUsers>,
    Path(Id { id }): Path<Id<UserId>>,
) -> Result<Tagged<AdminUserView>, Problem> {
    Ok(show(ctx.store.account(id).await?.ok_or(Refusal::NoSuchUser)?))
}
