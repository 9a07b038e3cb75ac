//! Devices that send nothing.
//!
//! A watch item stands in an index under the time at which the device would be silent, as known when it was armed. Batches do not
//! touch it, so silence costs nothing while all is well: when the time comes, a sweep reads the head and arms it again.

use super::maintenance::Maintenance;

/// A device is silent after so many missed samples.
const MISSED: i64 = 3;
/// But not before so many seconds.
const LEAST_S: i64 = 600;

/// What a sweep does about a device whose watch is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It has sent something since: look again at this second.
    Rearm(i64),
    /// It is silent. People are told once, not per sensor.
    Silent {
        /// The time of its newest sample.
        since: i64,
    },
}

/// After so many seconds without a sample, something that sends one each `interval_s` seconds is silent.
pub const fn quiet_after_s(interval_s: u32) -> i64 {
    let missed = MISSED * interval_s as i64;
    if missed > LEAST_S { missed } else { LEAST_S }
}

/// The second at which a device is silent, unless it sends something. Maintenance extends it: after a window, the device has its
/// whole time again.
pub fn deadline(newest: i64, interval_s: u32, maintenance: &Maintenance) -> i64 {
    let quiet_after = quiet_after_s(interval_s);
    let end = maintenance.end(newest + quiet_after);
    if end > newest + quiet_after { end + quiet_after } else { newest + quiet_after }
}

/// Judges a device whose watch is due. `newest` is the time of its newest sample, or of its pairing if there is none.
pub fn check(newest: i64, interval_s: u32, maintenance: &Maintenance, now: i64) -> Verdict {
    let deadline = deadline(newest, interval_s, maintenance);
    if now < deadline { Verdict::Rearm(deadline) } else { Verdict::Silent { since: newest } }
}

#[cfg(test)]
mod tests {
    use calendar::ZoneName;

    use super::super::Window;
    use super::*;

    #[test]
    fn a_device_is_silent_after_three_intervals_or_ten_minutes() {
        let none = Maintenance::none(ZoneName::utc());
        assert_eq!(deadline(1_000, 60, &none), 1_600);
        assert_eq!(deadline(1_000, 900, &none), 3_700);
        assert_eq!(check(1_000, 60, &none, 1_599), Verdict::Rearm(1_600));
        assert_eq!(check(1_000, 60, &none, 1_600), Verdict::Silent { since: 1_000 });
    }

    #[test]
    fn maintenance_extends_the_deadline() {
        let maintenance =
            Maintenance { windows: vec![Window { from: 1_500, until: 5_000 }], ..Maintenance::none(ZoneName::utc()) };
        assert_eq!(deadline(1_000, 60, &maintenance), 5_600);
        // A window that is over by then changes nothing.
        assert_eq!(deadline(4_500, 60, &maintenance), 5_100);
    }
}
