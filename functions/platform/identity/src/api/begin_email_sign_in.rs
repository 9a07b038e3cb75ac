//! `POST /v1/auth/email/begin`: sends a code and a link for signing in.
//!
//! Emits `identity.email_code_requested.v1`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use dynamo::{ConflictRetry, Outbox};
use http::StatusCode;
use kit::auth::Purpose;
use kit::http::{Fields, Invocation, Json, Problem};
use serde::{Deserialize, Serialize};
use types::{EmailAddress, UserId};
use utoipa::ToSchema;

use crate::api::request_token;
use crate::ctx::Links;
use crate::domain::attempts::Source;
use crate::domain::email_code::{CODE_LIFETIME, MailboxCodes};
use crate::problem::Refusal;
use crate::store::AddressOwner;

/// Request for a sign-in code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BeginEmailSignIn {
    /// E-mail address.
    #[schema(format = Email, example = "ann@example.com")]
    email: String,
}

/// A sign-in that waits for the code or the link of an e-mail.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = EmailSignInRequest)]
pub struct EmailSignInView {
    /// Identifies the request. Keep it on the device: without it neither the code nor the link works.
    #[schema(example = "atoll_mail_cmVxdWVzdAUBkyM")]
    request_token: String,
    /// Number of seconds until the code and the link expire.
    #[schema(example = 600)]
    expires_in: i64,
}

/// Start sign-in by e-mail
///
/// Sends an e-mail with an eight-digit code and a link, valid for ten minutes and one use. Complete the sign-in with
/// `POST /v1/auth/email/complete`. A newer request invalidates the code and the link of an earlier one. The response is
/// the same whether or not the address has an account. At most one e-mail per minute and 20 per day (UTC) and mailbox;
/// addresses that differ by a label after `+` are one mailbox. At most 60 requests per hour and network address.
#[utoipa::path(
    post, path = "/v1/auth/email/begin", operation_id = "begin_email_sign_in", tag = "identity",
    request_body = BeginEmailSignIn,
    responses(
        (status = 202, description = "E-mail requested", body = EmailSignInView),
        (status = 429, description = "`identity.too_soon`: an e-mail was sent to this mailbox within the last minute, or 20 today; retry after `Retry-After` seconds; `request.limit_exceeded`: too many requests from this network address; retry after `Retry-After` seconds"),
    )
)]
pub async fn begin_email_sign_in(
    State(ctx): State<&'static Links>,
    call: Invocation,
    Json(body): Json<BeginEmailSignIn>,
) -> Result<Response, Problem> {
    let mut fields = Fields::new();
    let email = fields.check("email", EmailAddress::parse(&body.email));
    let (email,) = fields.all((email,))?;

    let (now, source, id) = (ctx.clock.now(), Source::of(&call.source_ip), types::new_uuid());
    let (counted, state) =
        futures::join!(ctx.store.count_code_request(&source, now), ctx.store.code_state(&email, &source, now));
    counted?;
    let (mut state, mut retry) = (state?, ConflictRetry::default());
    loop {
        // The same reads and the same write for every address: neither cost nor time tells who has an account.
        let user_id = match state.owner {
            AddressOwner::Account(owner) => owner,
            AddressOwner::Nobody | AddressOwner::Reserved => UserId::generate(),
        };
        let before = state.codes.as_ref();
        let (codes, fact) =
            MailboxCodes::request(before.map(|codes| &codes.value), &email, user_id, id, now).map_err(Refusal::from)?;
        if ctx.store.write_codes(before, codes, &Outbox::of(call.event(now, fact))?).await? {
            break;
        }
        retry.pause().await?;
        state = ctx.store.code_state(&email, &source, now).await?;
    }
    let request_token = request_token::issue(&ctx.link_key, Purpose::SignIn, id, &email);
    let view = EmailSignInView { request_token, expires_in: CODE_LIFETIME.as_secs() };
    Ok((StatusCode::ACCEPTED, Json(view)).into_response())
}
