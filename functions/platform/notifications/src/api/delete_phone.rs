//! `DELETE /v1/notifications/phone`: no more text messages to the caller.

use axum::extract::State;
use kit::auth::Standing;
use kit::http::{NoContent, Problem};

use crate::ctx::Public;
use crate::domain::phone::Phone;

/// Delete my phone number
///
/// Also cancels a pending confirmation. Idempotent.
#[utoipa::path(
    delete, path = "/v1/notifications/phone", operation_id = "delete_phone", tag = "notifications",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "Deleted, or there was none"),
    )
)]
pub async fn delete_phone(State(ctx): State<&'static Public>, standing: Standing) -> Result<NoContent, Problem> {
    let (_, read) = standing.with(ctx.store.phone(standing.user_id())).await?;
    ctx.store.change_phone(read, |phone: &Phone| (phone.removed(), ())).await?;
    Ok(NoContent)
}
