//! `DELETE /v1/users/me/mfa-removal`: cancels the removal of the caller's second factor.
//!
//! Emits `identity.mfa_removal_cancelled.v1`.

use axum::extract::State;
use contracts::identity::MfaRemovalCanceller;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Invocation, NoContent, Problem};

use crate::ctx::Public;
use crate::domain::account::Account;
use crate::problem::Refusal;

/// Cancel removal of my second factor
///
/// Cancels a removal that an admin requested. Needs no code: keeping the factor does no harm. Sends an e-mail.
#[utoipa::path(
    delete, path = "/v1/users/me/mfa-removal", operation_id = "cancel_own_mfa_removal", tag = "identity",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "Removal cancelled"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted; `identity.no_such_mfa_removal`: no removal is pending"),
    )
)]
pub async fn cancel_own_mfa_removal(
    State(ctx): State<&'static Public>,
    caller: Caller,
    call: Invocation,
) -> Result<NoContent, Problem> {
    let now = ctx.clock.now();
    let read = ctx.store.account_of(&caller, now).await?;
    ctx.store
        .change(read, |account: &mut Account| {
            let cancelled = account.cancel_mfa_removal(MfaRemovalCanceller::User, now);
            let cancelled = cancelled.ok_or(Refusal::NoSuchMfaRemoval)?;
            Ok::<_, Problem>(((), Outbox::of(call.event(now, cancelled))?))
        })
        .await?;
    Ok(NoContent)
}
