//! Taxes of invoices: rates as data with validity, inclusive and exclusive prices, reverse charge.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use money::Rate;
use serde::{Deserialize, Serialize};
use types::TaxClass;

use super::vat_id::VatId;

/// Members of the EU, between which the reverse charge applies.
const EU: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Country by its two capital letters (ISO 3166-1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country(String);

/// The text is not a country code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be two capital letters, like DE")]
pub struct NotACountry;

impl Country {
    /// Parses a code.
    pub fn parse(text: &str) -> Result<Self, NotACountry> {
        let fits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        fits.then(|| Self(text.to_owned())).ok_or(NotACountry)
    }

    /// Returns the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True for members of the EU.
    pub fn is_in_eu(&self) -> bool {
        EU.contains(&self.0.as_str())
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

::text::parsed_from_string!(Country, NotACountry);

/// A tax rate of a country and a class while it is valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRate {
    /// Country of the customer.
    pub country: Country,
    /// Class.
    pub class: TaxClass,
    /// Rate.
    pub rate: Rate,
    /// First day.
    pub from: Date,
    /// First day after it. None: it is valid still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// Whether prices include tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceTax {
    /// Tax is part of the price.
    Inclusive,
    /// Tax comes on top.
    Exclusive,
}

/// How an invoice is taxed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Treatment {
    /// The seller owes the tax.
    Standard,
    /// The customer owes it, in another member of the EU: the invoice has none, and names both VAT IDs.
    ReverseCharge {
        /// VAT ID of the customer.
        vat_id: VatId,
    },
}

/// Who sells to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parties {
    /// Country of the legal entity.
    pub seller: Country,
    /// Country of the customer.
    pub customer: Country,
    /// VAT ID of the customer, if one was given and found valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_id: Option<VatId>,
}

impl Parties {
    /// How their invoices are taxed: by reverse charge between two members of the EU, if the VAT ID is one of the customer's
    /// country.
    pub fn treatment(&self) -> Treatment {
        let across = self.seller != self.customer && self.seller.is_in_eu() && self.customer.is_in_eu();
        match &self.vat_id {
            Some(vat_id) if across && vat_id.is_of(&self.customer) => {
                Treatment::ReverseCharge { vat_id: vat_id.clone() }
            }
            _ => Treatment::Standard,
        }
    }
}

/// There is no rate for a class in a country on a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no tax rate for the class {class} in {country} on {day}")]
pub struct NoRate {
    /// Class.
    pub class: TaxClass,
    /// Country.
    pub country: Country,
    /// Day.
    pub day: Date,
}

/// Returns the rate of a class in a country on a day: among several, the one that is valid since the latest day.
pub fn rate_on(rates: &[TaxRate], country: &Country, class: &TaxClass, day: Date) -> Result<Rate, NoRate> {
    let is_valid = |rate: &&TaxRate| {
        rate.country == *country && rate.class == *class && rate.from <= day && rate.until.is_none_or(|end| day < end)
    };
    let found = rates.iter().filter(is_valid).max_by_key(|rate| rate.from);
    found.map(|rate| rate.rate).ok_or_else(|| NoRate { class: class.clone(), country: country.clone(), day })
}

/// Amounts of one tax rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateTotal {
    /// Rate.
    pub rate: Rate,
    /// Sum of the lines, as prices are stated.
    pub stated: i64,
    /// Amount without tax.
    pub net: i64,
    /// Tax.
    pub tax: i64,
}

/// The tax on a sum of stated amounts.
pub fn taxed(stated: i64, rate: Rate, prices: PriceTax, treatment: &Treatment) -> RateTotal {
    let is_reverse = matches!(treatment, Treatment::ReverseCharge { .. });
    let (net, tax) = match prices {
        PriceTax::Exclusive => (stated, rate.of(stated)),
        PriceTax::Inclusive => {
            let tax = rate.included_in(stated);
            (stated - tax, tax)
        }
    };
    RateTotal { rate, stated, net, tax: if is_reverse { 0 } else { tax } }
}

/// Taxes lines, each with its rate: per rate on the sum of its lines, rounded once. Ordered by rate.
pub fn totals(lines: impl IntoIterator<Item = (i64, Rate)>, prices: PriceTax, treatment: &Treatment) -> Vec<RateTotal> {
    let mut sums: BTreeMap<Rate, i64> = BTreeMap::new();
    for (amount, rate) in lines {
        let sum = sums.entry(rate).or_insert(0);
        *sum = sum.saturating_add(amount);
    }
    sums.into_iter().map(|(rate, stated)| taxed(stated, rate, prices, treatment)).collect()
}

#[cfg(test)]
#[path = "tax_tests.rs"]
mod tests;
