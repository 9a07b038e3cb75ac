//! How this context's refusals read: every code it answers with is in this file.

use kit::http::Problem;

/// What this context refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The payment does not exist, or the caller may not see it.
    NoSuchPayment,
    /// The payment webhook does not exist, or the caller may not see it.
    NoSuchPaymentWebhook,
    /// The payment method does not exist, or the caller may not see it.
    NoSuchPaymentMethod,
    /// The default payment method does not exist, or the caller may not see it.
    NoSuchDefaultPaymentMethod,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchPayment => Self::not_found("payments.no_such_payment"),
            Refusal::NoSuchPaymentWebhook => Self::not_found("payments.no_such_payment_webhook"),
            Refusal::NoSuchPaymentMethod => Self::not_found("payments.no_such_payment_method"),
            Refusal::NoSuchDefaultPaymentMethod => Self::not_found("payments.no_such_default_payment_method"),
        }
    }
}
