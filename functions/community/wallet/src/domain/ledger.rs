//! The kinds of transfers of the wallet, and its types of the ledger.

use ::ledger::{Ledger, TransferKind};
use serde::{Deserialize, Serialize};
use types::UserId;
use utoipa::ToSchema;

use super::account::Account;

pub use ::ledger::{NotEnough, Total, Unbalanced, totals};

/// The ledger of this context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalletLedger;

impl Ledger for WalletLedger {
    type Account = Account;
    type Kind = Kind;
}

/// A movement of money.
pub type Transfer = ::ledger::Transfer<WalletLedger>;
/// What a transfer does to one account.
pub type Posting = ::ledger::Posting<WalletLedger>;
/// The attributes of a transfer other than its postings.
pub type Heading = ::ledger::Heading<WalletLedger>;
/// One line of a statement.
pub type Entry = ::ledger::Entry<WalletLedger>;
/// One shard of a balance.
pub type Balance = ::ledger::Balance<WalletLedger>;

/// What a transfer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TransactionKind)]
pub enum Kind {
    /// A dispute was lost: frozen money went back to the card.
    Chargeback,
    /// Money came in through a payment provider.
    Deposit,
    /// The cardholder disputes a payment: its money was frozen.
    Dispute,
    /// A donation reached its recipient.
    Donation,
    /// Money was set aside.
    Hold,
    /// Money went back to where it came from.
    Refund,
    /// What was set aside is free again.
    Release,
    /// A reward of a care event or a badge.
    Reward,
    /// A user sent it to another.
    Transfer,
    /// Its owner deleted the account, or the account was taken over, or the point has no keeper any more.
    Unclaimed,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Chargeback,
        Self::Deposit,
        Self::Dispute,
        Self::Donation,
        Self::Hold,
        Self::Refund,
        Self::Release,
        Self::Reward,
        Self::Transfer,
        Self::Unclaimed,
    ];

    /// Its name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chargeback => "chargeback",
            Self::Deposit => "deposit",
            Self::Dispute => "dispute",
            Self::Donation => "donation",
            Self::Hold => "hold",
            Self::Refund => "refund",
            Self::Release => "release",
            Self::Reward => "reward",
            Self::Transfer => "transfer",
            Self::Unclaimed => "unclaimed",
        }
    }
}

impl TransferKind for Kind {
    fn as_str(self) -> &'static str {
        Self::as_str(self)
    }

    /// What a forgotten person leaves is moved away after they were forgotten.
    fn admits_forgotten(self) -> bool {
        self == Self::Unclaimed
    }
}

/// A message that a keeper sent with a transfer of a point. It leads from the keeper to the message, which is in the
/// statements of others only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// Who wrote.
    pub author_id: UserId,
    /// The point's line.
    pub line: Entry,
}

impl Written {
    /// What this author wrote with this transfer, if they wrote something and it is not their own line.
    pub fn by(author_id: UserId, transfer: &Transfer) -> Option<Self> {
        let line = transfer.entries().into_iter().find(|line| line.read_by().is_some())?;
        (line.account.person() != Some(author_id)).then_some(Self { author_id, line })
    }
}
