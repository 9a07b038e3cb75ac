//! Transfers, the lines they write in statements, and the changes they make to balances.
//!
//! The item of a transfer is the record that it happened. Its effects on balances are [`Change`]s, each of which is a
//! conditional count in the same transaction.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, Money, TransferId, Uuid};

use crate::shards::{self, Change, Shards};
use crate::{Ledger, LedgerAccount, TransferKind};

/// The most postings of a transfer.
const MAX_POSTINGS: usize = 8;

/// What a transfer does to one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Posting<L: Ledger> {
    /// The account.
    pub account: L::Account,
    /// The amount: above zero for a credit, below zero for a debit.
    pub money: Money,
}

/// The attributes of a transfer other than its postings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading<L: Ledger> {
    /// Its id, derived from the request: a repeated request has the same id.
    pub id: TransferId,
    /// What it is for.
    pub kind: L::Kind,
    /// When it happens.
    pub at: Timestamp,
    /// What the transfer refers to, such as an order or a deposit.
    pub reference: Option<Uuid>,
    /// What the sender wrote to the receiver.
    pub message: Option<String>,
}

/// A movement of money whose postings sum to zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Transfer<L: Ledger> {
    id: TransferId,
    kind: L::Kind,
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<Uuid>,
    postings: Vec<Posting<L>>,
    /// Identifies what was requested: a repeated request under the same id must request the same.
    fingerprint: Uuid,
    /// Stands in the entries of both sides only, where it can be found and deleted with its author.
    #[serde(skip)]
    message: Option<String>,
    /// True if it happens even if the money is not there.
    #[serde(skip)]
    enforced: bool,
}

/// Why postings are not a transfer, which is a mistake in the calling code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unbalanced {
    /// In some currency the postings do not sum to zero.
    #[error("the postings do not sum to zero")]
    Sum,
    /// A posting moves nothing.
    #[error("a posting moves nothing")]
    Nothing,
    /// An account has two postings of one currency.
    #[error("an account has two postings of one currency")]
    Twice,
    /// There are none, or too many.
    #[error("there must be 2 to {MAX_POSTINGS} postings")]
    Count,
}

/// An account has less than a transfer takes from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotEnough;

impl<L: Ledger> Transfer<L> {
    /// A transfer of these postings.
    pub fn new(heading: Heading<L>, postings: Vec<Posting<L>>) -> Result<Self, Unbalanced> {
        check(&postings)?;
        let Heading { id, kind, at, reference, message } = heading;
        let fingerprint = fingerprint::<L>(kind, &postings, reference, message.as_deref());
        Ok(Self { id, kind, at, reference, postings, fingerprint, message, enforced: false })
    }

    /// A transfer from one account to another. The amount must be above zero.
    pub fn between(heading: Heading<L>, from: L::Account, to: L::Account, money: Money) -> Result<Self, Unbalanced> {
        let taken = Money::new(money.amount_minor.checked_neg().ok_or(Unbalanced::Sum)?, money.currency.clone());
        Self::new(heading, vec![Posting { account: from, money: taken }, Posting { account: to, money }])
    }

    /// The transfer of the same money back to where it came from.
    pub fn reversed(&self, heading: Heading<L>) -> Result<Self, Unbalanced> {
        let mut postings = self.postings.clone();
        for posting in &mut postings {
            posting.money.amount_minor = posting.money.amount_minor.checked_neg().ok_or(Unbalanced::Sum)?;
        }
        Self::new(heading, postings)
    }

    /// The same transfer, which happens even if the money is not there: what is missing becomes a debt of the holder, if the
    /// holder can owe money.
    #[must_use]
    pub fn enforced(self) -> Self {
        Self { enforced: true, ..self }
    }

    /// True if it happens even if the money is not there.
    pub fn is_enforced(&self) -> bool {
        self.enforced
    }

    /// Its id.
    pub fn id(&self) -> TransferId {
        self.id
    }

    /// What it is for.
    pub fn kind(&self) -> L::Kind {
        self.kind
    }

    /// When it happened.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Its postings.
    pub fn postings(&self) -> &[Posting<L>] {
        &self.postings
    }

    /// True if the other has the same id, postings, kind, reference and message.
    pub fn is_same(&self, other: &Self) -> bool {
        self.id == other.id && self.fingerprint == other.fingerprint
    }

    /// The accounts whose shards of a currency must be known to decide on it. Debts of credited accounts are not among them:
    /// they are rare, and a change that meets one is refused.
    pub fn must_be_read(&self) -> Vec<(L::Account, &CurrencyCode)> {
        let debited = self.postings.iter().filter(|posting| posting.money.amount_minor < 0);
        let read = debited.filter(|posting| {
            let account = posting.account;
            account.has_balance() && (account.is_sharded() || (self.enforced && account.debt().is_some()))
        });
        read.map(|posting| (posting.account, &posting.money.currency)).collect()
    }

    /// The transfer with debts: what an enforced debit does not find is owed, and credits repay what is owed. `known` are
    /// the shards of [`Self::must_be_read`] and of accounts that turned out to owe something.
    #[must_use]
    pub fn settled(&self, known: &[Balance<L>]) -> Self {
        let mut postings = Vec::new();
        for posting in &self.postings {
            let (account, amount) = (posting.account, posting.money.amount_minor);
            let Some(debt) = account.debt() else {
                postings.push(posting.clone());
                continue;
            };
            let own = known.iter().find(|part| part.account == account && part.currency == posting.money.currency);
            let (has, owes) = own.map_or((0, 0), |part| (part.amount, part.owed));
            let to_debt = if amount > 0 {
                owes.min(amount)
            } else if self.enforced {
                // Zero, or the negative amount that is missing.
                amount.saturating_add(has).min(0)
            } else {
                0
            };
            let split = [(account, amount - to_debt), (debt, to_debt)];
            postings.extend(split.into_iter().filter(|(_, amount)| *amount != 0).map(|(account, amount_minor)| {
                Posting { account, money: Money::new(amount_minor, posting.money.currency.clone()) }
            }));
        }
        Self { postings, ..self.clone() }
    }

    /// What it does to the shards of balances. `known` are the shards that [`Self::must_be_read`] named; they may be old,
    /// since each change is conditional on what its shard has by then.
    pub fn changes(&self, shards: Shards, known: &[Balance<L>]) -> Result<Vec<Change<L>>, NotEnough> {
        let mut changes: Vec<Change<L>> = Vec::new();
        for Posting { account, money } in &self.postings {
            if !account.has_balance() {
                continue;
            }
            let (amount, currency) = (money.amount_minor, &money.currency);
            let change = |account, shard, by, owes| Change { account, currency: currency.clone(), shard, by, owes };
            if let Some(debtor) = account.debtor() {
                // A debt lies in the balance of its account.
                let same = |change: &&mut Change<L>| change.account == debtor && change.currency == *currency;
                match changes.iter_mut().find(same) {
                    Some(change) => change.owes -= amount,
                    None => changes.push(change(debtor, 0, 0, -amount)),
                }
            } else if amount > 0 {
                changes.push(change(*account, shards.credited(*account, self.id), amount, 0));
            } else if account.is_sharded() {
                let own = known.iter().filter(|part| part.account == *account && part.currency == *currency);
                let parts: Vec<_> = own.map(|part| (part.shard, part.amount)).collect();
                let taken = shards::draw(&parts, -amount).ok_or(NotEnough)?;
                changes.extend(taken.into_iter().map(|(shard, taken)| change(*account, shard, -taken, 0)));
            } else {
                changes.push(change(*account, 0, amount, 0));
            }
        }
        Ok(changes)
    }

    /// The lines that it writes in statements.
    pub fn entries(&self) -> Vec<Entry<L>> {
        let of_holders = self.postings.iter().filter(|posting| posting.account.has_balance());
        of_holders
            .map(|posting| Entry {
                account: posting.account,
                transfer_id: self.id,
                kind: self.kind,
                money: posting.money.clone(),
                at: self.at,
                counterparty: self.counterparty(posting),
                reference: self.reference,
                message: self.message.clone(),
            })
            .collect()
    }

    /// The other side of a posting, where there is exactly one.
    fn counterparty(&self, posting: &Posting<L>) -> Option<L::Account> {
        let is_other = |other: &&Posting<L>| {
            other.money.currency == posting.money.currency
                && (other.money.amount_minor < 0) != (posting.money.amount_minor < 0)
        };
        // A debt stands for its account.
        let accounts =
            self.postings.iter().filter(is_other).map(|other| other.account.debtor().unwrap_or(other.account));
        let mut accounts: Vec<_> = accounts.collect();
        accounts.dedup();
        <[L::Account; 1]>::try_from(accounts).ok().map(|[other]| other)
    }
}

fn check<L: Ledger>(postings: &[Posting<L>]) -> Result<(), Unbalanced> {
    if !(2..=MAX_POSTINGS).contains(&postings.len()) {
        return Err(Unbalanced::Count);
    }
    if postings.iter().any(|posting| posting.money.amount_minor == 0) {
        return Err(Unbalanced::Nothing);
    }
    // A few `i64`s never overflow an `i128`.
    let mut sums: BTreeMap<&CurrencyCode, i128> = BTreeMap::new();
    let mut seen: Vec<(L::Account, &CurrencyCode)> = Vec::new();
    for posting in postings {
        *sums.entry(&posting.money.currency).or_default() += i128::from(posting.money.amount_minor);
        if seen.contains(&(posting.account, &posting.money.currency)) {
            return Err(Unbalanced::Twice);
        }
        seen.push((posting.account, &posting.money.currency));
    }
    if sums.values().all(|sum| *sum == 0) { Ok(()) } else { Err(Unbalanced::Sum) }
}

fn fingerprint<L: Ledger>(
    kind: L::Kind,
    postings: &[Posting<L>],
    reference: Option<Uuid>,
    message: Option<&str>,
) -> Uuid {
    let reference = reference.map(|id| id.to_string()).unwrap_or_default();
    let mut parts = vec![kind.as_str().to_owned(), reference, message.unwrap_or_default().to_owned()];
    for Posting { account, money } in postings {
        parts.extend([account.to_string(), money.amount_minor.to_string(), money.currency.to_string()]);
    }
    types::derive_id(&parts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// One line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Entry<L: Ledger> {
    /// The account.
    pub account: L::Account,
    /// The transfer that wrote it.
    pub transfer_id: TransferId,
    /// The kind of the transfer.
    pub kind: L::Kind,
    /// By how much it changed the balance.
    pub money: Money,
    /// When.
    pub at: Timestamp,
    /// The other side, where there is exactly one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty: Option<L::Account>,
    /// What the transfer was for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Uuid>,
    /// What the sender wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl<L: Ledger> Entry<L> {
    /// The account whose statement has the message of this line's author, if this line is the author's. Where a debt took all
    /// of the money, the message is in the line of the debt.
    pub fn read_by(&self) -> Option<L::Account> {
        let wrote = self.message.is_some() && self.money.amount_minor < 0;
        self.counterparty.filter(|other| wrote && other.has_balance())
    }
}

/// One shard of the balance of an account in a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Balance<L: Ledger> {
    /// The account.
    pub account: L::Account,
    /// The currency.
    pub currency: CurrencyCode,
    /// The number of the shard.
    pub shard: u8,
    /// The amount, in minor units; never below zero.
    pub amount: i64,
    /// What the holder owes, in minor units; never below zero, and zero where the amount is above zero.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub owed: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

/// What a holder has of one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total {
    /// What may be spent.
    pub available: i64,
    /// What may not be spent now.
    pub held: i64,
    /// What is owed: later credits repay it first.
    pub owed: i64,
}

/// What a holder has, currency by currency: the sums of the parts.
pub fn totals<L: Ledger>(parts: impl IntoIterator<Item = Balance<L>>) -> BTreeMap<CurrencyCode, Total> {
    let mut totals: BTreeMap<CurrencyCode, Total> = BTreeMap::new();
    for part in parts {
        let total = totals.entry(part.currency).or_default();
        // The bound of each part keeps the sums within an i64.
        let sum = if part.account.is_held() { &mut total.held } else { &mut total.available };
        *sum = sum.saturating_add(part.amount);
        total.owed = total.owed.saturating_add(part.owed);
    }
    totals
}
