//! Shared parts of the admin endpoints.

use contracts::DomainEvent;
use contracts::identity::SessionEnded;
use dynamo::{ConflictRetry, Outbox, Versioned};
use jiff::Timestamp;
use kit::auth::{Admin, Standing};
use kit::http::{IfMatch, Invocation, Problem, Tagged};
use serde::Serialize;
use types::UserId;
use utoipa::ToSchema;

use crate::api::UserView;
use crate::ctx::Public;
use crate::domain::account::Account;
use crate::problem::Refusal;

/// An account, as admins see it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminUserView {
    /// The account.
    #[serde(flatten)]
    user: UserView,
    /// Version of the account, as in its `ETag`.
    version: u64,
    /// Time of the last token refresh. Null without active sessions.
    #[serde(serialize_with = "types::time::optional_millis")]
    last_seen_at: Option<Timestamp>,
}

impl From<Versioned<Account>> for AdminUserView {
    fn from(account: Versioned<Account>) -> Self {
        Self {
            user: UserView::from(&account.value),
            version: account.version,
            last_seen_at: account.value.sessions.last_seen_at(),
        }
    }
}

/// Shows an account with its version.
pub fn show(account: Versioned<Account>) -> Tagged<AdminUserView> {
    Tagged::new(account.version, account.into())
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
            return Ok(show(read));
        }
        if let Some(written) = ctx.store.replace(&read, account, &outbox).await? {
            return Ok(show(written));
        }
        retry.pause().await?;
    }
}
