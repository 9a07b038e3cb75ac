//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::Problem;

/// Seconds after which a page is worth another look.
const RETRY_SECONDS: u64 = 1;

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No published product has this slug.
    NoSuchProduct,
    /// No category has this slug.
    NoSuchCategory,
    /// No order with this ID is known here.
    NoSuchOrder,
    /// The page does not show the events yet that the request asks for.
    NotYet,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoSuchProduct => Self::not_found("storefront.no_such_product").with_detail(
                "No published product has this slug. A product that was just published is found after a few seconds.",
            ),
            Refusal::NoSuchCategory => Self::not_found("storefront.no_such_category").with_detail(
                "No category has this slug. A category that was just created is found after some ten seconds.",
            ),
            Refusal::NoSuchOrder => Self::not_found("storefront.no_such_order")
                .with_detail("No order with this ID is known. An order that was just placed is found after a few seconds."),
            Refusal::NotYet => Self::new(StatusCode::CONFLICT, "storefront.not_yet", "Page not up to date")
                .with_detail(
                    "The page does not show the state that atLeast names yet. Send the request again after Retry-After seconds, or without atLeast.",
                )
                .retry_after(RETRY_SECONDS),
        }
    }
}
