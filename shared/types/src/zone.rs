//! Time zones, by their names in the IANA database.

use std::fmt;
use std::sync::OnceLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// A time zone that exists: `Europe/Berlin`. What it says is compiled in, so the same on every machine.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ZoneName(TimeZone);

/// There is no such time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a time zone of the IANA database, like Europe/Berlin")]
pub struct UnknownZone;

impl ZoneName {
    /// Reads a name; letter case does not matter.
    pub fn parse(text: &str) -> Result<Self, UnknownZone> {
        static ZONES: OnceLock<TimeZoneDatabase> = OnceLock::new();
        ZONES.get_or_init(TimeZoneDatabase::bundled).get(text).map(Self).map_err(|_| UnknownZone)
    }

    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Its clock.
    pub fn zone(&self) -> &TimeZone {
        &self.0
    }
}

impl fmt::Debug for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for ZoneName {
    type Error = UnknownZone;

    fn try_from(text: String) -> Result<Self, UnknownZone> {
        Self::parse(&text)
    }
}

impl From<ZoneName> for String {
    fn from(zone: ZoneName) -> Self {
        zone.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_name_and_nothing_else_is_one() {
        assert_eq!(ZoneName::parse("europe/berlin").unwrap().as_str(), "Europe/Berlin");
        assert_eq!(ZoneName::parse("UTC").unwrap(), ZoneName::utc());
        for bad in ["", "Europe", "Mars/Olympus", "+02:00", "../etc/passwd", "EST5EDT,M3.2.0,M11.1.0"] {
            assert_eq!(ZoneName::parse(bad), Err(UnknownZone), "{bad}");
        }
    }
}
