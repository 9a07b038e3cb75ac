//! `DELETE /v1/api-keys/{id}`: revokes an API key.
//!
//! Emits `identity.api_key_deleted.v1`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::{Admin, Standing};
use kit::http::{Id, Invocation, NoContent, Path, Problem};
use types::ApiKeyId;

use crate::ctx::Public;
use crate::problem::Refusal;

/// Revoke an API key
///
/// Requires the role `admin`; the role is checked against the stored account, not only the token. Requests with the
/// key are refused immediately. Sends an e-mail to the admin who created the key.
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
    call: Invocation,
    Path(Id { id }): Path<Id<ApiKeyId>>,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let (admin, key) = admin.with(ctx.store.api_key(id)).await?;
    let key = key.ok_or(Refusal::NoSuchApiKey)?;
    let deleted = Outbox::of(call.event(now, key.value.deleted(admin.user_id)))?;
    ctx.store.delete_api_key(&key, &deleted, now).await?;
    Ok(NoContent)
}
