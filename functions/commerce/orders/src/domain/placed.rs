//! Placed orders as they are stored: what was bought, by whom and for how much, and what happened since.
//!
//! Texts, prices, taxes and discounts are copies: later changes of the catalog, of prices or of settings cannot touch an
//! order. States and units are in [`Fulfilment`], what is known of the money in [`PaymentFacts`].

use std::collections::{BTreeMap, BTreeSet};

use contracts::orders::{OrderFacts, RefundReason, SoldUnits};
use contracts::payments::{CaptureMode, PaymentProviderName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{
    BuyerId, CartId, CurrencyCode, EmailAddress, GuestKeyHash, OrderId, PaymentId, ProductId, PromotionId, RefundId,
    UserId, VariantId,
};

use super::address::Address;
use super::cancellation::Cancellation;
use super::cart::Language;
use super::cart_pricing::SettingsVersions;
use super::names::PromotionCode;
use super::order::{Fulfilment, LineUnits};
use super::order_number::OrderNumber;
use super::pricing::{LineTotals, RateTotals, TaxPolicy};
use super::shipping::ShippingCode;
use super::shop_promotion::UseToCount;

/// Most entries of an order's history. The oldest but the first are dropped beyond it.
pub const MAX_HISTORY: usize = 200;

/// Maximum number of further keys of an order.
pub const MAX_GUEST_KEYS: usize = 5;

/// Where the goods and messages of an order go. Erased with the account of the buyer. `Debug` output is redacted.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// E-mail address for messages about the order.
    pub email: EmailAddress,
    /// Language of the messages.
    pub language: Language,
    /// Where the goods go.
    pub shipping_address: Address,
    /// For the invoice. Absent if it is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_address: Option<Address>,
}

types::redacted!(Contact);

/// What a line is about. Its quantities are in the line of the same index of [`Fulfilment`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// Variant ID. That of the bundle if the line is a bundle.
    pub variant_id: VariantId,
    /// Product ID.
    pub product_id: ProductId,
    /// SKU.
    pub sku: String,
    /// Title of the product.
    pub title: String,
    /// The value of each option of the product.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub choices: BTreeMap<String, String>,
    /// Price of one unit in minor units, as the shop states prices: with or without tax.
    pub unit_price: i64,
    /// Amounts of the line.
    pub totals: LineTotals,
}

/// How an order is shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderShipping {
    /// Code of the shipping method.
    pub code: ShippingCode,
    /// Name of the shipping method.
    pub name: String,
    /// Amounts.
    pub totals: LineTotals,
}

/// The sums of an order, in minor units of its currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderTotals {
    /// Currency of all amounts.
    pub currency: CurrencyCode,
    /// How prices were stated and taxes rounded.
    pub policy: TaxPolicy,
    /// Amounts per tax rate, by rising rate.
    pub taxes: Vec<RateTotals>,
    /// Sum of all discounts.
    pub discount: i64,
    /// Sum without tax.
    pub net: i64,
    /// Sum of the taxes.
    pub tax: i64,
    /// What the buyer pays.
    pub total: i64,
}

/// A promotion that took something off an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedPromotion {
    /// Promotion ID.
    pub promotion_id: PromotionId,
    /// Name of the promotion.
    pub name: String,
    /// The code that the buyer entered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<PromotionCode>,
    /// What it took off in all, in minor units.
    pub amount: i64,
}

/// The progress of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// Owed once the money was captured.
    Waiting,
    /// Owed to the buyer.
    Due,
    /// Sent to the buyer.
    Succeeded,
    /// It did not reach the buyer. A refund can fail after it had succeeded, and never the other way round.
    Failed,
}

/// A refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Amount in minor units.
    pub amount: i64,
    /// Progress.
    pub state: RefundState,
    /// Why it is owed.
    pub reason: RefundReason,
}

/// The progress of a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeState {
    /// Undecided.
    Open,
    /// The shop keeps the money.
    Won,
    /// The buyer got the money back.
    Lost,
}

/// A dispute of the payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// Disputed amount in minor units.
    pub amount: i64,
    /// Progress.
    pub state: DisputeState,
}

/// What is known of the money, in minor units. Each fact only grows, so the order and number of events do not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentFacts {
    /// The payment, once it started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<PaymentId>,
    /// The provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<PaymentProviderName>,
    /// Highest amount that was authorized.
    #[serde(default)]
    pub authorized: i64,
    /// Highest sum of what was captured.
    #[serde(default)]
    pub captured: i64,
    /// Sum of what shipments asked to capture. It counts only if money is captured on shipment.
    #[serde(default)]
    pub capture_requested: i64,
    /// Sum of the captures of all shipments. Unlike `capture_requested` it never falls.
    #[serde(default)]
    pub capture_total: i64,
    /// Whether the payment ended, without money or after a part of it: nothing more will be captured.
    #[serde(default)]
    pub is_closed: bool,
    /// Refunds by their IDs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refunds: BTreeMap<RefundId, Refund>,
    /// Disputes by the provider's IDs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub disputes: BTreeMap<String, Dispute>,
}

impl PaymentFacts {
    /// What was sent back to the buyer.
    pub fn refunded(&self) -> i64 {
        let sent = self.refunds.values().filter(|refund| refund.state == RefundState::Succeeded);
        sent.map(|refund| refund.amount).sum()
    }

    /// What was sent back or is owed.
    pub fn refunded_or_due(&self) -> i64 {
        let kept = self.refunds.values().filter(|refund| refund.state != RefundState::Failed);
        kept.map(|refund| refund.amount).sum()
    }
}

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happened {
    /// It was placed.
    Placed,
    /// The buyer started to pay.
    PaymentStarted,
    /// An amount was authorized.
    PaymentAuthorized {
        /// Amount in minor units.
        amount: i64,
    },
    /// Money was taken.
    PaymentCaptured {
        /// Sum so far in minor units.
        amount: i64,
    },
    /// An attempt to pay failed.
    PaymentFailed,
    /// The payment ended: nothing more will be captured.
    PaymentClosed,
    /// The order is to be shipped.
    Confirmed,
    /// It was not paid in time.
    Lapsed,
    /// Its cancellation waits for the provider.
    CancellationStarted,
    /// Units were cancelled.
    Cancelled {
        /// Number of the cancellation within the order, from 1.
        number: u32,
        /// Whether nothing of the order remains.
        is_complete: bool,
    },
    /// Money goes back to the buyer.
    RefundDue {
        /// Amount in minor units.
        amount: i64,
    },
    /// A refund was sent.
    RefundSucceeded {
        /// Amount in minor units.
        amount: i64,
    },
    /// A refund failed.
    RefundFailed {
        /// Amount in minor units.
        amount: i64,
    },
    /// Money arrived for an order that had ended. It goes back.
    PaymentUnwanted,
    /// The buyer disputes the payment.
    DisputeOpened {
        /// Amount in minor units.
        amount: i64,
    },
    /// A dispute was decided.
    DisputeClosed {
        /// Whether the buyer got the money back.
        is_lost: bool,
    },
    /// A shipment left.
    Shipped {
        /// Number of the shipment.
        shipment: u32,
    },
    /// A shipment was taken back before it left.
    ShipmentCancelled {
        /// Number of the shipment.
        shipment: u32,
    },
    /// A shipment was delivered.
    Delivered {
        /// Number of the shipment.
        shipment: u32,
    },
    /// The buyer wants to return units.
    ReturnRequested {
        /// Number of the return.
        return_number: u32,
    },
    /// Returned units were received.
    ReturnReceived {
        /// Number of the return.
        return_number: u32,
    },
    /// A return was rejected.
    ReturnRejected {
        /// Number of the return.
        return_number: u32,
    },
    /// An invoice or a credit note was issued.
    Invoiced {
        /// Number within the order.
        invoice: u32,
    },
    /// The account of the buyer was deleted or given back; the order belongs to nobody any more.
    Detached,
}

/// An entry of an order's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Time.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub what: Happened,
}

/// Numbers that were given within an order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Cancellations.
    #[serde(default)]
    pub cancellations: u32,
    /// Shipments, those taken back included.
    #[serde(default)]
    pub shipments: u32,
    /// Returns.
    #[serde(default)]
    pub returns: u32,
    /// Invoices and credit notes.
    #[serde(default)]
    pub invoices: u32,
    /// Entries of units of all shipments.
    #[serde(default)]
    pub shipped_entries: u32,
    /// Entries of units of all returns.
    #[serde(default)]
    pub returned_entries: u32,
}

/// Settings that the order was placed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Versions of the settings that it was priced with.
    pub versions: SettingsVersions,
    /// When money is captured.
    pub capture: CaptureMode,
    /// Days after delivery within which the buyer may return units.
    pub return_days: u16,
}

/// A placed order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// Order ID.
    pub id: OrderId,
    /// Order number, as the buyer sees it.
    pub number: OrderNumber,
    /// The cart that it was placed from.
    pub cart_id: CartId,
    /// Who placed it. None once the account was deleted, or given back to the owner of its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<BuyerId>,
    /// Further keys that open the order of a guest, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guest_keys: Vec<GuestKeyHash>,
    /// Where goods and messages go. None once it was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// What the lines are about.
    pub lines: Vec<OrderLine>,
    /// How it is shipped.
    pub shipping: OrderShipping,
    /// The sums.
    pub totals: OrderTotals,
    /// Promotions that took something off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promotions: Vec<UsedPromotion>,
    /// Uses of promotions that were counted, and are given back if the order lapses or is cancelled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uses: Vec<UseToCount>,
    /// Settings that it was placed with.
    pub terms: Terms,
    /// State and units.
    pub fulfilment: Fulfilment,
    /// What is known of the money.
    pub payment: PaymentFacts,
    /// Cancellations that were accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancellations: Vec<Cancellation>,
    /// Numbers that were given.
    #[serde(default)]
    pub counters: Counters,
    /// What happened, oldest first.
    pub history: Vec<HistoryEntry>,
    /// Version of the order's entry in the lists.
    pub entry_version: u64,
    /// When it was placed.
    pub placed_at: Timestamp,
}

impl Order {
    /// The user who placed it. None for guests, and once it belongs to nobody.
    pub fn user_id(&self) -> Option<UserId> {
        self.buyer.and_then(BuyerId::user_id)
    }

    /// True if a buyer may see it: who placed it, or a guest with one of its further keys.
    pub fn is_open_to(&self, id: BuyerId) -> bool {
        self.buyer == Some(id) || matches!(id, BuyerId::Guest(key) if self.guest_keys.contains(&key))
    }

    /// True if a guest placed it with this e-mail address.
    pub fn is_of_guest(&self, email: &EmailAddress) -> bool {
        matches!(self.buyer, Some(BuyerId::Guest(_)))
            && self.contact.as_ref().is_some_and(|contact| contact.email == *email)
    }

    /// The order with a further key. The oldest is not valid any more if there are too many.
    #[must_use]
    pub fn with_guest_key(&self, key: GuestKeyHash) -> Self {
        let mut next = self.clone();
        next.guest_keys.push(key);
        let surplus = next.guest_keys.len().saturating_sub(MAX_GUEST_KEYS);
        next.guest_keys.drain(..surplus);
        next
    }

    /// What every event says about the order.
    pub fn facts(&self) -> OrderFacts {
        OrderFacts {
            order_id: self.id,
            number: self.number.to_string(),
            user_id: self.user_id(),
            currency: self.totals.currency.clone(),
            total_minor: self.totals.total,
            placed_at: self.placed_at,
        }
    }

    /// All units that were ordered, for events.
    pub fn sold(&self) -> Vec<SoldUnits> {
        let all = self.fulfilment.lines.iter().enumerate();
        self.sold_units(all.map(|(line, units)| (LineUnits { line, quantity: units.ordered }, units.gross)))
    }

    /// Units of lines with what the buyer pays for them, for events.
    pub fn sold_units(&self, units: impl IntoIterator<Item = (LineUnits, i64)>) -> Vec<SoldUnits> {
        let sold = |(LineUnits { line, quantity }, gross_minor)| {
            let OrderLine { variant_id, product_id, .. } = self.lines.get(line)?;
            let index = u32::try_from(line).ok()?;
            Some(SoldUnits { line: index, variant_id: *variant_id, product_id: *product_id, quantity, gross_minor })
        };
        units.into_iter().filter(|(units, _)| units.quantity > 0).filter_map(sold).collect()
    }

    /// The variants whose units it may hold, components of bundles included.
    pub fn stock_items(&self) -> BTreeSet<VariantId> {
        let items = self.fulfilment.lines.iter().flat_map(|line| &line.items);
        items.map(|item| item.component.variant_id).collect()
    }

    /// The order without its buyer, whose account was deleted or given back; erased, also without e-mail address, names and
    /// addresses. `None` if it is like that already.
    pub fn detached(&self, erase: bool, now: Timestamp) -> Option<Self> {
        let contact = if erase { None } else { self.contact.clone() };
        if self.buyer.is_none() && self.contact == contact {
            return None;
        }
        let mut next = Self { buyer: None, contact, ..self.clone() };
        next.note(now, Happened::Detached);
        Some(next)
    }

    /// Adds to the history.
    pub fn note(&mut self, at: Timestamp, what: Happened) {
        if self.history.len() >= MAX_HISTORY {
            // The first says when the order was placed.
            self.history.remove(1);
        }
        self.history.push(HistoryEntry { at, what });
    }
}
