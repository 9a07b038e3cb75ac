//! Coupons.

use dynamo::{Conflict, ConflictRetry, Cursor, Outbox, Page, Read, StoreError, Versioned};
use jiff::Timestamp;

use super::{Store, coupon_key, coupons_index};
use crate::domain::codes::CouponCode;
use crate::domain::coupon::StoredCoupon;

impl Store {
    /// Stores a coupon, or returns the one that has its code.
    pub async fn create_coupon(&self, coupon: StoredCoupon) -> Result<Versioned<StoredCoupon>, Conflict<StoredCoupon>> {
        self.table.create(coupon, &Outbox::none()).await
    }

    /// Reads a page of coupons, newest first. A new coupon is listed after about a second.
    pub async fn coupons(&self, limit: u32, after: Option<Cursor>) -> Result<Page<StoredCoupon>, StoreError> {
        self.table.list_index(coupons_index(), true, limit, after).await
    }

    /// Retires a coupon. False if there is none.
    pub async fn retire_coupon(&self, code: &CouponCode, now: Timestamp) -> Result<bool, StoreError> {
        let mut read = self.table.get::<StoredCoupon>(coupon_key(code), Read::Strong).await?;
        let mut retry = ConflictRetry::default();
        loop {
            let Some(known) = read else { return Ok(false) };
            let Some(next) = known.value.retired(now) else { return Ok(true) };
            match self.table.replace(&known, next, &Outbox::none()).await {
                Ok(_) => return Ok(true),
                Err(Conflict::Item(newer)) => read = newer.map(|newer| *newer),
                Err(Conflict::Store(error)) => return Err(error),
            }
            retry.pause().await?;
        }
    }
}
