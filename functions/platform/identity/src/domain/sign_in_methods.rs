//! The ways in which a user can sign in to an account, and how they are added and removed.

use contracts::identity::{TelegramLinked, TelegramUnlinked, UserRegistered};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{Role, UserId};

use super::account::{Account, Status};
use super::attempts::KnownSources;
use super::mfa::Mfa;
use super::plan::Plan;
use super::session::Sessions;
use super::telegram::{TelegramId, TelegramUser};

/// A way to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SignInMethod {
    /// The address and the password.
    Password,
    /// A Telegram account.
    Telegram,
    /// A code or link by e-mail to the verified address.
    Email,
}

impl SignInMethod {
    /// The name in logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Telegram => "telegram",
            Self::Email => "email",
        }
    }
}

/// A Telegram account that signs in to an account of ours. A claim in the table makes sure that it is one only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TelegramLink {
    /// Telegram's number of the person.
    pub id: TelegramId,
    /// Since when.
    pub linked_at: Timestamp,
}

/// Without it the user could not sign in any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastSignInMethod;

impl Account {
    /// A new account of a user who comes from Telegram, and the fact to tell. It has no address and no password.
    pub fn from_telegram(id: UserId, user: &TelegramUser, now: Timestamp) -> (Self, UserRegistered) {
        let fact = UserRegistered { user_id: id, email: None, name: user.name.clone(), verification_id: None };
        let account = Self {
            id,
            email: None,
            email_verified_at: None,
            name: user.name.clone(),
            roles: vec![Role::User],
            plan: Plan::free(),
            status: Status::Active,
            password: None,
            telegram: Some(TelegramLink { id: user.id, linked_at: now }),
            mfa: Mfa::default(),
            sessions: Sessions::default(),
            known_sources: KnownSources::default(),
            verification: None,
            reset: None,
            email_change: None,
            former_emails: Vec::new(),
            reclaimed_at: None,
            entitlement: None,
            created_at: now,
        };
        (account, fact)
    }

    /// The ways in which its owner may sign in.
    pub fn sign_in_methods(&self) -> Vec<SignInMethod> {
        let password = self.password.as_ref().map(|_| SignInMethod::Password);
        let telegram = self.telegram.as_ref().map(|_| SignInMethod::Telegram);
        let email = self.email.as_ref().filter(|_| self.email_verified_at.is_some()).map(|_| SignInMethod::Email);
        password.into_iter().chain(telegram).chain(email).collect()
    }

    /// True if this Telegram account signs in here.
    pub fn is_linked_to(&self, id: TelegramId) -> bool {
        self.telegram.as_ref().is_some_and(|link| link.id == id)
    }

    /// Links a Telegram account in place of another one. Returns the event, or `None` if it was linked before.
    pub fn link_telegram(&mut self, id: TelegramId, now: Timestamp) -> Option<TelegramLinked> {
        if self.is_linked_to(id) {
            return None;
        }
        self.telegram = Some(TelegramLink { id, linked_at: now });
        Some(TelegramLinked { user_id: self.id })
    }

    /// Unlinks the Telegram account, unless it is the only way to sign in. Returns the event, or `None` if there was none.
    pub fn unlink_telegram(&mut self) -> Result<Option<TelegramUnlinked>, LastSignInMethod> {
        if self.sign_in_methods() == [SignInMethod::Telegram] {
            return Err(LastSignInMethod);
        }
        Ok(self.telegram.take().map(|_| TelegramUnlinked { user_id: self.id }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::{PersonName, Uuid};

    use super::super::password::{HashingCost, Password};
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn telegram_account() -> Account {
        let user = TelegramUser { id: TelegramId::new(7).unwrap(), name: PersonName::nearest("Ann") };
        Account::from_telegram(UserId::new(Uuid::from_u128(1)), &user, at(0)).0
    }

    #[derive(Debug, Clone)]
    enum Step {
        Link(u64),
        Unlink,
    }

    proptest! {
        #[test]
        fn no_order_of_links_and_unlinks_leaves_an_account_without_a_way_in(
            steps in proptest::collection::vec(
                prop_oneof![(1_u64..4).prop_map(Step::Link), Just(Step::Unlink)], 0..20),
            with_password: bool,
        ) {
            let mut account = telegram_account();
            account.password = with_password.then(|| Password::new("x").hash(&[1; 16], HashingCost::FOR_TESTS).unwrap());
            for (second, step) in (1..).zip(steps) {
                match step {
                    Step::Link(id) => {
                        let id = TelegramId::new(id).unwrap();
                        account.link_telegram(id, at(second));
                        prop_assert!(account.is_linked_to(id));
                    }
                    Step::Unlink => prop_assert_eq!(account.unlink_telegram().is_ok(), with_password),
                }
                prop_assert!(!account.sign_in_methods().is_empty());
            }
        }
    }

    #[test]
    fn linking_the_same_again_changes_nothing() {
        let mut account = telegram_account();
        let before = account.clone();
        account.link_telegram(TelegramId::new(7).unwrap(), at(60));
        assert_eq!(account, before);
    }
}
