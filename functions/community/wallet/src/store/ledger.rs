//! Transfers, statements and balances, by holder.

use std::collections::BTreeMap;

use ::ledger::{LedgerStore, NotPosted, Total};
use dynamo::{Cursor, Outbox, StoreError, Transaction};
use types::{CurrencyCode, TransferId};

use super::{Store, Wallet};
use crate::domain::account::{Account, Holder};
use crate::domain::ledger::{Balance, Entry, Transfer, WalletLedger};

/// The result of posting a transfer.
pub type Posted = ::ledger::Posted<WalletLedger>;
/// Which lines of a statement are asked for.
pub type Statement = ::ledger::Statement<WalletLedger>;

impl Store {
    fn ledger(&self) -> LedgerStore<'_, WalletLedger> {
        LedgerStore::new(&self.table, self.shards)
    }

    /// Posts a transfer, once, together with what the caller writes `beside` it. People who deleted their account take no
    /// part in it.
    pub async fn post(
        &self,
        transfer: &Transfer,
        outbox: &Outbox,
        beside: impl Fn(Transaction<Wallet>) -> Transaction<Wallet>,
    ) -> Result<Posted, NotPosted> {
        self.ledger().post(transfer, outbox, beside).await
    }

    /// The record of a transfer, as it is now.
    pub async fn transfer(&self, id: TransferId) -> Result<Option<Transfer>, StoreError> {
        self.ledger().transfer(id).await
    }

    /// The shards of all currencies of a holder, as they are now.
    pub async fn balances(&self, holder: Holder) -> Result<Vec<Balance>, StoreError> {
        self.ledger().balances(Account::Free(holder)).await
    }

    /// What a holder has, per currency.
    pub async fn totals(&self, holder: Holder) -> Result<BTreeMap<CurrencyCode, Total>, StoreError> {
        self.ledger().totals(Account::Free(holder)).await
    }

    /// A page of a holder's statement, newest first. With a filter it may have fewer lines than were asked for.
    pub async fn statement(
        &self,
        holder: Holder,
        wanted: &Statement,
        page: kit::http::Page,
    ) -> Result<(Vec<Entry>, Option<Cursor>), StoreError> {
        self.ledger().statement(Account::Free(holder), wanted, page.limit, page.cursor).await
    }
}
