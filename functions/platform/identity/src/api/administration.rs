//! Shared parts of the admin endpoints.

use contracts::DomainEvent;
use contracts::identity::SessionEnded;
use dynamo::{ConflictRetry, Outbox, Versioned};
use jiff::Timestamp;
use kit::auth::{Admin, Standing};
use kit::http::{IfMatch, Invocation, Problem, Tagged};
use serde::Serialize;
use types::{UserId, Uuid};
use utoipa::ToSchema;

use crate::api::UserView;
use crate::ctx::Public;
use crate::domain::account::Account;
use crate::domain::mfa_removal::Removal;
use crate::problem::Refusal;

/// An account, as admins see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminUserView {
    /// The account.
    #[serde(flatten)]
    user: UserView,
    /// Plan of the account, which counts while billing gives the user none. `plan` is the one that counts now.
    account_plan: String,
    /// Version of the account, as in its `ETag`.
    version: u64,
    /// Time of the last token refresh. Null without active sessions.
    #[serde(serialize_with = "types::time::optional_millis")]
    last_seen_at: Option<Timestamp>,
    /// Requested removal of the second factor. Null without one; one that has lapsed is shown until the next request.
    mfa_removal: Option<MfaRemovalView>,
}

/// A requested removal of a second factor.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MfaRemovalView {
    /// Removal ID.
    id: Uuid,
    /// Reason that the admin gave.
    reason: String,
    /// Admin who requested it.
    requested_by: UserId,
    /// Second admin. Null unless the user is an admin and another admin confirmed it.
    confirmed_by: Option<UserId>,
    /// Time of the request.
    #[serde(serialize_with = "types::time::millis")]
    requested_at: Timestamp,
    /// Time from which the next sign-in removes the factor. Null until a second admin confirms it.
    #[serde(serialize_with = "types::time::optional_millis")]
    takes_effect_at: Option<Timestamp>,
}

impl From<&Removal> for MfaRemovalView {
    fn from(removal: &Removal) -> Self {
        Self {
            id: removal.id,
            reason: removal.reason.as_str().to_owned(),
            requested_by: removal.requested_by,
            confirmed_by: removal.confirmed_by,
            requested_at: removal.requested_at,
            takes_effect_at: removal.due_at,
        }
    }
}

impl AdminUserView {
    /// An account at an instant.
    pub fn new(account: &Versioned<Account>, now: Timestamp) -> Self {
        Self {
            user: UserView::new(&account.value, now),
            account_plan: account.value.plan.as_str().to_owned(),
            version: account.version,
            last_seen_at: account.value.sessions.last_seen_at(),
            mfa_removal: account.value.mfa.removal().map(MfaRemovalView::from),
        }
    }
}

/// Shows an account with its version.
pub fn show(account: &Versioned<Account>, now: Timestamp) -> Tagged<AdminUserView> {
    Tagged::new(account.version, AdminUserView::new(account, now))
}

/// The events of a change that ends sessions: the change itself, then each session's end.
pub fn tell<T: DomainEvent>(
    call: &Invocation,
    now: Timestamp,
    fact: T,
    ended: Vec<SessionEnded>,
) -> Result<Outbox, Problem> {
    let mut outbox = Outbox::of(call.event(now, fact))?;
    for fact in ended {
        outbox.push(call.event(now, fact))?;
    }
    Ok(outbox)
}

/// Changes an account, if the caller is an admin and the account is in the version that the request names, if it names one.
/// After a conflict, standing and account are read again. `decide` returns the events; a change without effect is not written.
pub async fn administer(
    ctx: &Public,
    admin: &Standing<Admin>,
    id: UserId,
    seen: Option<IfMatch>,
    decide: impl Fn(&mut Account) -> Result<Outbox, Problem>,
) -> Result<Tagged<AdminUserView>, Problem> {
    let mut retry = ConflictRetry::default();
    loop {
        let (_, read) = admin.with(ctx.store.account(id)).await?;
        let read = read.ok_or(Refusal::NoSuchUser)?;
        seen.map_or(Ok(()), |seen| seen.check(read.version))?;
        let mut account = read.value.clone();
        let outbox = decide(&mut account)?;
        if account == read.value {
            return Ok(show(&read, ctx.clock.now()));
        }
        if let Some(written) = ctx.store.replace(&read, account, &outbox).await? {
            return Ok(show(&written, ctx.clock.now()));
        }
        retry.pause().await?;
    }
}
