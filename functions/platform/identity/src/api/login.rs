//! `POST /v1/auth/login`: signs a device in, or asks for the second factor.
//! Emits `identity.session_started.v1`, and `identity.session_ended.v1` for each session that the plan has no room for;
//! `identity.roles_changed.v1` when the first admin comes.

use axum::extract::State;
use kit::http::{Fields, Invocation, Json, Problem};
use serde::Deserialize;
use types::{EmailAddress, UserId};
use utoipa::ToSchema;

use crate::api::DeviceInput;
use crate::api::sign_in::{FirstFactor, sign_in};
use crate::ctx::Ctx;
use crate::domain::attempts::{Source, Subjects};
use crate::domain::password::Password;
use crate::problem::{self, Refusal};

/// What proves who somebody is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Login {
    #[schema(format = Email, example = "ann@example.com")]
    email: String,
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    password: Password,
    device: Option<DeviceInput>,
}

/// Sign a device in
///
/// Where the plan has no room for another device, the oldest session ends. Where a second factor is on, the answer names
/// the sign-in, and `POST /v1/auth/mfa/verify` ends it.
#[utoipa::path(
    post, path = "/v1/auth/login", operation_id = "login", tag = "identity",
    request_body = Login,
    responses(
        (status = 200, description = "The device is signed in, or a second factor is needed", body = FirstFactor),
        (status = 401, description = "`identity.bad_credentials`"),
        (status = 403, description = "`identity.suspended`"),
        (status = 429, description = "`identity.too_many_attempts`: see `Retry-After`"),
    )
)]
pub async fn login(
    State(ctx): State<&'static Ctx>,
    call: Invocation,
    Json(body): Json<Login>,
) -> Result<Json<FirstFactor>, Problem> {
    let mut fields = Fields::new();
    let values =
        (fields.check("email", EmailAddress::parse(&body.email)), DeviceInput::parse(body.device, &mut fields));
    let (email, device) = fields.all(values)?;

    let (now, source) = (ctx.clock.now(), Source::of(&call.source_ip));
    let subjects = Subjects::of(&email, &source, now);
    let (owner, failures) = ctx.store.owner_and_failures(&email, &subjects).await?;
    if let Some(retry_after_seconds) = subjects.wait_of_source(failures, now) {
        return Err(Refusal::TooManyAttempts { retry_after_seconds }.into());
    }
    // Nobody's account is looked up too: the time of an answer must not tell whether an address is known.
    let account = ctx.store.account(owner.unwrap_or_else(UserId::generate)).await?;
    let is_known_here = account.as_ref().is_some_and(|account| account.value.known_sources.contains(&source));
    if let Some(retry_after_seconds) = subjects.wait_of_account(failures, now).filter(|_| !is_known_here) {
        return Err(Refusal::TooManyAttempts { retry_after_seconds }.into());
    }
    let known = account.and_then(|account| account.value.password.clone().map(|hash| (account, hash)));
    let matches = match &known {
        Some((_, hash)) => body.password.matches(hash),
        None => body.password.matches_nobody().map(|()| false),
    };
    let Some((read, hash)) = known.filter(|_| matches.as_ref().is_ok_and(|matches| *matches)) else {
        matches.map_err(problem::hash)?;
        ctx.store.count_failure(&subjects).await?;
        return Err(Refusal::BadCredentials.into());
    };

    let reply = sign_in(ctx, &call, read, device, |account| {
        // If it was changed a moment ago, what was proven proves nothing now.
        if account.password.as_ref() == Some(&hash) { Ok(()) } else { Err(Refusal::BadCredentials) }
    });
    reply.await.map(Json)
}
