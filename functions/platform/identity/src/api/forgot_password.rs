//! `POST /v1/auth/forgot-password`: sends a password reset e-mail.
//!
//! Emits `identity.password_reset_requested.v1` if the address has an account and an e-mail is due
//! ([`crate::domain::reset_pace`]).

use axum::extract::State;
use dynamo::Outbox;
use http::StatusCode;
use kit::http::{Fields, Invocation, Json, Problem};
use serde::Deserialize;
use types::{EmailAddress, UserId};
use utoipa::ToSchema;

use crate::ctx::Public;
use crate::domain::attempts::Source;
use crate::problem::Unwritten;

/// Request for a password reset.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForgotPassword {
    /// E-mail address of the account.
    #[schema(format = Email, example = "ann@example.com")]
    email: String,
}

/// Request a password reset
///
/// Sends an e-mail with a reset link, which is valid for at least 30 minutes and for one use. Links of earlier e-mails
/// stay valid. The response is the same whether or not the address has an account. At most one e-mail per minute and 16
/// per 24 hours and account: the intervals grow from one minute to four hours, except for the first requests from network
/// addresses that the account was used from, and from addresses that got none within 24 hours.
#[utoipa::path(
    post, path = "/v1/auth/forgot-password", operation_id = "forgot_password", tag = "identity",
    request_body = ForgotPassword,
    responses(
        (status = 202, description = "Request accepted"),
    )
)]
pub async fn forgot_password(
    State(ctx): State<&'static Public>,
    call: Invocation,
    Json(body): Json<ForgotPassword>,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::new();
    let email = fields.check("email", EmailAddress::parse(&body.email));
    let (email,) = fields.all((email,))?;

    let (now, id, source) = (ctx.clock.now(), types::new_uuid(), Source::of(&call.source_ip));
    // Two reads and one write for every caller and address: what is not there is looked for all the same, and where there is
    // nothing to write something without meaning is written. So neither cost nor time tells who has an account.
    let owner = ctx.store.owner_of(&email).await?;
    let account = ctx.store.account(owner.unwrap_or_else(UserId::generate)).await?;
    let requested = match account {
        None => None,
        Some(read) => Unwritten::or_nothing(
            ctx.store
                .change(read, |account| {
                    let fact = account.request_reset_from(&source, id, now).map_err(|_| Unwritten::Nothing)?;
                    Ok(((), Outbox::of(call.event(now, fact))?))
                })
                .await,
        )?,
    };
    if requested.is_none() {
        ctx.store.write_decoy(now).await?;
    }
    Ok(StatusCode::ACCEPTED)
}
