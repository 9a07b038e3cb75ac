//! A deposit as its owner sees it.

use jiff::Timestamp;
use serde::Serialize;
use types::{DepositId, Money};
use utoipa::ToSchema;

use crate::domain::deposit::{Deposit, DepositStatus};

/// A deposit.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DepositView {
    /// Its id.
    id: DepositId,
    /// Amount.
    money: Money,
    /// Status.
    status: DepositStatus,
    /// Failure reason: `card_declined`, `insufficient_funds`, `abandoned`, `too_many_declined_cards`.
    reason: Option<String>,
    /// Refunded amount in minor units.
    refunded_minor: i64,
    /// Amount that is held until `releaseAt`, in minor units.
    #[schema(example = 0)]
    held_minor: i64,
    /// Amount that the cardholder disputes or got back by a dispute, in minor units.
    #[schema(example = 0)]
    disputed_minor: i64,
    /// Time when the held amount becomes available.
    #[serde(serialize_with = "types::time::optional_millis")]
    release_at: Option<Timestamp>,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
}

impl DepositView {
    /// What its owner sees of it.
    pub fn of(deposit: &Deposit) -> Self {
        Self {
            id: deposit.id,
            money: deposit.money.clone(),
            status: deposit.status,
            reason: deposit.reason.clone(),
            refunded_minor: deposit.refunded_minor,
            held_minor: deposit.held_minor,
            disputed_minor: deposit.disputed_minor,
            release_at: deposit.release_at.filter(|_| deposit.held_minor > 0),
            created_at: deposit.created_at,
        }
    }
}
