//! Placing an order: reads, decides and writes until the order stands or cannot stand.
//!
//! Units that others take meanwhile are looked for again, so a buyer is told that something is sold out, and never to try
//! again ([ADR 0042](../../../../docs/adr/0042-reservations.md)).

use std::collections::BTreeMap;

use dynamo::{ConflictRetry, Patience, Read, StoreError, Versioned};
use jiff::Timestamp;
use kit::auth::Buyer;
use kit::http::{Invocation, Problem};
use types::{CartId, OrderId, VariantId};

use crate::domain::cart_pricing::PricedCart;
use crate::domain::placed::Order;
use crate::domain::placing::{Expectation, NewOrder, NotPlaceable, Placing, check};
use crate::domain::stock::{OutOfStock, Part, route, sample};
use crate::ordering::{lapse, outbox};
use crate::problem::{Refusal, not_placeable, out_of_stock};
use crate::store::{CheckoutRead, NotPlaced, PlacingRead, Store};

/// Attempts to read the stock and write the order, unless the deadline of the invocation comes first.
const MAX_ATTEMPTS: u32 = 64;
/// Most lapsed orders that a buyer ends to get their units.
const MAX_TAKEOVERS: usize = 20;

/// A request to place an order.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// Order ID.
    pub order: OrderId,
    /// The cart.
    pub cart: CartId,
    /// What the buyer saw.
    pub expected: Expectation,
    /// The moment.
    pub now: Timestamp,
}

/// Places an order, or returns the one that the same request placed before.
pub async fn place(
    store: &Store,
    call: &Invocation,
    buyer: &Buyer,
    request: Request,
) -> Result<Versioned<Order>, Problem> {
    let Request { order, cart, now, .. } = request;
    let patience = Patience { max_attempts: MAX_ATTEMPTS, until: call.deadline.instant() };
    let (mut retry, mut number_attempt, mut is_admitted) = (ConflictRetry::paced(patience), 0, false);
    loop {
        let (_, read) = buyer.with(store.placing(buyer.id(), cart, order, now)).await?;
        let read = match read {
            PlacingRead::Placed(order) => return repeated(*order, cart),
            PlacingRead::NoCart => return Err(Refusal::NoSuchCart.into()),
            PlacingRead::Cart(cart) if is_admitted => store.checkout(*cart).await?,
            PlacingRead::Cart(cart) => {
                let admitted = async { Ok(store.admit_order(buyer.id(), &call.source_ip, now).await?) };
                let checkout = async { Ok::<_, Problem>(store.checkout(*cart).await?) };
                let (read, ()) = futures::try_join!(checkout, admitted)?;
                is_admitted = true;
                read
            }
        };
        let priced = read.cart.price(now);
        if let Err(reason) = check(&priced, read.cart.cart.version, &read.settings, request.expected) {
            return Err(refuse(store, &read, &priced, &reason, now).await?);
        }
        let attempt = Attempt { store, call, request, read: &read, priced: &priced, numbers_taken: number_attempt };
        match attempt.run(&mut retry).await? {
            Ok(order) => return Ok(order),
            Err(NotPlaced::NumberTaken) => number_attempt += 1,
            Err(NotPlaced::Forgotten) => return Err(Refusal::NoSuchCart.into()),
            Err(NotPlaced::TooManyParts) => return Err(Refusal::TooManyParts.into()),
            Err(NotPlaced::Stock | NotPlaced::Changed) => {}
            Err(NotPlaced::Store(error)) => return Err(error.into()),
        }
        retry.pause().await?;
    }
}

/// The order that the same request placed before. Refused if that was of another cart.
fn repeated(order: Versioned<Order>, cart: CartId) -> Result<Versioned<Order>, Problem> {
    if order.value.cart_id == cart { Ok(order) } else { Err(Refusal::KeyReused.into()) }
}

/// Refuses a cart. A price that rose is seen by that, so that placing again works.
async fn refuse(
    store: &Store,
    read: &CheckoutRead,
    priced: &PricedCart,
    reason: &NotPlaceable,
    now: Timestamp,
) -> Result<Problem, StoreError> {
    if let NotPlaceable::PriceChanged { .. } = reason {
        let seen = |cart: &Versioned<_>| Ok::<_, std::convert::Infallible>(Some(priced.seen(&cart.value, now)));
        if let Err(refused) = store.change_cart(read.cart.cart.clone(), seen).await? {
            match refused {}
        }
    }
    Ok(not_placeable(reason, &priced.currency))
}

/// One attempt, with what was read for it.
struct Attempt<'a> {
    store: &'a Store,
    call: &'a Invocation,
    request: Request,
    read: &'a CheckoutRead,
    priced: &'a PricedCart,
    numbers_taken: u32,
}

impl Attempt<'_> {
    /// Reads the stock, takes units and writes the order; again if only the stock has changed. Then a few parts are read, and all
    /// of them only if these do not have the units.
    async fn run(&self, retry: &mut ConflictRetry) -> Result<Result<Versioned<Order>, NotPlaced>, Problem> {
        let (needs, open) = (&self.priced.needs, self.read.locations.open());
        let (mut has_taken_over, mut all) = (false, BTreeMap::new());
        loop {
            let start = usize::try_from(types::random::u64().unwrap_or_default() >> 1).unwrap_or(0);
            let some = self.store.parts_with(&sample(needs, &all, &open, start)).await?;
            let mut routed = route(needs, &some, &open, 0);
            let is_sampled = routed.is_ok();
            if !is_sampled {
                all = self.parts().await?;
                routed = route(needs, &all, &open, start);
            }
            let taken = match routed {
                Ok(taken) => taken,
                Err(_) if !has_taken_over => {
                    has_taken_over = true;
                    if self.take_over().await? {
                        continue;
                    }
                    // What was short a moment ago may have come back with an order that others ended.
                    match route(needs, &self.parts().await?, &open, start) {
                        Ok(_) => continue,
                        Err(short) => return Box::pin(self.sold_out(&short)).await.map(Ok),
                    }
                }
                Err(short) => return Box::pin(self.sold_out(&short)).await.map(Ok),
            };
            let new = self.order(&taken, if is_sampled { &some } else { &all })?;
            let outbox = outbox(self.call, &new.facts, self.request.now)?;
            match self.store.place(&new, &self.read.cart.cart, &self.call.source_ip, &outbox).await {
                Ok(()) => return Ok(Ok(Versioned::new(new.order, 1))),
                Err(NotPlaced::Stock) => retry.pause().await?,
                Err(other) => return Ok(Err(other)),
            }
        }
    }

    /// Ends a request whose units are not there. A duplicate of it may have taken the last ones since this one began: then its
    /// order is the reply. It is read after the stock, so that an order that took units from that reading is seen.
    async fn sold_out(&self, short: &OutOfStock) -> Result<Versioned<Order>, Problem> {
        match self.store.order(self.request.order, Read::Strong).await? {
            Some(order) => repeated(order, self.request.cart),
            None => Err(out_of_stock(short, &self.priced.lines)),
        }
    }

    async fn parts(&self) -> Result<BTreeMap<VariantId, Vec<Part>>, StoreError> {
        self.store.free_parts(self.priced.needs.keys().copied(), &self.read.locations.open()).await
    }

    fn order(
        &self,
        taken: &[crate::domain::stock::Taken],
        parts: &BTreeMap<VariantId, Vec<Part>>,
    ) -> Result<NewOrder, Problem> {
        let placing = Placing {
            id: self.request.order,
            number_attempt: self.numbers_taken,
            cart: &self.read.cart.cart.value,
            priced: self.priced,
            settings: &self.read.settings,
            now: self.request.now,
        };
        placing.order(taken, parts).ok_or_else(|| Problem::internal("a cart without problems lacks something"))
    }

    /// Ends lapsed orders that hold units of what is needed. True if there was one.
    async fn take_over(&self) -> Result<bool, StoreError> {
        let variants = self.priced.needs.keys().copied().collect();
        let lapsed = self.store.lapsed_with(self.request.now, &variants, MAX_TAKEOVERS).await?;
        let mut has_ended = false;
        for order in lapsed {
            has_ended |= match lapse(self.store, self.call, order, self.request.now).await {
                Ok(is_over) => is_over,
                // Others end it at the same time: the units are looked for again anyway.
                Err(StoreError::Contended { .. }) => false,
                Err(error) => return Err(error),
            };
        }
        Ok(has_ended)
    }
}
