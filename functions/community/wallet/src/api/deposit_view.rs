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
    /// Failure reason: `card_declined`, `insufficient_funds`, `abandoned`.
    reason: Option<String>,
    /// Refunded amount in minor units.
    refunded_minor: i64,
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
            created_at: deposit.created_at,
        }
    }
}
