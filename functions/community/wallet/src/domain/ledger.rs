//! The ledger: money never appears or vanishes, it moves.
//!
//! A [`Transfer`] is a set of postings that sum to zero in each currency. It is immutable, and its item is the record that
//! it happened. What it does to balances are [`Change`]s, each of which is a conditional count in the same transaction.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, Money, TransferId, UserId, Uuid};
use utoipa::ToSchema;

use super::account::Account;
use super::shards::{self, Change, Shards};

/// The most postings of a transfer.
const MAX_POSTINGS: usize = 8;

/// What a transfer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Money came in through a payment provider.
    Deposit,
    /// A donation reached its recipient.
    Donation,
    /// Money was set aside.
    Hold,
    /// Money went back to where it came from.
    Refund,
    /// What was set aside is free again.
    Release,
    /// Somebody earned it.
    Reward,
    /// One person sent it to another.
    Transfer,
    /// Its owner deleted their account.
    Unclaimed,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Deposit,
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
            Self::Deposit => "deposit",
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

/// What a transfer does to one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// Which account.
    pub account: Account,
    /// How much it gets; what is below zero it gives.
    pub money: Money,
}

/// What a transfer is beside its postings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its id, derived from what asked for it: the same asks again under the same id.
    pub id: TransferId,
    /// What it is for.
    pub kind: Kind,
    /// When it happens.
    pub at: Timestamp,
    /// The donation, deposit, care event or badge that it is for.
    pub reference: Option<Uuid>,
    /// What the sender wrote to the receiver.
    pub message: Option<String>,
}

/// Money that moves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    id: TransferId,
    kind: Kind,
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reference: Option<Uuid>,
    postings: Vec<Posting>,
    /// What was asked for: a request that comes again under the same id must ask for the same.
    fingerprint: Uuid,
    /// Stands in the entries of both sides only, where it can be found and deleted with its author.
    #[serde(skip)]
    message: Option<String>,
}

/// These postings are no transfer, which is a mistake in this code.
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

impl Transfer {
    /// A transfer of these postings.
    pub fn new(heading: Heading, postings: Vec<Posting>) -> Result<Self, Unbalanced> {
        check(&postings)?;
        let Heading { id, kind, at, reference, message } = heading;
        let fingerprint = fingerprint(kind, &postings, reference, message.as_deref());
        Ok(Self { id, kind, at, reference, postings, fingerprint, message })
    }

    /// Money that goes from one account to another. The amount must be above zero.
    pub fn between(heading: Heading, from: Account, to: Account, money: Money) -> Result<Self, Unbalanced> {
        let taken = Money::new(money.amount_minor.checked_neg().ok_or(Unbalanced::Sum)?, money.currency.clone());
        Self::new(heading, vec![Posting { account: from, money: taken }, Posting { account: to, money }])
    }

    /// The same money back to where it came from.
    pub fn reversed(&self, heading: Heading) -> Result<Self, Unbalanced> {
        let mut postings = self.postings.clone();
        for posting in &mut postings {
            posting.money.amount_minor = posting.money.amount_minor.checked_neg().ok_or(Unbalanced::Sum)?;
        }
        Self::new(heading, postings)
    }

    /// Its id.
    pub fn id(&self) -> TransferId {
        self.id
    }

    /// What it is for.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// When it happened.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// What it does to accounts.
    pub fn postings(&self) -> &[Posting] {
        &self.postings
    }

    /// True if another asks for the same money to move, for the same reason and with the same words.
    pub fn is_same(&self, other: &Self) -> bool {
        self.id == other.id && self.fingerprint == other.fingerprint
    }

    /// The accounts whose parts of a currency must be known to decide on it.
    pub fn must_be_read(&self) -> Vec<(Account, &CurrencyCode)> {
        let debited = self.postings.iter().filter(|posting| posting.money.amount_minor < 0);
        let read = debited.filter(|posting| posting.account.holder().is_some_and(Shards::must_be_read));
        read.map(|posting| (posting.account, &posting.money.currency)).collect()
    }

    /// What it does to the parts of balances. `known` are the parts that [`Self::must_be_read`] named;
    /// they may be old, since each change is conditional on what its part has by then.
    pub fn changes(&self, shards: Shards, known: &[Balance]) -> Result<Vec<Change>, NotEnough> {
        let mut changes = Vec::new();
        for Posting { account, money } in &self.postings {
            let Some(holder) = account.holder() else { continue };
            let change = |shard, by| Change { account: *account, currency: money.currency.clone(), shard, by };
            if money.amount_minor > 0 {
                changes.push(change(shards.credited(holder, self.id), money.amount_minor));
            } else if Shards::must_be_read(holder) {
                let own = known.iter().filter(|part| part.account == *account && part.currency == money.currency);
                let parts: Vec<_> = own.map(|part| (part.shard, part.amount)).collect();
                let taken = shards::draw(&parts, -money.amount_minor).ok_or(NotEnough)?;
                changes.extend(taken.into_iter().map(|(shard, amount)| change(shard, -amount)));
            } else {
                changes.push(change(0, money.amount_minor));
            }
        }
        Ok(changes)
    }

    /// The lines that it writes in statements.
    pub fn entries(&self) -> Vec<Entry> {
        let of_holders = self.postings.iter().filter(|posting| posting.account.holder().is_some());
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
    fn counterparty(&self, posting: &Posting) -> Option<Account> {
        let is_other = |other: &&Posting| {
            other.money.currency == posting.money.currency
                && (other.money.amount_minor < 0) != (posting.money.amount_minor < 0)
        };
        let mut others = self.postings.iter().filter(is_other);
        let first = others.next()?;
        others.next().is_none().then_some(first.account)
    }
}

fn check(postings: &[Posting]) -> Result<(), Unbalanced> {
    if !(2..=MAX_POSTINGS).contains(&postings.len()) {
        return Err(Unbalanced::Count);
    }
    if postings.iter().any(|posting| posting.money.amount_minor == 0) {
        return Err(Unbalanced::Nothing);
    }
    // A few `i64`s never overflow an `i128`.
    let mut sums: BTreeMap<&CurrencyCode, i128> = BTreeMap::new();
    let mut seen: Vec<(Account, &CurrencyCode)> = Vec::new();
    for posting in postings {
        *sums.entry(&posting.money.currency).or_default() += i128::from(posting.money.amount_minor);
        if seen.contains(&(posting.account, &posting.money.currency)) {
            return Err(Unbalanced::Twice);
        }
        seen.push((posting.account, &posting.money.currency));
    }
    if sums.values().all(|sum| *sum == 0) { Ok(()) } else { Err(Unbalanced::Sum) }
}

fn fingerprint(kind: Kind, postings: &[Posting], reference: Option<Uuid>, message: Option<&str>) -> Uuid {
    let reference = reference.map(|id| id.to_string()).unwrap_or_default();
    let mut parts = vec![kind.as_str().to_owned(), reference, message.unwrap_or_default().to_owned()];
    for Posting { account, money } in postings {
        parts.extend([account.to_string(), money.amount_minor.to_string(), money.currency.to_string()]);
    }
    types::derive_id(&parts.iter().map(String::as_str).collect::<Vec<_>>())
}

/// One line of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Whose statement, and which pot.
    pub account: Account,
    /// The transfer that wrote it.
    pub transfer_id: TransferId,
    /// What that was for.
    pub kind: Kind,
    /// By how much it changed the balance.
    pub money: Money,
    /// When.
    pub at: Timestamp,
    /// The other side, where there is exactly one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty: Option<Account>,
    /// What the transfer was for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Uuid>,
    /// What the sender wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Entry {
    /// The line that the same transfer wrote for the other side, which holds the words of whoever wrote this one's.
    pub fn read_by(&self) -> Option<Account> {
        let wrote = self.message.is_some() && self.money.amount_minor < 0;
        self.counterparty.filter(|other| wrote && other.holder().is_some())
    }
}

/// What a keeper wrote with a transfer of their point. It leads from the keeper to their words, which stand in the
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

/// One part of what an account has of a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Whose, and which pot.
    pub account: Account,
    /// Of which currency.
    pub currency: CurrencyCode,
    /// Which part.
    pub shard: u8,
    /// How much, in minor units; never below zero.
    pub amount: i64,
}

/// What a holder has of one currency.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total {
    /// What may be spent.
    pub available: i64,
    /// What may not be spent now.
    pub held: i64,
}

/// What a holder has, currency by currency: the sums of the parts.
pub fn totals(parts: impl IntoIterator<Item = Balance>) -> BTreeMap<CurrencyCode, Total> {
    let mut totals: BTreeMap<CurrencyCode, Total> = BTreeMap::new();
    for part in parts {
        let total = totals.entry(part.currency).or_default();
        // The bound of each part keeps the sums within an i64.
        match part.account {
            Account::Held(_) => total.held = total.held.saturating_add(part.amount),
            Account::Free(_) | Account::System(_) => total.available = total.available.saturating_add(part.amount),
        }
    }
    totals
}
