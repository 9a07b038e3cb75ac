//! Bounds of card payments per user and day.

use dynamo::StoreError;
use jiff::Timestamp;
use kit::limits::{NotAllowed, Subject};
use types::UserId;

use super::Store;
use crate::domain::limits::{CARD_DECLINES, CARD_PAYMENTS, is_decline};

impl Store {
    /// Counts a request for a card payment. Refused if the user has requested too many today, or if too many were declined.
    pub async fn admit_card_payment(&self, user: UserId, now: Timestamp) -> Result<(), NotAllowed> {
        let subject = Subject::User(user);
        let (declined, counted) = futures::join!(
            Box::pin(CARD_DECLINES.check(&self.table, subject, now)),
            Box::pin(CARD_PAYMENTS.count(&self.table, subject, now)),
        );
        declined.and(counted.map(drop))
    }

    /// Counts a payment that ended for this reason, if it was declined. True if the user has reached the limit of the day.
    pub async fn count_decline(&self, user: UserId, reason: &str, now: Timestamp) -> Result<bool, StoreError> {
        if !is_decline(reason) {
            return Ok(false);
        }
        Ok(CARD_DECLINES.add(&self.table, Subject::User(user), now).await? >= CARD_DECLINES.max())
    }
}
