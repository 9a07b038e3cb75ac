//! Coupons.

use dynamo::{Conflict, Cursor, Outbox, Outcome, Page, StoreError, Versioned};
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
        let decide = |read: Option<&Versioned<StoredCoupon>>| read.and_then(|read| read.value.retired(now)).into();
        let outcome: Outcome<StoredCoupon> = self.table.update(coupon_key(code), decide).await?;
        Ok(!matches!(outcome, Outcome::Unchanged(None)))
    }
}
