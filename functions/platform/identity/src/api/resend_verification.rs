//! `POST /v1/auth/resend-verification`: sends another verification e-mail to the caller.
//!
//! Emits `identity.verification_requested.v1`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Invocation, NoContent, Problem};

use crate::ctx::Public;
use crate::problem::Refusal;

/// Resend verification e-mail
///
/// Links of earlier verification e-mails stay valid. At most one e-mail per minute, including the one sent at
/// registration.
#[utoipa::path(
    post, path = "/v1/auth/resend-verification", operation_id = "resend_verification", tag = "identity",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "E-mail requested"),
        (status = 404, description = "`identity.no_such_user`: the account was deleted"),
        (status = 409, description = "`identity.email_already_verified`: the address is already verified; `identity.no_email`: the account has no e-mail address"),
        (status = 429, description = "`identity.too_soon`: an e-mail was sent within the last minute; retry after `Retry-After` seconds"),
    )
)]
pub async fn resend_verification(
    State(ctx): State<&'static Public>,
    call: Invocation,
    caller: Caller,
) -> Result<NoContent, Problem> {
    let read = ctx.store.account_of(&caller, ctx.clock.now()).await?;
    let (now, id) = (ctx.clock.now(), types::new_uuid());
    ctx.store
        .change(read, |account| {
            let fact = account.request_verification(id, now).map_err(Refusal::from)?;
            Ok::<_, Problem>(((), Outbox::of(call.event(now, fact))?))
        })
        .await?;
    Ok(NoContent)
}
