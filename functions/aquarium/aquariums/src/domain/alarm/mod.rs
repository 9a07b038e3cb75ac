//! Alarms of a device: which samples are trusted, which rules fire, and what people are told.
//!
//! The state is a function of the accepted samples and the setup. Samples move it by their own times, in their order; no
//! clock is read. Batches may come late, twice, and in any order: samples that are at most [`LATENESS_S`] older than the
//! newest one are sorted in, and what they change is recomputed. Older ones are stored as readings and move no alarm.
//!
//! - [`observe`] adds a batch and returns the next [`AlarmState`] with the [`Transition`]s since the last one.
//! - [`silence`] decides when a device that sends nothing is reported.
//! - [`reminder`] decides when a firing alarm is told again.
//!
//! A caller stores the state in the item that each batch writes. It passes all samples of a batch, also those that no water can
//! have, since they show that a probe is broken. It also calls [`observe`] without samples when keepers change rules or sensors.
//!
//! ADR 0053 has the reasons.

mod automaton;
mod disagree;
mod episode;
mod fold;
mod maintenance;
mod observe;
mod probe;
pub mod reminder;
mod rule;
pub mod silence;
mod tail;
mod trend;
mod unsettled;

pub use automaton::{Automaton, Level, Phase};
pub use episode::{AlarmKey, Change, EndCause, Episode, Reported, Transition};
pub use fold::Fold;
pub use maintenance::{MAX_DAILY_WINDOWS, MAX_WINDOWS, Maintenance, Retired, Window};
pub use observe::{AlarmState, LATENESS_S, Observed, Sample, SensorSetup, Setup, Suspect, observe};
pub use probe::{Reason, default_jump};
pub use rule::{Band, Condition, MAX_DURATION_S, MAX_RULE_SENSORS, MAX_VOTES, Rule, RuleError, Votes};
pub use unsettled::Unsettled;

#[cfg(test)]
mod alarm_tests;
#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod reference_tests;
