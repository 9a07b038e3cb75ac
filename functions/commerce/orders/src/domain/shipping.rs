//! Shipping methods: where they deliver, and what they cost by weight.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use types::{CurrencyCode, Money};

use super::location::CountryCode;
use super::taxes::TaxClass;

/// Maximum number of shipping methods.
pub const MAX_METHODS: usize = 20;
/// Maximum number of countries that a method delivers to.
pub const MAX_COUNTRIES: usize = 250;
/// Maximum number of weight tiers of a method.
pub const MAX_TIERS: usize = 10;
/// Maximum number of currencies of a tier.
pub const MAX_PRICES: usize = 10;
/// Maximum length of a method's name in characters.
pub const MAX_NAME_CHARS: usize = 100;
/// Maximum weight of a tier in grams: a hundred tonnes.
pub const MAX_GRAMS: u32 = 100_000_000;
/// Maximum price in minor units.
pub const MAX_PRICE_MINOR: i64 = 1_000_000_000;

text::codes! {
    max_chars: 30, example: "parcel-eu",
    /// Code of a shipping method.
    ShippingCode,
}

/// What a method costs up to a weight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeightTier {
    /// Highest weight of a delivery in grams.
    pub up_to_grams: u32,
    /// One price per currency.
    pub prices: Vec<Money>,
}

/// A shipping method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingMethod {
    /// Code, unique in the shop.
    pub code: ShippingCode,
    /// Name.
    pub name: String,
    /// Countries that it delivers to.
    pub countries: Vec<CountryCode>,
    /// How it is taxed.
    pub tax_class: TaxClass,
    /// Tiers by rising weight. Heavier deliveries are not possible.
    pub tiers: Vec<WeightTier>,
}

/// A method that can deliver, with its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShippingOffer<'a> {
    /// The method.
    pub method: &'a ShippingMethod,
    /// The price.
    pub price: &'a Money,
}

/// The shipping methods of the shop, in the order in which buyers see them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingSettings {
    methods: Vec<ShippingMethod>,
}

/// Reason why shipping methods are refused, with the index of the method and of its tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShippingError {
    /// There are too many methods.
    #[error("must have at most {MAX_METHODS} entries")]
    TooMany,
    /// An earlier method has the code.
    #[error("must differ from the code of every other method")]
    CodeRepeated(usize),
    /// No countries, too many, or one twice.
    #[error("must have 1 to {MAX_COUNTRIES} different countries")]
    Countries(usize),
    /// No tiers, or too many.
    #[error("must have 1 to {MAX_TIERS} entries")]
    TierCount(usize),
    /// A tier is not heavier than the one before.
    #[error("must be 1 to {MAX_GRAMS}, and more than in the tier before")]
    Weight(usize, usize),
    /// No prices, too many, a currency twice, or an amount out of bounds.
    #[error("must have 1 to {MAX_PRICES} prices of 0 to {MAX_PRICE_MINOR} minor units, one per currency")]
    Prices(usize, usize),
}

impl ShippingSettings {
    /// Settings with these methods.
    pub fn new(methods: Vec<ShippingMethod>) -> Result<Self, ShippingError> {
        if methods.len() > MAX_METHODS {
            return Err(ShippingError::TooMany);
        }
        let mut codes = BTreeSet::new();
        for (at, method) in methods.iter().enumerate() {
            if !codes.insert(&method.code) {
                return Err(ShippingError::CodeRepeated(at));
            }
            check(at, method)?;
        }
        Ok(Self { methods })
    }

    /// Returns all methods.
    pub fn methods(&self) -> &[ShippingMethod] {
        &self.methods
    }

    /// Returns the methods that deliver this weight to a country, with their prices in a currency.
    pub fn offers<'a>(
        &'a self,
        country: &'a CountryCode,
        grams: u32,
        currency: &'a CurrencyCode,
    ) -> impl Iterator<Item = ShippingOffer<'a>> {
        let here = self.methods.iter().filter(move |method| method.countries.contains(country));
        here.filter_map(move |method| {
            let tier = method.tiers.iter().find(|tier| grams <= tier.up_to_grams)?;
            let price = tier.prices.iter().find(|price| price.currency == *currency)?;
            Some(ShippingOffer { method, price })
        })
    }
}

fn check(at: usize, method: &ShippingMethod) -> Result<(), ShippingError> {
    let countries: BTreeSet<_> = method.countries.iter().collect();
    if countries.len() != method.countries.len() || !(1..=MAX_COUNTRIES).contains(&countries.len()) {
        return Err(ShippingError::Countries(at));
    }
    if !(1..=MAX_TIERS).contains(&method.tiers.len()) {
        return Err(ShippingError::TierCount(at));
    }
    let mut lighter = 0;
    for (index, tier) in method.tiers.iter().enumerate() {
        if tier.up_to_grams <= lighter || tier.up_to_grams > MAX_GRAMS {
            return Err(ShippingError::Weight(at, index));
        }
        lighter = tier.up_to_grams;
        let currencies: BTreeSet<_> = tier.prices.iter().map(|price| &price.currency).collect();
        let is_bounded = tier.prices.iter().all(|price| (0..=MAX_PRICE_MINOR).contains(&price.amount_minor));
        if currencies.len() != tier.prices.len() || !(1..=MAX_PRICES).contains(&currencies.len()) || !is_bounded {
            return Err(ShippingError::Prices(at, index));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn country(code: &str) -> CountryCode {
        CountryCode::parse(code).unwrap()
    }

    fn currency(code: &str) -> CurrencyCode {
        CurrencyCode::parse(code).unwrap()
    }

    fn tier(up_to_grams: u32, prices: &[(i64, &str)]) -> WeightTier {
        let prices = prices.iter().map(|(amount, code)| Money::new(*amount, currency(code))).collect();
        WeightTier { up_to_grams, prices }
    }

    fn method(code: &str, countries: &[&str], tiers: Vec<WeightTier>) -> ShippingMethod {
        ShippingMethod {
            code: ShippingCode::parse(code).unwrap(),
            name: code.to_owned(),
            countries: countries.iter().map(|code| country(code)).collect(),
            tax_class: TaxClass::parse("standard").unwrap(),
            tiers,
        }
    }

    #[test]
    fn a_method_is_offered_where_it_delivers_at_the_price_of_the_lightest_tier_that_suffices() {
        let parcel = method(
            "parcel",
            &["DE", "FR"],
            vec![tier(1_000, &[(490, "EUR"), (550, "USD")]), tier(5_000, &[(790, "EUR")])],
        );
        let pallet = method("pallet", &["DE"], vec![tier(500_000, &[(9_900, "EUR")])]);
        let settings = ShippingSettings::new(vec![parcel, pallet]).unwrap();
        let offers = |place: &str, grams: u32, code: &str| -> Vec<(String, i64)> {
            let (place, code) = (country(place), currency(code));
            let offers = settings.offers(&place, grams, &code);
            offers.map(|offer| (offer.method.code.to_string(), offer.price.amount_minor)).collect()
        };
        let pair = |code: &str, amount: i64| (code.to_owned(), amount);
        assert_eq!(offers("DE", 0, "EUR"), [pair("parcel", 490), pair("pallet", 9_900)]);
        assert_eq!(offers("FR", 1_000, "EUR"), [pair("parcel", 490)]);
        assert_eq!(offers("FR", 1_001, "EUR"), [pair("parcel", 790)]);
        assert_eq!(offers("FR", 5_001, "EUR"), []);
        // A tier without the currency is not replaced by a heavier one with it.
        assert_eq!((offers("DE", 900, "USD"), offers("DE", 1_100, "USD")), (vec![pair("parcel", 550)], vec![]));
        assert_eq!(offers("TR", 1, "EUR"), []);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_place() {
        let fine = || method("a", &["DE"], vec![tier(1, &[(0, "EUR")]), tier(2, &[(5, "EUR")])]);
        let refused = |method| ShippingSettings::new(vec![fine(), method]).unwrap_err();
        assert_eq!(refused(fine()), ShippingError::CodeRepeated(1));
        let b = |countries: &[&str], tiers| method("b", countries, tiers);
        assert_eq!(refused(b(&[], vec![tier(1, &[(0, "EUR")])])), ShippingError::Countries(1));
        assert_eq!(refused(b(&["DE", "DE"], vec![tier(1, &[(0, "EUR")])])), ShippingError::Countries(1));
        assert_eq!(refused(b(&["DE"], vec![])), ShippingError::TierCount(1));
        assert_eq!(
            refused(b(&["DE"], vec![tier(5, &[(0, "EUR")]), tier(5, &[(0, "EUR")])])),
            ShippingError::Weight(1, 1)
        );
        assert_eq!(refused(b(&["DE"], vec![tier(0, &[(0, "EUR")])])), ShippingError::Weight(1, 0));
        for prices in [&[][..], &[(1, "EUR"), (2, "EUR")], &[(-1, "EUR")], &[(MAX_PRICE_MINOR + 1, "EUR")]] {
            assert_eq!(refused(b(&["DE"], vec![tier(5, prices)])), ShippingError::Prices(1, 0));
        }
        let many = (0..=MAX_METHODS).map(|number| method(&format!("m{number}"), &["DE"], fine().tiers)).collect();
        assert_eq!(ShippingSettings::new(many), Err(ShippingError::TooMany));
    }

    proptest! {
        #[test]
        fn an_offer_has_the_price_of_a_tier_that_carries_the_weight_and_no_lighter_one_does(
            steps in prop::collection::vec((1..1_000_u32, 0..5_000_i64), 1..MAX_TIERS),
            grams in 0..8_000_u32,
        ) {
            let mut weight = 0;
            let tiers: Vec<_> = steps.iter().map(|(step, price)| {
                weight += step;
                tier(weight, &[(*price, "EUR")])
            }).collect();
            let settings = ShippingSettings::new(vec![method("a", &["DE"], tiers.clone())]).unwrap();
            let (place, code) = (country("DE"), currency("EUR"));
            let offered = settings.offers(&place, grams, &code).next().map(|offer| offer.price.amount_minor);
            let expected = tiers.iter().filter(|tier| tier.up_to_grams >= grams).min_by_key(|tier| tier.up_to_grams);
            prop_assert_eq!(offered, expected.map(|tier| tier.prices[0].amount_minor));
        }
    }
}
