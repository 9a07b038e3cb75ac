//! Shared parts of the endpoints that set a password.

use dynamo::outbox::OutboxError;
use dynamo::{Outbox, Versioned};
use jiff::Timestamp;
use kit::http::{Fields, Invocation, Problem};

use crate::domain::account::Account;
use crate::domain::attempts::Source;
use crate::domain::password::{Password, PasswordHashText, WeakPassword};
use crate::domain::proof::{PasswordSet, StaleProof};
use crate::problem::{self, Refusal};
use crate::secrets;
use crate::store::{Start, Store};

/// Returns an error unless the password is strong enough for this account.
pub fn check(password: &Password, account: &Account) -> Result<(), WeakPassword> {
    let email = account.email.as_ref().map_or("", |email| email.as_str());
    password.check(&[email, account.name.as_str()])
}

/// Hashes a new password with a random salt.
pub fn hash(store: &Store, password: &Password) -> Result<PasswordHashText, Problem> {
    let salt = secrets::random().map_err(problem::secret)?;
    password.hash(&salt, store.hashing_cost()).map_err(problem::hash)
}

/// A password that the owner of the mailbox sets with a link.
pub struct NewPassword<'a> {
    /// Name of the request field.
    pub field: &'static str,
    /// The password.
    pub password: &'a Password,
}

/// Sets a password with a link from an e-mail: `complete` uses up the link.
pub async fn set_by_mail(
    store: &Store,
    call: &Invocation,
    now: Timestamp,
    read: Versioned<Account>,
    new: NewPassword<'_>,
    complete: impl Fn(&mut Account, PasswordHashText) -> Result<PasswordSet, StaleProof>,
) -> Result<(), Problem> {
    let mut fields = Fields::new();
    let strong = fields.check(new.field, check(new.password, &read.value));
    fields.all((strong,))?;
    let hash = hash(store, new.password)?;
    store
        .change_with_claims(Start::or_refuse(read, Refusal::LinkInvalid), |account| {
            let set = complete(account, hash.clone()).map_err(Refusal::from)?;
            // The mailbox owner can sign in from here while strangers guess.
            account.known_sources.remember(&Source::of(&call.source_ip));
            Ok::<_, Problem>(((), events(call, now, set)?))
        })
        .await?;
    Ok(())
}

/// The events of a new password.
pub fn events(call: &Invocation, now: Timestamp, set: PasswordSet) -> Result<Outbox, OutboxError> {
    let mut outbox = Outbox::of(call.event(now, set.changed))?;
    if let Some((verified, reclaimed)) = set.reclaimed {
        outbox.push(call.event(now, verified))?;
        outbox.push(call.event(now, reclaimed))?;
    }
    if let Some(unlinked) = set.unlinked {
        outbox.push(call.event(now, unlinked))?;
    }
    for ended in set.ended {
        outbox.push(call.event(now, ended))?;
    }
    Ok(outbox)
}
