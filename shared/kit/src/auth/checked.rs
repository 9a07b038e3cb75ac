//! The caller with fresh standing, as an argument of a handler.

use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use dynamo::StoreError;
use jiff::Timestamp;
use types::UserId;

use super::{AccountStanding, Authenticates, Authority, Caller, StandingError, Standings};
use crate::http::Problem;

/// A caller whose standing is to be checked: `Standing` for every user, `Standing<Admin>` for an authority,
/// `Standing<VerifiedEmail>` for users with a proven e-mail address.
///
/// The token is verified when it is extracted. [`Self::with`] or [`Self::check`] reads the account and returns the
/// [`CheckedCaller`], without which nothing may be written; `cargo xtask tidy` (fresh-standing) looks for the call.
#[must_use = "nothing is checked before `with` or `check` is called"]
pub struct Standing<A = SignedIn> {
    caller: Caller,
    standings: Standings,
    now: Timestamp,
    authority: PhantomData<fn() -> A>,
}

impl<A> std::fmt::Debug for Standing<A> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Standing").field("caller", &self.caller).finish_non_exhaustive()
    }
}

/// A caller whose session is live, whose account is active, and whose roles are those of the account.
#[derive(Debug, Clone)]
pub struct CheckedCaller {
    caller: Caller,
    email_verified: bool,
}

impl Deref for CheckedCaller {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl CheckedCaller {
    /// Refuses users without a proven e-mail address, where only some requests of an operation need one.
    pub fn require_verified_email(&self) -> Result<(), StandingError> {
        if self.email_verified { Ok(()) } else { Err(StandingError::EmailUnverified) }
    }
}

impl<A: Requirement> Standing<A> {
    /// The user whom the token names: for ids and reads that run together with the check.
    pub fn user_id(&self) -> UserId {
        self.caller.user_id
    }

    /// True if the token names the role: to decide whether a read needs the check, which may take the role away.
    pub fn claims_role(&self, role: types::Role) -> bool {
        self.caller.has_role(role)
    }

    /// Reads the standing of another account, which the operation is about; `None` if the account does not exist.
    pub async fn of_account(&self, user_id: UserId) -> Result<Option<AccountStanding>, StoreError> {
        self.standings.of(user_id).await
    }

    /// Checks standing while `load` reads what the handler needs: one round trip for both. A refusal of the caller comes
    /// before an error of `load`.
    pub async fn with<T, E>(&self, load: impl Future<Output = Result<T, E>>) -> Result<(CheckedCaller, T), Problem>
    where
        Problem: From<E>,
    {
        let (checked, loaded) = futures::join!(Box::pin(self.check()), Box::pin(load));
        let checked = checked?;
        Ok((checked, loaded?))
    }

    /// Checks standing.
    pub async fn check(&self) -> Result<CheckedCaller, Problem> {
        let standing = self.standings.of(self.caller.user_id).await?.ok_or(StandingError::SessionEnded)?;
        standing.check(self.caller.session_id, self.now)?;
        let checked = self.caller.clone().checked(&standing);
        A::require(&checked)?;
        Ok(checked)
    }
}

impl Caller {
    /// The caller with the roles that both the token and the account have.
    fn checked(mut self, standing: &AccountStanding) -> CheckedCaller {
        self.roles.retain(|role| standing.roles.contains(role));
        CheckedCaller { caller: self, email_verified: standing.email_verified }
    }
}

impl<A: Requirement, C: Authenticates> FromRequestParts<&'static C> for Standing<A> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, ctx: &&'static C) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, ctx).await?;
        A::of_token(&caller)?;
        let (standings, now) = ctx.verifier().standings().ok_or_else(|| Problem::internal(NO_ACCOUNTS))?;
        Ok(Self { caller, standings, now, authority: PhantomData })
    }
}

const NO_ACCOUNTS: &str = "the verifier of this function reads no accounts: `Verifier::with_accounts`";

/// What an operation requires of a caller beyond good standing.
pub trait Requirement: Send + Sync + 'static {
    /// Refuses what the token alone shows, without a read.
    fn of_token(caller: &Caller) -> Result<(), Problem>;

    /// Refuses what the account shows.
    fn require(checked: &CheckedCaller) -> Result<(), Problem>;
}

/// Nothing more: every user in good standing.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn;

impl Requirement for SignedIn {
    fn of_token(_: &Caller) -> Result<(), Problem> {
        Ok(())
    }

    fn require(_: &CheckedCaller) -> Result<(), Problem> {
        Ok(())
    }
}

/// A proven e-mail address.
#[derive(Debug, Clone, Copy)]
pub struct VerifiedEmail;

impl Requirement for VerifiedEmail {
    fn of_token(_: &Caller) -> Result<(), Problem> {
        Ok(())
    }

    fn require(checked: &CheckedCaller) -> Result<(), Problem> {
        Ok(checked.require_verified_email()?)
    }
}

impl<A: Authority> Requirement for A {
    fn of_token(caller: &Caller) -> Result<(), Problem> {
        if A::is_held_by(caller) { Ok(()) } else { Err(Problem::forbidden(A::NAME)) }
    }

    fn require(checked: &CheckedCaller) -> Result<(), Problem> {
        A::of_token(checked)
    }
}
