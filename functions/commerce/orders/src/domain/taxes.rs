//! Taxes: the rate of each tax class in each country, and how the shop states prices and rounds taxes.

use std::collections::BTreeSet;

use money::Rate;
use serde::{Deserialize, Serialize};
pub use types::TaxClass;

use super::location::CountryCode;
use super::pricing::{TaxPolicy, TaxRounding};

/// Maximum number of rates.
pub const MAX_RATES: usize = 500;

/// The rate of a tax class in a country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRate {
    /// Tax class.
    pub class: TaxClass,
    /// Country of delivery.
    pub country: CountryCode,
    /// The rate.
    pub rate: Rate,
}

/// The tax settings of the shop. Their version is that of the item; an order names the version that it was priced with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxSettings {
    policy: TaxPolicy,
    rates: Vec<TaxRate>,
}

impl Default for TaxSettings {
    /// Prices include taxes, which are rounded per rate; there are no rates yet.
    fn default() -> Self {
        Self { policy: TaxPolicy { prices_include_tax: true, rounding: TaxRounding::ByRate }, rates: Vec::new() }
    }
}

/// Reason why tax settings are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TaxSettingsError {
    /// There are too many rates.
    #[error("must have at most {MAX_RATES} entries")]
    TooMany,
    /// The rate at this index has the tax class and country of an earlier one.
    #[error("must have another tax class or country than every other entry")]
    Repeated(usize),
}

impl TaxSettings {
    /// Settings with a policy and rates, which are kept in the order of class and country.
    pub fn new(policy: TaxPolicy, mut rates: Vec<TaxRate>) -> Result<Self, TaxSettingsError> {
        if rates.len() > MAX_RATES {
            return Err(TaxSettingsError::TooMany);
        }
        let mut known = BTreeSet::new();
        if let Some(index) = rates.iter().position(|rate| !known.insert((&rate.class, &rate.country))) {
            return Err(TaxSettingsError::Repeated(index));
        }
        rates.sort_by(|a, b| (&a.class, &a.country).cmp(&(&b.class, &b.country)));
        Ok(Self { policy, rates })
    }

    /// Returns how the shop states prices and rounds taxes.
    pub fn policy(&self) -> TaxPolicy {
        self.policy
    }

    /// Returns all rates, in the order of class and country.
    pub fn rates(&self) -> &[TaxRate] {
        &self.rates
    }

    /// Returns the rate of a tax class in a country; `None` if the shop has none, so that it cannot sell there.
    pub fn rate(&self, class: &TaxClass, country: &CountryCode) -> Option<Rate> {
        self.rates.iter().find(|rate| rate.class == *class && rate.country == *country).map(|rate| rate.rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(class: &str, country: &str, millionths: u32) -> TaxRate {
        TaxRate {
            class: TaxClass::parse(class).unwrap(),
            country: CountryCode::parse(country).unwrap(),
            rate: Rate::from_millionths(millionths).unwrap(),
        }
    }

    #[test]
    fn a_rate_is_found_by_class_and_country_and_is_not_guessed() {
        let policy = TaxSettings::default().policy();
        let rates =
            vec![rate("standard", "FR", 200_000), rate("standard", "DE", 190_000), rate("reduced", "DE", 70_000)];
        let settings = TaxSettings::new(policy, rates.clone()).unwrap();
        let found = |class: &str, country: &str| {
            let rate = settings.rate(&TaxClass::parse(class).unwrap(), &CountryCode::parse(country).unwrap());
            rate.map(Rate::millionths)
        };
        assert_eq!((found("standard", "DE"), found("reduced", "DE")), (Some(190_000), Some(70_000)));
        assert_eq!((found("reduced", "FR"), found("standard", "TR")), (None, None));
        // The order in which rates are sent changes nothing.
        assert_eq!(TaxSettings::new(policy, rates.into_iter().rev().collect()), Ok(settings));
    }

    #[test]
    fn a_class_has_one_rate_per_country_and_the_number_of_rates_is_bounded() {
        let policy = TaxSettings::default().policy();
        let twice = vec![rate("standard", "DE", 1), rate("standard", "FR", 1), rate("standard", "DE", 2)];
        assert_eq!(TaxSettings::new(policy, twice), Err(TaxSettingsError::Repeated(2)));
        let many = (0..=MAX_RATES).map(|number| rate(&format!("c{number}"), "DE", 1)).collect();
        assert_eq!(TaxSettings::new(policy, many), Err(TaxSettingsError::TooMany));
    }
}
