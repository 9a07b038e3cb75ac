//! What the two ways to a new password have in common.

use dynamo::Outbox;
use jiff::Timestamp;
use kit::http::Invocation;

use crate::domain::account::Account;
use crate::domain::password::{Password, WeakPassword};
use crate::domain::proof::PasswordSet;
use dynamo::outbox::OutboxError;

/// An error unless the password may be this account's.
pub fn check(password: &Password, account: &Account) -> Result<(), WeakPassword> {
    let email = account.email.as_ref().map_or("", |email| email.as_str());
    password.check(&[email, account.name.as_str()])
}

/// The events that tell of a new password.
pub fn tell(call: &Invocation, now: Timestamp, set: PasswordSet) -> Result<Outbox, OutboxError> {
    let mut outbox = Outbox::of(call.event(now, set.changed))?;
    if let Some(fact) = set.verified {
        outbox.push(call.event(now, fact))?;
    }
    for fact in set.ended {
        outbox.push(call.event(now, fact))?;
    }
    Ok(outbox)
}
