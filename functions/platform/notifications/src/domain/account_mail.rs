//! Mails about an account: which there are, what each was caused by, and which have become pointless.

use jiff::Timestamp;
use types::{EmailAddress, EventId, PersonName, UserId, Uuid};

/// One mail to an account's owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountMail {
    /// Whose account it is.
    pub user_id: UserId,
    /// Where it goes.
    pub to: EmailAddress,
    /// What they call themselves.
    pub name: PersonName,
    /// What it is about.
    pub topic: Topic,
    /// When its cause became true.
    pub caused_at: Timestamp,
}

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// It asks to prove the address: this proof is under way.
    VerifyEmail(Uuid),
    /// It lets its reader set a new password: this proof is under way.
    ResetPassword(Uuid),
    /// The password was changed, as this event told.
    PasswordChanged(EventId),
}

impl AccountMail {
    /// The delivery's name: the same for each event that tells of the same cause.
    pub fn cause(&self) -> String {
        match self.topic {
            Topic::VerifyEmail(proof) => format!("verification#{proof}"),
            Topic::ResetPassword(proof) => format!("password_reset#{proof}"),
            Topic::PasswordChanged(event) => format!("password_changed#{event}"),
        }
    }

    /// True if the mail asks for what is proven: an address was proven after it was asked for. A later request is about
    /// another address.
    pub fn is_pointless(&self, proven_at: Timestamp) -> bool {
        matches!(self.topic, Topic::VerifyEmail(_)) && self.caused_at <= proven_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(topic: Topic, second: i64) -> AccountMail {
        AccountMail {
            user_id: UserId::new(Uuid::from_u128(1)),
            to: EmailAddress::parse("ann@example.com").unwrap(),
            name: PersonName::parse("Ann").unwrap(),
            topic,
            caused_at: Timestamp::from_second(second).unwrap(),
        }
    }

    #[test]
    fn causes_tell_topics_and_proofs_apart() {
        let proof = Uuid::from_u128(7);
        let topics = [
            Topic::VerifyEmail(proof),
            Topic::VerifyEmail(Uuid::from_u128(8)),
            Topic::ResetPassword(proof),
            Topic::PasswordChanged(EventId::new(proof)),
        ];
        let mut causes = topics.map(|topic| mail(topic, 0).cause()).to_vec();
        causes.dedup();
        assert_eq!(causes.len(), topics.len());
        assert_eq!(causes[0], "verification#00000000-0000-0000-0000-000000000007");
    }

    #[test]
    fn only_what_was_asked_before_the_proof_is_pointless() {
        let proven_at = Timestamp::from_second(100).unwrap();
        let proof = Uuid::from_u128(7);
        assert!(mail(Topic::VerifyEmail(proof), 99).is_pointless(proven_at));
        assert!(mail(Topic::VerifyEmail(proof), 100).is_pointless(proven_at));
        assert!(!mail(Topic::VerifyEmail(proof), 101).is_pointless(proven_at));
        assert!(!mail(Topic::ResetPassword(proof), 99).is_pointless(proven_at));
    }
}
