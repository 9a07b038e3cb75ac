//! Coupons.

use dynamo::{Conflict, Cursor, Outbox, Outcome, Page, Read, StoreError, Versioned};
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

    /// Reads a coupon.
    pub async fn coupon(&self, code: &CouponCode) -> Result<Option<Versioned<StoredCoupon>>, StoreError> {
        self.table.get(coupon_key(code), Read::Strong).await
    }

    /// Retires a coupon as it was read. False if there is none.
    pub async fn retire_coupon(
        &self,
        read: Option<Versioned<StoredCoupon>>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let decide = |known: Option<&Versioned<StoredCoupon>>| known.and_then(|known| known.value.retired(now)).into();
        let outcome: Outcome<StoredCoupon> = self.table.update_read(read, decide).await?;
        Ok(!matches!(outcome, Outcome::Unchanged(None)))
    }
}
