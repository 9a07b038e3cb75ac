//! Regions: sets of countries where price lists of the catalog apply.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::location::CountryCode;
use super::names::RegionCode;

/// Maximum number of regions.
pub const MAX_REGIONS: usize = 50;
/// Maximum number of countries of a region.
pub const MAX_COUNTRIES: usize = 250;

/// The regions of the shop. A country is in at most one, so that a delivery has one region.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionSettings {
    regions: BTreeMap<RegionCode, BTreeSet<CountryCode>>,
}

/// A region to set: its code and countries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Code.
    pub code: RegionCode,
    /// Countries.
    pub countries: Vec<CountryCode>,
}

/// Reason why regions are refused, with the index of the region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// There are too many.
    #[error("must have at most {MAX_REGIONS} entries")]
    TooMany,
    /// An earlier region has the code.
    #[error("must differ from the code of every other region")]
    CodeRepeated(usize),
    /// No countries, or too many.
    #[error("must have 1 to {MAX_COUNTRIES} countries")]
    CountryCount(usize),
    /// A country is in two regions, or in one twice.
    #[error("must have countries that no other entry has: a country is in one region at most")]
    CountryRepeated(usize),
}

impl RegionSettings {
    /// Settings with these regions.
    pub fn new(regions: Vec<Region>) -> Result<Self, RegionError> {
        if regions.len() > MAX_REGIONS {
            return Err(RegionError::TooMany);
        }
        let mut known: BTreeSet<CountryCode> = BTreeSet::new();
        let mut by_code: BTreeMap<RegionCode, BTreeSet<CountryCode>> = BTreeMap::new();
        for (at, Region { code, countries }) in regions.into_iter().enumerate() {
            if !(1..=MAX_COUNTRIES).contains(&countries.len()) {
                return Err(RegionError::CountryCount(at));
            }
            if !countries.iter().all(|country| known.insert(country.clone())) {
                return Err(RegionError::CountryRepeated(at));
            }
            if by_code.insert(code, countries.into_iter().collect()).is_some() {
                return Err(RegionError::CodeRepeated(at));
            }
        }
        Ok(Self { regions: by_code })
    }

    /// Returns the region that a country is in.
    pub fn of_country(&self, country: &CountryCode) -> Option<&RegionCode> {
        self.regions.iter().find(|(_, countries)| countries.contains(country)).map(|(code, _)| code)
    }

    /// Returns all regions with their countries, ordered by code.
    pub fn iter(&self) -> impl Iterator<Item = (&RegionCode, &BTreeSet<CountryCode>)> {
        self.regions.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(code: &str, countries: &[&str]) -> Region {
        let countries = countries.iter().map(|country| CountryCode::parse(country).unwrap()).collect();
        Region { code: RegionCode::parse(code).unwrap(), countries }
    }

    #[test]
    fn a_country_is_in_one_region_at_most() {
        let settings = RegionSettings::new(vec![region("eu", &["DE", "FR"]), region("uk", &["GB"])]).unwrap();
        let found = |country: &str| settings.of_country(&CountryCode::parse(country).unwrap()).map(RegionCode::as_str);
        assert_eq!((found("FR"), found("GB"), found("US")), (Some("eu"), Some("uk"), None));
        let refused = |regions| RegionSettings::new(regions).unwrap_err();
        assert_eq!(
            refused(vec![region("eu", &["DE"]), region("dach", &["AT", "DE"])]),
            RegionError::CountryRepeated(1)
        );
        assert_eq!(refused(vec![region("eu", &["DE", "DE"])]), RegionError::CountryRepeated(0));
        assert_eq!(refused(vec![region("eu", &["DE"]), region("eu", &["FR"])]), RegionError::CodeRepeated(1));
        assert_eq!(refused(vec![region("eu", &[])]), RegionError::CountryCount(0));
        let many = (0..=MAX_REGIONS).map(|number| region(&format!("r{number}"), &["DE"])).collect();
        assert_eq!(refused(many), RegionError::TooMany);
    }
}
