//! How often this context may be used; docs/limits.md lists all limits.

use jiff::{SignedDuration, Timestamp};
use kit::limits::Limit;

use super::listed_state::ListedState;
use super::order::{HOLD, MAX_PAYMENT_TIME};

/// Carts that guests create: nobody is accountable for them. Many guests may share an address.
pub const GUEST_CARTS: Limit =
    Limit::new("guest_carts", 300, 3_600).counting("carts of guests created", "network address");

/// Attempts of users to place an order, refused ones included. Repeated requests for an order that exists do not count.
pub const ORDERS: Limit = Limit::new("orders", 30, 3_600).counting("attempts to place an order", "user");

/// Attempts of guests to place an order. A guest's key opens one cart and so places one order; many guests may share an address.
pub const GUEST_ORDERS: Limit =
    Limit::new("guest_orders", 100, 3_600).counting("attempts of guests to place an order", "network address");

/// Promotion codes that users add to carts. More would guess codes.
pub const CODES: Limit = Limit::new("codes", 60, 3_600).counting("promotion codes added to carts", "user");

/// Promotion codes that guests add to carts.
pub const GUEST_CODES: Limit =
    Limit::new("guest_codes", 200, 3_600).counting("promotion codes added to carts of guests", "network address");

/// Requests for keys of guests' orders. More would guess order numbers and e-mail addresses.
pub const GUEST_KEYS: Limit =
    Limit::new("guest_keys", 20, 3_600).counting("requests for keys of orders", "network address");

/// All limits of this context.
pub const ALL: [Limit; 6] = [GUEST_CARTS, ORDERS, GUEST_ORDERS, CODES, GUEST_CODES, GUEST_KEYS];

/// Most unpaid orders of a user. Each holds units that others cannot buy.
pub const MAX_UNPAID: usize = 5;
/// Most unpaid orders of all guests of a network address.
pub const MAX_UNPAID_OF_GUESTS: usize = 30;
/// How long an order counts as unpaid at most: its hold, and the time of a payment. Then it has lapsed, or the provider is asked.
pub const UNPAID_TIME: SignedDuration = HOLD.saturating_add(MAX_PAYMENT_TIME);

/// When an order ends to count as unpaid, if nobody pays it. None if it does not count.
pub fn unpaid_until(
    state: ListedState,
    held_until: Option<Timestamp>,
    placed_at: Timestamp,
    now: Timestamp,
) -> Option<Timestamp> {
    let latest = placed_at + UNPAID_TIME;
    let end = match state {
        ListedState::Held => held_until.unwrap_or(latest),
        ListedState::Paying => latest,
        ListedState::Confirmed
        | ListedState::Cancelling
        | ListedState::Cancelled
        | ListedState::Lapsed
        | ListedState::Closed => return None,
    };
    (end > now).then_some(end)
}

/// The buyer has as many unpaid orders as are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyUnpaid {
    /// The most.
    pub max: usize,
    /// Seconds until the first of them ends, at least one.
    pub retry_after_seconds: u64,
}

/// Refuses another order if as many are unpaid as are allowed. `ends` says when each unpaid order ends at the latest.
pub fn check_unpaid(ends: &[Timestamp], max: usize, now: Timestamp) -> Result<(), TooManyUnpaid> {
    if ends.len() < max {
        return Ok(());
    }
    let first = ends.iter().min().map_or(0, |end| end.duration_since(now).as_millis());
    let retry_after_seconds = u64::try_from(first).unwrap_or_default().div_ceil(1_000).max(1);
    Err(TooManyUnpaid { max, retry_after_seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn held_and_paying_orders_are_unpaid_until_they_end() {
        let until = |state, now| unpaid_until(state, Some(at(600)), at(0), at(now));
        assert_eq!(until(ListedState::Held, 599), Some(at(600)));
        assert_eq!(until(ListedState::Held, 600), None);
        assert_eq!(until(ListedState::Paying, 600), Some(at(2_700)));
        assert_eq!(until(ListedState::Paying, 2_700), None);
        for state in [ListedState::Confirmed, ListedState::Cancelling, ListedState::Lapsed, ListedState::Closed] {
            assert_eq!(until(state, 1), None);
        }
    }

    #[test]
    fn the_order_after_the_last_allowed_one_waits_until_the_first_ends() {
        let ends = [at(900), at(600), at(1_200)];
        assert_eq!(check_unpaid(&ends, 4, at(0)), Ok(()));
        assert_eq!(check_unpaid(&ends, 3, at(0)), Err(TooManyUnpaid { max: 3, retry_after_seconds: 600 }));
    }
}
