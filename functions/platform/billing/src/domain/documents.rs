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

#[cfg(test)]
mod tests {
    use types::{TaxClass, Uuid};

    use super::*;
    use crate::domain::fixture::{at, day, entity, price};
    use crate::domain::tax::{Country, Treatment};

    fn billing() -> Billing {
        let country = |code: &str| Country::parse(code).unwrap();
        Billing {
            entity: entity().code,
            parties: Parties { seller: country("DE"), customer: country("AT"), vat_id: None },
            prices: PriceTax::Inclusive,
            subscription: SubscriptionId::new(Uuid::from_u128(1)),
            user: UserId::new(Uuid::from_u128(2)),
            currency: price("pro", 999).currency,
        }
    }

    fn line(amount: i64) -> Line {
        Line { price: price("pro", 999).id, amount, from: at(0), to: day(30) }
    }

    fn document(amounts: &[i64]) -> Document {
        let lines: Vec<Line> = amounts.iter().copied().map(line).collect();
        let plan = |_| PlanCode::parse("pro").ok();
        let rate = Rate::from_millionths(200_000).unwrap();
        billing().document(InvoiceId::new(Uuid::from_u128(3)), &lines, rate, plan).unwrap()
    }

    #[test]
    fn what_sums_to_more_than_nothing_is_an_invoice_and_what_sums_to_less_is_a_credit() {
        let Document::Invoice(draft) = document(&[-662, 1_324]) else { panic!("not an invoice") };
        let invoice = draft.taxed().unwrap();
        assert_eq!((invoice.draft.lines.len(), invoice.total(), invoice.tax()), (2, 662, 110));
        assert_eq!(invoice.draft.treatment, Treatment::Standard);
        assert_eq!((document(&[]), document(&[-5, 5])), (Document::None, Document::None));
        assert_eq!(document(&[-1_354, 338]), Document::Credit(1_016));
    }

    #[test]
    fn a_price_without_plan_and_a_customer_without_rate_are_noticed() {
        let id = InvoiceId::new(Uuid::from_u128(3));
        assert_eq!(billing().document(id, &[line(1)], Rate::ZERO, |_| None), None);
        assert!(billing().rate(&[], &TaxClass::standard(), Date::constant(2027, 1, 1)).is_err());
    }
}
