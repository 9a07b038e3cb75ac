//! Promotions, their codes, and how often they were used.

use dynamo::Transaction;

use super::{Orders, PromotionUses, Redemption};
use crate::domain::shop_promotion::UseToCount;

/// Attribute that counts uses.
const USED: &str = "used";

/// Adds the uses of an order to the transaction that places it, which is cancelled if one of them reaches its limit. One write
/// for each use, in their order.
#[must_use]
pub fn count_uses(transaction: Transaction<Orders>, uses: &[UseToCount]) -> Transaction<Orders> {
    uses.iter().fold(transaction, |transaction, of| count(transaction, of, 1, i64::from(of.limit)))
}

/// Gives back the uses of an order that ends without being paid.
#[must_use]
pub fn return_uses(transaction: Transaction<Orders>, uses: &[UseToCount]) -> Transaction<Orders> {
    uses.iter().fold(transaction, |transaction, of| count(transaction, of, -1, i64::MAX))
}

fn count(transaction: Transaction<Orders>, of: &UseToCount, by: i64, max: i64) -> Transaction<Orders> {
    let UseToCount { promotion_id, customer, .. } = *of;
    match customer {
        None => transaction.count(&PromotionUses { promotion_id, used: 0 }, USED, by, 0..=max),
        Some(customer) => transaction.count(&Redemption { promotion_id, customer, used: 0 }, USED, by, 0..=max),
    }
}
