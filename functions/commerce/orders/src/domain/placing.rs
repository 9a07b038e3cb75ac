//! Placing: from a priced cart and units of the stock to an order.

use std::collections::BTreeMap;

use contracts::orders::{OrderConfirmed, OrderPlaced};
use jiff::Timestamp;
use types::{LocationId, OrderId, VariantId};

use super::cart::{Cart, CartDetails};
use super::cart_pricing::{AppliedPromotion, CartProblem, PricedCart, PricedLine, PricedOffer};
use super::checkout::CheckoutSettings;
use super::order::{Fulfilment, Item, Line, State};
use super::order_number::OrderNumber;
use super::placed::{Contact, Counters, Happened, Order, OrderLine, OrderShipping, OrderTotals};
use super::placed::{PaymentFacts, Terms, UsedPromotion};
use super::pricing::LineTotals;
use super::settlement::OrderFact;
use super::stock::{Part, Taken};
use super::unit_changes::UnitChanges;

/// What a buyer states of the cart that they want to order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expectation {
    /// Version of the cart.
    pub cart_version: Option<u64>,
    /// Total in minor units.
    pub total_minor: Option<i64>,
}

/// Why a cart cannot be ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotPlaceable {
    /// The shop takes no orders.
    Closed,
    /// The cart was changed since the buyer saw it.
    CartChanged,
    /// It costs more than the buyer saw.
    PriceChanged {
        /// The total in minor units now.
        total_minor: i64,
    },
    /// Something stands in the way.
    Problem(CartProblem),
}

/// Checks whether a cart can be ordered, apart from the stock.
pub fn check(
    priced: &PricedCart,
    cart_version: u64,
    settings: &CheckoutSettings,
    expected: Expectation,
) -> Result<(), NotPlaceable> {
    if !settings.is_open {
        return Err(NotPlaceable::Closed);
    }
    if expected.cart_version.is_some_and(|version| version != cart_version) {
        return Err(NotPlaceable::CartChanged);
    }
    if let Some(problem) = priced.problems.first() {
        return Err(NotPlaceable::Problem(problem.clone()));
    }
    let total_minor = priced.totals.total;
    let costs_more = match expected.total_minor {
        Some(expected) => expected < total_minor,
        None => !priced.rises.is_empty(),
    };
    if costs_more { Err(NotPlaceable::PriceChanged { total_minor }) } else { Ok(()) }
}

/// What an order is made of.
#[derive(Debug, Clone, Copy)]
pub struct Placing<'a> {
    /// Order ID.
    pub id: OrderId,
    /// How many numbers of the order were taken by others.
    pub number_attempt: u32,
    /// The cart.
    pub cart: &'a Cart,
    /// Its prices.
    pub priced: &'a PricedCart,
    /// Checkout settings.
    pub settings: &'a CheckoutSettings,
    /// The moment.
    pub now: Timestamp,
}

/// An order to be written, with what else changes by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// The order.
    pub order: Order,
    /// Units that it reserves.
    pub units: UnitChanges,
    /// Facts to publish.
    pub facts: Vec<OrderFact>,
}

impl Placing<'_> {
    /// Makes the order that takes these units. `None` if the cart lacks something, which [`check`] tells.
    pub fn order(&self, taken: &[Taken], parts: &BTreeMap<VariantId, Vec<Part>>) -> Option<NewOrder> {
        let Self { id, cart, priced, settings, now, .. } = *self;
        let shipping = self.shipping()?;
        let lines = priced.lines.iter().map(order_line).collect::<Option<Vec<_>>>()?;
        let mut left = taken.to_vec();
        let mut free = FreeUnits::of(taken, parts);
        let units = priced.wanted.iter().zip(&lines).map(|(wanted, line)| {
            let items = wanted.assign(&mut left);
            Line {
                ordered: wanted.quantity,
                cancelled: 0,
                returning: 0,
                returned: 0,
                gross: line.totals.gross(),
                cancelled_gross: 0,
                backordered: free.backordered(&items),
                items,
            }
        });
        let total = priced.totals.total;
        let fulfilment = Fulfilment::new(units.collect(), shipping.totals.gross(), total, now);
        let mut order = Order {
            id,
            number: OrderNumber::of(id, self.number_attempt),
            cart_id: cart.id,
            buyer: Some(cart.owner),
            guest_keys: Vec::new(),
            contact: Some(contact(&cart.details)?),
            lines,
            shipping,
            totals: OrderTotals {
                currency: priced.currency.clone(),
                policy: priced.policy,
                taxes: priced.totals.taxes.clone(),
                discount: priced.totals.discount,
                net: priced.totals.net,
                tax: priced.totals.tax,
                total,
            },
            promotions: priced.promotions.iter().map(used).collect(),
            uses: priced.uses.clone(),
            terms: Terms { versions: priced.versions, capture: settings.capture, return_days: settings.return_days },
            fulfilment,
            payment: PaymentFacts::default(),
            cancellations: Vec::new(),
            counters: Counters::default(),
            history: Vec::new(),
            entry_version: 1,
            placed_at: now,
        };
        order.note(now, Happened::Placed);
        let mut facts = vec![OrderFact::Placed(OrderPlaced { order: order.facts(), lines: order.sold() })];
        if order.fulfilment.state == State::Confirmed {
            order.note(now, Happened::Confirmed);
            facts.push(OrderFact::Confirmed(OrderConfirmed { order: order.facts(), lines: order.sold() }));
        }
        let mut units = UnitChanges::default();
        units.reserve(taken, |taken| backorder_limit(parts, taken));
        Some(NewOrder { order, units, facts })
    }

    fn shipping(&self) -> Option<OrderShipping> {
        let PricedOffer { code, name, .. } = self.priced.shipping.clone()?;
        Some(OrderShipping { code, name, totals: self.priced.totals.shipping.clone()? })
    }
}

fn part_of<'a>(parts: &'a BTreeMap<VariantId, Vec<Part>>, taken: &Taken) -> Option<&'a Part> {
    let mut of_variant = parts.get(&taken.variant_id).into_iter().flatten();
    of_variant.find(|part| part.location_id == taken.location_id && part.part == taken.part)
}

fn backorder_limit(parts: &BTreeMap<VariantId, Vec<Part>>, taken: &Taken) -> u32 {
    part_of(parts, taken).map_or(0, |part| part.backorder_limit)
}

/// A part of the stock of a variant at a location.
type PartKey = (VariantId, LocationId, u16);

/// The units that are free in the parts that an order takes from. Lines get them in their order; what is missing is on
/// back-order.
struct FreeUnits(BTreeMap<PartKey, u32>);

impl FreeUnits {
    fn of(taken: &[Taken], parts: &BTreeMap<VariantId, Vec<Part>>) -> Self {
        let free = |taken: &Taken| {
            let free = part_of(parts, taken).map_or(0, |part| part.free.max(0));
            (Self::key(taken), u32::try_from(free).unwrap_or(u32::MAX))
        };
        Self(taken.iter().map(free).collect())
    }

    fn key(taken: &Taken) -> PartKey {
        (taken.variant_id, taken.location_id, taken.part)
    }

    /// Takes the units of a line. Returns how many units of the line lack some of theirs.
    fn backordered(&mut self, items: &[Item]) -> u32 {
        let of_item = |item: &Item| {
            let missing: u32 = item.held.iter().map(|taken| self.missing(taken)).sum();
            missing.div_ceil(item.component.quantity.max(1))
        };
        items.iter().map(of_item).max().unwrap_or(0)
    }

    fn missing(&mut self, taken: &Taken) -> u32 {
        let Some(free) = self.0.get_mut(&Self::key(taken)) else { return taken.quantity };
        let there = taken.quantity.min(*free);
        *free -= there;
        taken.quantity - there
    }
}

fn order_line(line: &PricedLine) -> Option<OrderLine> {
    let (item, price): (_, i64) = (line.item.as_ref()?, line.price.as_ref()?.unit_price_minor);
    let totals: LineTotals = line.totals.clone()?;
    Some(OrderLine {
        variant_id: line.variant_id,
        product_id: item.product_id,
        sku: item.sku.clone(),
        title: item.title.clone(),
        choices: item.choices.clone(),
        unit_price: price,
        totals,
    })
}

fn used(promotion: &AppliedPromotion) -> UsedPromotion {
    UsedPromotion {
        promotion_id: promotion.promotion_id,
        name: promotion.name.clone(),
        code: promotion.code.clone(),
        amount: promotion.amount_minor,
    }
}

fn contact(details: &CartDetails) -> Option<Contact> {
    Some(Contact {
        email: details.email.clone()?,
        language: details.language,
        shipping_address: details.shipping_address.clone()?,
        billing_address: details.billing_address.clone(),
    })
}
