//! Mailboxes of people without an account: how they are named, and when no e-mail goes there any more.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{EmailAddress, UserId, Uuid, derive_id};

/// How long a mailbox without an account gets no e-mail after a bounce or a complaint. Its owner has no account in which to
/// verify the address again, so the suppression ends by itself.
pub const SUPPRESSION: SignedDuration = SignedDuration::from_hours(24 * 180);

/// Templates that addresses without an account may receive. Their texts contain nothing that a buyer wrote.
pub const OF_ORDERS: [&str; 6] =
    ["order_cancelled", "order_confirmed", "order_delivered", "order_placed", "order_refunded", "order_shipped"];

/// Names a mailbox without its address: what follows a plus sign is a label that its owner, or anybody, makes up.
pub fn mailbox_id(address: &EmailAddress) -> Uuid {
    let (local, domain) = address.as_str().rsplit_once('@').unwrap_or((address.as_str(), ""));
    let mailbox = local.split('+').next().unwrap_or(local);
    derive_id(&["mailbox", mailbox, domain])
}

/// The recipient of e-mails to a mailbox without an account. No account ever has this ID: IDs of accounts are not derived.
pub fn guest(address: &EmailAddress) -> UserId {
    UserId::new(mailbox_id(address))
}

/// A mailbox without an account to which no e-mail is sent, because it bounced or its owner complained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxSuppression {
    /// The mailbox, as a recipient.
    pub recipient: UserId,
    /// Time of the latest bounce or complaint.
    pub since: Timestamp,
}

impl MailboxSuppression {
    /// Returns whether no e-mail is sent now.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        now < self.ends_at()
    }

    /// Returns when e-mails are sent again.
    pub fn ends_at(&self) -> Timestamp {
        self.since + SUPPRESSION
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_make_no_other_mailbox() {
        let id = |text: &str| mailbox_id(&EmailAddress::parse(text).unwrap());
        assert_eq!(id("ann+news@example.com"), id("Ann@example.com"));
        assert_eq!(id("ann+a+b@example.com"), id("ann@example.com"));
        assert_ne!(id("ann@example.com"), id("ann@example.org"));
        assert_ne!(id("ann@example.com"), id("bea@example.com"));
    }

    #[test]
    fn the_recipient_of_a_mailbox_is_no_account() {
        let recipient = guest(&EmailAddress::parse("ann@example.com").unwrap());
        assert_ne!(recipient.uuid().get_version_num(), UserId::generate().uuid().get_version_num());
    }

    #[test]
    fn a_suppression_ends_by_itself() {
        let since = Timestamp::from_second(1_800_000_000).unwrap();
        let recipient = guest(&EmailAddress::parse("ann@example.com").unwrap());
        let suppression = MailboxSuppression { recipient, since };
        assert!(suppression.is_in_force(since) && !suppression.is_in_force(since + SUPPRESSION));
    }
}
