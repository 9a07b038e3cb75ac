//! The standing of accounts: the attribute that functions of every context read, by [`kit::auth::Standings`].

use kit::auth::{AccountStanding, StandingStatus};

use crate::domain::account::{Account, Status};

/// Derives the standing of an account. It is written with each change of the account, so it cannot be stale.
pub fn of(account: &Account) -> AccountStanding {
    let status = match account.status {
        Status::Active => StandingStatus::Active,
        Status::Suspended => StandingStatus::Suspended,
        Status::Deleted => StandingStatus::Deleted,
    };
    let sessions = account.sessions.held().map(|session| (session.id, session.expires_at().as_second()));
    AccountStanding {
        status,
        roles: account.roles.clone(),
        email_verified: account.email_verified_at.is_some(),
        sessions: sessions.collect(),
    }
}
