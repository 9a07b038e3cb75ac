//! `DELETE /v1/notifications/phone`: no more text messages to the caller.

use axum::extract::State;
use kit::auth::Caller;
use kit::http::{NoContent, Problem};

use crate::ctx::Public;
use crate::domain::phone::Phone;

/// Delete one's phone number
///
/// A proof that is under way ends too. A second time changes nothing.
#[utoipa::path(
    delete, path = "/v1/notifications/phone", operation_id = "delete_phone", tag = "notifications",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "There is no number"),
    )
)]
pub async fn delete_phone(State(ctx): State<&'static Public>, caller: Caller) -> Result<NoContent, Problem> {
    // Whoever never gave a number has none to take back.
    ctx.store.change_phone(caller.user_id, |phone: &Phone| (phone.removed(), ())).await?;
    Ok(NoContent)
}
