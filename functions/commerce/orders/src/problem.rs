//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::Problem;

use crate::domain::cart::CartError;
use crate::domain::cart_pricing::CodeState;
use crate::domain::level::AdjustmentError;
use crate::domain::location::MAX_LOCATIONS;
use crate::domain::shop_promotion::MAX_AUTOMATIC;

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
    /// No cart of the caller has this ID.
    NoSuchCart,
    /// The cart cannot be changed so.
    Cart(CartError),
    /// The variant cannot be bought.
    NotForSale,
    /// No price list that applies to the cart has a price of the variant.
    NoPrice,
    /// No promotion has this code.
    NoSuchCode,
    /// The code cannot be used for this cart.
    CodeNotUsable(CodeState),
    /// The shop has no promotion with this ID.
    NoSuchPromotion,
    /// Another promotion has one of the codes.
    CodeTaken,
    /// The shop has the maximum number of promotions without codes.
    TooManyAutomatic,
    /// The user was deleted.
    NoSuchUser,
}

impl From<AdjustmentError> for Refusal {
    fn from(error: AdjustmentError) -> Self {
        Self::Adjustment(error)
    }
}

impl From<CartError> for Refusal {
    fn from(error: CartError) -> Self {
        Self::Cart(error)
    }
}

/// Says why a code cannot be used, and what to do.
pub(crate) fn not_usable(state: CodeState) -> &'static str {
    match state {
        CodeState::NotYetValid => "code: its promotion has not begun. Use the code later.",
        CodeState::Ended => "code: its promotion has ended. Remove the code.",
        CodeState::UsedUp => "code: its promotion was used as often as it may be. Remove the code.",
        CodeState::AccountNeeded => "code: its promotion is limited per account. Sign in, or remove the code.",
        CodeState::Applied | CodeState::NotCombined | CodeState::ConditionsNotMet => "code: it can be used.",
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
            Refusal::NoSuchCart => Self::not_found("orders.no_such_cart").with_detail(
                "No cart with this ID belongs to the caller. Guests send the Guest-Key that was returned with the cart. Create a cart with POST /v1/commerce/carts.",
            ),
            Refusal::Cart(error @ CartError::TooManyLines) => conflict("orders.cart_full", "Cart full")
                .with_detail(format!("{error}. Remove a line first: set its quantity to 0.")),
            Refusal::Cart(error @ CartError::TooManyCodes) => conflict("orders.too_many_codes", "Too many promotion codes")
                .with_detail(format!("{error}. Remove a code first.")),
            Refusal::NotForSale => conflict("orders.not_for_sale", "Not for sale").with_detail(
                "variantId: the variant is archived, removed or not published. Remove the line with quantity 0, or choose another variant.",
            ),
            Refusal::NoPrice => conflict("orders.no_price", "No price").with_detail(
                "variantId: no price list that applies has a price of the variant in the currency of the cart. Use a cart in another currency.",
            ),
            Refusal::NoSuchCode => Self::not_found("orders.no_such_code")
                .with_detail("code: no promotion has this code. Check the spelling."),
            Refusal::CodeNotUsable(state) => {
                conflict("orders.code_not_usable", "Promotion code not usable").with_detail(not_usable(state))
            }
            Refusal::NoSuchPromotion => Self::not_found("orders.no_such_promotion").with_detail(
                "id must be the ID of a promotion. Create promotions with PUT /v1/commerce/promotions/{id}.",
            ),
            Refusal::CodeTaken => conflict("orders.code_taken", "Promotion code taken").with_detail(
                "codes: another promotion has one of these codes. Choose another code, or remove it from that promotion.",
            ),
            Refusal::TooManyAutomatic => conflict("orders.too_many_promotions", "Too many promotions").with_detail(format!(
                "codes: at most {MAX_AUTOMATIC} promotions without codes can be current. End another one by its validUntil, or add a code."
            )),
            Refusal::NoSuchUser => {
                Self::not_found("orders.no_such_user").with_detail("userId: the user was deleted.")
            }
        }
    }
}
