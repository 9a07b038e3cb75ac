//! Locations: warehouses and shops that keep stock.

use serde::{Deserialize, Serialize};
use types::LocationId;
use utoipa::ToSchema;

/// Maximum number of locations.
pub const MAX_LOCATIONS: usize = 20;
/// Maximum length of a location's name in characters.
pub const MAX_NAME_CHARS: usize = 100;
/// Maximum priority of a location.
pub const MAX_PRIORITY: u16 = 1_000;

/// CountryCode: two capital letters, as in ISO 3166-1 alpha-2.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[A-Z]{2}$", examples("DE"))]
pub struct CountryCode(String);

/// The text is not a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be two capital letters of ISO 3166-1, like DE")]
pub struct NotACountryCode;

impl CountryCode {
    /// Parses a country. Which codes are assigned changes over the years, so only the form is checked.
    pub fn parse(text: &str) -> Result<Self, NotACountryCode> {
        let fits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        fits.then(|| Self(text.to_owned())).ok_or(NotACountryCode)
    }

    /// Returns the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

text::parsed_from_string!(CountryCode, NotACountryCode);

/// A location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    /// Location ID.
    pub id: LocationId,
    /// What a manager can change of it.
    pub details: LocationDetails,
}

/// What a manager can change of a location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocationDetails {
    /// Name.
    pub name: String,
    /// CountryCode.
    pub country: CountryCode,
    /// Among locations that have an order's units, the one with the highest priority ships it.
    pub priority: u16,
    /// Orders take units from open locations only.
    pub is_open: bool,
}

/// All locations, in the order in which they were added. One item: every reader needs all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locations {
    locations: Vec<Location>,
}

/// There are [`MAX_LOCATIONS`] locations already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyLocations;

impl Locations {
    /// Returns all locations.
    pub fn as_slice(&self) -> &[Location] {
        &self.locations
    }

    /// Returns a location.
    pub fn get(&self, id: LocationId) -> Option<&Location> {
        self.locations.iter().find(|location| location.id == id)
    }

    /// Returns the IDs of open locations by falling priority; among equals, in the order in which they were added.
    pub fn open(&self) -> Vec<LocationId> {
        let mut open: Vec<&Location> = self.locations.iter().filter(|location| location.details.is_open).collect();
        open.sort_by_key(|location| std::cmp::Reverse(location.details.priority));
        open.into_iter().map(|location| location.id).collect()
    }

    /// Returns the locations with one added or replaced; `None` if it is exactly this already.
    pub fn with(&self, location: Location) -> Result<Option<Self>, TooManyLocations> {
        let (mut next, is_full) = (self.clone(), self.locations.len() >= MAX_LOCATIONS);
        match next.locations.iter_mut().find(|other| other.id == location.id) {
            Some(same) if *same == location => return Ok(None),
            Some(same) => *same = location,
            None if is_full => return Err(TooManyLocations),
            None => next.locations.push(location),
        }
        Ok(Some(next))
    }
}

#[cfg(test)]
mod tests {
    use types::Uuid;

    use super::*;

    fn location(number: u128, priority: u16, is_open: bool) -> Location {
        let country = CountryCode::parse("DE").unwrap();
        let details = LocationDetails { name: number.to_string(), country, priority, is_open };
        Location { id: LocationId::new(Uuid::from_u128(number)), details }
    }

    #[test]
    fn a_country_has_two_capital_letters() {
        assert_eq!(CountryCode::parse("DE").unwrap().as_str(), "DE");
        for bad in ["", "D", "de", "DEU", "D1", "ÄÖ", " D"] {
            assert_eq!(CountryCode::parse(bad), Err(NotACountryCode), "{bad}");
        }
    }

    #[test]
    fn open_locations_come_by_falling_priority() {
        let mut all = Locations::default();
        for next in [location(1, 5, true), location(2, 9, false), location(3, 7, true), location(4, 5, true)] {
            all = all.with(next).unwrap().unwrap();
        }
        let open: Vec<u128> = all.open().into_iter().map(|id| id.uuid().as_u128()).collect();
        assert_eq!(open, [3, 1, 4]);
    }

    #[test]
    fn a_location_is_replaced_by_its_id_and_their_number_is_bounded() {
        let mut all = Locations::default();
        for number in 0..20 {
            all = all.with(location(number, 1, true)).unwrap().unwrap();
        }
        assert_eq!(all.with(location(20, 1, true)), Err(TooManyLocations));
        assert_eq!(all.with(location(3, 1, true)), Ok(None));
        let closed = all.with(location(3, 1, false)).unwrap().unwrap();
        assert_eq!((closed.as_slice().len(), closed.open().len()), (20, 19));
    }
}
