//! How this context's items lie in the table. The key table is in this context's README.

mod card_limits;
mod copies;
mod currencies;
mod deposits;
mod disputes;
mod donations;
mod forgetting;
mod ledger;
mod reclaiming;

use ::ledger::{LedgerKeys, Shards};
use dynamo::{Context, Entity, IndexKey, Key, StoreError, Table, TransactionError};
use jiff::SignedDuration;
use types::{CurrencyCode, DonationId, PointId, TransferId, UserId};

use crate::domain::account::{Account, Holder};
use crate::domain::currency::{Currency, Price};
use crate::domain::donation::Donation;
use crate::domain::ledger::{WalletLedger, Written};
use crate::domain::people::{Person, Point};

pub use self::ledger::{Posted, Statement};
pub use ::ledger::{Beside, NotPosted};
pub use copies::{MAX_RECIPIENT_CHECKS, Participants, RequestId, while_represented};
pub use currencies::{Currencies, Known, NotSet};
pub use deposits::{NotSettled, Opened, Opening, Orphan};
pub use disputes::{NotReversed, PaymentReference};
pub use donations::{Given, Listed, NotGiven};

/// Over how many partitions of the index what is under way is spread.
pub const UNFINISHED_SHARDS: u8 = 8;

/// The context's name in keys.
#[derive(Debug)]
pub struct Wallet;

impl Context for Wallet {
    const NAME: &'static str = "wallet";
}

/// A key in the partition of a user or a point with a balance.
fn holder_key(holder: Holder, sort: impl Into<String>) -> Key<Wallet> {
    match holder {
        Holder::User(id) => Key::new("user", id, sort),
        Holder::Point(id) => Key::new("point", id, sort),
    }
}

/// The system's accounts have no items: their side of a transfer stands in its record.
fn account_key(account: Account, sort: String) -> Key<Wallet> {
    match account.holder() {
        Some(holder) => holder_key(holder, sort),
        None => Key::new("system", account, sort),
    }
}

fn transfer_key(id: TransferId) -> Key<Wallet> {
    Key::new("transfer", id, "transfer")
}

fn donation_key(id: DonationId) -> Key<Wallet> {
    Key::new("donation", id, "donation")
}

fn person_key(id: UserId) -> Key<Wallet> {
    Key::new("user", id, "person")
}

fn point_key(id: PointId) -> Key<Wallet> {
    Key::new("point", id, "point")
}

fn currency_key(code: &CurrencyCode) -> Key<Wallet> {
    Key::new("currencies", "all", format!("currency#{code}"))
}

impl LedgerKeys for WalletLedger {
    type Context = Wallet;

    fn account_key(account: Account, sort: String) -> Key<Wallet> {
        account_key(account, sort)
    }

    fn transfer_key(id: TransferId) -> Key<Wallet> {
        transfer_key(id)
    }
}

impl Entity for Written {
    type Context = Wallet;

    fn key(&self) -> Key<Wallet> {
        let (at, transfer) = (self.line.at.as_millisecond(), self.line.transfer_id);
        Key::new("user", self.author_id, format!("written#{at:015}#{transfer}"))
    }
}

impl Entity for Donation {
    type Context = Wallet;

    fn key(&self) -> Key<Wallet> {
        donation_key(self.id)
    }

    /// What is under way is found by when the sweep looks after it.
    fn index(&self) -> Option<IndexKey<Wallet>> {
        let shard = self.id.uuid().as_u128() % u128::from(UNFINISHED_SHARDS);
        let sort = format!("due#{:015}#{}", self.swept_at().as_millisecond(), self.id);
        self.is_unfinished().then(|| IndexKey::new("unfinished", shard, sort))
    }
}

impl Entity for Listed {
    type Context = Wallet;

    fn key(&self) -> Key<Wallet> {
        let (direction, at) = (self.direction.as_str(), self.at.as_millisecond());
        holder_key(self.holder, format!("{direction}#{at:015}#{}", self.donation_id))
    }
}

impl Entity for Person {
    type Context = Wallet;

    fn key(&self) -> Key<Wallet> {
        person_key(self.user_id)
    }
}

impl Entity for Point {
    type Context = Wallet;

    fn key(&self) -> Key<Wallet> {
        point_key(self.point_id)
    }
}

impl Entity for Currency {
    type Context = Wallet;

    fn key(&self) -> Key<Wallet> {
        currency_key(&self.code)
    }
}

impl Entity for Price {
    type Context = Wallet;

    fn key(&self) -> Key<Wallet> {
        Key::new("prices", &self.code, format!("price#{:015}", self.since.as_millisecond()))
    }
}

/// This context's items in the table.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Wallet>,
    shards: Shards,
    card_hold: SignedDuration,
    currencies: Currencies,
}

impl kit::OpenStore for Store {
    type Context = Wallet;

    /// Reads `POINT_SHARDS` if it is there: into how many parts the balance of a point is split. Reads `CARD_HOLD_DAYS` if it
    /// is there: for how many days money that came by card cannot be sent on.
    fn open(table: Table<Wallet>, env: &mut kit::Environment) -> Self {
        let shards = env.optional::<u8>("POINT_SHARDS").map_or_else(Shards::default, Shards::per_account);
        let days = env.optional::<u16>("CARD_HOLD_DAYS").unwrap_or_default();
        let hold = SignedDuration::from_hours(24 * i64::from(days));
        Self::new(table).with_shards(shards).with_card_hold(hold)
    }
}

impl Store {
    /// The items in this table.
    pub fn new(table: Table<Wallet>) -> Self {
        Self { table, shards: Shards::default(), card_hold: SignedDuration::ZERO, currencies: Currencies::default() }
    }

    /// The same with balances in so many parts.
    #[must_use]
    pub fn with_shards(self, shards: Shards) -> Self {
        Self { shards, ..self }
    }

    /// The same with deposits by card that are held for so long.
    #[must_use]
    pub fn with_card_hold(self, card_hold: SignedDuration) -> Self {
        Self { card_hold, ..self }
    }

    /// How long deposits by card are held before they can be sent on.
    pub fn card_hold(&self) -> SignedDuration {
        self.card_hold
    }
}

/// What a write that takes part in nothing else says of a refusal: the item has changed, or is there already.
fn changed_or(error: TransactionError) -> Result<dynamo::Cancelled, StoreError> {
    match error {
        TransactionError::Cancelled(cancelled) => Ok(cancelled),
        TransactionError::Store(error) => Err(error),
    }
}
