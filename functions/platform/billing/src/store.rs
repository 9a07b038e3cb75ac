//! The items of this context in the table. The key table is in this context's README.

mod catalogue;
mod coupons;
mod holdings;

use dynamo::{Context, Entity, IndexKey, Key, Table};
use serde::{Deserialize, Serialize};
use types::{PriceId, UserId};

use crate::domain::catalogue::{Catalogue, Price};
use crate::domain::codes::CouponCode;
use crate::domain::coupon::StoredCoupon;
use crate::domain::holdings::Holdings;

pub use catalogue::NotPublished;
pub use holdings::NotHeld;

/// The context's name in keys.
#[derive(Debug)]
pub struct Billing;

impl Context for Billing {
    const NAME: &'static str = "billing";
}

impl Entity for Catalogue {
    type Context = Billing;

    fn key(&self) -> Key<Billing> {
        catalogue_key()
    }
}

/// One version of a price. It is created once and never replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedPrice {
    /// The price.
    pub price: Price,
}

impl Entity for PublishedPrice {
    type Context = Billing;

    fn key(&self) -> Key<Billing> {
        price_key(self.price.id)
    }
}

impl Entity for StoredCoupon {
    type Context = Billing;

    fn key(&self) -> Key<Billing> {
        coupon_key(&self.coupon.code)
    }

    /// All coupons, by the time of their creation.
    fn index(&self) -> Option<IndexKey<Billing>> {
        let sort = format!("at#{:015}#{}", self.created_at.as_millisecond(), self.coupon.code);
        Some(IndexKey::new("coupons", "all", sort))
    }
}

impl Entity for Holdings {
    type Context = Billing;

    fn key(&self) -> Key<Billing> {
        holdings_key(self.user_id)
    }
}

fn catalogue_key() -> Key<Billing> {
    Key::new("catalogue", "all", "catalogue")
}

fn price_key(id: PriceId) -> Key<Billing> {
    Key::new("price", id, "price")
}

fn coupon_key(code: &CouponCode) -> Key<Billing> {
    Key::new("coupon", code, "coupon")
}

fn coupons_index() -> IndexKey<Billing> {
    IndexKey::new("coupons", "all", "at#")
}

fn holdings_key(user: UserId) -> Key<Billing> {
    Key::new("user", user, "holdings")
}

/// The items of billing.
#[derive(Debug, Clone)]
pub struct Store {
    table: Table<Billing>,
}

impl kit::OpenStore for Store {
    type Context = Billing;

    fn open(table: Table<Billing>, _env: &mut kit::Environment) -> Self {
        Self::new(table)
    }
}

impl Store {
    /// The items in this table.
    pub fn new(table: Table<Billing>) -> Self {
        Self { table }
    }
}
