//! Signing in, however somebody proved who they are.

use contracts::identity::Device;
use dynamo::{Outbox, Versioned};
use jiff::Timestamp;
use kit::http::{Invocation, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::SignedIn;
use crate::ctx::{Ctx, first_token};
use crate::domain::account::{Account, Status};
use crate::domain::attempts::Source;
use crate::domain::mfa::MfaMethod;
use crate::domain::refresh::RefreshToken;
use crate::problem::Refusal;
use crate::store::Start;

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
/// hash. `gone` is the answer if the account is deleted meanwhile: the same as for one that never was.
pub async fn sign_in(
    ctx: &Ctx,
    call: &Invocation,
    read: Versioned<Account>,
    device: Device,
    gone: Refusal,
    proven: impl Fn(&mut Account) -> Result<(), Refusal>,
) -> Result<FirstFactor, Problem> {
    let (now, token) = (ctx.clock.now(), first_token(read.value.id)?);
    let (account, signed_in) = ctx
        .store
        .change_if(Start::or_refuse(read, gone), |account: &mut Account| {
            let before = account.password.clone();
            proven(account)?;
            check_open(account)?;
            if account.mfa.is_on() {
                let changed = account.password != before;
                return Ok::<_, Problem>((false, changed.then(Outbox::none)));
            }
            Ok((true, Some(start_session(ctx, account, call, &token, device.clone(), now)?)))
        })
        .await?;
    let account = account.value;
    if !signed_in {
        return Ok(require_mfa(ctx, &account, now).await);
    }
    Ok(FirstFactor::SignedIn(Box::new(SignedIn::new(&*ctx.issuer().await, &account, &token, now)?)))
}

/// Asks for the second factor.
pub async fn require_mfa(ctx: &Ctx, account: &Account, now: Timestamp) -> FirstFactor {
    let issuer = ctx.issuer().await;
    let key = issuer.challenge_key();
    let mfa_token = key.issue(account.id, account.password.as_ref(), types::new_uuid(), now);
    FirstFactor::MfaRequired(MfaChallenge { mfa_token, methods: account.mfa.methods() })
}

/// Starts a session: the facts to tell.
pub fn start_session(
    ctx: &Ctx,
    account: &mut Account,
    call: &Invocation,
    token: &RefreshToken,
    device: Device,
    now: Timestamp,
) -> Result<Outbox, Problem> {
    account.known_sources.remember(&Source::of(&call.source_ip));
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
    Ok(outbox)
}

/// An error if the account is closed for now.
pub fn check_open(account: &Account) -> Result<(), Refusal> {
    match account.status {
        Status::Suspended => Err(Refusal::Suspended),
        Status::Deleted => Err(Refusal::NoSuchUser),
        Status::Active => Ok(()),
    }
}
