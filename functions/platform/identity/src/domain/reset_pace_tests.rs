use proptest::prelude::*;
use types::{EmailAddress, PersonName, UserId};

use super::*;
use crate::domain::account::NewAccount;
use crate::domain::proof::RESET_LIFETIME;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn source(number: usize) -> Source {
    Source::of(&format!("192.0.2.{number}"))
}

/// The owner's account, used from one address.
fn account() -> Account {
    let new = NewAccount {
        email: EmailAddress::parse("ann@example.com").unwrap(),
        name: PersonName::parse("Ann").unwrap(),
        password: serde_json::from_value(serde_json::json!("hash")).unwrap(),
    };
    let (mut account, _) = Account::register(UserId::new(Uuid::from_u128(1)), Uuid::from_u128(2), new, at(0));
    account.email_verified_at = Some(at(0));
    account.known_sources.remember(&source(OWN));
    account
}

/// The owner's address.
const OWN: usize = 0;

/// Sends requests of strangers, and of the owner where one is due; returns the mails: second, link.
struct World {
    account: Account,
    mails: Vec<(i64, Uuid)>,
    next: u128,
}

impl World {
    fn new() -> Self {
        Self { account: account(), mails: Vec::new(), next: 10 }
    }

    fn request(&mut self, from: usize, second: i64) -> bool {
        self.next += 1;
        let sent = self.account.request_reset_from(&source(from), Uuid::from_u128(self.next), at(second));
        if let Ok(sent) = &sent {
            self.mails.push((second, sent.reset_id));
        }
        sent.is_ok()
    }

    /// The newest mail, if its link works.
    fn working(&self, second: i64) -> Option<i64> {
        let (sent, id) = self.mails.last()?;
        self.account.check_reset(*id, at(second)).is_ok().then_some(*sent)
    }

    fn most_within_a_day(&self) -> usize {
        let within =
            |first: i64| self.mails.iter().filter(|(second, _)| (first..first + 86_400).contains(second)).count();
        self.mails.iter().map(|(first, _)| within(*first)).max().unwrap_or(0)
    }
}

/// Requests of strangers: seconds since the last one, and from where.
fn strangers() -> impl Strategy<Value = Vec<(i64, usize)>> {
    let pause = prop_oneof![4 => 0_i64..90, 3 => 200_i64..1_000, 2 => 3_000_i64..5_000, 1 => 10_000_i64..100_000];
    proptest::collection::vec((pause, 1_usize..40), 0..250)
}

proptest! {
    #[test]
    fn whatever_strangers_do_the_owner_at_a_known_address_has_a_working_link_within_a_minute(
        strangers in strangers(), owner in 0_usize..250,
    ) {
        let (mut world, mut now) = (World::new(), 0);
        for (number, (pause, from)) in strangers.into_iter().enumerate() {
            now += pause;
            world.request(from, now);
            if number == owner {
                // At the latest, the owner tries again a minute after a mail that strangers had sent.
                let wait = if world.request(OWN, now) { 0 } else { 60 };
                now += wait;
                prop_assert!(wait == 0 || world.request(OWN, now), "refused at {now}");
                prop_assert_eq!(world.working(now), Some(now));
                prop_assert!(world.working(now + RESET_LIFETIME.as_secs() - 1).is_some());
            }
        }
        prop_assert!(world.most_within_a_day() <= MAX_MAILS);
    }

    #[test]
    fn from_anywhere_a_link_arrives_within_the_longest_interval(strangers in strangers(), owner in 0_usize..250) {
        let (mut world, mut now, mut asked) = (World::new(), 0, None);
        for (number, (pause, from)) in strangers.into_iter().enumerate() {
            now += pause;
            world.request(from, now);
            if number >= owner {
                // The owner, at a place of their own, requests one with each of the strangers.
                let since = *asked.get_or_insert(now);
                world.request(50, now);
                let last = world.mails.last().map_or(i64::MIN, |(sent, _)| *sent);
                prop_assert!(last >= since || now - since < MAX_INTERVAL.as_secs(), "none between {since} and {now}");
            }
        }
        prop_assert!(world.most_within_a_day() <= MAX_MAILS);
    }
}

#[test]
fn another_address_is_served_although_a_stranger_has_used_up_the_shared_mails() {
    let mut world = World::new();
    for minute in 0..200 {
        world.request(1, minute * 60);
    }
    let before = world.mails.len();
    assert!(before < 8, "{before}");
    let now = 200 * 60;
    assert!(!world.request(1, now), "the stranger has to wait");
    assert!(world.request(2, now), "who asks for the first time has not");
    assert!(!world.request(2, now + 60));
    assert!(world.request(OWN, now + 60), "nor has the owner at home");
}

#[test]
fn the_pace_is_stored_with_the_open_resets_and_absent_without_them() {
    let mut account = account();
    account.request_reset_from(&source(1), Uuid::from_u128(9), at(0)).unwrap();
    let stored = serde_json::to_value(&account).unwrap();
    assert_eq!(stored["reset"]["pace"].as_array().unwrap().len(), 1);
    assert_eq!(serde_json::from_value::<Account>(stored).unwrap(), account);
    assert!(serde_json::to_value(account.verification.unwrap()).unwrap().get("pace").is_none());
}
