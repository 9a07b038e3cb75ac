//! What was paid for an invoice and paid back: facts of the provider, each counted once.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use types::RefundId;

/// The most charges and the most refunds of an invoice.
const MAX_ENTRIES: usize = 50;

/// How far a refund is. It only moves forward: a refund that the provider paid may fail later, when the bank sends it back, and
/// one that failed never succeeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundProgress {
    /// It was asked for, so its amount is reserved.
    Requested,
    /// The provider paid it back.
    Succeeded,
    /// The provider refused it, or the bank sent it back.
    Failed,
}

/// A refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Amount in minor units.
    pub amount: i64,
    /// How far it is.
    pub progress: RefundProgress,
}

/// Charges and refunds of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Settlement {
    /// Amounts of charges by the provider's ID.
    charges: BTreeMap<String, i64>,
    /// Refunds by ID.
    refunds: BTreeMap<RefundId, Refund>,
}

/// Why a refund is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RefundError {
    /// It is more than what was paid and is not refunded already.
    #[error("at most {refundable} minor units can be refunded")]
    TooMuch {
        /// What can be refunded.
        refundable: i64,
    },
    /// It exists with another amount.
    #[error("the refund was requested with another amount")]
    OtherAmount,
    /// There are too many.
    #[error("an invoice has at most {MAX_ENTRIES} refunds")]
    TooMany,
}

impl Settlement {
    /// Records a charge. Idempotent by the provider's ID. The first amount stays. What is not positive is no charge.
    #[must_use]
    pub fn charged(&self, charge: &str, amount: i64) -> Self {
        let mut next = self.clone();
        if amount > 0 && next.charges.len() < MAX_ENTRIES {
            next.charges.entry(charge.to_owned()).or_insert(amount);
        }
        next
    }

    /// What was charged.
    pub fn charged_in_all(&self) -> i64 {
        self.charges.values().fold(0, |sum: i64, charge| sum.saturating_add(*charge))
    }

    /// What was charged less what was or is being refunded.
    pub fn paid(&self) -> i64 {
        let given = self.refunds.values().filter(|refund| refund.progress != RefundProgress::Failed);
        given.fold(self.charged_in_all(), |left, refund| left.saturating_sub(refund.amount))
    }

    /// Reserves a refund. Idempotent by ID.
    pub fn request_refund(&self, id: RefundId, amount: i64) -> Result<Self, RefundError> {
        if let Some(known) = self.refunds.get(&id) {
            return if known.amount == amount { Ok(self.clone()) } else { Err(RefundError::OtherAmount) };
        }
        if self.refunds.len() >= MAX_ENTRIES {
            return Err(RefundError::TooMany);
        }
        let refundable = self.paid();
        if amount <= 0 || amount > refundable {
            return Err(RefundError::TooMuch { refundable });
        }
        let mut next = self.clone();
        next.refunds.insert(id, Refund { amount, progress: RefundProgress::Requested });
        Ok(next)
    }

    /// Records a refund or a lost dispute that was decided at the provider and not here. Idempotent by ID.
    #[must_use]
    pub fn refunded_at_provider(&self, id: RefundId, amount: i64, progress: RefundProgress) -> Self {
        let mut next = self.clone();
        if amount > 0 {
            next.refunds.entry(id).or_insert(Refund { amount, progress });
        }
        next.refund_progressed(id, progress)
    }

    /// Records what became of a refund, in whatever order that is told.
    #[must_use]
    pub fn refund_progressed(&self, id: RefundId, progress: RefundProgress) -> Self {
        let mut next = self.clone();
        if let Some(refund) = next.refunds.get_mut(&id) {
            refund.progress = refund.progress.max(progress);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use types::Uuid;

    use super::*;

    fn refund(number: u128) -> RefundId {
        RefundId::new(Uuid::from_u128(number))
    }

    #[test]
    fn case_28_no_more_is_refunded_than_was_paid_and_of_two_refunds_at_once_one_succeeds() {
        // The invoice is of 100.
        let paid = Settlement::default().charged("ch_1", 40);
        assert_eq!(paid.request_refund(refund(1), 41), Err(RefundError::TooMuch { refundable: 40 }));
        let first = paid.request_refund(refund(1), 30).unwrap();
        // The second one's write fails under the version that it read, and it is decided again.
        assert_eq!(first.request_refund(refund(2), 30), Err(RefundError::TooMuch { refundable: 10 }));
        assert_eq!(first.request_refund(refund(1), 30), Ok(first.clone()));
        assert_eq!(first.request_refund(refund(1), 20), Err(RefundError::OtherAmount));
    }

    #[test]
    fn a_charge_counts_once_and_a_failed_refund_can_be_tried_again() {
        let paid = Settlement::default().charged("ch_1", 40).charged("ch_1", 40);
        assert_eq!(paid.paid(), 40);
        let asked = paid.request_refund(refund(1), 40).unwrap();
        let failed = asked.refund_progressed(refund(1), RefundProgress::Failed);
        assert_eq!((asked.paid(), failed.paid()), (0, 40));
        let again = failed.request_refund(refund(2), 40).unwrap();
        // The provider's word about the first one comes late.
        assert_eq!(again.refund_progressed(refund(1), RefundProgress::Succeeded), again);
        let done = again.refund_progressed(refund(2), RefundProgress::Succeeded);
        assert_eq!(done.paid(), 0);
        assert_eq!(done.refund_progressed(refund(2), RefundProgress::Failed).paid(), 40, "the bank sent it back");
    }
}
