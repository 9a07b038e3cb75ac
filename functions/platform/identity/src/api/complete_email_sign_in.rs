//! `POST /v1/auth/email/complete`: signs a device in with the code or the link of an e-mail.
//!
//! Emits `identity.session_started.v1`, `identity.session_ended.v1` for each session beyond the device limit of the plan, and
//! `identity.roles_changed.v1` when the first admin signs in. For a new user also `identity.user_registered.v1` and
//! `identity.email_verified.v1`; for an account whose address was not verified `identity.email_verified.v1`,
//! `identity.account_reclaimed.v1` and `identity.session_ended.v1` for each session.

use axum::extract::State;
use contracts::identity::Device;
use dynamo::{ConflictRetry, Outbox, Versioned};
use jiff::Timestamp;
use kit::auth::{LinkKey, Purpose};
use kit::http::{Fields, Invocation, Json, Problem};
use serde::Deserialize;
use types::{EmailAddress, PersonName, UserId, Uuid};
use utoipa::ToSchema;

use crate::api::sign_in::{Factors, FirstFactor, check_open, require_mfa, start_session};
use crate::api::sign_in_log::{Subject, log_sign_in};
use crate::api::{DeviceInput, LinkToken, SignedIn, request_token};
use crate::ctx::{Ctx, MailSignIns, first_token};
use crate::domain::account::Account;
use crate::domain::attempts::Source;
use crate::domain::email_code::{CodeRequest, MailboxCodes};
use crate::domain::limits::SIGN_INS_OF_SOURCE;
use crate::domain::sign_in_history::{AttemptOutcome, Attempts};
use crate::domain::sign_in_methods::SignInMethod;
use crate::problem::{Refusal, wrong_field};
use crate::store::{AddressOwner, CodeState, CodeUse, NotEntered};

/// Second step of a sign-in by e-mail.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CompleteEmailSignIn {
    /// `requestToken` of the first step.
    #[schema(format = Password, max_length = 512, example = "atoll_mail_cmVxdWVzdAUBkyM")]
    request_token: String,
    /// Eight-digit code of the e-mail. Spaces are ignored.
    #[schema(format = Password, min_length = 8, max_length = 64, example = "28708215")]
    code: Option<String>,
    /// `token` in the fragment of the link in the e-mail. Send either `code` or `linkToken`.
    #[schema(value_type = Option<String>, max_length = 128)]
    link_token: Option<LinkToken>,
    /// Display name. Required if the address has no account; otherwise ignored.
    #[schema(min_length = 1, max_length = 100, example = "Ann")]
    name: Option<String>,
    /// Device that signs in. Shown in the list of sessions.
    device: Option<DeviceInput>,
}

/// What proves the mailbox.
enum Proof {
    Code(String),
    Link(LinkToken),
}

/// What becomes of a proof.
enum Judged {
    Right,
    Wrong,
    /// It is not of this request. That is no guess: links cannot be guessed.
    Foreign,
}

impl Proof {
    fn parse(body: &mut CompleteEmailSignIn, fields: &mut Fields) -> Option<Self> {
        match (body.code.take(), body.link_token.take()) {
            (Some(code), None) => {
                let digits: String = code.chars().filter(|char| *char != ' ').collect();
                let is_code = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
                fields.check("code", if is_code { Ok(Self::Code(digits)) } else { Err("must be eight digits") })
            }
            (None, Some(token)) => Some(Self::Link(token)),
            (None, None) => fields.check("code", Err("is required, unless `linkToken` is sent")),
            (Some(_), Some(_)) => fields.check("linkToken", Err("must not be sent together with `code`")),
        }
    }

    fn judge(&self, key: &LinkKey, request: CodeRequest) -> Judged {
        match self {
            Self::Code(code) if key.is_long_code(Purpose::SignIn, request.user_id, request.id, code) => Judged::Right,
            Self::Code(_) => Judged::Wrong,
            Self::Link(token) => match token.open(key, Purpose::SignIn) {
                Ok(named) if named == (request.user_id, request.id) => Judged::Right,
                Ok(_) | Err(_) => Judged::Foreign,
            },
        }
    }
}

/// A sign-in that was asked for.
struct SignIn {
    id: Uuid,
    email: EmailAddress,
    proof: Proof,
    name: Option<PersonName>,
    device: Device,
    source: Source,
    now: Timestamp,
}

/// Complete sign-in by e-mail
///
/// Send the code, or the token of the link, with the `requestToken` of the same request. Returns tokens, or an `mfaToken`
/// if two-step verification is enabled. Ends the oldest session if the plan allows no further device.
///
/// - An address without an account gets one, with a verified address and without a password: `name` is required. If it
///   is missing, the response is 422 and the code stays valid.
/// - If the address of the account was not verified, another person may have registered it. The sign-in verifies it,
///   ends all sessions and removes the password, Telegram, two-step verification, push devices and the phone number.
///
/// After five wrong codes a new one must be requested. Limited to 100 failed attempts per network address within 15
/// minutes.
#[utoipa::path(
    post, path = "/v1/auth/email/complete", operation_id = "complete_email_sign_in", tag = "identity",
    request_body = CompleteEmailSignIn,
    responses(
        (status = 200, description = "Tokens, or an `mfaToken` if a second factor is required", body = FirstFactor),
        (status = 401, description = "`identity.email_code_wrong`: the code is wrong; `identity.email_code_invalid`: the code or link was used, has expired, had five wrong attempts, or does not belong to this `requestToken`; request a new one"),
        (status = 403, description = "`auth.suspended`: the account is suspended"),
        (status = 409, description = "`identity.email_taken`: the address is reserved for the account that had it until recently"),
        (status = 429, description = "`identity.too_many_attempts`: too many failed attempts from this network address; retry after `Retry-After` seconds; `request.limit_exceeded`: too many registrations from this network address today; retry after `Retry-After` seconds"),
    )
)]
pub async fn complete_email_sign_in(
    State(ctx): State<&'static MailSignIns>,
    call: Invocation,
    Json(mut body): Json<CompleteEmailSignIn>,
) -> Result<Json<FirstFactor>, Problem> {
    let mut fields = Fields::new();
    let values = (
        Proof::parse(&mut body, &mut fields),
        fields.check("name", body.name.as_deref().map(PersonName::parse).transpose()),
        DeviceInput::parse(body.device, &mut fields),
    );
    let (proof, name, device) = fields.all(values)?;
    let (id, email) = request_token::read(&ctx.link_key, Purpose::SignIn, &body.request_token)?;
    let (now, source) = (ctx.base.clock.now(), Source::of(&call.source_ip));
    let attempt = SignIn { id, email, proof, name, device, source, now };
    let (owner, signed_in) = attempt.run(ctx, &call).await?;
    let outcome = match &signed_in {
        Ok(FirstFactor::SignedIn(_)) => "signed_in",
        Ok(FirstFactor::MfaRequired(_)) => "mfa_required",
        Err(problem) => problem.code(),
    };
    let subject = Subject::of(&ctx.base, owner, &attempt.email).await;
    log_sign_in(&call, &subject, SignInMethod::Email, outcome);
    signed_in.map(Json)
}

/// The factors of a sign-in by e-mail without a second factor.
const FACTORS: Factors = Factors { method: SignInMethod::Email, second: None };

/// Reason why an attempt does not sign in.
enum NotSignedIn {
    /// Something has changed since it was read.
    Stale,
    Refused(Box<Problem>),
}

impl<E: Into<Problem>> From<E> for NotSignedIn {
    fn from(error: E) -> Self {
        Self::Refused(Box::new(error.into()))
    }
}

fn entered(written: Result<(), NotEntered>) -> Result<(), NotSignedIn> {
    match written {
        Ok(()) => Ok(()),
        Err(NotEntered::Stale) => Err(NotSignedIn::Stale),
        Err(NotEntered::Store(error)) => Err(error.into()),
    }
}

impl SignIn {
    /// Tries until nothing has changed meanwhile. Returns the owner of the address too, as known at the end.
    async fn run(
        &self,
        ctx: &MailSignIns,
        call: &Invocation,
    ) -> Result<(Option<UserId>, Result<FirstFactor, Problem>), Problem> {
        let (mut retry, mut is_counted) = (ConflictRetry::default(), false);
        loop {
            let state = ctx.base.store.code_state(&self.email, &self.source, self.now).await?;
            let owner = if let AddressOwner::Account(owner) = state.owner { Some(owner) } else { None };
            if let Err(exceeded) = SIGN_INS_OF_SOURCE.judge(state.failures, self.now) {
                return Ok((owner, Err(Refusal::from(exceeded).into())));
            }
            match self.try_once(ctx, call, state, &mut is_counted).await {
                Ok(signed_in) => return Ok((owner, Ok(signed_in))),
                Err(NotSignedIn::Stale) => retry.pause().await?,
                Err(NotSignedIn::Refused(problem)) => return Ok((owner, Err(*problem))),
            }
        }
    }

    async fn try_once(
        &self,
        ctx: &MailSignIns,
        call: &Invocation,
        state: CodeState,
        is_counted: &mut bool,
    ) -> Result<FirstFactor, NotSignedIn> {
        let codes = state.codes.ok_or(Refusal::EmailCodeInvalid)?;
        let request = codes.value.open(self.id, self.now).map_err(Refusal::from)?;
        match self.proof.judge(&ctx.link_key, request) {
            Judged::Foreign => return Err(Refusal::EmailCodeInvalid.into()),
            Judged::Wrong => return Err(self.refuse(&ctx.base, codes).await?),
            Judged::Right => {}
        }
        match state.owner {
            AddressOwner::Account(owner) => self.enter(&ctx.base, call, owner, codes).await,
            AddressOwner::Nobody => self.join(&ctx.base, call, codes, is_counted).await,
            AddressOwner::Reserved => Err(Refusal::EmailTaken.into()),
        }
    }

    /// Counts a wrong code. Only a guess that was counted gets an answer, so no more are judged than were counted.
    async fn refuse(&self, ctx: &Ctx, codes: Versioned<MailboxCodes>) -> Result<NotSignedIn, NotSignedIn> {
        let next = codes.value.after_wrong_code();
        if !ctx.store.write_codes(Some(&codes), next, &Outbox::none()).await? {
            return Err(NotSignedIn::Stale);
        }
        ctx.store.count_source_failure(&self.source, self.now).await?;
        Ok(Refusal::EmailCodeWrong.into())
    }

    /// Signs in to an account that is there.
    async fn enter(
        &self,
        ctx: &Ctx,
        call: &Invocation,
        owner: UserId,
        codes: Versioned<MailboxCodes>,
    ) -> Result<FirstFactor, NotSignedIn> {
        // Its claim went with it.
        let read = ctx.store.account(owner).await?.ok_or(NotSignedIn::Stale)?;
        let (mut account, now) = (read.value.clone(), self.now);
        if account.email.as_ref() != Some(&self.email) {
            return Err(NotSignedIn::Stale);
        }
        check_open(&account)?;
        let reclaimed = account.enter_by_mail(now);
        let removed = account.remove_mfa_if_due(now);
        if account.mfa.is_on() {
            let code = CodeUse::of(codes);
            if !ctx.store.write_codes(Some(&code.read), code.used, &Outbox::none()).await? {
                return Err(NotSignedIn::Stale);
            }
            let is_new = !account.known_sources.contains(&self.source);
            ctx.store.count_attempt(Attempts::today(owner, AttemptOutcome::MfaRequired, is_new, now)).await?;
            return Ok(require_mfa(ctx, &account, SignInMethod::Email, now).await);
        }
        let token = first_token(account.id)?;
        let (mut outbox, entry) = start_session(ctx, &mut account, call, FACTORS, &token, self.device.clone(), now)?;
        if let Some((fact, ended)) = removed {
            outbox.push(call.event(now, fact))?;
            for fact in ended {
                outbox.push(call.event(now, fact))?;
            }
        }
        if let Some(reclaimed) = reclaimed {
            outbox.push(call.event(now, reclaimed.verified))?;
            outbox.push(call.event(now, reclaimed.reclaimed))?;
            for ended in reclaimed.ended {
                outbox.push(call.event(now, ended))?;
            }
        }
        entered(ctx.store.enter_with_code(Some(&read), &account, &entry, &outbox, &CodeUse::of(codes)).await)?;
        Ok(FirstFactor::SignedIn(Box::new(SignedIn::new(&*ctx.issuer().await, &account, &token, now)?)))
    }

    /// Makes an account and signs in to it.
    async fn join(
        &self,
        ctx: &Ctx,
        call: &Invocation,
        codes: Versioned<MailboxCodes>,
        is_counted: &mut bool,
    ) -> Result<FirstFactor, NotSignedIn> {
        let Some(name) = self.name.clone() else {
            return Err(wrong_field("name", "is required, because the address has no account").into());
        };
        if !std::mem::replace(is_counted, true) {
            ctx.store.count_registration(&self.source, self.now).await?;
        }
        let (now, id) = (self.now, UserId::generate());
        let (mut account, registered, verified) = Account::from_email(id, self.email.clone(), name, now);
        account.plan = ctx.default_plan.clone();
        let token = first_token(id)?;
        let (mut outbox, entry) = start_session(ctx, &mut account, call, FACTORS, &token, self.device.clone(), now)?;
        outbox.push(call.event(now, registered))?;
        outbox.push(call.event(now, verified))?;
        entered(ctx.store.enter_with_code(None, &account, &entry, &outbox, &CodeUse::of(codes)).await)?;
        Ok(FirstFactor::SignedIn(Box::new(SignedIn::new(&*ctx.issuer().await, &account, &token, now)?)))
    }
}
