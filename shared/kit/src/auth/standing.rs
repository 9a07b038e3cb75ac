//! The standing of an account: whether the rights that an access token states still exist.
//!
//! A token is up to ten minutes old. Operations that change something or use an authority read the account's standing, which
//! identity writes with each change of the account, so the end of a session, a suspension and a lost role have an
//! immediate effect in every context ([ADR 0034](../../../../docs/adr/0034-account-standing.md)).

use std::collections::BTreeMap;

use dynamo::{Context, Key, StoreError, Table};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{Role, SessionId, UserId};

use crate::http::Problem;
use crate::{Environment, sdk};

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StandingStatus {
    /// It may.
    Active,
    /// An admin has closed it for now.
    Suspended,
    /// Its owner has deleted it.
    Deleted,
}

/// The standing of an account: an attribute of its item, which identity derives from the account at each write. Functions of
/// other contexts may read this attribute and no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountStanding {
    /// Whether the account may be used.
    pub status: StandingStatus,
    /// The roles of the user.
    pub roles: Vec<Role>,
    /// Whether the user has proven the e-mail address.
    pub email_verified: bool,
    /// The sessions, each with the second since 1970 at which it expires.
    pub sessions: BTreeMap<SessionId, i64>,
}

impl AccountStanding {
    /// The entity of the account's partition key.
    pub const ENTITY: &'static str = "user";
    /// The sort key of the account.
    pub const SORT: &'static str = "account";
    /// The attribute.
    pub const ATTRIBUTE: &'static str = "standing";

    /// True if the account may be used: for what works without a session, such as a secret link.
    pub fn is_active(&self) -> bool {
        self.status == StandingStatus::Active
    }

    /// Checks that a session of the account may be used.
    pub fn check(&self, session: SessionId, now: Timestamp) -> Result<(), StandingError> {
        let is_live = self.sessions.get(&session).is_some_and(|expires| now.as_second() < *expires);
        match self.status {
            StandingStatus::Suspended => Err(StandingError::Suspended),
            StandingStatus::Active if is_live => Ok(()),
            StandingStatus::Active | StandingStatus::Deleted => Err(StandingError::SessionEnded),
        }
    }
}

/// Why a valid access token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StandingError {
    /// The session has ended, or the account was deleted.
    #[error("The session of this access token has ended. Sign in again.")]
    SessionEnded,
    /// The account is suspended.
    #[error("The account is suspended. Contact the operator of the app.")]
    Suspended,
    /// The address of the account is not proven.
    #[error(
        "Verify the e-mail address of the account first: request the e-mail with `POST /v1/auth/resend-verification`."
    )]
    EmailUnverified,
}

impl From<StandingError> for Problem {
    fn from(error: StandingError) -> Self {
        use lambda_http::http::StatusCode;
        let (status, code, title) = match error {
            StandingError::SessionEnded => (StatusCode::UNAUTHORIZED, "auth.session_ended", "Session ended"),
            StandingError::Suspended => (StatusCode::FORBIDDEN, "auth.suspended", "Account suspended"),
            StandingError::EmailUnverified => {
                (StatusCode::FORBIDDEN, "auth.email_unverified", "E-mail address not verified")
            }
        };
        Self::new(status, code, title).with_detail(error.to_string())
    }
}

/// The part of identity's items that functions of other contexts may read to check standing.
#[derive(Debug)]
pub struct AccountItems;

impl Context for AccountItems {
    const NAME: &'static str = "identity";
}

/// Reads the standing of accounts. Nothing is kept between requests.
#[derive(Debug, Clone)]
pub struct Standings {
    table: Table<AccountItems>,
}

impl Standings {
    /// Reads `TABLE_NAME`. None if it is missing, which the environment remembers.
    pub fn from_env(env: &mut Environment) -> Option<Self> {
        env.required::<String>("TABLE_NAME").map(|table| Self::new(sdk::table(&sdk::config(), table)))
    }

    /// The standing of the accounts in this table.
    pub fn new(table: Table<AccountItems>) -> Self {
        Self { table }
    }

    /// Reads the standing of an account; `None` if the account does not exist.
    pub async fn of(&self, user_id: UserId) -> Result<Option<AccountStanding>, StoreError> {
        let key = Key::new(AccountStanding::ENTITY, user_id, AccountStanding::SORT);
        self.table.get_excerpt(key, AccountStanding::ATTRIBUTE).await
    }
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
