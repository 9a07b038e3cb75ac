//! Which document bills the lines of a step: an invoice if they sum to more than nothing, else credit notes.

use jiff::civil::Date;
use money::Rate;
use types::{CurrencyCode, InvoiceId, PriceId, SubscriptionId, UserId};

use super::codes::{EntityCode, PlanCode};
use super::invoice::{Draft, InvoiceLine};
use super::proration::Line;
use super::tax::{NoRate, Parties, PriceTax, TaxRate, rate_on};

/// Who bills whom, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Billing {
    /// Legal entity.
    pub entity: EntityCode,
    /// Seller and customer.
    pub parties: Parties,
    /// Whether prices include tax.
    pub prices: PriceTax,
    /// Subscription.
    pub subscription: SubscriptionId,
    /// Customer.
    pub user: UserId,
    /// Currency.
    pub currency: CurrencyCode,
}

/// What bills the lines of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Document {
    /// Nothing is to be billed.
    None,
    /// An invoice.
    Invoice(Box<Draft>),
    /// Credit notes of so much, as prices are stated, for the invoices of the period.
    Credit(i64),
}

impl Billing {
    /// The tax rate of a class on a day.
    pub fn rate(&self, rates: &[TaxRate], class: &types::TaxClass, day: Date) -> Result<Rate, NoRate> {
        rate_on(rates, &self.parties.customer, class, day)
    }

    /// The document of lines, which all have one tax rate. `plan` names the plan of a price.
    pub fn document(
        &self,
        id: InvoiceId,
        lines: &[Line],
        rate: Rate,
        plan: impl Fn(PriceId) -> Option<PlanCode>,
    ) -> Option<Document> {
        let sum: i64 = lines.iter().map(|line| line.amount).sum();
        if sum == 0 {
            return Some(Document::None);
        }
        if sum < 0 {
            return Some(Document::Credit(-sum));
        }
        let line = |line: &Line| {
            let plan = plan(line.price)?;
            Some(InvoiceLine { price: line.price, plan, from: line.from, to: line.to, amount: line.amount, rate })
        };
        Some(Document::Invoice(Box::new(Draft {
            id,
            subscription: self.subscription,
            user: self.user,
            entity: self.entity.clone(),
            currency: self.currency.clone(),
            prices: self.prices,
            treatment: self.parties.treatment(),
            lines: lines.iter().map(line).collect::<Option<_>>()?,
        })))
    }
}
