//! Sign-in, by any proof of who the user is.

use contracts::identity::Device;
use dynamo::{Outbox, Versioned};
use jiff::Timestamp;
use kit::http::{Invocation, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::SignedIn;
use crate::api::sign_in_log::{Subject, log_sign_in};
use crate::ctx::{Ctx, first_token};
use crate::domain::account::{Account, Status};
use crate::domain::attempts::Source;
use crate::domain::mfa::MfaMethod;
use crate::domain::refresh::RefreshToken;
use crate::domain::sign_in_history::{AttemptOutcome, Attempts, Entry, SignIn};
use crate::domain::sign_in_methods::SignInMethod;
use crate::problem::Refusal;
use crate::store::{Start, Writes};

/// Result of a valid first factor. `status` tells the forms apart.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum FirstFactor {
    /// It was enough: the tokens.
    SignedIn(Box<SignedIn>),
    /// A second factor is required.
    MfaRequired(MfaChallenge),
}

/// Sign-in that requires a second factor: complete it with `POST /v1/auth/mfa/verify`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MfaChallenge {
    /// Identifies the sign-in. Valid for five minutes and one use; not an access token.
    #[schema(example = "atoll_mfa_AZoMblsQeqGMHW5fSjssHQ")]
    mfa_token: String,
    /// Accepted second factors.
    methods: Vec<MfaMethod>,
}

/// Signs a device in, or asks for the second factor if it is on.
///
/// `proven` runs within the change, because what was proven may prove nothing any more. It may replace an outdated password
/// hash. A second factor whose removal is due is removed here. Writes a log line, and an entry of the history.
/// `gone` is the answer if the account is deleted meanwhile: the same as for one that never was.
pub async fn sign_in(
    ctx: &Ctx,
    call: &Invocation,
    read: Versioned<Account>,
    method: SignInMethod,
    device: Device,
    gone: Refusal,
    proven: impl Fn(&mut Account) -> Result<(), Refusal>,
) -> Result<FirstFactor, Problem> {
    let (now, token) = (ctx.clock.now(), first_token(read.value.id)?);
    let (subject, source) = (Subject::User(read.value.id), Source::of(&call.source_ip));
    let factors = Factors { method, second: None };
    let changed = ctx.store.change_recording(Start::or_refuse(read, gone), |account: &mut Account| {
        let before = account.password.clone();
        proven(account)?;
        check_open(account)?;
        let removed = account.remove_mfa_if_due(now);
        if account.mfa.is_on() {
            let changed = account.password != before;
            let is_new = !account.known_sources.contains(&source);
            let attempt = Attempts::today(account.id, AttemptOutcome::MfaRequired, is_new, now);
            let writes = Writes { account: changed.then(Outbox::none), history: Some(Entry::Attempts(attempt)) };
            return Ok::<_, Problem>((false, writes));
        }
        let (mut outbox, entry) = start_session(ctx, account, call, factors, &token, device.clone(), now)?;
        if let Some((fact, ended)) = removed {
            outbox.push(call.event(now, fact))?;
            for fact in ended {
                outbox.push(call.event(now, fact))?;
            }
        }
        Ok((true, Writes { account: Some(outbox), history: Some(entry) }))
    });
    let changed = Box::pin(changed).await;
    let outcome = changed.as_ref().map(|(_, signed_in)| if *signed_in { "signed_in" } else { "mfa_required" });
    log_sign_in(call, &subject, method, outcome.unwrap_or_else(Problem::code));
    let (account, signed_in) = changed?;
    let account = account.value;
    if !signed_in {
        return Ok(require_mfa(ctx, &account, method, now).await);
    }
    Ok(FirstFactor::SignedIn(Box::new(SignedIn::new(&*ctx.issuer().await, &account, &token, now)?)))
}

/// Asks for the second factor.
pub async fn require_mfa(ctx: &Ctx, account: &Account, method: SignInMethod, now: Timestamp) -> FirstFactor {
    let issuer = ctx.issuer().await;
    let key = issuer.challenge_key();
    let mfa_token = key.issue(account.id, method, &account.first_factor(method), types::new_uuid(), now);
    FirstFactor::MfaRequired(MfaChallenge { mfa_token, methods: account.mfa.methods() })
}

/// The factors of a sign-in.
#[derive(Debug, Clone, Copy)]
pub struct Factors {
    /// The first one.
    pub method: SignInMethod,
    /// The second one, if it was required.
    pub second: Option<MfaMethod>,
}

/// Starts a session. Returns the events, and the entry of the history.
pub fn start_session(
    ctx: &Ctx,
    account: &mut Account,
    call: &Invocation,
    factors: Factors,
    token: &RefreshToken,
    device: Device,
    now: Timestamp,
) -> Result<(Outbox, Entry), Problem> {
    let entry = Entry::SignIn(new_sign_in(account, call, factors, token, device.clone(), now));
    // Before the session starts, so that its first token carries the role.
    let promoted = account.claim_first_admin(ctx.first_admin.as_ref());
    let (started, ended) = account.sign_in(token, device, now);
    let mut outbox = Outbox::of(call.event(now, started))?;
    if let Some(fact) = promoted {
        outbox.push(call.event(now, fact))?;
    }
    for fact in ended {
        outbox.push(call.event(now, fact))?;
    }
    Ok((outbox, entry))
}

/// The entry of the history for a session that starts. Remembers the network address.
pub fn new_sign_in(
    account: &mut Account,
    call: &Invocation,
    factors: Factors,
    token: &RefreshToken,
    device: Device,
    now: Timestamp,
) -> SignIn {
    let source = Source::of(&call.source_ip);
    let new_source = !account.known_sources.contains(&source);
    account.known_sources.remember(&source);
    SignIn {
        user_id: account.id,
        session_id: token.session_id,
        at: now,
        method: factors.method,
        second_factor: factors.second,
        device,
        address: call.source_ip.clone(),
        new_source,
    }
}

/// An error if the account is closed for now.
pub fn check_open(account: &Account) -> Result<(), Refusal> {
    match account.status {
        Status::Suspended => Err(Refusal::Suspended),
        Status::Deleted => Err(Refusal::NoSuchUser),
        Status::Active => Ok(()),
    }
}
