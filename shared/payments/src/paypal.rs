//! PayPal Checkout: payments are orders of the Orders API v2, which the buyer approves on PayPal's page.
//!
//! An approval moves no money: [`confirm`](crate::OrderPayments::confirm) then captures the order or authorizes it. Every write
//! has a `PayPal-Request-Id` made of our id, which PayPal keeps for 6 hours for orders and for 45 days for captures and refunds
//! of authorized payments. There is no search for orders, and none is needed: an order whose creation was not answered was
//! shown to no buyer, so no buyer can approve it.
//!
//! `custom_id` is `<deployment>:<our payment id>` on orders, and `<deployment>:refund:<our refund id>` on refunds. `invoice_id`,
//! which the buyer sees, is the order's number, followed by our capture id for captures of an authorization.

mod client;
mod decimal;
mod order_payments;
mod view;
mod webhooks;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use view::facts_of;

pub use client::{Credentials, NotCredentials, PayPal};
pub use decimal::step as paypal_step;
