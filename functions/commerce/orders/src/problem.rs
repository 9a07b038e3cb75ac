//! Problems of this context: every error code that it returns is in this file.

use http::StatusCode;
use kit::http::{IdempotencyKey, Problem};
use types::{CurrencyCode, VariantId};

use crate::domain::cancellation::{CancellationError, MAX_CANCELLATIONS};
use crate::domain::cart::CartError;
use crate::domain::cart_pricing::{CartProblem, CodeState, PricedLine};
use crate::domain::level::{AdjustmentError, MAX_ON_HAND};
use crate::domain::limits::TooManyUnpaid;
use crate::domain::listed_state::ListedState;
use crate::domain::location::MAX_LOCATIONS;
use crate::domain::order::NotPossible;
use crate::domain::order_return::ReturnError;
use crate::domain::placing::NotPlaceable;
use crate::domain::pricing::MAX_TOTAL_MINOR;
use crate::domain::shipment::ShipmentError;
use crate::domain::shop_promotion::MAX_AUTOMATIC;
use crate::domain::stock::OutOfStock;
use crate::store::NotAdmitted;

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
    /// The order does not exist, or the caller may not see it.
    NoSuchOrder,
    /// The order has no shipment with this number.
    NoSuchShipment,
    /// The order has no return with this number.
    NoSuchReturn,
    /// The order has no invoice or credit note with this number.
    NoSuchInvoice,
    /// The order has no such line, or it does not contain the variant.
    NoSuchLine,
    /// Units of this variant were sold before they arrived, and have not arrived.
    NotOnHand(VariantId),
    /// More units of this variant than a location can have would be on hand.
    TooMuchStock(VariantId),
    /// A shipment is not possible.
    Shipment(ShipmentError),
    /// A return is not possible.
    Return(ReturnError),
    /// The units of an order lie in too many parts of the stock.
    TooManyParts,
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

impl From<ShipmentError> for Refusal {
    fn from(error: ShipmentError) -> Self {
        Self::Shipment(error)
    }
}

impl From<ReturnError> for Refusal {
    fn from(error: ReturnError) -> Self {
        Self::Return(error)
    }
}

/// Says why units of an order cannot be shipped, returned or received.
fn not_possible(error: NotPossible) -> Problem {
    let conflict = |code: &'static str, title: &'static str| Problem::new(StatusCode::CONFLICT, code, title);
    match error {
        NotPossible::State(state) => conflict("orders.order_state", "Not possible in this state").with_detail(format!(
            "The order is {}. Units can be shipped while it is confirmed, and returned once they were shipped.",
            ListedState::from(state).as_str(),
        )),
        NotPossible::HoldEnded => conflict("orders.order_state", "Not possible in this state")
            .with_detail("The reservation of the order has ended. Place a new order."),
        NotPossible::NoSuchLine => Refusal::NoSuchLine.into(),
        NotPossible::Units { available } => conflict("orders.not_enough_units", "Not enough units").with_detail(
            format!("quantity: only {available} units are possible. Read the order again and send fewer."),
        ),
    }
}

/// Says why a shipment is not possible.
fn no_shipment(error: ShipmentError) -> Problem {
    let conflict = |code: &'static str, title: &'static str| Problem::new(StatusCode::CONFLICT, code, title);
    match error {
        ShipmentError::Order(error) => not_possible(error),
        ShipmentError::TooMany => conflict("orders.too_many_shipments", "Too many shipments")
            .with_detail(format!("{error}. Ship the rest together.")),
        ShipmentError::TooManyEntries => conflict("orders.too_many_shipments", "Too many shipments")
            .with_detail(format!("{error}. Ship fewer lines, or cancel the rest and place another order for it.")),
        ShipmentError::PaymentEnded { .. } => conflict("orders.payment_ended", "Payment ended")
            .with_detail(format!("{error}. Collect the money otherwise and send withoutPayment, or cancel the units.")),
        ShipmentError::Delivered => conflict("orders.shipment_delivered", "Shipment delivered")
            .with_detail("The shipment was delivered and cannot be cancelled. Create a return instead."),
        ShipmentError::Cancelled => conflict("orders.shipment_cancelled", "Shipment cancelled")
            .with_detail("The shipment was cancelled. Create another one."),
    }
}

/// Says why a return is not possible.
fn no_return(error: ReturnError) -> Problem {
    let conflict = |code: &'static str, title: &'static str| Problem::new(StatusCode::CONFLICT, code, title);
    match error {
        ReturnError::Order(error) => not_possible(error),
        ReturnError::TooMany | ReturnError::TooManyEntries => {
            conflict("orders.too_many_returns", "Too many returns").with_detail(format!("{error}. Contact the shop."))
        }
        ReturnError::TooLate(until) => conflict("orders.return_period_over", "Period for returns over")
            .with_detail(format!("Units could be returned until {until}. Contact the shop.")),
        ReturnError::Settled => conflict("orders.return_settled", "Return settled")
            .with_detail("The return was received or rejected before. Create another return for further units."),
        ReturnError::Restock { variant_id, received } => {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "orders.too_many_restocked", "Too many units restocked")
                .with_detail(format!("restock: only {received} units of the variant {variant_id} were received."))
        }
    }
}

/// Says why a code of a cart cannot be used, and what to do.
pub(crate) fn not_usable_in_cart(state: CodeState) -> String {
    let remedy = match state {
        CodeState::NotYetValid => "Remove the code, and use it later.",
        CodeState::Ended | CodeState::UsedUp => "Remove the code.",
        CodeState::AccountNeeded => "Sign in, or remove the code.",
        CodeState::Applied | CodeState::NotCombined | CodeState::ConditionsNotMet => "Keep the code.",
    };
    format!("code: {}. {remedy}", why_not_usable(state))
}

/// Says why a code cannot be added to a cart, and what to do.
fn not_addable(state: CodeState) -> String {
    let remedy = match state {
        CodeState::NotYetValid => "Add the code later.",
        CodeState::Ended | CodeState::UsedUp => "The code was not added. Add another one.",
        CodeState::AccountNeeded => "Sign in, and add the code to the cart of the account.",
        CodeState::Applied | CodeState::NotCombined | CodeState::ConditionsNotMet => "Add the code.",
    };
    format!("code: {}. {remedy}", why_not_usable(state))
}

const fn why_not_usable(state: CodeState) -> &'static str {
    match state {
        CodeState::NotYetValid => "its promotion has not begun",
        CodeState::Ended => "its promotion has ended",
        CodeState::UsedUp => "its promotion was used as often as it may be",
        CodeState::AccountNeeded => "its promotion is limited per account",
        CodeState::Applied | CodeState::NotCombined | CodeState::ConditionsNotMet => "it can be used",
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
            Refusal::KeyReused => IdempotencyKey::reused(),
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
                conflict("orders.code_not_usable", "Promotion code not usable").with_detail(not_addable(state))
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
            Refusal::NoSuchShipment => Self::not_found("orders.no_such_shipment"),
            Refusal::NoSuchReturn => Self::not_found("orders.no_such_return"),
            Refusal::NoSuchInvoice => Self::not_found("orders.no_such_invoice"),
            Refusal::NoSuchLine => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "orders.no_such_line", "No such line")
                .with_detail("line and variantId must name a line of the order and a variant that it contains."),
            Refusal::NotOnHand(variant) => conflict("orders.not_on_hand", "Not on hand").with_detail(format!(
                "Fewer units of the variant {variant} are on hand at the location. Receive them first with an adjustment."
            )),
            Refusal::TooMuchStock(variant) => conflict("orders.too_much_stock", "Too much stock").with_detail(format!(
                "A location has at most {MAX_ON_HAND} units of a variant, and of {variant} there would be more. Use another location, or remove units with an adjustment first."
            )),
            Refusal::Shipment(error) => no_shipment(error),
            Refusal::Return(error) => no_return(error),
            Refusal::NoSuchUser => {
                Self::not_found("orders.no_such_user").with_detail("userId: the user was deleted.")
            }
            Refusal::NoSuchOrder => Self::not_found("orders.no_such_order").with_detail(
                "No order with this ID or number belongs to the caller. Guests send the Guest-Key of the cart that it was placed from.",
            ),
            Refusal::TooManyParts => conflict("orders.order_too_large", "Order too large").with_detail(
                "The units of this order lie in too many places of the stock for one order. Order fewer different products at once.",
            ),
        }
    }
}

impl From<NotAdmitted> for Problem {
    fn from(error: NotAdmitted) -> Self {
        match error {
            NotAdmitted::Limit(error) => error.into(),
            NotAdmitted::Unpaid(TooManyUnpaid { max, retry_after_seconds }) => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "orders.too_many_unpaid", "Too many unpaid orders")
                    .with_detail(format!(
                        "At most {max} orders can be unpaid at a time, for guests all orders of the network address together. Pay or cancel one, or try again in {retry_after_seconds} seconds."
                    ))
                    .retry_after(retry_after_seconds)
            }
        }
    }
}

/// Why a cart cannot be ordered.
pub(crate) fn not_placeable(reason: &NotPlaceable, currency: &CurrencyCode) -> Problem {
    let conflict = |code: &'static str, title: &'static str| Problem::new(StatusCode::CONFLICT, code, title);
    match reason {
        NotPlaceable::Closed => conflict("orders.checkout_closed", "Checkout closed")
            .with_detail("The shop takes no orders at present. Keep the cart and try later."),
        NotPlaceable::CartChanged => conflict("orders.cart_changed", "Cart changed")
            .with_detail("cartVersion: the cart was changed since. Read the cart again, and order with its new version."),
        NotPlaceable::PriceChanged { total_minor } => conflict("orders.price_changed", "Price changed").with_detail(format!(
            "The order costs {total_minor} minor units of {currency} now, more than the buyer saw. Show the new total. To accept it, send the request again with expectedTotalMinor {total_minor} and a new Idempotency-Key."
        )),
        NotPlaceable::Problem(problem) => cart_problem(problem),
    }
}

fn cart_problem(problem: &CartProblem) -> Problem {
    let conflict = |code: &'static str, title: &'static str| Problem::new(StatusCode::CONFLICT, code, title);
    let missing = |what: &str| {
        conflict("orders.details_missing", "Details missing")
            .with_detail(format!("The cart has no {what}. Set it with PUT /v1/commerce/carts/{{id}}/details."))
    };
    match problem {
        CartProblem::Empty => {
            conflict("orders.cart_empty", "Cart empty").with_detail("The cart has no lines. Add one first.")
        }
        CartProblem::NotForSale(variant) => conflict("orders.not_for_sale", "Not for sale").with_detail(format!(
            "The variant {variant} is archived, removed or not published. Remove its line with quantity 0."
        )),
        CartProblem::NoPrice(variant) => conflict("orders.no_price", "No price").with_detail(format!(
            "No price list that applies has a price of the variant {variant}. Remove its line, or use a cart in another currency."
        )),
        CartProblem::NoTaxRate(class, country) => conflict("orders.no_tax_rate", "No tax rate").with_detail(format!(
            "The shop does not sell goods of the tax class {class} to {}. Choose another country.", country.as_str()
        )),
        CartProblem::TooMuch(error) => conflict("orders.order_too_large", "Order too large")
            .with_detail(format!("The cart is too large: {error}. Remove lines or units.")),
        CartProblem::TotalTooLarge => conflict("orders.order_too_large", "Order too large")
            .with_detail(format!("The sum of the cart exceeds {MAX_TOTAL_MINOR} minor units. Remove units.")),
        CartProblem::EmailMissing => missing("e-mail address"),
        CartProblem::AddressMissing => missing("shipping address"),
        CartProblem::ShippingMethodMissing => missing("shipping method"),
        CartProblem::ShippingNotOffered(code) => conflict("orders.shipping_not_offered", "Shipping not offered").with_detail(
            format!("The shipping method {code} does not deliver this cart to its address. Choose another one of the cart."),
        ),
        CartProblem::NoShipping(country) => conflict("orders.shipping_not_offered", "Shipping not offered").with_detail(format!(
            "No shipping method delivers the weight of this cart to {} in its currency. Change the address, or remove units.",
            country.as_str()
        )),
        CartProblem::Code(code, state) => conflict("orders.code_not_usable", "Promotion code not usable")
            .with_detail(format!("{code}: {}", not_usable_in_cart(*state))),
    }
}

/// Which variants are short, with the lines that need them.
pub(crate) fn out_of_stock(short: &OutOfStock, lines: &[PricedLine]) -> Problem {
    let names = short.0.iter().map(|(variant, there)| {
        let line = lines.iter().find(|line| line.variant_id == *variant).and_then(|line| line.item.as_ref());
        let name = line.map_or_else(|| variant.to_string(), |item| format!("{variant} ({})", item.sku));
        format!("{name}: {there} left")
    });
    let names: Vec<String> = names.take(MAX_NAMED).collect();
    Problem::new(StatusCode::CONFLICT, "orders.out_of_stock", "Out of stock").with_detail(format!(
        "Fewer units are there than the order needs, components of bundles included: {}. Reduce the quantities.",
        names.join(", ")
    ))
}

/// Most variants that one problem names.
const MAX_NAMED: usize = 10;

/// Why an order cannot be cancelled.
pub(crate) fn not_cancellable(error: CancellationError) -> Problem {
    let conflict = |detail: String| {
        Problem::new(StatusCode::CONFLICT, "orders.not_cancellable", "Order not cancellable").with_detail(detail)
    };
    match error {
        CancellationError::Differs => Refusal::KeyReused.into(),
        CancellationError::TooMany => conflict(format!(
            "An order has at most {MAX_CANCELLATIONS} cancellations. Cancel the rest of it as a whole, or ship it."
        )),
        CancellationError::NotPossible(NotPossible::HoldEnded) => {
            conflict("The order was not paid in time and has lapsed. Nothing is left to cancel.".to_owned())
        }
        CancellationError::NotPossible(NotPossible::NoSuchLine) => {
            conflict("lines: the order has no line with this index. Lines are counted from 0.".to_owned())
        }
        CancellationError::NotPossible(NotPossible::Units { available }) => {
            conflict(format!("lines: only {available} units of the line can still be cancelled."))
        }
        CancellationError::NotPossible(NotPossible::State(state)) => conflict(format!(
            "The order is {} or was shipped. Whole orders can be cancelled before anything was shipped, units of them once they are confirmed; what was shipped can be returned.",
            ListedState::from(state).as_str()
        )),
    }
}
