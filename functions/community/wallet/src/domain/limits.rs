//! How often users may use this context; docs/limits.md lists all limits.

use kit::limits::Limit;

/// Card payments that a user requests: deposits and donations, also those that fail. It bounds payments that are under way
/// when the limit of declines is checked.
pub const CARD_PAYMENTS: Limit = Limit::per_day("card_payments", 20).counting("card payments requested", "user");
/// Card payments of a user that the provider declined: stolen cards are tested by many small payments. Once it is reached, an
/// open payment is canceled with its next declined card.
pub const CARD_DECLINES: Limit = Limit::per_day("card_declines", 5).counting("declined cards", "user");

/// All limits of this context.
pub const ALL: [Limit; 2] = [CARD_PAYMENTS, CARD_DECLINES];

/// Ends of a payment that no card declined.
const NOT_DECLINED: [&str; 2] = ["abandoned", "canceled"];

/// True if a payment that ended for this reason was declined.
pub fn is_decline(reason: &str) -> bool {
    !NOT_DECLINED.contains(&reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payment_that_its_user_gave_up_is_no_decline() {
        assert!(is_decline("card_declined") && is_decline("insufficient_funds") && is_decline("resource_missing"));
        assert!(!is_decline("abandoned") && !is_decline("canceled"));
    }
}
