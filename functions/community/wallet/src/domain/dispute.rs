//! Disputes: a cardholder asks their bank for the money of a payment back.

use jiff::Timestamp;
use payment_providers::DisputeId;
use serde::{Deserialize, Serialize};
use types::{Money, TransferId, UserId, Uuid, derive_id};

use super::account::{Account, Holder, System};
use super::ledger::{Heading, Kind, Posting, Transfer, Unbalanced};

/// The status of a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeStatus {
    /// The bank has not decided. The money is frozen.
    Open,
    /// The money was released.
    Won,
    /// The money went back to the card.
    Lost,
}

/// A dispute of one payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// The provider's id.
    pub dispute_id: DisputeId,
    /// The payer of the disputed payment.
    pub user_id: UserId,
    /// The id of the disputed deposit or donation.
    pub about: Uuid,
    /// The frozen amount.
    pub money: Money,
    /// The status.
    pub status: DisputeStatus,
    /// Time when it was opened.
    pub opened_at: Timestamp,
    /// Time when it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
}

impl Dispute {
    /// A dispute that was just opened.
    pub fn opened(dispute_id: DisputeId, user_id: UserId, about: Uuid, money: Money, now: Timestamp) -> Self {
        Self { dispute_id, user_id, about, money, status: DisputeStatus::Open, opened_at: now, closed_at: None }
    }

    /// The dispute after the bank's decision. None if it is closed already.
    pub fn closed(&self, lost: bool, now: Timestamp) -> Option<Self> {
        let status = if lost { DisputeStatus::Lost } else { DisputeStatus::Won };
        let open = self.status == DisputeStatus::Open;
        open.then(|| Self { status, closed_at: Some(now), ..self.clone() })
    }

    /// The transfer that freezes the money: what is available, and the rest as a debt. `held_minor` is held already, so that
    /// only the remainder moves. None if nothing is left to move.
    pub fn freeze(&self, held_minor: i64, now: Timestamp) -> Result<Option<Transfer>, Unbalanced> {
        let amount_minor = self.money.amount_minor - held_minor;
        if amount_minor <= 0 {
            return Ok(None);
        }
        let money = Money { amount_minor, ..self.money.clone() };
        let heading = self.heading("open", Kind::Dispute, now);
        Transfer::between(heading, self.free(), self.held(), money).map(|transfer| Some(transfer.enforced()))
    }

    /// The transfer that releases the money, or gives it back to the card.
    pub fn settle(&self, lost: bool, now: Timestamp) -> Result<Transfer, Unbalanced> {
        let (kind, to) =
            if lost { (Kind::Chargeback, Account::System(System::Provider)) } else { (Kind::Release, self.free()) };
        Transfer::between(self.heading("close", kind, now), self.held(), to, self.money.clone())
    }

    fn free(&self) -> Account {
        Account::user(self.user_id)
    }

    fn held(&self) -> Account {
        Account::Held(Holder::User(self.user_id))
    }

    fn heading(&self, step: &str, kind: Kind, at: Timestamp) -> Heading {
        let id = TransferId::new(derive_id(&["wallet", "dispute", step, &self.dispute_id.to_string()]));
        Heading { id, kind, at, reference: Some(self.about), message: None }
    }
}

/// Marks a user whose money was not enough for a refund or a dispute: while they owe something, they send nothing. It stays
/// until a request finds that the debts are repaid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Debtor {
    /// User ID.
    pub user_id: UserId,
}

impl Debtor {
    /// The mark that a transfer leaves; none if it cannot create a debt.
    pub fn of(transfer: &Transfer) -> Option<Self> {
        let debited =
            |posting: &&Posting| posting.money.amount_minor < 0 && matches!(posting.account, Account::Free(_));
        let user_id = transfer.postings().iter().find(debited).and_then(|posting| posting.account.person())?;
        transfer.is_enforced().then_some(Self { user_id })
    }
}

#[cfg(test)]
mod tests {
    use types::CurrencyCode;

    use super::*;

    fn dispute() -> Dispute {
        let money = Money::new(1_000, CurrencyCode::parse("EUR").unwrap());
        let (user, about) = (UserId::new(Uuid::from_u128(1)), Uuid::from_u128(2));
        Dispute::opened(DisputeId::new("dp_1"), user, about, money, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn only_what_is_not_held_already_is_frozen() {
        let amount = |held| {
            let transfer = dispute().freeze(held, Timestamp::UNIX_EPOCH).unwrap();
            transfer.map(|transfer| transfer.postings()[1].money.amount_minor)
        };
        assert_eq!((amount(0), amount(400), amount(1_000)), (Some(1_000), Some(600), None));
    }

    #[test]
    fn a_dispute_is_closed_once() {
        for (lost, status, kind) in
            [(true, DisputeStatus::Lost, Kind::Chargeback), (false, DisputeStatus::Won, Kind::Release)]
        {
            let closed = dispute().closed(lost, Timestamp::UNIX_EPOCH).unwrap();
            assert_eq!((closed.status, closed.closed(!lost, Timestamp::UNIX_EPOCH)), (status, None));
            assert_eq!(dispute().settle(lost, Timestamp::UNIX_EPOCH).unwrap().kind(), kind);
        }
    }
}
