//! A ledger for tests: people, shelters with sharded balances, and accounts of the system.

use std::fmt;

use serde::{Deserialize, Serialize};
use types::{UserId, Uuid};

use crate::{Ledger, LedgerAccount, TransferKind};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TestLedger;

impl Ledger for TestLedger {
    type Account = Account;
    type Kind = Kind;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Holder {
    Person(u8),
    Shelter(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Account {
    Free(Holder),
    Held(Holder),
    Owed(Holder),
    Provider,
    Issuance,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl LedgerAccount for Account {
    fn has_balance(self) -> bool {
        matches!(self, Self::Free(_) | Self::Held(_) | Self::Owed(_))
    }

    fn is_sharded(self) -> bool {
        matches!(self, Self::Free(Holder::Shelter(_)) | Self::Held(Holder::Shelter(_)))
    }

    fn is_held(self) -> bool {
        matches!(self, Self::Held(_))
    }

    fn debt(self) -> Option<Self> {
        match self {
            Self::Free(holder @ Holder::Person(_)) => Some(Self::Owed(holder)),
            _ => None,
        }
    }

    fn debtor(self) -> Option<Self> {
        match self {
            Self::Owed(holder) => Some(Self::Free(holder)),
            _ => None,
        }
    }

    fn owner(self) -> Option<UserId> {
        match self {
            Self::Free(Holder::Person(number))
            | Self::Held(Holder::Person(number))
            | Self::Owed(Holder::Person(number)) => Some(UserId::new(Uuid::from_u128(number.into()))),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Deposit,
    Reward,
    Transfer,
    Donation,
    Hold,
    Release,
    Refund,
    Dispute,
}

impl TransferKind for Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Reward => "reward",
            Self::Transfer => "transfer",
            Self::Donation => "donation",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Refund => "refund",
            Self::Dispute => "dispute",
        }
    }

    fn admits_forgotten(self) -> bool {
        false
    }
}

pub(crate) fn person(number: u8) -> Account {
    Account::Free(Holder::Person(number))
}

pub(crate) fn shelter(number: u8) -> Account {
    Account::Free(Holder::Shelter(number))
}
