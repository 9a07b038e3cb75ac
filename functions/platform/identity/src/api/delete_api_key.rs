//! `DELETE /v1/api-keys/{id}`: revokes an API key.

use axum::extract::State;
use kit::auth::{Admin, Standing};
use kit::http::{Id, NoContent, Path, Problem};
use types::ApiKeyId;

use crate::ctx::Public;
use crate::problem::Refusal;

/// Revoke an API key
///
/// Requires the role `admin`; the role is checked against the stored account, not only the token. Requests with the
/// key are refused immediately.
#[utoipa::path(
    delete, path = "/v1/api-keys/{id}", operation_id = "delete_api_key", tag = "identity",
    security(("bearer" = ["admin"])),
    params(("id" = ApiKeyId, Path, description = "API key ID")),
    responses(
        (status = 204, description = "API key revoked"),
        (status = 404, description = "`identity.no_such_api_key`: no API key with this ID"),
    )
)]
pub async fn delete_api_key(
    State(ctx): State<&'static Public>,
    admin: Standing<Admin>,
    Path(Id { id }): Path<Id<ApiKeyId>>,
) -> Result<NoContent, Problem> {
    let (_, key) = admin.with(ctx.store.api_key(id)).await?;
    ctx.store.delete_api_key(&key.ok_or(Refusal::NoSuchApiKey)?).await?;
    Ok(NoContent)
}
