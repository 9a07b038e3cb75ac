//! Messages to buyers about their orders: to users through their preferences, to guests by the address of the order.
//!
//! Anybody can place an order as a guest and name any address. So guests get their first message when the order is confirmed
//! and paid for; of orders that cost nothing only those about shipments, which the shop has decided on. Messages contain nothing
//! that the buyer wrote.

use std::collections::BTreeMap;

use contracts::notifications::{Category, MailRequested, Message, NotificationRequested};
use contracts::orders::SoldUnits;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{BuyerId, OrderId, RefundId, UserId, Uuid, derive_id};

use super::amounts::money;
use super::cart::Language;
use super::placed::{Happened, Order};
use super::shipment::{Shipment, ShipmentState};

/// How long a message is remembered: longer than an event can be delivered again.
pub const MEMORY: SignedDuration = SignedDuration::from_hours(24 * 90);
/// Maximum number of lines that a message names. Of the others it says the number.
const MAX_LINES: usize = 10;

/// The record of a message, by which a repeated event is recognized.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderNotice {
    /// The order.
    pub order_id: OrderId,
    /// What it was about.
    pub cause: String,
    /// When it was requested.
    pub at: Timestamp,
}

impl OrderNotice {
    /// Returns when it may be forgotten.
    pub fn forgotten_at(&self) -> Timestamp {
        self.at + MEMORY
    }
}

/// What a message is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// The order was placed.
    Placed,
    /// It is going to be shipped.
    Confirmed,
    /// A shipment left.
    Shipped {
        /// The shipment.
        shipment: Shipment,
        /// Its units.
        units: Vec<SoldUnits>,
        /// Whether nothing remains to be shipped.
        is_last: bool,
    },
    /// A shipment was delivered.
    Delivered(Shipment),
    /// Units were cancelled.
    Cancelled {
        /// The event, since an order may be cancelled several times.
        event: Uuid,
        /// The units.
        units: Vec<SoldUnits>,
        /// Whether nothing of the order remains.
        is_complete: bool,
    },
    /// A refund was sent.
    Refunded {
        /// The refund.
        refund_id: RefundId,
        /// Amount in minor units.
        amount: i64,
    },
}

/// The request of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// To a user.
    User(NotificationRequested),
    /// To the address of a guest.
    Guest(MailRequested),
}

/// Returns the request of a message and its record. `None` if nobody is told.
pub fn notice(order: &Order, subject: &Subject, now: Timestamp) -> Option<(OrderNotice, Request)> {
    if !is_current(subject) {
        return None;
    }
    let cause = cause(subject);
    let notification_id = derive_id(&["order notice", &order.id.to_string(), &cause]);
    let message = message(order, subject);
    let request = match order.buyer? {
        BuyerId::User(user) => Request::User(to_user(notification_id, user, message)),
        BuyerId::Guest(_) => {
            let contact = order.contact.as_ref().filter(|_| is_for_guests(order, subject))?;
            let language = match contact.language {
                Language::En => "en",
                Language::De => "de",
            };
            let language = Some(language.to_owned());
            // With the number and the address, the guest gets a key for the order. A key in a message would stand in archives.
            let message = Message { link: Some(format!("/orders/{}", order.number)), ..message };
            Request::Guest(MailRequested { notification_id, email: contact.email.clone(), language, message })
        }
    };
    Some((OrderNotice { order_id: order.id, cause, at: now }, request))
}

/// A shipment that was cancelled meanwhile is not announced any more.
fn is_current(subject: &Subject) -> bool {
    match subject {
        Subject::Shipped { shipment, .. } | Subject::Delivered(shipment) => {
            !matches!(shipment.state, ShipmentState::Cancelled { .. })
        }
        _ => true,
    }
}

fn is_for_guests(order: &Order, subject: &Subject) -> bool {
    let was_confirmed = order.history.iter().any(|entry| entry.what == Happened::Confirmed);
    match subject {
        Subject::Placed => false,
        Subject::Confirmed => order.totals.total > 0,
        Subject::Cancelled { .. } => was_confirmed && order.totals.total > 0,
        Subject::Shipped { .. } | Subject::Delivered(_) | Subject::Refunded { .. } => true,
    }
}

fn to_user(notification_id: Uuid, user: UserId, message: Message) -> NotificationRequested {
    NotificationRequested {
        notification_id,
        recipients: vec![user],
        category: Category::Account,
        message,
        channels: None,
    }
}

fn cause(subject: &Subject) -> String {
    match subject {
        Subject::Placed => "placed".to_owned(),
        Subject::Confirmed => "confirmed".to_owned(),
        Subject::Shipped { shipment, .. } => format!("shipped#{}", shipment.number),
        Subject::Delivered(shipment) => format!("delivered#{}", shipment.number),
        Subject::Cancelled { event, .. } => format!("cancelled#{event}"),
        Subject::Refunded { refund_id, .. } => format!("refunded#{refund_id}"),
    }
}

fn message(order: &Order, subject: &Subject) -> Message {
    let mut data = BTreeMap::from([
        ("number".to_owned(), order.number.to_string()),
        ("order_id".to_owned(), order.id.to_string()),
    ]);
    let mut add = |name: &str, text: String| drop(data.insert(name.to_owned(), text));
    let total = money(order.totals.total, &order.totals.currency);
    let template = match subject {
        Subject::Placed | Subject::Confirmed => {
            add_lines(order, &order.sold(), &mut add);
            add("total", total);
            if *subject == Subject::Placed { "order_placed" } else { "order_confirmed" }
        }
        Subject::Shipped { shipment, units, is_last } => {
            add_lines(order, units, &mut add);
            if let Some(carrier) = &shipment.tracking.carrier {
                add("carrier", carrier.clone());
            }
            if let Some(number) = &shipment.tracking.number {
                add("tracking", number.clone());
            }
            if *is_last {
                add("is_last", "true".to_owned());
            }
            "order_shipped"
        }
        Subject::Delivered(shipment) => {
            if let Some(carrier) = &shipment.tracking.carrier {
                add("carrier", carrier.clone());
            }
            "order_delivered"
        }
        Subject::Cancelled { units, is_complete, .. } => {
            add_lines(order, units, &mut add);
            if *is_complete {
                add("is_complete", "true".to_owned());
            }
            "order_cancelled"
        }
        Subject::Refunded { amount, .. } => {
            add("amount", money(*amount, &order.totals.currency));
            "order_refunded"
        }
    };
    Message { template: template.to_owned(), data, link: Some(format!("/orders/{}", order.id)) }
}

/// Adds what units are of. A bundle of which only a component is among them is named without a number.
fn add_lines(order: &Order, units: &[SoldUnits], add: &mut impl FnMut(&str, String)) {
    let mut lines: BTreeMap<u32, Option<u32>> = BTreeMap::new();
    for SoldUnits { line, variant_id, quantity, .. } in units {
        let about = usize::try_from(*line).ok().and_then(|index| order.lines.get(index));
        let is_whole = about.is_some_and(|about| about.variant_id == *variant_id);
        let known = lines.entry(*line).or_insert(Some(0));
        *known = known.filter(|_| is_whole).map(|known| known + quantity);
    }
    let title =
        |line: &u32| usize::try_from(*line).ok().and_then(|index| order.lines.get(index)).map(|line| &line.title);
    let text = |(line, quantity): (&u32, &Option<u32>)| {
        let title = title(line)?;
        Some(quantity.map_or_else(|| title.clone(), |quantity| format!("{quantity} × {title}")))
    };
    let texts: Vec<String> = lines.iter().filter_map(text).collect();
    let shown = texts.len().min(MAX_LINES);
    add("lines", texts.iter().take(shown).cloned().collect::<Vec<_>>().join("\n\n"));
    if texts.len() > shown {
        add("more", (texts.len() - shown).to_string());
    }
}

#[cfg(test)]
#[path = "order_notice_tests.rs"]
mod tests;
