//! Shipments, returns, invoices and messages of orders. Each changes in one transaction with its order, under the order's
//! version. Reads by the number of an order take a round trip more than those by its ID.

use contracts::Envelope;
use dynamo::{
    Cancelled, Entity, Key, Outbox, Read, StoreError, Transaction, TransactionError, Versioned, is_committed,
    is_written,
};
use types::{LocationId, MovementId, OrderId, VariantId, derive_id};

use super::orders::{order_key, order_transaction_entry};
use super::user_copies::{UserInvoice, with_return_copy};
use super::{Orders, Store, checkout_key, level_key};
use crate::domain::checkout::CheckoutSettings;
use crate::domain::invoice::{Invoice, InvoiceCounter, Issued};
use crate::domain::level::StockLevel;
use crate::domain::movement::{Movement, MovementReason, Quantity};
use crate::domain::order_notice::{OrderNotice, Request};
use crate::domain::order_number::OrderName;
use crate::domain::order_return::{MAX_RETURNS, Restocked, Return};
use crate::domain::placed::Order;
use crate::domain::shipment::{MAX_SHIPMENTS, Shipment};
use crate::domain::stock::Taken;
use crate::domain::unit_changes::UnitChanges;

/// Maximum number of documents of an order: its invoice, and a credit note per return and cancellation.
const MAX_INVOICES: u32 = 200;

impl Entity for Shipment {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        shipment_key(self.order_id, Some(self.number))
    }
}

impl Entity for Return {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        return_key(self.order_id, Some(self.number))
    }
}

impl Entity for Invoice {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        invoice_key(self.order_id, Some(self.sequence))
    }
}

impl Entity for InvoiceCounter {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        counter_key(self.year)
    }
}

impl Entity for OrderNotice {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        Key::new("order", self.order_id, format!("notice#{}", self.cause))
    }

    fn expires_at(&self) -> Option<i64> {
        Some(self.forgotten_at().as_second())
    }
}

/// The key of a shipment; without a number, what the keys of all shipments of the order start with.
fn shipment_key(order: OrderId, number: Option<u32>) -> Key<Orders> {
    Key::new("order", order, format!("shipment#{}", sortable(number)))
}

fn return_key(order: OrderId, number: Option<u32>) -> Key<Orders> {
    Key::new("order", order, format!("return#{}", sortable(number)))
}

fn invoice_key(order: OrderId, number: Option<u32>) -> Key<Orders> {
    Key::new("order", order, format!("invoice#{}", sortable(number)))
}

fn counter_key(year: i16) -> Key<Orders> {
    Key::new("invoices", year, "counter")
}

/// A number as a text that sorts as the number does.
fn sortable(number: Option<u32>) -> String {
    number.map(|number| format!("{number:05}")).unwrap_or_default()
}

/// An order with other items of its partition.
#[derive(Debug)]
pub struct With<T> {
    /// The order.
    pub order: Versioned<Order>,
    /// The other items, by rising number.
    pub items: Vec<Versioned<T>>,
}

/// An order with its returns and shipments.
#[derive(Debug)]
pub struct ReturnsRead {
    /// The order.
    pub order: Versioned<Order>,
    /// Its returns, by rising number.
    pub returns: Vec<Versioned<Return>>,
    /// Its shipments, by rising number.
    pub shipments: Vec<Versioned<Shipment>>,
}

/// An order with one of its returns, and which of the places for its units exist.
#[derive(Debug)]
pub struct ReturnRead {
    /// The order.
    pub order: Versioned<Order>,
    /// The return.
    pub returned: Versioned<Return>,
    /// Places that are not stocked.
    pub unknown: Vec<(VariantId, LocationId)>,
}

/// What issuing a document reads.
#[derive(Debug)]
pub struct InvoicesRead {
    /// The order.
    pub order: Versioned<Order>,
    /// Its documents, oldest first.
    pub documents: Vec<Versioned<Invoice>>,
    /// The seller and the prefix of numbers.
    pub settings: CheckoutSettings,
    /// The numbers of the year.
    pub counter: Option<Versioned<InvoiceCounter>>,
}

/// A change of a shipment with its order.
#[derive(Debug)]
pub struct ShipmentWrite<'a> {
    /// The order as it was read.
    pub read: &'a Versioned<Order>,
    /// The order after the change.
    pub order: Order,
    /// The shipment as it was read. None for a new one.
    pub before: Option<&'a Versioned<Shipment>>,
    /// The shipment after the change.
    pub shipment: &'a Shipment,
    /// Units that leave stock.
    pub leaving: &'a [Taken],
    /// Units that come back.
    pub returning: &'a [Taken],
    /// Units among them that are free again.
    pub freed: &'a [Taken],
    /// Events.
    pub outbox: &'a Outbox,
}

/// Why a change was not written.
#[derive(Debug)]
pub enum NotShipped {
    /// Something changed since it was read.
    Conflict,
    /// Fewer units of a variant are on hand: they were sold before they arrived.
    NotOnHand(VariantId),
    /// More units of a variant than a location can have would be on hand.
    TooMuchStock(VariantId),
    /// The table failed.
    Store(StoreError),
}

/// Why a change of a return was not written.
#[derive(Debug)]
pub enum NotReturned {
    /// Something changed since it was read.
    Conflict,
    /// More units of a variant than a location can have would be on hand.
    TooMuchStock(VariantId),
    /// The table failed.
    Store(StoreError),
}

impl Store {
    /// Reads an order with its shipments: one round trip.
    pub async fn order_with_shipments(&self, name: &OrderName) -> Result<Option<With<Shipment>>, StoreError> {
        let Some(id) = self.order_id(name).await? else { return Ok(None) };
        let shipments = self.table.list_strong::<Shipment>(shipment_key(id, None), false, MAX_SHIPMENTS, None);
        let (order, shipments) = futures::try_join!(self.order(id, Read::Strong), shipments)?;
        Ok(order.map(|order| With { order, items: shipments.items }))
    }

    /// Reads an order with its returns: one round trip.
    pub async fn order_with_returns(&self, name: &OrderName) -> Result<Option<With<Return>>, StoreError> {
        let Some(id) = self.order_id(name).await? else { return Ok(None) };
        let returns = self.table.list_strong::<Return>(return_key(id, None), false, MAX_RETURNS, None);
        let (order, returns) = futures::try_join!(self.order(id, Read::Strong), returns)?;
        Ok(order.map(|order| With { order, items: returns.items }))
    }

    /// Reads an order with its invoices and credit notes: one round trip.
    pub async fn order_with_invoices(&self, name: &OrderName) -> Result<Option<With<Invoice>>, StoreError> {
        let Some(id) = self.order_id(name).await? else { return Ok(None) };
        let invoices = self.table.list_strong::<Invoice>(invoice_key(id, None), false, MAX_INVOICES, None);
        let (order, invoices) = futures::try_join!(self.order(id, Read::Strong), invoices)?;
        Ok(order.map(|order| With { order, items: invoices.items }))
    }

    /// Reads an order with its returns and shipments: one round trip.
    pub async fn returns(&self, name: &OrderName) -> Result<Option<ReturnsRead>, StoreError> {
        let Some(id) = self.order_id(name).await? else { return Ok(None) };
        let returns = self.table.list_strong::<Return>(return_key(id, None), false, MAX_RETURNS, None);
        let shipments = self.table.list_strong::<Shipment>(shipment_key(id, None), false, MAX_SHIPMENTS, None);
        let (order, returns, shipments) = futures::try_join!(self.order(id, Read::Strong), returns, shipments)?;
        Ok(order.map(|order| ReturnsRead { order, returns: returns.items, shipments: shipments.items }))
    }

    /// Reads an order with one of its shipments: one round trip.
    pub async fn shipment(
        &self,
        name: &OrderName,
        number: u32,
    ) -> Result<Option<(Versioned<Order>, Versioned<Shipment>)>, StoreError> {
        let Some(id) = self.order_id(name).await? else { return Ok(None) };
        let keys = vec![order_key(id), shipment_key(id, Some(number))];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let order = found.take::<Order>(order_key(id))?;
        Ok(order.zip(found.take::<Shipment>(shipment_key(id, Some(number)))?))
    }

    /// Reads an order with one of its invoices: one round trip.
    pub async fn invoice(
        &self,
        name: &OrderName,
        number: u32,
    ) -> Result<Option<(Versioned<Order>, Versioned<Invoice>)>, StoreError> {
        let Some(id) = self.order_id(name).await? else { return Ok(None) };
        let keys = vec![order_key(id), invoice_key(id, Some(number))];
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let order = found.take::<Order>(order_key(id))?;
        Ok(order.zip(found.take::<Invoice>(invoice_key(id, Some(number)))?))
    }

    /// Reads an order with one of its returns, and checks that places are stocked: one round trip.
    pub async fn returned(
        &self,
        name: &OrderName,
        number: u32,
        restocked: &[Restocked],
    ) -> Result<Option<ReturnRead>, StoreError> {
        let Some(id) = self.order_id(name).await? else { return Ok(None) };
        let place = |restocked: &Restocked| (restocked.variant_id, restocked.location_id);
        let places: std::collections::BTreeSet<_> = restocked.iter().map(place).collect();
        let level = |(variant, location): &(VariantId, LocationId)| level_key(*variant, Some(*location));
        let mut keys = vec![order_key(id), return_key(id, Some(number))];
        keys.extend(places.iter().map(level));
        let mut found = self.table.get_many(keys, Read::Strong).await?;
        let order = found.take::<Order>(order_key(id))?;
        let returned = found.take::<Return>(return_key(id, Some(number)))?;
        let mut unknown = Vec::new();
        for place in &places {
            if found.take::<StockLevel>(level(place))?.is_none() {
                unknown.push(*place);
            }
        }
        Ok(order.zip(returned).map(|(order, returned)| ReturnRead { order, returned, unknown }))
    }

    /// Writes a shipment with its order, units on hand and movements.
    pub async fn write_shipment(&self, write: ShipmentWrite<'_>) -> Result<Versioned<Shipment>, NotShipped> {
        let ShipmentWrite { read, mut order, before, shipment, leaving, returning, freed, outbox } = write;
        let mut units = UnitChanges::default();
        units.ship(leaving);
        units.unship(returning);
        units.release(freed);
        let mut transaction = self.order_transaction(read, &mut order, &units, outbox);
        let first_unit = 1 + order_transaction_entry(read, &order);
        transaction = match before {
            Some(before) => transaction.replace(before, shipment, &Outbox::none()),
            None => transaction.create(shipment, &Outbox::none()),
        };
        let reason = if leaving.is_empty() { MovementReason::ShipmentCancelled } else { MovementReason::Shipped };
        let cause = format!("{reason:?}#{}", shipment.number);
        let at = order.history.last().map_or(shipment.shipped_at, |entry| entry.at);
        for (variant, location, change) in units.iter() {
            transaction =
                with_movement(transaction, read.value.id, &cause, (variant, location, change.on_hand, reason, at));
        }
        match transaction.commit().await {
            Ok(()) => {
                Ok(before
                    .map_or_else(|| Versioned::new(shipment.clone(), 1), |before| before.successor(shipment.clone())))
            }
            Err(error) if error.is_contended() => Err(NotShipped::Conflict),
            Err(TransactionError::Store(error)) => Err(NotShipped::Store(error)),
            // A stale order says nothing about its units.
            Err(TransactionError::Cancelled(why)) if why.failed(0) => Err(NotShipped::Conflict),
            Err(TransactionError::Cancelled(why)) => {
                let reason = if leaving.is_empty() { NotShipped::TooMuchStock } else { NotShipped::NotOnHand };
                Err(out_of_bounds(&why, &units, first_unit).map_or(NotShipped::Conflict, reason))
            }
        }
    }

    /// Writes a shipment alone: carrier and tracking number. False if it changed since it was read.
    pub async fn write_tracking(&self, read: &Versioned<Shipment>, next: &Shipment) -> Result<bool, StoreError> {
        is_written(self.table.replace(read, next.clone(), &Outbox::none()).await)
    }

    /// Writes a return with its order, and the units that are sold again.
    pub async fn write_return(
        &self,
        read: &Versioned<Order>,
        mut order: Order,
        before: Option<&Versioned<Return>>,
        returned: &Return,
        restocked: &[Restocked],
        outbox: &Outbox,
    ) -> Result<(), NotReturned> {
        let mut units = UnitChanges::default();
        for Restocked { variant_id, location_id, quantity } in restocked {
            units.restock(*variant_id, *location_id, *quantity);
        }
        let mut transaction = self.order_transaction(read, &mut order, &units, outbox);
        let first_unit = 1 + order_transaction_entry(read, &order);
        transaction = match before {
            Some(before) => transaction.replace(before, returned, &Outbox::none()),
            None => transaction.create(returned, &Outbox::none()),
        };
        transaction = with_return_copy(transaction, before, returned, &read.value);
        let cause = format!("{:?}#{}", MovementReason::Returned, returned.number);
        let at = order.history.last().map_or(returned.requested_at, |entry| entry.at);
        for (variant, location, change) in units.iter() {
            let what = (variant, location, change.on_hand, MovementReason::Returned, at);
            transaction = with_movement(transaction, read.value.id, &cause, what);
        }
        match transaction.commit().await {
            Ok(()) => Ok(()),
            Err(error) if error.is_contended() => Err(NotReturned::Conflict),
            Err(TransactionError::Store(error)) => Err(NotReturned::Store(error)),
            // A stale order says nothing about its units.
            Err(TransactionError::Cancelled(why)) if why.failed(0) => Err(NotReturned::Conflict),
            Err(TransactionError::Cancelled(why)) => {
                let too_much = out_of_bounds(&why, &units, first_unit);
                Err(too_much.map_or(NotReturned::Conflict, NotReturned::TooMuchStock))
            }
        }
    }

    /// Reads what issuing a document needs: one round trip.
    pub async fn invoices(&self, id: OrderId, year: i16) -> Result<Option<InvoicesRead>, StoreError> {
        let keys = vec![order_key(id), checkout_key(), counter_key(year)];
        let documents = self.table.list_strong::<Invoice>(invoice_key(id, None), false, MAX_INVOICES, None);
        let (mut found, documents) = futures::try_join!(self.table.get_many(keys, Read::Strong), documents)?;
        let Some(order) = found.take::<Order>(order_key(id))? else { return Ok(None) };
        let settings = found.take::<CheckoutSettings>(checkout_key())?;
        Ok(Some(InvoicesRead {
            order,
            documents: documents.items,
            settings: settings.map(|settings| settings.value).unwrap_or_default(),
            counter: found.take(counter_key(year))?,
        }))
    }

    /// Writes a document with the number that it takes. False if the order or the numbers changed since they were read: then
    /// no number is taken.
    pub async fn issue(&self, read: &InvoicesRead, issued: Issued) -> Result<bool, StoreError> {
        let Issued { invoice, mut order, counter } = issued;
        let none = Outbox::none();
        let transaction = self.order_transaction(&read.order, &mut order, &UnitChanges::default(), &none);
        let transaction = transaction.create(&invoice, &none);
        let transaction = match UserInvoice::of(&invoice, &read.order.value) {
            Some(copy) => transaction.create(&copy, &none),
            None => transaction,
        };
        let transaction = match &read.counter {
            Some(before) => transaction.replace(before, &counter, &none),
            None => transaction.create(&counter, &none),
        };
        is_committed(transaction.commit().await)
    }

    /// Records a message with its request. False if it was requested before.
    pub async fn request_notice<T: contracts::DomainEvent>(
        &self,
        notice: &OrderNotice,
        event: Envelope<T>,
    ) -> Result<bool, kit::sqs::Failure> {
        Ok(is_written(self.table.create(notice.clone(), &Outbox::of(event)?).await)?)
    }
}

/// A movement: variant, location, units, reason and time.
type Moved = (VariantId, LocationId, i64, MovementReason, jiff::Timestamp);

/// Adds a movement that an order caused. Its ID is derived from the cause.
fn with_movement(
    transaction: Transaction<Orders>,
    order: OrderId,
    cause: &str,
    (variant_id, location_id, units, reason, at): Moved,
) -> Transaction<Orders> {
    let Ok(quantity) = Quantity::new(units) else { return transaction };
    let parts = ["movement", &order.to_string(), cause, &variant_id.to_string(), &location_id.to_string()];
    let id = MovementId::new(derive_id(&parts));
    let movement = Movement { id, variant_id, location_id, quantity, reason, order_id: Some(order), at };
    transaction.create(&movement, &Outbox::none())
}

/// The variant whose numbers would have left their bounds, if the writes of units from `first` on say so.
fn out_of_bounds(why: &Cancelled, units: &UnitChanges, first: usize) -> Option<VariantId> {
    let mut next = first;
    units.iter().find_map(|(variant, _, change)| {
        let writes = next..next + change.writes();
        next = writes.end;
        writes.into_iter().any(|index| why.failed(index)).then_some(variant)
    })
}

/// The request of a message as it is published.
#[derive(Debug)]
pub enum NoticeEvent {
    /// To a user.
    User(Envelope<contracts::notifications::NotificationRequested>),
    /// To a guest.
    Guest(Envelope<contracts::notifications::MailRequested>),
}

impl NoticeEvent {
    /// The event of a request, caused by another one.
    pub fn of(request: Request, cause: &Envelope<serde_json::Value>, now: jiff::Timestamp) -> Self {
        let id = types::EventId::generate();
        match request {
            Request::User(request) => Self::User(cause.causing(id, now, request)),
            Request::Guest(request) => Self::Guest(cause.causing(id, now, request)),
        }
    }
}
