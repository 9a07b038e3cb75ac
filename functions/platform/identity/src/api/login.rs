//! `POST /v1/auth/login`: signs a device in, or requests the second factor.
//!
//! Emits `identity.session_started.v1`, `identity.session_ended.v1` for each session beyond the device limit of the
//! plan, and `identity.roles_changed.v1` when the first admin signs in.

use axum::extract::State;
use kit::http::{Fields, Invocation, Json, Problem};
use serde::Deserialize;
use types::{EmailAddress, UserId};
use utoipa::ToSchema;

use crate::api::sign_in::{FirstFactor, sign_in};
use crate::api::sign_in_log::{Subject, log_sign_in};
use crate::api::{DeviceInput, password_set};
use crate::ctx::Ctx;
use crate::domain::attempts::{Source, Subjects};
use crate::domain::password::{Match, Password};
use crate::domain::sign_in_history::{AttemptOutcome, Attempts};
use crate::domain::sign_in_methods::SignInMethod;
use crate::problem::{self, Refusal};

/// Sign-in request.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = LoginRequest)]
pub struct Login {
    /// E-mail address.
    #[schema(format = Email, example = "ada@example.com")]
    email: String,
    /// Password.
    #[schema(value_type = String, format = Password, max_length = 128, example = "correct horse battery")]
    password: Password,
    /// Device that signs in. Shown in the list of sessions.
    device: Option<DeviceInput>,
}

/// Sign in with password
///
/// Returns tokens, or an `mfaToken` if two-step verification is enabled: complete the sign-in with
/// `POST /v1/auth/mfa/verify`. Ends the oldest session if the plan allows no further device. Limited to five failed
/// attempts per account and source within 15 minutes.
#[utoipa::path(
    post, path = "/v1/auth/login", operation_id = "login", tag = "identity",
    request_body = Login,
    responses(
        (status = 200, description = "Tokens, or an `mfaToken` if a second factor is required", body = FirstFactor),
        (status = 401, description = "`identity.bad_credentials`: wrong e-mail address or password"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 429, description = "`identity.too_many_attempts`: too many failed attempts; retry after `Retry-After` seconds"),
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
    let subjects = Subjects::of(&email, &source);
    let (owner, failures) = ctx.store.owner_and_failures(&email, &subjects, now).await?;
    let subject = Subject::of(ctx, owner, &email).await;
    let refuse = |refusal: Refusal| {
        let problem = Problem::from(refusal);
        log_sign_in(&call, &subject, SignInMethod::Password, problem.code());
        problem
    };
    failures.check_source(now).map_err(|exceeded| refuse(exceeded.into()))?;
    // Nobody's account is looked up too: the time of an answer must not tell whether an address is known.
    let account = ctx.store.account(owner.unwrap_or_else(UserId::generate)).await?;
    let is_known_here = account.as_ref().is_some_and(|account| account.value.known_sources.contains(&source));
    if !is_known_here {
        failures.check_account(now).map_err(|exceeded| refuse(exceeded.into()))?;
    }
    let attempt = match &account {
        Some(account) => Attempts::today(account.value.id, AttemptOutcome::WrongPassword, !is_known_here, now),
        None => Attempts::of_nobody(now, types::new_uuid()),
    };
    let known = account.and_then(|account| account.value.password.clone().map(|hash| (account, hash)));
    let matches = match &known {
        Some((_, hash)) => body.password.matches(hash),
        None => body.password.matches_nobody(ctx.store.hashing_cost()).map(|()| Match::No),
    };
    let matches = matches.map_err(problem::hash)?;
    let Some((read, hash)) = known.filter(|_| matches.is_match()) else {
        ctx.store.count_failure(&subjects, attempt, now).await?;
        return Err(refuse(Refusal::BadCredentials));
    };
    let replacement = match matches {
        Match::Outdated => Some(password_set::hash(&ctx.store, &body.password)?),
        Match::Yes | Match::No => None,
    };

    let reply = sign_in(ctx, &call, read, SignInMethod::Password, device, Refusal::BadCredentials, |account| {
        // If the password was changed a moment ago, what was proven proves nothing now.
        if account.password.as_ref() != Some(&hash) {
            return Err(Refusal::BadCredentials);
        }
        if let Some(replacement) = &replacement {
            account.password = Some(replacement.clone());
        }
        Ok(())
    });
    reply.await.map(Json)
}
