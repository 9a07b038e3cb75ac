//! `POST /v1/auth/resend-verification`: asks for another mail that lets the caller prove their address.
//! Emits `identity.verification_requested.v1`.

use axum::extract::State;
use dynamo::Outbox;
use kit::auth::Caller;
use kit::http::{Invocation, NoContent, Problem};
use types::Uuid;

use crate::ctx::Public;
use crate::problem::Refusal;

/// Ask for another verification mail
///
/// The links of earlier mails do not work any more. One mail per minute, the one of the registration counted.
#[utoipa::path(
    post, path = "/v1/auth/resend-verification", operation_id = "resend_verification", tag = "identity",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "The mail is on its way"),
        (status = 401, description = "`identity.session_ended`"),
        (status = 404, description = "`identity.no_such_user`: the account is gone"),
        (status = 409, description = "`identity.email_already_verified`, `identity.no_email`"),
        (status = 429, description = "`identity.too_soon`; `Retry-After` says when"),
    )
)]
pub async fn resend_verification(
    State(ctx): State<&'static Public>,
    call: Invocation,
    caller: Caller,
) -> Result<NoContent, Problem> {
    let read = ctx.store.account_of(&caller, ctx.clock.now()).await?;
    let (now, id) = (ctx.clock.now(), Uuid::now_v7());
    ctx.store
        .change(read, |account| {
            let fact = account.request_verification(id, now).map_err(Refusal::from)?;
            Ok::<_, Problem>(((), Outbox::of(call.event(now, fact))?))
        })
        .await?;
    Ok(NoContent)
}
