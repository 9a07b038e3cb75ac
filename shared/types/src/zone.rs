//! IANA time zones.

use std::fmt;
use std::sync::OnceLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// Time zone of the IANA database, for example `Europe/Berlin`. The database is compiled in.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ZoneName(TimeZone);

/// Unknown time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an IANA time zone, for example Europe/Berlin")]
pub struct UnknownZone;

impl ZoneName {
    /// Parses a name, ignoring letter case.
    pub fn parse(text: &str) -> Result<Self, UnknownZone> {
        static ZONES: OnceLock<TimeZoneDatabase> = OnceLock::new();
        ZONES.get_or_init(TimeZoneDatabase::bundled).get(text).map(Self).map_err(|_| UnknownZone)
    }

    /// Returns UTC.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Returns the rules of the zone.
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
