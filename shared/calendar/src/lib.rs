//! Civil time: time zones, recurrence rules, daily windows, days, and periods of months.
//!
//! - [`ZoneName`] is a time zone of the IANA database. It turns wall times into instants, also where the clocks skip an
//!   hour (a gap) or show it twice (a fold).
//! - [`Recurrence`] is a rule of RFC 5545 in the wall time of a zone, for reminders, shifts and appointments. Its [`Clock`]
//!   says whether occurrences move with daylight saving time.
//! - [`DailyWindow`] is a window of the day in wall time that may cross midnight, for quiet hours and opening hours.
//! - [`EpochDay`] numbers days and weeks, for streaks and daily counters.
//! - [`MonthlyPeriods`] divides time into periods of whole months from an anchor date, for billing and leave accrual. An
//!   anchor on the 31st falls on the last day of shorter months.
//!
//! What it does not do: it reads no clock and keeps no state. Which reminder is late, how long a rule may be in a product, or
//! what a period costs is for the context to decide. Business days and public holidays are not here.
//!
//! ```
//! use calendar::{Recurrence, ZoneName, parse_local};
//! use jiff::Timestamp;
//!
//! let zone = ZoneName::parse("Europe/Berlin").unwrap();
//! let start = parse_local("2026-03-28T02:30").unwrap();
//! let daily = Recurrence::parse("FREQ=DAILY;COUNT=2", zone, start).unwrap();
//! let first = daily.next_after(Timestamp::MIN).unwrap();
//! let second = daily.next_after(first).unwrap();
//! // The clocks skip 02:00 to 03:00 on 29 March 2026.
//! assert_eq!(daily.local(second).to_string(), "2026-03-29T03:30:00");
//! ```

mod daily_window;
mod day;
mod months;
mod recurrence;
mod zone;

pub use daily_window::{DailyWindow, DailyWindowError, next_full_hour, next_time_of_day};
pub use day::EpochDay;
pub use months::{MonthlyPeriods, PeriodError};
pub use recurrence::{Clock, Recurrence, RuleError, RulePart, format_local, parse_local};
pub use zone::{UnknownZone, ZoneName};

#[cfg(test)]
mod recurrence_reference_tests;
#[cfg(test)]
mod recurrence_tests;
