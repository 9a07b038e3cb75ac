//! `POST /v1/auth/mfa/verify`: completes a sign-in with the second factor.
//!
//! Emits the events of `POST /v1/auth/login`, and `identity.mfa_removal_cancelled.v1` if an admin had requested the removal of
//! the factor: it is not lost.

use axum::extract::State;
use contracts::identity::MfaRemovalCanceller;
use dynamo::Outbox;
use kit::http::{Fields, Invocation, Json, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::sign_in::{Factors, check_open, start_session};
use crate::api::sign_in_log::{Subject, log_sign_in};
use crate::api::{DeviceInput, SignedIn};
use crate::ctx::{Ctx, first_token};
use crate::domain::account::Account;
use crate::domain::attempts::Source;
use crate::domain::mfa::{Code, MfaError, Presented};
use crate::domain::sign_in_history::{AttemptOutcome, Attempts, Entry};
use crate::mfa_keys::WithMfaKeys;
use crate::problem::{self, Refusal};
use crate::store::{Start, Writes};

/// Second step of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyMfa {
    /// `mfaToken` of the first step.
    #[schema(format = Password, max_length = 128, example = "atoll_mfa_AZoMblsQeqGMHW5fSjssHQ")]
    mfa_token: String,
    /// Six-digit code of the authenticator app, or a recovery code. Each can be used once.
    #[schema(format = Password, min_length = 6, max_length = 64, example = "287082")]
    code: String,
    /// Device that signs in. Shown in the list of sessions.
    device: Option<DeviceInput>,
}

/// Complete sign-in with second factor
///
/// Accepts a TOTP code or a recovery code, each for one use. Ends the oldest session if the plan allows no further
/// device. Send `device` again: the first step does not store it.
#[utoipa::path(
    post, path = "/v1/auth/mfa/verify", operation_id = "verify_mfa", tag = "identity",
    request_body = VerifyMfa,
    responses(
        (status = 200, description = "Tokens", body = SignedIn),
        (status = 401, description = "`identity.mfa_token_invalid`: expired or used; sign in again with the password; `identity.mfa_code_wrong`: the code is wrong, used or expired"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 429, description = "`identity.too_many_attempts`: five wrong codes within 15 minutes; retry after `Retry-After` seconds"),
    )
)]
pub async fn verify_mfa(
    State(with_keys): State<&'static WithMfaKeys<Ctx>>,
    call: Invocation,
    Json(body): Json<VerifyMfa>,
) -> Result<Json<SignedIn>, Problem> {
    let mut fields = Fields::new();
    let values = (fields.check("code", Code::parse(&body.code)), DeviceInput::parse(body.device, &mut fields));
    let (code, device) = fields.all(values)?;

    let (ctx, now) = (&with_keys.base, with_keys.base.clock.now());
    let (issuer, keys) = (ctx.issuer().await, with_keys.mfa_keys(now).await);
    let challenge = issuer.challenge_key().read(&body.mfa_token, now).map_err(|_| Refusal::MfaTokenInvalid)?;
    let read = ctx.store.account(challenge.user_id).await?.ok_or(Refusal::MfaTokenInvalid)?;
    let token = first_token(challenge.user_id)?;
    let source = Source::of(&call.source_ip);
    let factors = Factors { method: challenge.method, second: Some(code.method()) };
    let changed =
        ctx.store.change_recording(Start::or_refuse(read, Refusal::MfaTokenInvalid), |account: &mut Account| {
            if !issuer.challenge_key().proves(&challenge, &account.first_factor(challenge.method)) {
                return Err(Refusal::MfaTokenInvalid.into());
            }
            check_open(account)?;
            // Turned off meanwhile: then the password is enough, and that is the other endpoint's to say.
            let sealed = account.mfa.secret().map_err(|_: MfaError| Refusal::MfaTokenInvalid)?;
            let secret = keys.sealers.open(account.id, sealed).map_err(problem::secret)?;
            let presented = Presented { code: &code, secret: &secret, keys: &keys.recovery, at: now };
            if !account.answer(&challenge, presented)? {
                let is_new = !account.known_sources.contains(&source);
                let attempt = Attempts::today(account.id, AttemptOutcome::WrongCode, is_new, now);
                let writes = Writes { account: Some(Outbox::none()), history: Some(Entry::Attempts(attempt)) };
                return Ok::<_, Problem>((Err(Refusal::MfaSignInFailed), writes));
            }
            let cancelled = account.cancel_mfa_removal(MfaRemovalCanceller::Factor, now);
            let (mut outbox, entry) = start_session(ctx, account, &call, factors, &token, device.clone(), now)?;
            if let Some(fact) = cancelled {
                outbox.push(call.event(now, fact))?;
            }
            Ok((Ok(()), Writes { account: Some(outbox), history: Some(entry) }))
        });
    let verified = changed.await.and_then(|(written, verified)| Ok((written, verified.map_err(Problem::from)?)));
    let outcome = verified.as_ref().map_or_else(Problem::code, |_| "signed_in");
    log_sign_in(&call, &Subject::User(challenge.user_id), challenge.method, outcome);
    let (written, ()) = verified?;
    Ok(Json(SignedIn::new(&issuer, &written.value, &token, now)?))
}
