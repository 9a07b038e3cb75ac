//! Invoices and credit notes.
//!
//! A draft has no number. Finalising gives number and date in the transaction that writes the series. A finalised document is
//! never changed or deleted: what is wrong or void is taken back by a credit note, whose taxes are differences of sums, so
//! that credit notes of the whole amount take back exactly the invoice's tax.

use jiff::Timestamp;
use jiff::civil::Date;
use money::{Rate, allocate_within};
use serde::{Deserialize, Serialize};
use types::{CreditNoteId, CurrencyCode, InvoiceId, PriceId, SubscriptionId, UserId};

use super::catalogue::MAX_AMOUNT;
use super::codes::{EntityCode, PlanCode};
use super::series::{DocumentNumber, Numbered};
use super::tax::{PriceTax, RateTotal, Treatment, taxed, totals};

/// The most lines of an invoice.
pub const MAX_LINES: usize = 100;

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// Price.
    pub price: PriceId,
    /// Plan.
    pub plan: PlanCode,
    /// First instant of the time that is billed.
    pub from: Timestamp,
    /// First instant after it.
    pub to: Timestamp,
    /// Amount as prices are stated. Negative for the unused time of another plan.
    pub amount: i64,
    /// Tax rate.
    pub rate: Rate,
}

/// What an invoice is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// ID.
    pub id: InvoiceId,
    /// Subscription.
    pub subscription: SubscriptionId,
    /// Customer.
    pub user: UserId,
    /// Legal entity that issues it.
    pub entity: EntityCode,
    /// Currency of all amounts.
    pub currency: CurrencyCode,
    /// Whether prices include tax.
    pub prices: PriceTax,
    /// How it is taxed.
    pub treatment: Treatment,
    /// Lines.
    pub lines: Vec<InvoiceLine>,
}

/// State of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InvoiceState {
    /// It has no number and may change.
    Draft,
    /// It is to be paid.
    Open(Numbered),
    /// It was paid in full, or nothing was to be paid.
    Paid(Numbered),
    /// A credit note took all of it back before it was paid.
    Void(Numbered),
}

/// An invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// What it is made of.
    #[serde(flatten)]
    pub draft: Draft,
    /// Amounts per tax rate, by rising rate.
    pub taxes: Vec<RateTotal>,
    /// State.
    pub state: InvoiceState,
    /// What credit notes took back, per tax rate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub credited: Vec<RateTotal>,
}

/// A credit note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditNote {
    /// ID.
    pub id: CreditNoteId,
    /// Invoice that it corrects.
    pub invoice: InvoiceId,
    /// Number of that invoice.
    pub corrects: DocumentNumber,
    /// Number and date. None: it is a draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbered: Option<Numbered>,
    /// What it takes back, per tax rate. Amounts are not negative.
    pub taxes: Vec<RateTotal>,
}

/// Why an invoice cannot be changed like that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvoiceError {
    /// It has a number: only a draft may be finalised or discarded.
    #[error("the invoice is finalised: correct it with a credit note")]
    Finalised,
    /// It is a draft.
    #[error("the invoice is a draft: finalise or discard it")]
    IsDraft,
    /// It is paid: refund it.
    #[error("the invoice is paid: refund it instead of voiding it")]
    IsPaid,
    /// The invoice has no lines, too many, or sums to less than nothing.
    #[error("an invoice has 1 to {MAX_LINES} lines of bounded amounts, and its total is not negative")]
    NotAnInvoice,
    /// The credit is not positive or more than what is left.
    #[error("a credit note takes back more than nothing and at most what is left of the invoice")]
    TooMuch,
}

impl Draft {
    /// The draft with its taxes.
    pub fn taxed(self) -> Result<Invoice, InvoiceError> {
        let is_bounded = self.lines.iter().all(|line| line.amount.unsigned_abs() <= MAX_AMOUNT.unsigned_abs());
        if self.lines.is_empty() || self.lines.len() > MAX_LINES || !is_bounded {
            return Err(InvoiceError::NotAnInvoice);
        }
        let lines = self.lines.iter().map(|line| (line.amount, line.rate));
        let taxes = totals(lines, self.prices, &self.treatment);
        let invoice = Invoice { draft: self, taxes, state: InvoiceState::Draft, credited: Vec::new() };
        // A rate whose lines sum to less than nothing is a credit note's.
        let is_invoice = invoice.taxes.iter().all(|one| one.stated >= 0);
        if is_invoice { Ok(invoice) } else { Err(InvoiceError::NotAnInvoice) }
    }
}

fn gross(taxes: &[RateTotal]) -> i64 {
    taxes.iter().map(|one| one.net + one.tax).sum()
}

impl Invoice {
    /// Sum without tax.
    pub fn net(&self) -> i64 {
        self.taxes.iter().map(|one| one.net).sum()
    }

    /// Sum of the taxes.
    pub fn tax(&self) -> i64 {
        self.taxes.iter().map(|one| one.tax).sum()
    }

    /// What is billed.
    pub fn total(&self) -> i64 {
        gross(&self.taxes)
    }

    /// What is billed less what was credited.
    pub fn owed(&self) -> i64 {
        self.total() - gross(&self.credited)
    }

    /// What may be credited still, as prices are stated.
    pub fn creditable(&self) -> i64 {
        self.taxes.iter().map(|one| one.stated - self.credited_of(one.rate).stated).sum()
    }

    /// Number and date, once it is finalised.
    pub fn numbered(&self) -> Option<&Numbered> {
        match &self.state {
            InvoiceState::Draft => None,
            InvoiceState::Open(numbered) | InvoiceState::Paid(numbered) | InvoiceState::Void(numbered) => {
                Some(numbered)
            }
        }
    }

    /// Date of the document, once it is finalised.
    pub fn date(&self) -> Option<Date> {
        self.numbered().map(|numbered| numbered.date)
    }

    /// Finalises a draft. One of nothing is paid at once.
    pub fn finalised(&self, numbered: Numbered) -> Result<Self, InvoiceError> {
        match self.state {
            InvoiceState::Draft => {}
            InvoiceState::Open(_) | InvoiceState::Paid(_) | InvoiceState::Void(_) => {
                return Err(InvoiceError::Finalised);
            }
        }
        let state = if self.total() == 0 { InvoiceState::Paid(numbered) } else { InvoiceState::Open(numbered) };
        Ok(Self { state, ..self.clone() })
    }

    /// The invoice when so much was paid for it less what was refunded: it is paid once that covers what is owed.
    #[must_use]
    pub fn after_payment(&self, paid: i64) -> Self {
        match &self.state {
            InvoiceState::Open(numbered) if paid >= self.owed() => {
                Self { state: InvoiceState::Paid(numbered.clone()), ..self.clone() }
            }
            InvoiceState::Draft | InvoiceState::Open(_) | InvoiceState::Paid(_) | InvoiceState::Void(_) => self.clone(),
        }
    }

    /// Takes back a part, as prices are stated, divided over the rates in proportion to what is left of them.
    pub fn credit(&self, id: CreditNoteId, amount: i64) -> Result<(CreditNote, Self), InvoiceError> {
        let Some(numbered) = self.numbered() else { return Err(InvoiceError::IsDraft) };
        if amount <= 0 || amount > self.creditable() {
            return Err(InvoiceError::TooMuch);
        }
        let left = |one: &RateTotal| (one.stated - self.credited_of(one.rate).stated).unsigned_abs();
        let left: Vec<u64> = self.taxes.iter().map(left).collect();
        let parts = allocate_within(amount.unsigned_abs(), &left, &left);
        let mut note = Vec::new();
        let mut credited = Vec::new();
        for (one, part) in self.taxes.iter().zip(parts) {
            let before = self.credited_of(one.rate);
            let stated = before.stated.saturating_add_unsigned(part);
            // The tax of all that is credited, less that of what was: parts add up to exactly the invoice's tax.
            let after = taxed(stated, one.rate, self.draft.prices, &self.draft.treatment);
            credited.push(after);
            if part > 0 {
                let (net, tax) = (after.net - before.net, after.tax - before.tax);
                note.push(RateTotal { rate: one.rate, stated: stated - before.stated, net, tax });
            }
        }
        let corrects = numbered.number.clone();
        let note = CreditNote { id, invoice: self.draft.id, corrects, numbered: None, taxes: note };
        Ok((note, Self { credited, ..self.clone() }))
    }

    /// Voids an open invoice: a credit note takes back all that is left of it. None if nothing is left.
    pub fn void(&self, id: CreditNoteId) -> Result<(Option<CreditNote>, Self), InvoiceError> {
        let numbered = match &self.state {
            InvoiceState::Draft => return Err(InvoiceError::IsDraft),
            InvoiceState::Paid(_) => return Err(InvoiceError::IsPaid),
            InvoiceState::Void(_) => return Ok((None, self.clone())),
            InvoiceState::Open(numbered) => numbered.clone(),
        };
        let left = self.creditable();
        let (note, credited) = match left {
            0 => (None, self.clone()),
            left => self.credit(id, left).map(|(note, after)| (Some(note), after))?,
        };
        Ok((note, Self { state: InvoiceState::Void(numbered), ..credited }))
    }

    fn credited_of(&self, rate: Rate) -> RateTotal {
        let none = RateTotal { rate, stated: 0, net: 0, tax: 0 };
        self.credited.iter().find(|one| one.rate == rate).copied().unwrap_or(none)
    }
}

impl CreditNote {
    /// What it takes back, with tax.
    pub fn total(&self) -> i64 {
        gross(&self.taxes)
    }

    /// What it takes back, as prices are stated.
    pub fn stated(&self) -> i64 {
        self.taxes.iter().map(|one| one.stated).sum()
    }

    /// Gives it number and date. Idempotent: the first number stays.
    #[must_use]
    pub fn finalised(&self, numbered: Numbered) -> Self {
        Self { numbered: Some(self.numbered.clone().unwrap_or(numbered)), ..self.clone() }
    }
}

/// Divides a credit over the invoices of a period, the newest first. `invoices` are in the order of their numbers. Returns
/// how much of each is to be credited; what exceeds them all is left out.
pub fn divide_credit(invoices: &[&Invoice], amount: i64) -> Vec<(InvoiceId, i64)> {
    let mut left = amount;
    let mut parts = Vec::new();
    for invoice in invoices.iter().rev() {
        let part = left.min(invoice.creditable());
        if part > 0 {
            parts.push((invoice.draft.id, part));
            left -= part;
        }
    }
    parts
}

#[cfg(test)]
#[path = "invoice_tests.rs"]
mod tests;
