//! One log line per attempt to sign in, for monitoring (OWASP ASVS 5.0, 16.3.1).
//!
//! It contains the user ID, or a keyed hash of an address without an account; the outcome; and the network, without the bits
//! that name a household.

use kit::http::Invocation;
use types::{EmailAddress, UserId};

use crate::ctx::Ctx;
use crate::domain::sign_in_history::network_of;
use crate::domain::sign_in_methods::SignInMethod;

/// Whose account the attempt is at.
#[derive(Debug, Clone)]
pub enum Subject {
    /// An account.
    User(UserId),
    /// An address without an account, or whose account was not looked up: its keyed hash.
    Address(String),
    /// None: what was presented names no account.
    Unknown,
}

impl Subject {
    /// The subject of an attempt at an address.
    pub async fn of(ctx: &Ctx, owner: Option<UserId>, email: &EmailAddress) -> Self {
        match owner {
            Some(owner) => Self::User(owner),
            None => Self::Address(ctx.issuer().await.challenge_key().log_subject(email)),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::User(id) => id.to_string(),
            Self::Address(hash) => format!("address:{hash}"),
            Self::Unknown => "unknown".to_owned(),
        }
    }
}

/// Writes the line. `outcome` is `signed_in`, `mfa_required`, or the code of the problem.
pub fn log_sign_in(call: &Invocation, subject: &Subject, method: SignInMethod, outcome: &str) {
    let (subject, network) = (subject.text(), network_of(&call.source_ip));
    let method = method.name();
    let correlation_id = call.correlation_id.as_str();
    if outcome == "signed_in" || outcome == "mfa_required" {
        tracing::info!(subject, method, outcome, network, correlationId = correlation_id, "sign-in");
    } else {
        tracing::warn!(subject, method, outcome, network, correlationId = correlation_id, "sign-in");
    }
}
