//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::Problem;

use crate::domain::level::AdjustmentError;
use crate::domain::location::MAX_LOCATIONS;

/// A refused request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The catalog has no variant with this ID.
    NoSuchVariant,
    /// The shop has no location with this ID.
    NoSuchLocation,
    /// The variant has no stock level at the location.
    NoSuchStock,
    /// The shop has the maximum number of locations.
    TooManyLocations,
    /// The `Idempotency-Key` was used with a different request.
    KeyReused,
    /// Units cannot be added or removed.
    Adjustment(AdjustmentError),
}

impl From<AdjustmentError> for Refusal {
    fn from(error: AdjustmentError) -> Self {
        Self::Adjustment(error)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let conflict = |code: &'static str, title: &'static str| Self::new(StatusCode::CONFLICT, code, title);
        match refusal {
            Refusal::NoSuchVariant => Self::not_found("orders.no_such_variant").with_detail(
                "variantId must be the ID of a variant of the catalog. A new variant is known here after some seconds.",
            ),
            Refusal::NoSuchLocation => Self::not_found("orders.no_such_location").with_detail(
                "locationId must be the ID of a location. Add locations with PUT /v1/commerce/locations/{id}.",
            ),
            Refusal::NoSuchStock => Self::not_found("orders.no_such_stock").with_detail(
                "The variant is not stocked at this location. Start with PUT /v1/commerce/stock/{variantId}/{locationId}.",
            ),
            Refusal::TooManyLocations => conflict("orders.too_many_locations", "Too many locations")
                .with_detail(format!("A shop has at most {MAX_LOCATIONS} locations. Change an existing one instead.")),
            Refusal::KeyReused => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "orders.key_reused", "Idempotency-Key reused")
                    .with_detail("The Idempotency-Key was used with a different request. Send a new key.")
            }
            Refusal::Adjustment(error @ AdjustmentError::NotEnough { .. }) => {
                conflict("orders.not_enough_stock", "Not enough stock")
                    .with_detail(format!("quantity: {error}. Remove fewer units, or cancel orders first."))
            }
            Refusal::Adjustment(error @ AdjustmentError::TooMany { .. }) => {
                conflict("orders.too_much_stock", "Too much stock")
                    .with_detail(format!("quantity: {error}. Add fewer units."))
            }
        }
    }
}
