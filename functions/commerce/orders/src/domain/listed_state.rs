//! States of orders as they are listed.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::order::State;

/// The state of an order without its times, as it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListedState {
    /// Units are held, nothing is paid.
    Held,
    /// A payment is in progress.
    Paying,
    /// To be shipped.
    Confirmed,
    /// The cancellation waits for the payment provider.
    Cancelling,
    /// Cancelled.
    Cancelled,
    /// Not paid in time.
    Lapsed,
    /// Everything was shipped or cancelled.
    Closed,
}

impl From<State> for ListedState {
    fn from(state: State) -> Self {
        match state {
            State::Held { .. } => Self::Held,
            State::Paying { .. } => Self::Paying,
            State::Confirmed => Self::Confirmed,
            State::Cancelling => Self::Cancelling,
            State::Cancelled => Self::Cancelled,
            State::Lapsed => Self::Lapsed,
            State::Closed => Self::Closed,
        }
    }
}

impl ListedState {
    /// Reads a state as clients write it.
    pub fn parse(text: &str) -> Option<Self> {
        let all =
            [Self::Held, Self::Paying, Self::Confirmed, Self::Cancelling, Self::Cancelled, Self::Lapsed, Self::Closed];
        all.into_iter().find(|state| state.as_str() == text)
    }

    /// The state in keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Paying => "paying",
            Self::Confirmed => "confirmed",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
            Self::Lapsed => "lapsed",
            Self::Closed => "closed",
        }
    }
}
