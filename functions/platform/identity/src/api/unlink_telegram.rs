//! `DELETE /v1/users/me/telegram`: unlinks the Telegram account of the caller.
//!
//! Emits `identity.telegram_unlinked.v1`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Invocation, NoContent, Problem};

use crate::ctx::Public;
use crate::domain::account::{Account, Status};
use crate::problem::Refusal;

/// Unlink Telegram
///
/// Sessions that were started with Telegram continue. Sends an e-mail. Idempotent.
#[utoipa::path(
    delete, path = "/v1/users/me/telegram", operation_id = "unlink_telegram", tag = "identity",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "Telegram account unlinked"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
        (status = 409, description = "`identity.last_sign_in_method`: the account has no password, so Telegram is the only sign-in method"),
    )
)]
pub async fn unlink_telegram(
    State(ctx): State<&'static Public>,
    call: Invocation,
    caller: Caller,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let read = ctx.store.account_of(&caller, now).await?;
    if read.value.telegram.is_none() {
        return Ok(NoContent);
    }
    ctx.store
        .change_with_claims(read, |account: &mut Account| {
            if account.status == Status::Suspended {
                return Err(Problem::from(Refusal::Suspended));
            }
            let unlinked = account.unlink_telegram().map_err(|_| Refusal::LastSignInMethod)?;
            Ok(((), unlinked.map(|unlinked| Outbox::of(call.event(now, unlinked))).transpose()?.unwrap_or_default()))
        })
        .await?;
    Ok(NoContent)
}
