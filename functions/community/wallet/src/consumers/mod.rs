//! What runs without a request, one file each.

pub mod charge_card;
pub mod complete_donation;
pub mod credit_donation;
pub mod credit_rewards;
pub mod forget_user;
pub mod keep_copies;
pub mod refund_donation;
pub mod start_donation;
pub mod sweep_payments;
