//! Phone numbers, and the proof that a number is the person's.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{PhoneNumber, UserId, Uuid};

/// How long a code works.
pub const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// How many wrong codes end a proof: of a million codes, these are as good as none.
pub const MAX_WRONG_CODES: u32 = 5;
/// The shortest time between two codes.
pub const CODE_PAUSE: SignedDuration = SignedDuration::from_secs(60);

/// A person's phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    /// Whose it is.
    pub user_id: UserId,
    /// The number that they proved.
    pub confirmed: Option<PhoneNumber>,
    /// When the code for the confirmed number was requested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirmed_since: Option<Timestamp>,
    /// The number that they are proving.
    pub pending: Option<Pending>,
}

/// A proof that is under way. The code is derived from its name and the link key, and stored nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The number.
    pub number: PhoneNumber,
    /// Names the proof.
    pub proof: Uuid,
    /// When the code went out.
    pub asked_at: Timestamp,
    /// How many wrong codes came.
    pub wrong: u32,
}

/// Why no code goes out, or a code does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneRefusal {
    /// A code went out a moment ago; in so many seconds there may be another.
    TooSoon(i64),
    /// No proof is under way, it is too old, or too many wrong codes came.
    NothingPending,
    /// The code is another.
    WrongCode,
}

impl Phone {
    /// The state of a user without a number.
    pub fn none(user_id: UserId) -> Self {
        Self { user_id, confirmed: None, confirmed_since: None, pending: None }
    }

    /// Begins the proof of a number; what was under way is void. How many codes a day has is a limit of its own.
    pub fn ask(&self, number: PhoneNumber, proof: Uuid, now: Timestamp) -> Result<Self, PhoneRefusal> {
        let free_at = self.pending.as_ref().map_or(now, |pending| pending.asked_at + CODE_PAUSE);
        if free_at > now {
            return Err(PhoneRefusal::TooSoon(free_at.duration_since(now).as_secs().max(1)));
        }
        Ok(Self { pending: Some(Pending { number, proof, asked_at: now, wrong: 0 }), ..self.clone() })
    }

    /// The proof whose code may still come.
    pub fn open(&self, now: Timestamp) -> Option<&Pending> {
        self.pending
            .as_ref()
            .filter(|pending| pending.wrong < MAX_WRONG_CODES && now.duration_since(pending.asked_at) < CODE_LIFETIME)
    }

    /// The phone after a code came, right or wrong, and what to say of it.
    pub fn answer(&self, is_right: bool, now: Timestamp) -> (Self, Result<(), PhoneRefusal>) {
        let Some(pending) = self.open(now) else { return (self.clone(), Err(PhoneRefusal::NothingPending)) };
        if is_right {
            let number = Some(pending.number.clone());
            let confirmed_since = Some(pending.asked_at);
            return (Self { confirmed: number, confirmed_since, pending: None, ..self.clone() }, Ok(()));
        }
        let pending = Some(Pending { wrong: pending.wrong + 1, ..pending.clone() });
        (Self { pending, ..self.clone() }, Err(PhoneRefusal::WrongCode))
    }

    /// The phone once its number was removed.
    #[must_use]
    pub fn removed(&self) -> Self {
        Self { confirmed: None, confirmed_since: None, pending: None, ..self.clone() }
    }

    /// The phone after another person took over the account: numbers from before that time are removed.
    #[must_use]
    pub fn reclaimed(&self, at: Timestamp) -> Self {
        let mut phone = self.clone();
        if phone.confirmed_since.is_none_or(|since| since < at) {
            (phone.confirmed, phone.confirmed_since) = (None, None);
        }
        phone.pending = phone.pending.filter(|pending| pending.asked_at >= at);
        phone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number() -> PhoneNumber {
        PhoneNumber::parse("+4915112345678").unwrap()
    }

    fn start() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    #[test]
    fn a_number_counts_once_its_code_came_in_time_and_the_right_one_at_most_five_times_wrong() {
        let asked = Phone::none(UserId::generate()).ask(number(), Uuid::from_u128(1), start()).unwrap();
        assert_eq!(asked.confirmed, None);
        let (confirmed, said) = asked.answer(true, start() + CODE_LIFETIME - SignedDuration::from_millis(1));
        assert_eq!((confirmed.confirmed, said), (Some(number()), Ok(())));
        assert_eq!(asked.answer(true, start() + CODE_LIFETIME).1, Err(PhoneRefusal::NothingPending));
        let mut phone = asked;
        for _ in 0..MAX_WRONG_CODES {
            let (next, said) = phone.answer(false, start());
            assert_eq!(said, Err(PhoneRefusal::WrongCode));
            phone = next;
        }
        assert_eq!(phone.answer(true, start()).1, Err(PhoneRefusal::NothingPending));
    }

    #[test]
    fn a_take_over_removes_numbers_from_before_it_however_late_its_event_comes() {
        let number_of = |phone: &Phone| phone.confirmed.clone();
        let later = start() + SignedDuration::from_mins(1);
        let asked = Phone::none(UserId::generate()).ask(number(), Uuid::from_u128(1), start()).unwrap();
        assert_eq!(asked.reclaimed(later).pending, None);
        let (confirmed, _) = asked.answer(true, start());
        assert_eq!(number_of(&confirmed.reclaimed(later)), None);
        assert_eq!(number_of(&confirmed.reclaimed(start())), Some(number()), "the new owner's own number stays");
    }

    proptest! {
        #[test]
        fn codes_for_one_proof_after_another_keep_their_pause(pauses in proptest::collection::vec(0_i64..200, 1..60)) {
            let (mut phone, mut now, mut sent) = (Phone::none(UserId::generate()), start(), Vec::new());
            for (index, pause) in pauses.into_iter().enumerate() {
                now += SignedDuration::from_secs(pause);
                match phone.ask(number(), Uuid::from_u128(index as u128), now) {
                    Ok(asked) => { sent.push(now); phone = asked; }
                    Err(PhoneRefusal::TooSoon(seconds)) => {
                        prop_assert!((1..=CODE_PAUSE.as_secs()).contains(&seconds));
                    }
                    Err(other) => prop_assert!(false, "{:?}", other),
                }
            }
            prop_assert!(sent.windows(2).all(|pair| pair[1].duration_since(pair[0]) >= CODE_PAUSE));
        }
    }
}
