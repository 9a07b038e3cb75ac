//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::Problem;

/// Seconds after which a screen is worth another request.
const RETRY_SECONDS: u64 = 1;

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing is known of a user with this ID.
    NoSuchPerson,
    /// The home shows no event of the time yet that the request asks for.
    NotYet,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchPerson => Self::not_found("screens.no_such_person").with_detail(
                "No event about a user with this ID is known. Check the ID; a new user has no aquarium yet.",
            ),
            Refusal::NotYet => Self::new(StatusCode::CONFLICT, "screens.not_yet", "Screen not up to date")
                .with_detail(
                    "The home shows no event of the time atLeast or later yet. Send the request again after Retry-After seconds, or without atLeast.",
                )
                .retry_after(RETRY_SECONDS),
        }
    }
}
