//! What is left of an account that its owner deleted.

use contracts::identity::{Device, SessionEndReason, SessionEnded, UserDeleted};
use jiff::Timestamp;
use types::{PersonName, Role};

use super::account::{Account, Status};
use super::attempts::KnownSources;
use super::mfa::Mfa;
use super::plan::Plan;
use super::session::{Ended, Sessions};

impl Account {
    /// Makes the account a tombstone: its id stays, so that what others keep of it points to a deleted user, and
    /// nothing personal does. The facts to tell: the end of each session, and the deletion.
    pub fn erase(&mut self, now: Timestamp) -> (Vec<SessionEnded>, UserDeleted) {
        let ended = self.sessions.end_all(None, SessionEndReason::Deleted, now);
        let told = ended.into_iter().map(|ended| self.tell(nameless(ended))).collect();
        // Every field is named on purpose: a new one does not compile until a developer decides here what is left of it.
        *self = Self {
            id: self.id,
            email: None,
            email_verified_at: None,
            name: PersonName::of_deleted_user(),
            roles: vec![Role::User],
            plan: Plan::free(),
            status: Status::Deleted,
            password: None,
            telegram: None,
            mfa: Mfa::default(),
            sessions: Sessions::default(),
            known_sources: KnownSources::default(),
            verification: None,
            reset: None,
            email_change: None,
            former_emails: Vec::new(),
            reclaimed_at: None,
            entitlement: None,
            created_at: self.created_at,
        };
        (told, UserDeleted { user_id: self.id })
    }
}

/// Devices have names like "Ann's phone". The events stay in the tombstone's outbox for good, so they must not say that.
fn nameless(mut ended: Ended) -> Ended {
    let platform = ended.session.device.platform;
    ended.session.device = Device { name: "Unknown device".to_owned(), platform };
    ended
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::{EmailAddress, SessionId, UserId, Uuid};

    use super::super::account::NewAccount;
    use super::super::password::{HashingCost, Password};
    use super::super::refresh::RefreshToken;
    use super::super::telegram::TelegramId;
    use super::*;

    const PERSONAL: [&str; 5] = ["ann", "Winter", "4711", "argon2", "phone"];

    proptest! {
        #[test]
        fn nothing_personal_is_left_and_every_live_session_is_told(devices in 0_u8..12, plan in 0_usize..3) {
            let now = Timestamp::from_second(1_800_000_000).unwrap();
            let id = UserId::new(Uuid::from_u128(1));
            let new = NewAccount {
                email: EmailAddress::parse("ann@example.com").unwrap(),
                name: PersonName::parse("Ann Winter").unwrap(),
                password: Password::new("correct horse battery staple").hash(&[1; 16], HashingCost::FOR_TESTS).unwrap(),
            };
            let (mut account, _) = Account::register(id, Uuid::from_u128(2), new, now);
            account.plan = ["free", "premium", "family"][plan].to_owned().try_into().unwrap();
            account.link_telegram(TelegramId::new(4711).unwrap(), now);
            for number in 0..devices {
                let session = SessionId::new(Uuid::from_u128(number.into()));
                let device = Device { name: "Ann's phone".into(), platform: "ios".into() };
                account.sign_in(&RefreshToken::first(id, session, [number; 32]), device, now);
            }
            let mut live: Vec<_> = account.sessions.live(now).map(|session| session.id).collect();
            let created_at = account.created_at;

            let (ended, deleted) = account.erase(now);
            let mut told: Vec<_> = ended.iter().map(|fact| fact.session_id).collect();
            live.sort();
            told.sort();
            prop_assert_eq!(told, live);
            prop_assert!(ended.iter().all(|fact| fact.reason == SessionEndReason::Deleted));
            prop_assert_eq!(deleted.user_id, id);
            prop_assert_eq!((account.id, account.status, account.created_at), (id, Status::Deleted, created_at));
            prop_assert!(account.sign_in_methods().is_empty());
            let left = format!("{}{}", serde_json::to_string(&account).unwrap(), serde_json::to_string(&ended).unwrap());
            for text in PERSONAL {
                prop_assert!(!left.contains(text), "{text} is left: {left}");
            }
        }
    }
}
