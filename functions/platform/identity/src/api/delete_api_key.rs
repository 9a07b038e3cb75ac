//! `DELETE /v1/api-keys/{id}`: from now on the key opens nothing.

use axum::extract::State;
use kit::auth::{Admin, Require};
use kit::http::{Id, NoContent, Path, Problem};
use types::ApiKeyId;

use crate::api::administration::still_admin;
use crate::ctx::Public;
use crate::problem::Refusal;

/// Delete an API key
///
/// The next request with it is refused.
#[utoipa::path(
    delete, path = "/v1/api-keys/{id}", operation_id = "delete_api_key", tag = "identity",
    security(("bearer" = ["admin"])),
    params(("id" = ApiKeyId, Path, description = "The key's id")),
    responses(
        (status = 204, description = "The key is gone"),
        (status = 404, description = "`identity.no_such_api_key`"),
    )
)]
pub async fn delete_api_key(
    State(ctx): State<&'static Public>,
    admin: Require<Admin>,
    Path(Id { id }): Path<Id<ApiKeyId>>,
) -> Result<NoContent, Problem> {
    still_admin(ctx, &admin).await?;
    if ctx.store.delete_api_key(id).await? { Ok(NoContent) } else { Err(Refusal::NoSuchApiKey.into()) }
}
