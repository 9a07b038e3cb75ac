//! What is known of how to reach a person: told by identity's events, in whatever order they come.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{EmailAddress, PersonName, UserId};

/// How to reach a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Who.
    pub user_id: UserId,
    name: Option<Known<PersonName>>,
    email: Option<Known<EmailAddress>>,
    proven: Option<Known<EmailAddress>>,
    undeliverable: Option<Known<EmailAddress>>,
}

/// Something that was true at a time; later news replace it, earlier ones do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known<T> {
    value: T,
    at: Timestamp,
}

/// What an event tells of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// What they call themselves.
    pub name: Option<PersonName>,
    /// Their address, proven or not.
    pub email: Option<EmailAddress>,
    /// An address that they proved.
    pub proven: Option<EmailAddress>,
    /// An address that mail came back from, or whose owner complained of it.
    pub undeliverable: Option<EmailAddress>,
}

/// Why there is no address to write to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAddress {
    /// They have none.
    Missing,
    /// They did not prove it.
    Unproven,
    /// Mail came back from it, or its owner complained.
    Undeliverable,
}

impl Contact {
    /// Somebody of whom nothing is known yet.
    pub fn new(user_id: UserId) -> Self {
        Self { user_id, name: None, email: None, proven: None, undeliverable: None }
    }

    /// What is known once this was heard too.
    #[must_use]
    pub fn hearing(&self, facts: Facts, at: Timestamp) -> Self {
        let mut heard = self.clone();
        learn(&mut heard.name, facts.name, at);
        learn(&mut heard.email, facts.email, at);
        learn(&mut heard.email, facts.proven.clone(), at);
        learn(&mut heard.proven, facts.proven, at);
        learn(&mut heard.undeliverable, facts.undeliverable, at);
        heard
    }

    /// What they call themselves.
    pub fn name(&self) -> Option<&PersonName> {
        self.name.as_ref().map(|name| &name.value)
    }

    /// Where mail goes. Only mail that asks for the proof of an address, or that was asked for by its owner, goes to one
    /// that is not proven.
    pub fn address(&self, unproven_will_do: bool) -> Result<&EmailAddress, NoAddress> {
        let email = self.email.as_ref().map(|email| &email.value).ok_or(NoAddress::Missing)?;
        let is = |known: &Option<Known<EmailAddress>>| known.as_ref().is_some_and(|known| known.value == *email);
        if is(&self.undeliverable) {
            Err(NoAddress::Undeliverable)
        } else if unproven_will_do || is(&self.proven) {
            Ok(email)
        } else {
            Err(NoAddress::Unproven)
        }
    }

    /// True if an address was proven at that time or later: whatever asked for the proof before is pointless.
    pub fn proven_since(&self, at: Timestamp) -> bool {
        self.proven.as_ref().is_some_and(|proven| proven.at >= at)
    }
}

fn learn<T>(known: &mut Option<Known<T>>, value: Option<T>, at: Timestamp) {
    if let Some(value) = value
        && known.as_ref().is_none_or(|known| known.at < at)
    {
        *known = Some(Known { value, at });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn email(number: u8) -> EmailAddress {
        EmailAddress::parse(&format!("ann{number}@example.com")).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn fact(kind: u8, number: u8) -> Facts {
        match kind {
            0 => Facts { name: PersonName::parse(&format!("Ann {number}")).ok(), ..Facts::default() },
            1 => Facts { email: Some(email(number)), ..Facts::default() },
            2 => Facts { proven: Some(email(number)), ..Facts::default() },
            _ => Facts { undeliverable: Some(email(number)), ..Facts::default() },
        }
    }

    proptest! {
        #[test]
        fn the_order_of_events_and_their_number_make_no_difference(
            events in proptest::collection::vec((0_u8..4, 0_u8..3), 1..8).prop_flat_map(|events| {
                // Each event has a time of its own.
                let told: Vec<_> = events.into_iter().enumerate().map(|(second, event)| (event, i64::try_from(second).unwrap())).collect();
                (Just(told.clone()), Just([told.clone(), told].concat()).prop_shuffle())
            }),
        ) {
            let (told, shuffled) = events;
            let hear = |events: &[((u8, u8), i64)]| {
                events.iter().fold(Contact::new(UserId::new(types::Uuid::nil())), |contact, ((kind, number), second)| {
                    contact.hearing(fact(*kind, *number), at(*second))
                })
            };
            prop_assert_eq!(hear(&told), hear(&shuffled));
        }
    }

    #[test]
    fn mail_goes_to_the_proven_address_only_unless_it_asks_for_the_proof() {
        let contact = Contact::new(UserId::generate());
        assert_eq!(contact.address(true), Err(NoAddress::Missing));
        let registered = contact.hearing(fact(1, 1), at(0));
        assert_eq!(registered.address(false), Err(NoAddress::Unproven));
        assert_eq!(registered.address(true), Ok(&email(1)));
        let proven = registered.hearing(fact(2, 1), at(1));
        assert_eq!(proven.address(false), Ok(&email(1)));
        assert!(proven.proven_since(at(1)) && !proven.proven_since(at(2)));
        let bounced = proven.hearing(fact(3, 1), at(2));
        assert_eq!(bounced.address(true), Err(NoAddress::Undeliverable));
        assert_eq!(
            bounced.hearing(fact(2, 2), at(3)).address(false),
            Ok(&email(2)),
            "another address is another matter"
        );
    }
}
