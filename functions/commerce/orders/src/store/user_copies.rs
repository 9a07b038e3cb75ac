//! Copies under a user of what their orders have elsewhere, for the export of personal data, which reads no other partition
//! ([ADR 0011](../../../../../docs/adr/0011-data-export.md)).
//!
//! They change in the transactions that change the originals, under the version of the order. An order that was taken away from
//! its buyer gets no more copies, and those that it has are deleted with it.

use dynamo::{Entity, Key, Outbox, StoreError, Transaction, Versioned};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{Money, OrderId, UserId};

use super::{Orders, Store, UserOrder};
use crate::domain::address::Address;
use crate::domain::invoice::{Invoice, InvoiceKind, InvoiceNumber};
use crate::domain::order_number::OrderNumber;
use crate::domain::order_return::{MAX_RETURNS, Return, ReturnLine, ReturnReason, ReturnState};
use crate::domain::placed::Order;

/// Maximum number of copies of one kind that an order has: documents.
const MAX_COPIES: u32 = 200;
const _: () = assert!(MAX_RETURNS <= MAX_COPIES);

/// A copy of an invoice or a credit note, without its lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct UserInvoice {
    user_id: UserId,
    order_id: OrderId,
    /// Number within the order.
    sequence: u32,
    document_number: InvoiceNumber,
    #[serde(flatten)]
    kind: InvoiceKind,
    issued_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recipient: Option<Address>,
    total: Money,
}

impl UserInvoice {
    /// The copy of a document. None if the order is not a user's.
    pub(super) fn of(invoice: &Invoice, order: &Order) -> Option<Self> {
        Some(Self {
            user_id: order.user_id()?,
            order_id: invoice.order_id,
            sequence: invoice.sequence,
            document_number: invoice.number.clone(),
            kind: invoice.kind.clone(),
            issued_at: invoice.issued_at,
            recipient: invoice.recipient.clone(),
            total: Money::new(invoice.total, invoice.currency.clone()),
        })
    }
}

impl Entity for UserInvoice {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        Key::new("user", self.user_id, format!("invoice#{}#{:05}", self.order_id, self.sequence))
    }
}

/// A copy of a return, without where its units went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct UserReturn {
    user_id: UserId,
    order_id: OrderId,
    order_number: OrderNumber,
    number: u32,
    lines: Vec<ReturnLine>,
    reason: ReturnReason,
    requested_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refund: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rejection_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    settled_at: Option<Timestamp>,
}

impl UserReturn {
    /// The copy of a return. None if the order is not a user's.
    fn of(returned: &Return, order: &Order) -> Option<Self> {
        let (refund, rejection_reason, settled_at) = match &returned.state {
            ReturnState::Requested => (None, None, None),
            ReturnState::Received { received_at, refund, .. } => {
                (Some(Money::new(*refund, order.totals.currency.clone())), None, Some(*received_at))
            }
            ReturnState::Rejected { rejected_at, reason } => (None, Some(reason.clone()), Some(*rejected_at)),
        };
        Some(Self {
            user_id: order.user_id()?,
            order_id: returned.order_id,
            order_number: order.number.clone(),
            number: returned.number,
            lines: returned.lines.clone(),
            reason: returned.reason,
            requested_at: returned.requested_at,
            refund,
            rejection_reason,
            settled_at,
        })
    }
}

impl Entity for UserReturn {
    type Context = Orders;

    fn key(&self) -> Key<Orders> {
        Key::new("user", self.user_id, format!("return#{}#{:05}", self.order_id, self.number))
    }
}

/// Adds the copy of a return to the transaction that writes it. A copy has the version of its original.
pub(super) fn with_return_copy(
    transaction: Transaction<Orders>,
    before: Option<&Versioned<Return>>,
    returned: &Return,
    order: &Order,
) -> Transaction<Orders> {
    let Some(copy) = UserReturn::of(returned, order) else { return transaction };
    match before.and_then(|before| Some(Versioned::new(UserReturn::of(&before.value, order)?, before.version))) {
        Some(before) => transaction.replace(&before, &copy, &Outbox::none()),
        None => transaction.create(&copy, &Outbox::none()),
    }
}

impl Store {
    /// Deletes what a user has of an order that was taken away from them: the pointer to it and the copies. True if the pointer
    /// was there.
    pub(super) async fn remove_copies(&self, pointer: Versioned<UserOrder>) -> Result<bool, StoreError> {
        let UserOrder { user_id, order_id, .. } = pointer.value;
        let invoices = Key::new("user", user_id, format!("invoice#{order_id}#"));
        let returns = Key::new("user", user_id, format!("return#{order_id}#"));
        let invoices = self.table.list_strong::<UserInvoice>(invoices, false, MAX_COPIES, None);
        let returns = self.table.list_strong::<UserReturn>(returns, false, MAX_COPIES, None);
        let (invoices, returns) = futures::try_join!(invoices, returns)?;
        for invoice in invoices.items {
            self.table.remove(invoice).await?;
        }
        for returned in returns.items {
            self.table.remove(returned).await?;
        }
        // The last, so that an attempt that is killed begins again.
        self.table.remove(pointer).await
    }
}
