//! Notifications about money.

use std::collections::BTreeMap;

use contracts::notifications::{Category, Message, NotificationRequested};
use types::{UserId, Uuid, derive_id};

use super::currency::Currency;
use super::donation::Donation;
use super::people::Receiver;

/// The page of the app that shows donations.
const DONATIONS: &str = "/donations";
/// The page of the app that shows the wallet.
const WALLET: &str = "/wallet";

/// A notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice<'a> {
    /// Their donation has arrived.
    DonationSent,
    /// They, or a point that they keep, got a donation.
    DonationReceived {
        /// The point's name.
        point: Option<&'a str>,
    },
    /// Their donation was not charged.
    DonationFailed {
        /// Why, in a word.
        reason: &'a str,
    },
    /// They have the money of their donation back.
    DonationRefunded,
    /// Their money came in.
    DepositCompleted,
    /// They received a transfer.
    TransferReceived,
}

impl Notice<'_> {
    /// The text's name, and the page that it leads to.
    const fn template(self) -> (&'static str, &'static str) {
        match self {
            Self::DonationSent => ("donation_sent", DONATIONS),
            Self::DonationReceived { .. } => ("donation_received", WALLET),
            Self::DonationFailed { .. } => ("donation_failed", DONATIONS),
            Self::DonationRefunded => ("donation_refunded", DONATIONS),
            Self::DepositCompleted => ("deposit_completed", WALLET),
            Self::TransferReceived => ("transfer_received", WALLET),
        }
    }

    /// The name of the ID of what it is about, for clients.
    const fn id_name(self) -> &'static str {
        match self {
            Self::DonationSent
            | Self::DonationReceived { .. }
            | Self::DonationFailed { .. }
            | Self::DonationRefunded => "donation_id",
            Self::DepositCompleted => "deposit_id",
            Self::TransferReceived => "transfer_id",
        }
    }

    /// The request for it. `about` is the donation, deposit or transfer: the same notice of the same thing is one notice.
    pub fn request(self, about: Uuid, reader: UserId, amount: String) -> NotificationRequested {
        let (template, link) = self.template();
        let mut data = BTreeMap::from([("amount".to_owned(), amount), (self.id_name().to_owned(), about.to_string())]);
        match self {
            Self::DonationReceived { point: Some(point) } => drop(data.insert("point".to_owned(), point.to_owned())),
            Self::DonationFailed { reason } => drop(data.insert("reason".to_owned(), reason.to_owned())),
            Self::DonationReceived { point: None }
            | Self::DonationSent
            | Self::DonationRefunded
            | Self::DepositCompleted
            | Self::TransferReceived => {}
        }
        NotificationRequested {
            notification_id: derive_id(&["wallet", template, &about.to_string()]),
            recipients: vec![reader],
            category: Category::Account,
            message: Message { template: template.to_owned(), data, link: Some(link.to_owned()) },
            channels: None,
        }
    }
}

/// The notifications of a donation that has arrived: to its donor, and to the beneficiary.
pub fn of_arrival(donation: &Donation, receiver: Option<&Receiver>, currency: &Currency) -> Vec<NotificationRequested> {
    let (about, amount) = (donation.id.uuid(), currency.format(donation.money.amount_minor));
    let sent = Notice::DonationSent.request(about, donation.donor_id, amount.clone());
    // Who gives to a point of their own knows of it.
    let receiver = receiver.filter(|receiver| receiver.beneficiary_id != donation.donor_id);
    let to_beneficiary = receiver.map(|receiver| {
        let notice = Notice::DonationReceived { point: receiver.point_name.as_deref() };
        notice.request(about, receiver.beneficiary_id, amount)
    });
    std::iter::once(sent).chain(to_beneficiary).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_of_the_same_thing_is_the_same_and_of_another_is_not() {
        let (about, reader) = (Uuid::from_u128(1), UserId::new(Uuid::from_u128(2)));
        let ask = |notice: Notice<'_>, about| notice.request(about, reader, "1.00 EUR".to_owned());
        let sent = ask(Notice::DonationSent, about);
        assert_eq!(sent, ask(Notice::DonationSent, about));
        assert_ne!(sent.notification_id, ask(Notice::DonationReceived { point: None }, about).notification_id);
        assert_ne!(sent.notification_id, ask(Notice::DonationSent, Uuid::from_u128(3)).notification_id);
        let received = ask(Notice::DonationReceived { point: Some("Harbour") }, about);
        assert_eq!(received.message.data["point"], "Harbour");
        assert_eq!(received.message.data["amount"], "1.00 EUR");
        assert_eq!(received.message.data["donation_id"], about.to_string());
    }
}
