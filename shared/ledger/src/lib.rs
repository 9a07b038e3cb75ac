//! A double-entry ledger on the table: accounts, transfers, sharded balances and statements.
//!
//! A [`Transfer`] is a set of postings that sum to zero in each currency; no other value of the type exists. It is immutable
//! and idempotent by its id. One transaction writes its record, its lines in the statements and the changes of balances, and
//! there is no other way to change a balance. A balance never leaves its bounds, because each change is a conditional count.
//!
//! A holder can owe money: a transfer that must happen ([`Transfer::enforced`]) takes what is available and records the rest
//! as a debt. Credits repay the debt first, so an account with a debt has no available money.
//!
//! Accounts that many pay into have a balance in several [`Shards`], so that credits do not contend. A debit of such an
//! account reads the shards first, and is attempted again if others were faster.
//!
//! A context brings its accounts and kinds of transfers ([`Ledger`]) and its keys ([`LedgerKeys`]).
//!
//! What it does not do: it does not know who may move money or why, converts no currencies, and has no periods, invoices or
//! interest. Balances are per account and currency; a budget over several accounts is a rule of the context.
//!
//! ```
//! use jiff::Timestamp;
//! use ledger::{Heading, Ledger, LedgerAccount, Transfer, TransferKind};
//! use serde::{Deserialize, Serialize};
//! use types::{CurrencyCode, Money, TransferId, UserId, Uuid};
//!
//! #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
//! enum Account { Customer(u32), Bank }
//!
//! impl std::fmt::Display for Account {
//!     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "{self:?}") }
//! }
//!
//! impl LedgerAccount for Account {
//!     fn has_balance(self) -> bool { self != Self::Bank }
//!     fn is_sharded(self) -> bool { false }
//!     fn is_held(self) -> bool { false }
//!     fn debt(self) -> Option<Self> { None }
//!     fn debtor(self) -> Option<Self> { None }
//!     fn owner(self) -> Option<UserId> { None }
//! }
//!
//! #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
//! struct TopUp;
//!
//! impl TransferKind for TopUp {
//!     fn as_str(self) -> &'static str { "top_up" }
//!     fn admits_forgotten(self) -> bool { false }
//! }
//!
//! #[derive(Debug, Clone, Copy, PartialEq, Eq)]
//! struct Shop;
//!
//! impl Ledger for Shop { type Account = Account; type Kind = TopUp; }
//!
//! let id = TransferId::new(Uuid::from_u128(1));
//! let heading = || Heading::<Shop> { id, kind: TopUp, at: Timestamp::UNIX_EPOCH, reference: None, message: None };
//! let euros = |minor| Money::new(minor, CurrencyCode::parse("EUR").unwrap());
//! let transfer = Transfer::between(heading(), Account::Bank, Account::Customer(7), euros(500)).unwrap();
//! assert_eq!(transfer.entries().len(), 1);
//! assert!(Transfer::between(heading(), Account::Bank, Account::Customer(7), euros(0)).is_err());
//! ```

mod shards;
mod store;
mod transfer;

#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod test_ledger;

use std::fmt::{Debug, Display};

use serde::Serialize;
use serde::de::DeserializeOwned;
use types::{TransferId, UserId};

pub use shards::{Change, MAX_SHARD_MINOR, MAX_SHARDS, Shards};
pub use store::{Beside, LedgerStore, NotPosted, Posted, Statement, balance_key, entry_key};
pub use transfer::{Balance, Entry, Heading, NotEnough, Posting, Total, Transfer, Unbalanced, totals};

/// The accounts and the kinds of transfers of one ledger.
pub trait Ledger: Debug + Copy + Eq + Send + Sync + 'static {
    /// Its accounts.
    type Account: LedgerAccount;
    /// What its transfers are for.
    type Kind: TransferKind;
}

/// An account. Its text identifies it, and is part of a transfer's fingerprint.
pub trait LedgerAccount: Debug + Display + Copy + Ord + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// False for the accounts of the system, such as a payment provider's: they have no balance and no statement, and their
    /// side of a transfer is in its record only.
    fn has_balance(self) -> bool;
    /// True if its balance has several shards. A debit then reads them first.
    fn is_sharded(self) -> bool;
    /// True for the part of a holder's money that cannot be spent now. Held and free money of a holder are two accounts.
    fn is_held(self) -> bool;
    /// The debt of this account; none if its holder cannot owe money. Only accounts with a single shard can.
    fn debt(self) -> Option<Self>;
    /// The account whose debt this is; none if it is not a debt. A debt is stored with the balance of that account, and its
    /// postings are debits when it grows.
    fn debtor(self) -> Option<Self>;
    /// The person whose account it is. No transfer counts in a person who was forgotten.
    fn owner(self) -> Option<UserId>;

    /// The name of the held, the owed or the free part in keys.
    fn pot(self) -> &'static str {
        match (self.is_held(), self.debtor()) {
            (true, _) => "held",
            (false, Some(_)) => "debt",
            (false, None) => "free",
        }
    }
}

/// What a transfer is for.
pub trait TransferKind: Debug + Copy + Eq + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// Its name, which is part of a transfer's fingerprint.
    fn as_str(self) -> &'static str;
    /// True if people who were forgotten may take part: for moving what they left behind.
    fn admits_forgotten(self) -> bool;
}

/// Where the items of a ledger are in the table.
pub trait LedgerKeys: Ledger {
    /// The context that owns them.
    type Context: dynamo::Context;
    /// A key in the partition of an account's holder. Held and free money of one holder share the partition.
    fn account_key(account: Self::Account, sort: String) -> dynamo::Key<Self::Context>;
    /// The key of a transfer's record.
    fn transfer_key(id: TransferId) -> dynamo::Key<Self::Context>;
}
