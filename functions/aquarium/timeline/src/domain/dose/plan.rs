//! Dose plans: what a keeper says, and how a plan changes.

use std::ops::RangeInclusive;

use contracts::timeline::DosePlanChanged;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{AquariumId, DosePlanId, UserId, Uuid};

use super::balance::{Fill, Refill, Reservoir};
use super::change::{Change, Details, ReservoirSettings};
use super::course::{Course, MAX_MISSED, MAX_VERSIONS};
use super::pump::Calibration;
use super::regimen::{Regimen, RegimenError};

/// Maximum number of plans of an aquarium.
pub const MAX_PLANS: u32 = 20;
/// Maximum number of refills that are kept.
pub const MAX_REFILLS: usize = 100;
/// How long versions, refills and missed doses are kept, in days. The account of the reservoir includes older ones.
pub const HISTORY_DAYS: i64 = 92;
/// Range of the size of a reservoir in microlitres.
pub const RESERVOIR_UL: RangeInclusive<u64> = 1_000..=1_000_000_000;
/// Range of the days before a reservoir is empty on which it is low.
pub const ALARM_DAYS: RangeInclusive<u16> = 1..=60;

const HOURS_PER_DAY: i64 = 24;
/// How long the mark of a deleted plan is kept, in seconds.
const REMOVED_SECONDS: i64 = 30 * 24 * 60 * 60;

/// Whether a plan is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = DosePlanStatus)]
pub enum PlanStatus {
    /// Doses are planned, now or later.
    Active,
    /// No doses are planned until it is resumed.
    Paused,
    /// Its last day is over.
    Ended,
}

/// A dose plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DosePlan {
    /// ID.
    pub id: DosePlanId,
    /// The aquarium.
    pub aquarium_id: AquariumId,
    /// The owner of the aquarium, in whose partition it lies.
    pub owner_id: UserId,
    /// Name of the product.
    pub product: String,
    /// How much and when, if the plan is not paused.
    pub regimen: Regimen,
    /// Whether it is paused.
    pub paused: bool,
    /// Calibration of the pump.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pump: Option<Calibration>,
    /// What was planned when.
    pub course: Course,
    /// Reservoir.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reservoir: Option<Reservoir>,
    /// When the reservoir is empty, as of the last change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub empty_at: Option<Timestamp>,
    /// The fill about whose end the members were notified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notified_fill: Option<Uuid>,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub changed_at: Timestamp,
    /// When a deleted plan expires, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at_second: Option<i64>,
    /// ID of the request that created it.
    fingerprint: Uuid,
}

/// Reason why a plan cannot change so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The doses are not valid.
    #[error(transparent)]
    Regimen(#[from] RegimenError),
    /// The reservoir contains more than its new size.
    #[error("must not be less than what is left in the reservoir, {left_ul}; record a refill first")]
    SizeBelowContent {
        /// What is left, in microlitres.
        left_ul: u64,
    },
    /// The plan has a reservoir, which has its contents.
    #[error("must be absent, since the plan has a reservoir; record a refill instead")]
    AlreadyFilled,
    /// The volume is more than the size.
    #[error("must be 1 to the size of the reservoir, {size_ul}")]
    Volume {
        /// The size in microlitres.
        size_ul: u64,
    },
    /// The refill is in the future, or before the last one.
    #[error("must not be in the future or before the last fill")]
    RefillTime,
    /// The plan has no reservoir.
    #[error("the plan has no reservoir")]
    NoReservoir,
    /// The plan has no dose at this time, or not yet, or it was too long ago.
    #[error("must be the time of a dose of the last {HISTORY_DAYS} days")]
    NoDose,
    /// Too much has happened within the history.
    #[error("too many changes")]
    TooManyChanges,
}

impl DosePlan {
    /// A new plan. `fill_id` names the first fill of its reservoir.
    pub fn new(
        id: DosePlanId,
        (aquarium_id, owner_id): (AquariumId, UserId),
        details: Details,
        fill_id: Uuid,
        now: Timestamp,
    ) -> Result<Self, PlanError> {
        let regimen = Regimen::new(details.rhythm, now)?;
        let plan = Self {
            id,
            aquarium_id,
            owner_id,
            product: details.product,
            course: Course::starting(now, Some(regimen.clone())),
            regimen,
            paused: false,
            pump: details.pump,
            reservoir: details.reservoir.map(|settings| settings.filled(Fill { id: fill_id, at: now })),
            empty_at: None,
            notified_fill: None,
            created_at: now,
            changed_at: now,
            expires_at_second: None,
            fingerprint: details.fingerprint,
        };
        Ok(plan.settled(now))
    }

    /// True if it was created by this request, whatever it is now.
    pub fn was_created_by(&self, fingerprint: Uuid) -> bool {
        self.fingerprint == fingerprint && !self.is_removed()
    }

    /// Whether it was deleted.
    pub const fn is_removed(&self) -> bool {
        self.expires_at_second.is_some()
    }

    /// The plan with the change; none if that changes nothing. Doses before `now` stay what they were. `fill_id` names the first
    /// fill of a new reservoir.
    pub fn changed(&self, change: Change, fill_id: Uuid, now: Timestamp) -> Result<Option<Self>, PlanError> {
        // Compacted before anything changes: the account of the past follows from the versions that were in force.
        let known = self.compacted(now);
        let mut next = known.clone();
        let paused = change.paused.unwrap_or(self.paused);
        let rhythm = self.regimen.rhythm.with(&change);
        if rhythm != self.regimen.rhythm || paused != self.paused {
            next.regimen = Regimen::new(rhythm, now)?;
            next.paused = paused;
            let regimen = (!paused).then(|| next.regimen.clone());
            next.course = known.course.changed(now, regimen).ok_or(PlanError::TooManyChanges)?;
        }
        next.product = change.product.unwrap_or(next.product);
        next.pump = change.pump.unwrap_or(next.pump);
        if let Some(settings) = change.reservoir {
            next.reservoir = known.with_settings(settings, Fill { id: fill_id, at: now })?;
        }
        Ok((next != known).then(|| next.settled(now)))
    }

    fn with_settings(&self, settings: Option<ReservoirSettings>, fill: Fill) -> Result<Option<Reservoir>, PlanError> {
        let Some(settings) = settings else { return Ok(None) };
        let Some(known) = &self.reservoir else { return Ok(Some(settings.filled(fill))) };
        if settings.filled_ul.is_some() {
            return Err(PlanError::AlreadyFilled);
        }
        let left_ul = known.balance(&self.course, fill.at).left_ul;
        if settings.size_ul < left_ul {
            return Err(PlanError::SizeBelowContent { left_ul });
        }
        Ok(Some(known.resized(settings.size_ul, settings.alarm_days)))
    }

    /// The plan after a refill. A volume that is absent fills the reservoir.
    pub fn refilled(
        &self,
        (id, fingerprint): (Uuid, Uuid),
        volume_ul: Option<u64>,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<Self, PlanError> {
        let compacted = self.compacted(now);
        let reservoir = compacted.reservoir.as_ref().ok_or(PlanError::NoReservoir)?;
        let size_ul = reservoir.size_ul;
        let volume_ul = volume_ul.unwrap_or(size_ul);
        if !(1..=size_ul).contains(&volume_ul) {
            return Err(PlanError::Volume { size_ul });
        }
        if at > now || at < reservoir.last_change() {
            return Err(PlanError::RefillTime);
        }
        if reservoir.refills() >= MAX_REFILLS {
            return Err(PlanError::TooManyChanges);
        }
        let refilled = reservoir.refilled(Refill { id, fingerprint, at, volume_ul });
        Ok(Self { reservoir: Some(refilled), ..compacted }.settled(now))
    }

    /// The plan with a dose that was not given; none if that is known. It is not given later.
    pub fn missed(&self, at: Timestamp, now: Timestamp) -> Result<Option<Self>, PlanError> {
        let compacted = self.compacted(now);
        let dose = self.course.dose_at(at).filter(|dose| history_start(now) <= dose.at && dose.at <= now);
        let dose = dose.ok_or(PlanError::NoDose)?;
        if dose.missed {
            return Ok(None);
        }
        let course = compacted.course.with_missed(&dose).ok_or(PlanError::TooManyChanges)?;
        Ok(Some(Self { course, ..compacted }.settled(now)))
    }

    /// The plan after the members were notified that the reservoir is low; none if that is not due.
    pub fn notified(&self, now: Timestamp) -> Option<Self> {
        let fill = self.reservoir.as_ref()?.fill();
        let is_due = self.watched_at().is_some_and(|at| at <= now);
        is_due.then(|| Self { notified_fill: Some(fill.id), ..self.clone() })
    }

    /// The mark of the deleted plan, which expires. It keeps the request that created the plan from creating it again.
    #[must_use]
    pub fn removed(&self, now: Timestamp) -> Self {
        Self {
            product: String::new(),
            pump: None,
            course: Course::default(),
            reservoir: None,
            empty_at: None,
            changed_at: now,
            expires_at_second: Some(now.as_second() + REMOVED_SECONDS),
            ..self.clone()
        }
    }

    /// Whether it is followed.
    pub fn status(&self, now: Timestamp) -> PlanStatus {
        let rhythm = &self.regimen.rhythm;
        if rhythm.zone.local(now).date() > self.regimen.last_day() {
            PlanStatus::Ended
        } else if self.paused {
            PlanStatus::Paused
        } else {
            PlanStatus::Active
        }
    }

    /// When the reservoir is low.
    pub fn low_at(&self) -> Option<Timestamp> {
        let days = self.reservoir.as_ref()?.alarm_days;
        let before = SignedDuration::from_hours(i64::from(days) * HOURS_PER_DAY);
        Some(self.empty_at?.saturating_sub(before).unwrap_or(Timestamp::MIN))
    }

    /// When the members are to be notified that the reservoir is low: once per fill, and not while the plan is paused.
    pub fn watched_at(&self) -> Option<Timestamp> {
        let fill = self.reservoir.as_ref()?.fill();
        let is_watched = !self.paused && self.notified_fill != Some(fill.id);
        self.low_at().filter(|_| is_watched)
    }

    /// The fact that the plan is now this, in a revision.
    pub fn changed_fact(&self, revision: u64, now: Timestamp) -> DosePlanChanged {
        let active = !self.paused && !self.is_removed();
        DosePlanChanged {
            plan_id: self.id,
            aquarium_id: self.aquarium_id,
            owner_id: self.owner_id,
            product: self.product.clone(),
            active,
            reservoir_low: self.low_at().is_some_and(|at| at <= now),
            empty_at: self.empty_at.filter(|_| active),
            revision,
        }
    }

    /// The fact that the plan was deleted.
    pub fn removed_fact(&self, revision: u64) -> DosePlanChanged {
        DosePlanChanged {
            plan_id: self.id,
            aquarium_id: self.aquarium_id,
            owner_id: self.owner_id,
            product: self.product.clone(),
            active: false,
            reservoir_low: false,
            empty_at: None,
            revision,
        }
    }

    /// The plan after a change: without what is over, and with what follows from the rest.
    fn settled(&self, now: Timestamp) -> Self {
        let mut next = self.compacted(now);
        next.empty_at = next.reservoir.as_ref().and_then(|reservoir| reservoir.empty_at(&next.course));
        next.changed_at = now;
        next
    }

    /// The plan without versions, refills and missed doses that are over. The account of the reservoir is the same.
    fn compacted(&self, now: Timestamp) -> Self {
        let cutoff = history_start(now);
        let reservoir = self.reservoir.as_ref().map(|reservoir| reservoir.since(&self.course, cutoff));
        Self { reservoir, course: self.course.since(cutoff), ..self.clone() }
    }
}

/// Since when the history of a plan is kept.
pub fn history_start(now: Timestamp) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(HISTORY_DAYS * HOURS_PER_DAY)).unwrap_or(Timestamp::MIN)
}

/// A problem's text about the limits of a plan's history.
pub fn history_limits() -> String {
    format!("{MAX_VERSIONS} edits, {MAX_REFILLS} refills and {MAX_MISSED} missed doses within {HISTORY_DAYS} days")
}
