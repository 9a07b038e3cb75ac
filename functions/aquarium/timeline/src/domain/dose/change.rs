//! What a keeper says about a plan: everything for a new one, and some of it for a change.

use std::collections::BTreeSet;

use calendar::ZoneName;
use jiff::civil::{Date, Time};
use types::Uuid;

use super::balance::{Fill, Reservoir};
use super::pump::Calibration;
use super::regimen::{DoseDay, Rhythm};

/// Size and alarm of a reservoir.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReservoirSettings {
    /// Size in microlitres.
    pub size_ul: u64,
    /// What it contains now, if it is new. Full if absent.
    pub filled_ul: Option<u64>,
    /// It is low this many days before it is empty.
    pub alarm_days: u16,
}

/// What a new plan consists of.
#[derive(Debug, Clone, PartialEq)]
pub struct Details {
    /// Name of the product.
    pub product: String,
    /// How much and when.
    pub rhythm: Rhythm,
    /// Calibration of the pump.
    pub pump: Option<Calibration>,
    /// Reservoir.
    pub reservoir: Option<ReservoirSettings>,
    /// ID of the whole request.
    pub fingerprint: Uuid,
}

/// Fields to change.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// New name of the product.
    pub product: Option<String>,
    /// New daily amount in microlitres.
    pub daily_ul: Option<u64>,
    /// New wall times.
    pub times: Option<Vec<Time>>,
    /// New time zone.
    pub zone: Option<ZoneName>,
    /// New days of the week.
    pub weekdays: Option<BTreeSet<DoseDay>>,
    /// New first day.
    pub from: Option<Date>,
    /// New last day, or none.
    pub until: Option<Option<Date>>,
    /// Whether the plan is paused.
    pub paused: Option<bool>,
    /// New calibration, or none.
    pub pump: Option<Option<Calibration>>,
    /// New reservoir, or none.
    pub reservoir: Option<Option<ReservoirSettings>>,
}

impl ReservoirSettings {
    /// The reservoir after its first fill.
    pub(super) fn filled(self, fill: Fill) -> Reservoir {
        let volume_ul = self.filled_ul.unwrap_or(self.size_ul);
        Reservoir::new(fill, (self.size_ul, volume_ul), self.alarm_days)
    }
}

impl Rhythm {
    /// The rhythm with the change.
    pub(super) fn with(&self, change: &Change) -> Self {
        Self {
            daily_ul: change.daily_ul.unwrap_or(self.daily_ul),
            times: change.times.clone().map_or_else(|| self.times.clone(), sorted),
            zone: change.zone.clone().unwrap_or_else(|| self.zone.clone()),
            weekdays: change.weekdays.clone().unwrap_or_else(|| self.weekdays.clone()),
            from: change.from.unwrap_or(self.from),
            until: change.until.unwrap_or(self.until),
        }
    }
}

/// Times are stored ascending: the same ones in another order change nothing.
fn sorted(mut times: Vec<Time>) -> Vec<Time> {
    times.sort_unstable();
    times
}
