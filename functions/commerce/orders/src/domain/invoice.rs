//! Invoices and credit notes: what is billed of an order, as it was when the document was issued.
//!
//! Which document is due follows from the order and its latest document alone, so the number and order of events make no
//! difference. An invoice bills everything that was not cancelled or returned. Each credit note takes back what was cancelled
//! or returned since the document before it. Amounts of units are differences of shares, so all credit notes of an order take
//! back exactly what its invoice billed.

use std::collections::BTreeMap;
use std::fmt;

use contracts::payments::CaptureMode;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use money::{Rate, share};
use serde::{Deserialize, Serialize};
use types::{CurrencyCode, OrderId};
use utoipa::ToSchema;

use super::address::Address;
use super::cart::Language;
use super::checkout::{InvoicePrefix, Seller};
use super::order::State;
use super::order_number::OrderNumber;
use super::placed::{Happened, Order};
use super::pricing::{LineTotals, RateTotals, TaxPolicy};

/// Number of an invoice or a credit note: prefix, year and a number without gaps, like `RE-2026-17`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, examples("RE-2026-17"))]
pub struct InvoiceNumber(String);

impl fmt::Display for InvoiceNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The last number that was given in a year. Invoices and credit notes share the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceCounter {
    /// Year in UTC.
    pub year: i16,
    /// Last number.
    pub last: u64,
}

impl InvoiceCounter {
    /// The counter of a year before its first number.
    pub fn new(year: i16) -> Self {
        Self { year, last: 0 }
    }

    /// Returns the year that a time belongs to, in UTC.
    pub fn year_of(at: Timestamp) -> i16 {
        TimeZone::UTC.to_datetime(at).year()
    }

    /// Returns the next number, and the counter after it.
    pub fn next(self, prefix: &InvoicePrefix) -> (InvoiceNumber, Self) {
        let last = self.last + 1;
        (InvoiceNumber(format!("{}-{}-{last}", prefix.as_str(), self.year)), Self { last, ..self })
    }
}

/// What a document is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InvoiceKind {
    /// An invoice.
    Invoice,
    /// A credit note.
    CreditNote {
        /// Number of the invoice that it corrects.
        corrects: InvoiceNumber,
    },
}

/// A line of a document. Amounts are in minor units and never negative, also in a credit note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// Title of the product, or name of the shipping method.
    pub title: String,
    /// SKU. Absent for shipping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The value of each option of the product.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub choices: BTreeMap<String, String>,
    /// Number of units.
    pub quantity: u32,
    /// Price of one unit, as the shop states prices.
    pub unit_price: i64,
    /// What discounts take off.
    pub discount: i64,
    /// Amount without tax.
    pub net: i64,
    /// Tax.
    pub tax: i64,
    /// Tax rate.
    pub tax_rate: Rate,
}

impl InvoiceLine {
    /// What the buyer pays for it.
    pub fn gross(&self) -> i64 {
        self.net + self.tax
    }

    /// The amount as the shop states prices.
    pub fn amount(&self, policy: TaxPolicy) -> i64 {
        if policy.prices_include_tax { self.gross() } else { self.net }
    }
}

/// Units of a line, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptUnits {
    /// The first.
    pub first: u32,
    /// The one after the last.
    pub end: u32,
}

impl KeptUnits {
    /// The units that are not among others, which are part of these: at both ends.
    fn without(self, kept: Self) -> [Self; 2] {
        [Self { first: self.first, end: kept.first }, Self { first: kept.end, end: self.end }]
    }

    fn quantity(self) -> u32 {
        self.end.saturating_sub(self.first)
    }
}

/// How much of an order its documents bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Billed {
    /// The units of each line that are billed: those before the first were returned, those from the end on cancelled.
    pub kept: Vec<KeptUnits>,
    /// Whether shipping costs are billed.
    pub has_shipping: bool,
}

/// A document that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it is.
    pub kind: InvoiceKind,
    /// Its lines. The last one is the shipping, if that is part of it.
    pub lines: Vec<InvoiceLine>,
    /// What is billed after it.
    pub billed: Billed,
}

/// An invoice or a credit note. Once issued it never changes; it is kept when the buyer's account is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// The order.
    pub order_id: OrderId,
    /// Number within the order, from 1.
    pub sequence: u32,
    /// Number of the document.
    pub number: InvoiceNumber,
    /// What it is.
    #[serde(flatten)]
    pub kind: InvoiceKind,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// Order number.
    pub order_number: OrderNumber,
    /// When the order was placed.
    pub ordered_at: Timestamp,
    /// Who issued it.
    pub seller: Seller,
    /// Whom it is for. Absent if the buyer's data had been erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Address>,
    /// Language.
    #[serde(default)]
    pub language: Language,
    /// Currency of all amounts.
    pub currency: CurrencyCode,
    /// How prices are stated and taxes were rounded.
    pub policy: TaxPolicy,
    /// Its lines.
    pub lines: Vec<InvoiceLine>,
    /// Amounts per tax rate, by rising rate.
    pub taxes: Vec<RateTotals>,
    /// Sum without tax.
    pub net: i64,
    /// Sum of the taxes.
    pub tax: i64,
    /// What is to be paid, or is paid back.
    pub total: i64,
    /// What is billed after it.
    pub billed: Billed,
}

/// What a document is issued with.
#[derive(Debug, Clone, Copy)]
pub struct Issuer<'a> {
    /// Who issues it.
    pub seller: &'a Seller,
    /// What numbers begin with.
    pub prefix: &'a InvoicePrefix,
    /// The last number of the year.
    pub counter: InvoiceCounter,
}

/// An issued document, with everything that changes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The document.
    pub invoice: Invoice,
    /// The order after it.
    pub order: Order,
    /// The counter after it.
    pub counter: InvoiceCounter,
}

/// Returns the document that is due, if one is. `documents` are those of the order, oldest first.
///
/// With immediate capture the invoice is due when the order is confirmed, otherwise with the first shipment.
pub fn due(order: &Order, documents: &[Invoice]) -> Option<Draft> {
    let now = Billed {
        kept: order.fulfilment.lines.iter().map(|line| KeptUnits { first: line.returned, end: line.kept() }).collect(),
        has_shipping: order.fulfilment.shipping_gross > 0,
    };
    let (kind, units): (_, Vec<Vec<KeptUnits>>) = match (documents.first(), documents.last()) {
        (Some(first), Some(last)) => {
            let gone = |(before, now): (&KeptUnits, &KeptUnits)| before.without(*now).to_vec();
            let kind = InvoiceKind::CreditNote { corrects: first.number.clone() };
            (kind, last.billed.kept.iter().zip(&now.kept).map(gone).collect())
        }
        _ if is_billable(order) => (InvoiceKind::Invoice, now.kept.iter().map(|kept| vec![*kept]).collect()),
        _ => return None,
    };
    let mut lines: Vec<InvoiceLine> =
        units.iter().enumerate().filter_map(|(index, units)| line_of(order, index, units)).collect();
    let bills_shipping = match documents.last() {
        Some(last) => last.billed.has_shipping && !now.has_shipping,
        None => now.has_shipping,
    };
    if bills_shipping {
        lines.push(shipping_of(order));
    }
    (!lines.is_empty()).then_some(Draft { kind, lines, billed: now })
}

fn is_billable(order: &Order) -> bool {
    match order.terms.capture {
        CaptureMode::Immediate => matches!(order.fulfilment.state, State::Confirmed | State::Closed),
        CaptureMode::OnShipment => {
            order.fulfilment.lines.iter().flat_map(|line| &line.items).any(|item| item.shipped > 0)
        }
    }
}

/// Units of a line. `None` if there are none.
fn line_of(order: &Order, index: usize, billed: &[KeptUnits]) -> Option<InvoiceLine> {
    let (about, units) = (order.lines.get(index)?, order.fulfilment.lines.get(index)?);
    let quantity = Some(billed.iter().map(|units| units.quantity()).sum()).filter(|quantity| *quantity > 0)?;
    let of = units.ordered;
    let part = |total: i64| -> i64 {
        billed.iter().map(|billed| share(total, billed.end, of) - share(total, billed.first, of)).sum()
    };
    let amounts = amounts(order.totals.policy, &about.totals, part);
    let subtotal = about.unit_price.saturating_mul(i64::from(quantity));
    let stated = if order.totals.policy.prices_include_tax { amounts.0 + amounts.1 } else { amounts.0 };
    Some(InvoiceLine {
        title: about.title.clone(),
        sku: Some(about.sku.clone()),
        choices: about.choices.clone(),
        quantity,
        unit_price: about.unit_price,
        discount: subtotal - stated,
        net: amounts.0,
        tax: amounts.1,
        tax_rate: about.totals.tax_rate,
    })
}

/// Net amount and tax of a part of a line. What the shop states is divided, and so is what the buyer pays; the other amount
/// is the difference, so each of the three telescopes.
fn amounts(policy: TaxPolicy, totals: &LineTotals, part: impl Fn(i64) -> i64) -> (i64, i64) {
    let gross = part(totals.gross());
    if policy.prices_include_tax {
        let tax = part(totals.tax);
        (gross - tax, tax)
    } else {
        let net = part(totals.net);
        (net, gross - net)
    }
}

fn shipping_of(order: &Order) -> InvoiceLine {
    let totals = &order.shipping.totals;
    InvoiceLine {
        title: order.shipping.name.clone(),
        sku: None,
        choices: BTreeMap::new(),
        quantity: 1,
        unit_price: totals.subtotal,
        discount: totals.subtotal - totals.amount,
        net: totals.net,
        tax: totals.tax,
        tax_rate: totals.tax_rate,
    }
}

/// Sums per tax rate, by rising rate.
fn taxes(lines: &[InvoiceLine]) -> Vec<RateTotals> {
    let mut rates: BTreeMap<Rate, RateTotals> = BTreeMap::new();
    for line in lines {
        let sums = rates.entry(line.tax_rate).or_insert(RateTotals { rate: line.tax_rate, net: 0, tax: 0 });
        sums.net += line.net;
        sums.tax += line.tax;
    }
    rates.into_values().collect()
}

impl Draft {
    /// Issues the document under the next number.
    pub fn issue(self, order: &Order, issuer: Issuer<'_>, now: Timestamp) -> Issued {
        let (number, counter) = issuer.counter.next(issuer.prefix);
        let mut changed = order.clone();
        let sequence = order.counters.invoices + 1;
        changed.counters.invoices = sequence;
        changed.note(now, Happened::Invoiced { invoice: sequence });
        let contact = order.contact.as_ref();
        let recipient = contact.map(|contact| contact.billing_address.as_ref().unwrap_or(&contact.shipping_address));
        let taxes = taxes(&self.lines);
        let (net, tax) = (taxes.iter().map(|rate| rate.net).sum(), taxes.iter().map(|rate| rate.tax).sum());
        let invoice = Invoice {
            order_id: order.id,
            sequence,
            number,
            kind: self.kind,
            issued_at: now,
            order_number: order.number.clone(),
            ordered_at: order.placed_at,
            seller: issuer.seller.clone(),
            recipient: recipient.cloned(),
            language: contact.map(|contact| contact.language).unwrap_or_default(),
            currency: order.totals.currency.clone(),
            policy: order.totals.policy,
            lines: self.lines,
            taxes,
            net,
            tax,
            total: net + tax,
            billed: self.billed,
        };
        Issued { invoice, order: changed, counter }
    }
}

#[cfg(test)]
#[path = "invoice_tests.rs"]
mod tests;
