//! Shared parts of the admin endpoints.

use contracts::DomainEvent;
use contracts::identity::SessionEnded;
use dynamo::{Outbox, Versioned};
use jiff::Timestamp;
use kit::auth::{Admin, Authority, Require};
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

/// An error unless the caller is an admin still. A token tells who was one up to ten minutes ago: enough to look, but
/// somebody who was suspended could restore themselves, or make a key that outlives the token.
pub async fn still_admin(ctx: &Public, admin: &Require<Admin>) -> Result<(), Problem> {
    check_admin(ctx.store.account(admin.caller.user_id).await?.as_ref())
}

fn check_admin(acting: Option<&Versioned<Account>>) -> Result<(), Problem> {
    let is_admin = acting.is_some_and(|acting| acting.value.administers());
    if is_admin { Ok(()) } else { Err(Problem::forbidden(Admin::NAME)) }
}

/// Changes somebody's account, if the caller is an admin still, and if it is in the version that they have seen or none was
/// named. `decide` says which events to tell; where it changes nothing, nothing is written.
pub async fn administer(
    ctx: &Public,
    admin: &Require<Admin>,
    id: UserId,
    seen: Option<IfMatch>,
    decide: impl Fn(&mut Account) -> Result<Outbox, Problem>,
) -> Result<Tagged<AdminUserView>, Problem> {
    let (read, acting) = ctx.store.account_and_admin(id, admin.caller.user_id).await?;
    check_admin(acting.as_ref())?;
    let read = read.ok_or(Refusal::NoSuchUser)?;
    let decide = |version: u64, account: &mut Account| {
        seen.map_or(Ok(()), |seen| seen.check(version))?;
        decide(account)
    };
    let mut as_it_would_be = read.value.clone();
    decide(read.version, &mut as_it_would_be)?;
    if as_it_would_be == read.value {
        return Ok(show(read));
    }
    let changed =
        ctx.store.change_versioned(read, |version, account| Ok::<_, Problem>(((), Some(decide(version, account)?))));
    let (written, ()) = changed.await?;
    Ok(show(written))
}
