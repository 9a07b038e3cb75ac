//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::{Fields, IdempotencyKey, Problem};
use kit::quote::QuoteError;
use payment_providers::{NotPayable, PaymentError};

use crate::desk::{NotAdvanced, NotKept, is_final};
use crate::domain::payment::NotStarted;
use crate::domain::requests::NotRequested;

/// The code of a provider that does not respond.
const UNAVAILABLE: &str = "payments.provider_unavailable";

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The payment does not exist, or belongs to another buyer.
    NoSuchPayment,
    /// The quote belongs to another buyer.
    NoSuchOrder,
    /// The payment method does not exist, or belongs to another user.
    NoSuchMethod,
    /// The quote was not signed by this deployment, or was changed.
    QuoteInvalid,
    /// The quote has expired.
    QuoteExpired,
    /// The provider is not set up in this deployment.
    ProviderOff,
    /// Methods of the provider cannot be saved.
    MethodsUnsupported,
    /// The user has the maximum number of saved methods.
    TooManyMethods,
    /// The provider cannot take the amount.
    NotPayable(NotPayable),
    /// The payment of the order has another amount.
    OtherAmount,
    /// The payment has ended.
    PaymentClosed,
    /// The session at the earlier provider could not be closed yet.
    PaymentInProgress,
    /// The provider was changed too often.
    TooManySessions,
    /// The provider does not accept the saved method.
    MethodRefused,
    /// The provider does not accept the payment.
    PaymentRefused,
    /// More than what remains is to be refunded.
    RefundTooLarge(i64),
    /// More than what remains is to be captured.
    CaptureTooLarge(i64),
    /// The payment has the maximum number of captures or refunds.
    TooManyRequests,
    /// Money was captured: it can be refunded, not voided.
    AlreadyCaptured,
    /// Nothing is authorized, or the authorization is being released.
    NotAuthorized,
    /// The `Idempotency-Key` was used with a different request.
    KeyReused,
    /// The webhook's signature is invalid or too old.
    WebhookNotProven,
    /// The webhook's body is not an event of the provider.
    WebhookUnreadable,
    /// The payer's account was erased.
    NoSuchUser,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let conflict = |code: &'static str, title: &'static str| Self::new(StatusCode::CONFLICT, code, title);
        let wrong = |code: &'static str, title: &'static str| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, title);
        let bad = |code: &'static str, title: &'static str| Self::new(StatusCode::BAD_REQUEST, code, title);
        match refusal {
            Refusal::NoSuchPayment => {
                Self::not_found("payments.no_such_payment").with_detail("You have no payment with this ID.")
            }
            Refusal::NoSuchOrder => Self::not_found("payments.no_such_order")
                .with_detail("You have no order with this quote. Send the quote of your own order."),
            Refusal::NoSuchMethod => Self::not_found("payments.no_such_method").with_detail(
                "You have no saved payment method with this ID. List them with GET /v1/commerce/payment-methods.",
            ),
            Refusal::NoSuchUser => Self::not_found("payments.no_such_user").with_detail("The account was deleted."),
            Refusal::QuoteInvalid => wrong("payments.quote_invalid", "Invalid quote")
                .with_detail("quote must be the quote of an order of this deployment, as it was returned."),
            Refusal::QuoteExpired => wrong("payments.quote_expired", "Quote expired").with_detail(
                "quote has expired. Read the order for a new one; an order that lapsed has to be placed again.",
            ),
            Refusal::ProviderOff => wrong("payments.provider_off", "Payment provider not configured")
                .with_detail("This deployment does not accept payments with this provider. Choose another one."),
            Refusal::MethodsUnsupported => wrong("payments.methods_unsupported", "Methods cannot be saved")
                .with_detail(
                    "Payment methods of this provider cannot be saved here. Pay without saveMethod and methodId.",
                ),
            Refusal::TooManyMethods => conflict("payments.too_many_methods", "Too many payment methods")
                .with_detail("A user has at most 50 saved payment methods. Delete one first."),
            Refusal::NotPayable(rule) => wrong("payments.not_payable", "Amount not accepted by provider")
                .with_detail(format!("The amount of the order {rule}. Choose another provider.")),
            Refusal::OtherAmount => conflict("payments.other_amount", "Payment with another amount")
                .with_detail("The payment of this order was started with another amount. Place the order again."),
            Refusal::PaymentClosed => conflict("payments.payment_closed", "Payment has ended")
                .with_detail("The payment of this order has ended without money. Place the order again."),
            Refusal::PaymentInProgress => conflict("payments.payment_in_progress", "Payment in progress").with_detail(
                "A payment with the other provider is being charged. Read the payment again after some seconds.",
            ),
            Refusal::TooManySessions => conflict("payments.too_many_sessions", "Too many sessions")
                .with_detail("The provider of this payment was changed too often. Continue with the current one."),
            Refusal::MethodRefused => conflict("payments.method_refused", "Payment method refused").with_detail(
                "methodId: the provider does not accept this payment method any more. Choose another one.",
            ),
            Refusal::PaymentRefused => wrong("payments.not_payable", "Amount not accepted by provider")
                .with_detail("The provider does not accept the amount of the order. Choose another provider."),
            Refusal::RefundTooLarge(remaining) => conflict("payments.refund_too_large", "Refund too large")
                .with_detail(format!("amountMinor: at most {remaining} minor units remain to be refunded.")),
            Refusal::CaptureTooLarge(remaining) => conflict("payments.capture_too_large", "Capture too large")
                .with_detail(format!("amountMinor: at most {remaining} minor units remain to be captured.")),
            Refusal::TooManyRequests => conflict("payments.too_many_operations", "Too many captures or refunds")
                .with_detail("A payment has at most 100 captures and 100 refunds. Use the provider's dashboard."),
            Refusal::AlreadyCaptured => conflict("payments.already_captured", "Already captured")
                .with_detail("Money was captured. Refund it with POST /v1/commerce/payments/{id}/refunds."),
            Refusal::NotAuthorized => conflict("payments.not_authorized", "Nothing authorized").with_detail(
                "Nothing is authorized, a capture is in progress, or the authorization is being released.",
            ),
            Refusal::KeyReused => IdempotencyKey::reused(),
            Refusal::WebhookNotProven => bad("payments.webhook_not_proven", "Invalid webhook signature")
                .with_detail("The signature is invalid or too old. Check the webhook secret and the clock."),
            Refusal::WebhookUnreadable => bad("payments.webhook_unreadable", "Invalid webhook event")
                .with_detail("The body is not an event of this provider."),
        }
    }
}

impl From<QuoteError> for Refusal {
    fn from(error: QuoteError) -> Self {
        match error {
            QuoteError::Invalid => Self::QuoteInvalid,
            QuoteError::Expired => Self::QuoteExpired,
        }
    }
}

impl From<NotStarted> for Refusal {
    fn from(error: NotStarted) -> Self {
        match error {
            NotStarted::OtherAmount => Self::OtherAmount,
            NotStarted::Paid => Self::AlreadyCaptured,
            NotStarted::Closed => Self::PaymentClosed,
            NotStarted::TooManySessions => Self::TooManySessions,
        }
    }
}

/// Which amount was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requested {
    /// A refund.
    Refund,
    /// A capture, or the release of an authorization.
    Capture,
}

/// The answer to a request that is not done.
pub fn not_requested(error: NotRequested, what: Requested) -> Problem {
    let refusal = match error {
        NotRequested::NotPositive | NotRequested::Step(_) => return wrong_amount(error),
        NotRequested::TooMuch { remaining_minor } => match what {
            Requested::Refund => Refusal::RefundTooLarge(remaining_minor),
            Requested::Capture => Refusal::CaptureTooLarge(remaining_minor),
        },
        NotRequested::Other => Refusal::KeyReused,
        NotRequested::TooMany => Refusal::TooManyRequests,
        NotRequested::Captured => Refusal::AlreadyCaptured,
        NotRequested::Ending | NotRequested::NothingAuthorized => Refusal::NotAuthorized,
    };
    refusal.into()
}

fn wrong_amount(rule: NotRequested) -> Problem {
    let mut fields = Fields::new();
    fields.refuse("amountMinor", rule);
    fields.all((Some(()),)).err().unwrap_or_else(|| Problem::internal(rule))
}

impl From<NotAdvanced> for Problem {
    fn from(error: NotAdvanced) -> Self {
        match error {
            NotAdvanced::Off => Refusal::ProviderOff.into(),
            NotAdvanced::Provider(PaymentError::Unavailable(outbound) | PaymentError::Unknown(outbound)) => {
                outbound.problem(UNAVAILABLE)
            }
            NotAdvanced::Erased => Refusal::NoSuchUser.into(),
            NotAdvanced::Store(error) => error.into(),
            NotAdvanced::Provider(_) | NotAdvanced::Outbox(_) => Self::internal(error),
        }
    }
}

/// Error codes of providers that say that they do not take the amount.
const AMOUNT_CODES: [&str; 4] =
    ["amount_too_small", "amount_too_large", "MAX_VALUE_EXCEEDED", "CANNOT_BE_ZERO_OR_NEGATIVE"];

/// The answer to a buyer whose payment or saved method the provider refuses. What else is refused is a mistake of this context or
/// of the configuration.
pub fn refused(error: PaymentError, has_method: bool) -> Problem {
    match &error {
        PaymentError::Refused { code, .. } if AMOUNT_CODES.contains(&code.as_str()) => Refusal::PaymentRefused.into(),
        error if has_method && is_final(error) => Refusal::MethodRefused.into(),
        PaymentError::State { .. } => Refusal::PaymentInProgress.into(),
        _ => NotAdvanced::Provider(error).into(),
    }
}

impl From<NotKept> for Problem {
    fn from(error: NotKept) -> Self {
        match error {
            NotKept::Unsupported => Refusal::MethodsUnsupported.into(),
            NotKept::Failed(error) => error.into(),
        }
    }
}
