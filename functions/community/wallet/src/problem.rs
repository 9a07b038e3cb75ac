//! How this context's refusals read: every code it answers with is in this file.

use axum::http::StatusCode;
use kit::http::Problem;
use types::UserId;

use crate::domain::people::Unavailable;
use crate::store::NotPosted;

/// What this context refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The request's money is of no currency that there is.
    NoSuchCurrency,
    /// The path names no currency that there is.
    CurrencyNotFound,
    /// There is no such point, or somebody else keeps it.
    NoSuchPoint,
    /// There is no such deposit, or it is somebody else's.
    NoSuchDeposit,
    /// There is no such donation, or the caller may not know of it.
    NoSuchDonation,
    /// There is nobody, or no point, that could get something.
    NoSuchRecipient,
    /// The token's account is gone.
    NoSuchUser,
    /// The recipient may not take part now.
    RecipientUnavailable,
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
            Refusal::NoSuchCurrency => wrong("wallet.no_such_currency", "There is no such currency here"),
            Refusal::CurrencyNotFound => Self::not_found("wallet.currency_not_found"),
            Refusal::NoSuchPoint => Self::not_found("wallet.no_such_point"),
            Refusal::NoSuchDeposit => Self::not_found("wallet.no_such_deposit"),
            Refusal::NoSuchDonation => Self::not_found("wallet.no_such_donation"),
            Refusal::NoSuchRecipient => Self::not_found("wallet.no_such_recipient"),
            Refusal::NoSuchUser => Self::not_found("wallet.no_such_user"),
            Refusal::RecipientUnavailable => {
                conflict("wallet.recipient_unavailable", "The recipient cannot get anything now")
            }
            Refusal::Suspended => Self::new(StatusCode::FORBIDDEN, "wallet.suspended", "This account may not pay now"),
            Refusal::ToOneself => wrong("wallet.to_oneself", "Nobody pays themselves"),
            Refusal::InsufficientFunds => conflict("wallet.insufficient_funds", "There is too little money"),
            Refusal::BalanceFull => conflict("wallet.balance_full", "The recipient cannot have more of this currency"),
            Refusal::KeyReused => wrong("wallet.key_reused", "This Idempotency-Key has asked for something else"),
            Refusal::FundingUnavailable => {
                wrong("wallet.funding_unavailable", "Donations cannot be paid in this way here")
            }
            Refusal::PaymentsOff => {
                Self::new(StatusCode::NOT_FOUND, "wallet.payments_off", "Card payments are not set up here")
            }
            Refusal::NoticeNotProven => {
                Self::new(StatusCode::BAD_REQUEST, "wallet.notice_not_proven", "The signature proves nothing")
            }
            Refusal::NoticeUnreadable => {
                Self::new(StatusCode::BAD_REQUEST, "wallet.notice_unreadable", "The message cannot be read")
            }
            Refusal::ExponentFixed(exponent) => {
                conflict("wallet.exponent_fixed", "The number of decimals of a currency never changes")
                    .with_detail(format!("it is {exponent}"))
            }
        }
    }
}

impl From<Unavailable> for Refusal {
    fn from(unavailable: Unavailable) -> Self {
        match unavailable {
            Unavailable::Unknown => Self::NoSuchRecipient,
            Unavailable::Suspended => Self::RecipientUnavailable,
        }
    }
}

/// Why the caller's money did not move.
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
