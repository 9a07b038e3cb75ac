//! How to reach a user by e-mail, as identity's events and SES's feedback say it, in any order.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{EmailAddress, PersonName, UserId};

/// How long after a bounce no e-mail at all is sent to the address. Then its owner may request links again: a mailbox that
/// was full or set up wrongly may have been repaired, and only a link can verify the address again.
pub const BOUNCE_PAUSE: SignedDuration = SignedDuration::from_hours(24);

/// How to reach a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The user.
    pub user_id: UserId,
    name: Option<Known<PersonName>>,
    email: Option<Known<EmailAddress>>,
    proven: Option<Known<EmailAddress>>,
    /// An address that another event calls verified. It may arrive before the verification itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stated: Option<Known<EmailAddress>>,
    undeliverable: Option<Known<EmailAddress>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    complained: Option<Known<EmailAddress>>,
    /// When an admin lifted what suppresses the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lifted: Option<Known<EmailAddress>>,
}

/// Something that was true at a time; later news replace it, earlier ones do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known<T> {
    value: T,
    at: Timestamp,
}

/// What an event says of a user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The display name.
    pub name: Option<PersonName>,
    /// The address, verified or not.
    pub email: Option<EmailAddress>,
    /// An address that the user verified.
    pub proven: Option<EmailAddress>,
    /// An address that is verified, whenever that was.
    pub stated: Option<EmailAddress>,
    /// An address that bounced for good.
    pub undeliverable: Option<EmailAddress>,
    /// An address whose owner reported an e-mail as spam.
    pub complained: Option<EmailAddress>,
    /// An address that an admin has allowed again.
    pub lifted: Option<EmailAddress>,
}

/// What an e-mail is, as far as it decides on where it may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// A link that the owner of the address requested: it verifies the address or resets the password.
    Requested,
    /// A warning about the account, which cannot be turned off.
    Security,
    /// Anything else.
    Ordinary,
}

/// Why there is no address to write to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAddress {
    /// The user has none.
    Missing,
    /// The user did not verify it.
    Unproven,
    /// E-mail to it bounced, or its owner complained.
    Undeliverable,
}

impl Contact {
    /// A user of whom nothing is known yet.
    pub fn new(user_id: UserId) -> Self {
        Self {
            user_id,
            name: None,
            email: None,
            proven: None,
            stated: None,
            undeliverable: None,
            complained: None,
            lifted: None,
        }
    }

    /// Returns the contact with these facts, of which each replaces an earlier one only.
    #[must_use]
    pub fn with_facts(&self, facts: Facts, at: Timestamp) -> Self {
        let mut heard = self.clone();
        learn(&mut heard.name, facts.name, at);
        learn(&mut heard.email, facts.email, at);
        learn(&mut heard.email, facts.proven.clone(), at);
        learn(&mut heard.proven, facts.proven, at);
        learn(&mut heard.stated, facts.stated, at);
        learn(&mut heard.undeliverable, facts.undeliverable, at);
        learn(&mut heard.complained, facts.complained, at);
        learn(&mut heard.lifted, facts.lifted, at);
        heard
    }

    /// Returns the display name for e-mails. An address that is not verified may belong to another person, who gets no text
    /// that another person has written.
    pub fn name_in_mail(&self) -> Option<&PersonName> {
        let name = self.name.as_ref().map(|name| &name.value).filter(|_| self.is_proven());
        name.filter(|name| **name != PersonName::unnamed())
    }

    /// Returns the address, verified or not.
    pub fn email(&self) -> Option<&EmailAddress> {
        self.email.as_ref().map(|email| &email.value)
    }

    /// True if the user verified the address.
    pub fn is_proven(&self) -> bool {
        self.since(self.proven.as_ref()).or(self.since(self.stated.as_ref())).is_some()
    }

    /// Returns where an e-mail goes.
    pub fn address(&self, kind: MailKind, now: Timestamp) -> Result<&EmailAddress, NoAddress> {
        let email = self.email().ok_or(NoAddress::Missing)?;
        let bounced = self.in_force(self.undeliverable.as_ref());
        let is_blocked = match kind {
            MailKind::Requested => bounced.is_some_and(|at| now.duration_since(at) < BOUNCE_PAUSE),
            MailKind::Security => bounced.is_some(),
            MailKind::Ordinary => bounced.is_some() || self.in_force(self.complained.as_ref()).is_some(),
        };
        if is_blocked {
            Err(NoAddress::Undeliverable)
        } else if kind == MailKind::Requested || self.is_proven() {
            Ok(email)
        } else {
            Err(NoAddress::Unproven)
        }
    }

    /// True if a bounce or a complaint stops e-mails to the address.
    pub fn is_suppressed(&self) -> bool {
        self.in_force(self.undeliverable.as_ref()).is_some() || self.in_force(self.complained.as_ref()).is_some()
    }

    /// True if an address was verified at that time or later: a request for the proof from before is obsolete.
    pub fn proven_since(&self, at: Timestamp) -> bool {
        self.proven.as_ref().is_some_and(|proven| proven.at >= at)
    }

    /// When this became known of the present address.
    fn since(&self, known: Option<&Known<EmailAddress>>) -> Option<Timestamp> {
        known.filter(|known| Some(&known.value) == self.email()).map(|known| known.at)
    }

    /// When a bounce or complaint was, unless the address was verified or allowed again after it.
    fn in_force(&self, known: Option<&Known<EmailAddress>>) -> Option<Timestamp> {
        let ended = self.since(self.proven.as_ref()).max(self.since(self.lifted.as_ref()));
        self.since(known).filter(|at| ended.is_none_or(|ended| ended < *at))
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
            3 => Facts { undeliverable: Some(email(number)), ..Facts::default() },
            5 => Facts { stated: Some(email(number)), ..Facts::default() },
            4 => Facts { complained: Some(email(number)), ..Facts::default() },
            _ => Facts { lifted: Some(email(number)), ..Facts::default() },
        }
    }

    proptest! {
        #[test]
        fn the_order_of_events_and_their_number_make_no_difference(
            events in proptest::collection::vec((0_u8..7, 0_u8..3), 1..8).prop_flat_map(|events| {
                // Each event has a time of its own.
                let ordered: Vec<_> = events.into_iter().enumerate().map(|(second, event)| (event, i64::try_from(second).unwrap())).collect();
                (Just(ordered.clone()), Just([ordered.clone(), ordered].concat()).prop_shuffle())
            }),
        ) {
            let (ordered, shuffled) = events;
            let applied = |events: &[((u8, u8), i64)]| {
                events.iter().fold(Contact::new(UserId::new(types::Uuid::nil())), |contact, ((kind, number), second)| {
                    contact.with_facts(fact(*kind, *number), at(*second))
                })
            };
            prop_assert_eq!(applied(&ordered), applied(&shuffled));
        }
    }

    use MailKind::{Ordinary, Requested, Security};

    #[test]
    fn mail_goes_to_the_verified_address_only_unless_its_owner_requested_it() {
        let contact = Contact::new(UserId::generate()).with_facts(fact(0, 1), at(0));
        assert_eq!(contact.address(Requested, at(0)), Err(NoAddress::Missing));
        let registered = contact.with_facts(fact(1, 1), at(0));
        assert_eq!(registered.address(Ordinary, at(0)), Err(NoAddress::Unproven));
        assert_eq!(registered.address(Security, at(0)), Err(NoAddress::Unproven));
        assert_eq!(registered.address(Requested, at(0)), Ok(&email(1)));
        assert_eq!(registered.name_in_mail(), None, "the name may be a message of a stranger");
        let proven = registered.with_facts(fact(2, 1), at(1));
        assert_eq!(proven.address(Ordinary, at(1)), Ok(&email(1)));
        assert!(proven.name_in_mail().is_some());
        let unnamed = Facts { name: Some(PersonName::unnamed()), ..Facts::default() };
        assert_eq!(proven.with_facts(unnamed, at(2)).name_in_mail(), None);
        assert!(proven.proven_since(at(1)) && !proven.proven_since(at(2)));
        let stated = registered.with_facts(fact(5, 1), at(1));
        assert!(stated.is_proven() && !stated.proven_since(at(0)), "it does not say since when");
        let changed = proven.with_facts(fact(1, 2), at(2));
        assert!(!changed.is_proven() && changed.name_in_mail().is_none(), "another address is not verified");
    }

    #[test]
    fn a_bounce_stops_all_mail_until_the_address_is_verified_again_or_an_admin_allows_it() {
        let proven = Contact::new(UserId::generate()).with_facts(fact(2, 1), at(0));
        let bounced = proven.with_facts(fact(3, 1), at(10));
        for kind in [Requested, Security, Ordinary] {
            assert_eq!(bounced.address(kind, at(11)), Err(NoAddress::Undeliverable), "{kind:?}");
        }
        let later = at(10) + BOUNCE_PAUSE;
        assert_eq!(bounced.address(Requested, later), Ok(&email(1)), "or the address could never be verified again");
        assert_eq!(bounced.address(Security, later), Err(NoAddress::Undeliverable));
        for again in [bounced.with_facts(fact(2, 1), at(20)), bounced.with_facts(fact(6, 1), at(20))] {
            assert!(bounced.is_suppressed() && !again.is_suppressed());
            assert_eq!(again.address(Ordinary, at(21)), Ok(&email(1)));
            let bounced_again = again.with_facts(fact(3, 1), at(30));
            assert_eq!(bounced_again.address(Ordinary, at(31)), Err(NoAddress::Undeliverable));
        }
        assert!(bounced.with_facts(fact(5, 1), at(20)).is_suppressed(), "that is no new verification");
        assert!(bounced.with_facts(fact(6, 2), at(20)).is_suppressed(), "it was another address that was allowed");
        assert_eq!(bounced.with_facts(fact(2, 2), at(20)).address(Ordinary, at(21)), Ok(&email(2)));
    }

    #[test]
    fn a_complaint_stops_only_what_can_be_turned_off() {
        let proven = Contact::new(UserId::generate()).with_facts(fact(2, 1), at(0));
        let complained = proven.with_facts(fact(4, 1), at(10));
        assert_eq!(complained.address(Ordinary, at(11)), Err(NoAddress::Undeliverable));
        assert_eq!(complained.address(Security, at(11)), Ok(&email(1)));
        assert_eq!(complained.address(Requested, at(11)), Ok(&email(1)));
        assert_eq!(complained.with_facts(fact(2, 1), at(20)).address(Ordinary, at(21)), Ok(&email(1)));
    }
}
