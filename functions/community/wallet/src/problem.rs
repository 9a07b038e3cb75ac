//! Problems of this context: every error code that it returns is in this file.

use axum::http::StatusCode;
use kit::auth::StandingError;
use kit::http::{IdempotencyKey, Problem};
use types::UserId;

use crate::domain::people::Unavailable;
use crate::store::NotPosted;

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The request's money is of no currency that there is.
    NoSuchCurrency,
    /// The path names no currency that there is.
    CurrencyNotFound,
    /// There is no such point, or another user keeps it.
    NoSuchPoint,
    /// There is no such deposit, or it is another user's.
    NoSuchDeposit,
    /// There is no such donation, or the caller may not know of it.
    NoSuchDonation,
    /// There is nobody, or no point, that could get something.
    NoSuchRecipient,
    /// The account was deleted.
    NoSuchUser,
    /// The recipient cannot receive money now.
    RecipientUnavailable,
    /// The caller owes money.
    InDebt,
    /// The caller may not take part now.
    Suspended,
    /// The caller is the recipient.
    ToOneself,
    /// There is too little money.
    InsufficientFunds,
    /// The recipient cannot have more.
    BalanceFull,
    /// The Idempotency-Key has asked for something else.
    KeyReused,
    /// Nothing is paid in this way here.
    FundingUnavailable,
    /// Card payments are not set up here.
    PaymentsOff,
    /// The payment provider did not sign this message, or not now.
    NoticeNotProven,
    /// The payment provider's message cannot be read.
    NoticeUnreadable,
    /// The number of decimals of a currency never changes.
    ExponentFixed(u8),
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let conflict = |code: &'static str, title: &'static str| Self::new(StatusCode::CONFLICT, code, title);
        let wrong = |code: &'static str, title: &'static str| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, title);
        match refusal {
            Refusal::NoSuchCurrency => wrong("wallet.no_such_currency", "Unknown currency")
                .with_detail("`currency` is unknown. List currencies with `GET /v1/community/currencies`."),
            Refusal::CurrencyNotFound => {
                Self::not_found("wallet.currency_not_found").with_detail("No currency with this code exists.")
            }
            Refusal::NoSuchPoint => {
                Self::not_found("wallet.no_such_point").with_detail("You keep no point with this ID.")
            }
            Refusal::NoSuchDeposit => {
                Self::not_found("wallet.no_such_deposit").with_detail("You have no deposit with this ID.")
            }
            Refusal::NoSuchDonation => Self::not_found("wallet.no_such_donation")
                .with_detail("No donation with this ID exists, or you may not see it."),
            Refusal::NoSuchRecipient => {
                Self::not_found("wallet.no_such_recipient").with_detail("The recipient does not exist or was deleted.")
            }
            Refusal::NoSuchUser => Self::not_found("wallet.no_such_user").with_detail("The account was deleted."),
            Refusal::RecipientUnavailable => conflict("wallet.recipient_unavailable", "Recipient unavailable")
                .with_detail("The recipient cannot receive money: it is suspended, or a point without a keeper."),
            Refusal::InDebt => conflict("wallet.in_debt", "Account in debt").with_detail(
                "You owe money from a refunded or disputed payment. Create a deposit to repay it, then try again.",
            ),
            Refusal::Suspended => StandingError::Suspended.into(),
            Refusal::ToOneself => {
                wrong("wallet.to_oneself", "Same sender and recipient").with_detail("Sender and recipient must differ.")
            }
            Refusal::InsufficientFunds => conflict("wallet.insufficient_funds", "Insufficient funds")
                .with_detail("The available balance is too low. Reduce the amount or create a deposit."),
            Refusal::BalanceFull => conflict("wallet.balance_full", "Maximum balance reached")
                .with_detail("The recipient cannot hold more of this currency. Reduce the amount."),
            Refusal::KeyReused => IdempotencyKey::reused(),
            Refusal::FundingUnavailable => wrong("wallet.funding_unavailable", "Payment method unavailable")
                .with_detail("The payment method is not available in this deployment. Choose another `funding`."),
            Refusal::PaymentsOff => {
                Self::new(StatusCode::NOT_FOUND, "wallet.payments_off", "Card payments not configured")
                    .with_detail("This deployment does not accept card payments.")
            }
            Refusal::NoticeNotProven => {
                Self::new(StatusCode::BAD_REQUEST, "wallet.notice_not_proven", "Invalid webhook signature")
                    .with_detail("The signature is invalid or too old. Check the webhook secret and the clock.")
            }
            Refusal::NoticeUnreadable => {
                Self::new(StatusCode::BAD_REQUEST, "wallet.notice_unreadable", "Invalid webhook event")
                    .with_detail("The body is not a valid Stripe event.")
            }
            Refusal::ExponentFixed(exponent) => conflict("wallet.exponent_fixed", "Decimals cannot be changed")
                .with_detail(format!("`exponent` of this currency is {exponent} and cannot be changed.")),
        }
    }
}

impl From<Unavailable> for Refusal {
    fn from(unavailable: Unavailable) -> Self {
        match unavailable {
            Unavailable::Unknown => Self::NoSuchRecipient,
            Unavailable::Unrepresented => Self::RecipientUnavailable,
        }
    }
}

/// The problem of payers who want to move more than is `available` of their own money, in a text such as `12.50 EUR`.
pub fn insufficient_funds(available: &str) -> Problem {
    let detail = format!("The available balance is {available}. Reduce the amount or create a deposit.");
    Problem::from(Refusal::InsufficientFunds).with_detail(detail)
}

/// Why the caller's money, or that of a point of the caller, did not move.
pub fn not_posted(refused: NotPosted, caller: UserId) -> Problem {
    match refused {
        NotPosted::NotEnough => Refusal::InsufficientFunds.into(),
        NotPosted::Full => Refusal::BalanceFull.into(),
        NotPosted::Forgotten(user) if user == caller => Refusal::NoSuchUser.into(),
        NotPosted::Forgotten(_) => Refusal::NoSuchRecipient.into(),
        NotPosted::Other => Refusal::KeyReused.into(),
        NotPosted::Beside(_) => Problem::internal("what was written beside a transfer was refused"),
        NotPosted::Store(error) => error.into(),
    }
}
