//! Time zones, by their names in the IANA database, and the wall times of their clocks.

use std::fmt;
use std::sync::OnceLock;

use jiff::civil::{Date, DateTime};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

/// A time zone of the IANA database: `Europe/Berlin`. The database is compiled in, so it is the same on every machine.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ZoneName(TimeZone);

/// Names in the database that stand for "not set": no clock on earth shows their time.
const PLACEHOLDERS: [&str; 2] = ["Factory", "Etc/Unknown"];

/// The text names no time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an IANA time zone, for example Europe/Berlin")]
pub struct UnknownZone;

impl ZoneName {
    /// Parses a name, ignoring letter case.
    pub fn parse(text: &str) -> Result<Self, UnknownZone> {
        static ZONES: OnceLock<TimeZoneDatabase> = OnceLock::new();
        if PLACEHOLDERS.iter().any(|placeholder| text.eq_ignore_ascii_case(placeholder)) {
            return Err(UnknownZone);
        }
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

    /// The zone's rules, for use with `jiff`.
    pub fn zone(&self) -> &TimeZone {
        &self.0
    }

    /// The wall time at an instant.
    pub fn local(&self, at: Timestamp) -> DateTime {
        self.0.to_datetime(at)
    }

    /// The instant of a wall time, as RFC 5545 resolves it: a time in a gap is read with the offset from before the gap, so
    /// it falls after it; of a time that occurs twice, the first counts. None if it is beyond the range of timestamps.
    pub fn instant(&self, local: DateTime) -> Option<Timestamp> {
        self.0.to_ambiguous_timestamp(local).compatible().ok()
    }

    /// The first instant of a date: midnight, or the end of the gap where the clocks skip midnight. A date that the zone
    /// leaves out starts when the next one does. None if it is beyond the range of timestamps.
    pub fn start_of_day(&self, date: Date) -> Option<Timestamp> {
        let midnight = date.to_datetime(jiff::civil::Time::midnight());
        let after = self.instant(midnight)?;
        if self.local(after) == midnight {
            return Some(after);
        }
        // In a gap, the day starts at the transition itself, which may be this very instant.
        let beyond = after.checked_add(SignedDuration::from_nanos(1)).ok()?;
        self.0.preceding(beyond).next().map(|transition| transition.timestamp())
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
        for bad in [
            "",
            "Europe",
            "Mars/Olympus",
            "+02:00",
            "../etc/passwd",
            "Factory",
            "factory",
            "Etc/Unknown",
            "ETC/UNKNOWN",
            "EST5EDT,M3.2.0,M11.1.0",
        ] {
            assert_eq!(ZoneName::parse(bad), Err(UnknownZone), "{bad}");
        }
    }

    #[test]
    fn a_day_starts_at_midnight_or_after_the_gap_that_swallows_it() {
        let start = |zone: &str, date: Date| ZoneName::parse(zone).unwrap().start_of_day(date).unwrap().to_string();
        let date = jiff::civil::date;
        assert_eq!(start("Europe/Berlin", date(2026, 3, 29)), "2026-03-28T23:00:00Z");
        // Beirut skips midnight to 01:00 on 29 March 2026; Samoa left out 30 December 2011.
        assert_eq!(start("Asia/Beirut", date(2026, 3, 29)), "2026-03-28T22:00:00Z");
        assert_eq!(start("Pacific/Apia", date(2011, 12, 30)), start("Pacific/Apia", date(2011, 12, 31)));
    }

    #[test]
    fn a_day_starts_at_its_first_instant_in_zones_with_odd_transitions() {
        for name in ["Europe/Berlin", "Asia/Beirut", "America/Asuncion", "America/Santiago", "Australia/Lord_Howe"] {
            let zone = ZoneName::parse(name).unwrap();
            let mut day = jiff::civil::date(2020, 1, 1);
            while day < jiff::civil::date(2027, 1, 1) {
                let start = zone.start_of_day(day).unwrap();
                assert_eq!(zone.local(start).date(), day, "{name}");
                let before = zone.local(start - SignedDuration::from_nanos(1)).date();
                assert!(before < day || zone.local(start).time() == jiff::civil::Time::midnight(), "{name} {day}");
                day = day.tomorrow().unwrap();
            }
        }
    }
}
