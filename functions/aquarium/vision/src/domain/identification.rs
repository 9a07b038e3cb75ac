//! An identification from its request to its end.
//!
//! ```text
//! pending ──> identified ──> confirmed (test strips)
//!    └──────> failed
//! any ───────> deleted
//! ```
//!
//! While it is pending, `not_before` is the earliest time of the next attempt. An attempt moves it to the end of its
//! lease before it calls a model, so that a second delivery of the same message waits instead of paying for a second
//! look. An attempt without a usable answer moves it to the end of a pause, and the pauses grow. An attempt whose
//! process was killed counts, and its lease ends by itself.

use contracts::vision::{
    ConfirmedValue, IdentificationConfirmed, IdentificationKind, IdentificationRequested, Identified,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use types::{IdentificationId, MediaId, UserId};
use utoipa::ToSchema;
use water::{Entered, Parameter, UnitError, canonical};

use super::suggestion::{Findings, MAX_SUGGESTIONS};

/// The most attempts at one identification.
pub const MAX_ATTEMPTS: u32 = 6;
/// The pauses after attempts without a usable answer, in seconds; together about 21 minutes. SQS delays a message by at
/// most 900.
pub const PAUSES_SECONDS: [u16; 5] = [2, 15, 60, 300, 900];
/// How long an identification can be pending, in minutes. One that is older is shown as failed, and ends so when its
/// message comes: all pauses together are shorter, but a message that became a dead letter is redriven later or never.
pub const MAX_PENDING_MINUTES: i64 = 120;
/// How long a deleted identification stays, in days: longer than a message, also as a dead letter.
pub const DELETED_DAYS: i64 = 30;
/// How long an attempt has an identification for itself, in seconds: longer than its function may run.
pub const LEASE_SECONDS: u16 = 90;

/// An identification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identification {
    /// Identification ID.
    pub id: IdentificationId,
    /// User ID of the requester.
    pub user_id: UserId,
    /// Media ID of the picture.
    pub media_id: MediaId,
    /// What to look for.
    pub kind: IdentificationKind,
    /// Correlation ID of the request.
    pub correlation_id: String,
    /// Time of the request.
    pub created_at: Timestamp,
    /// Status.
    pub status: Status,
    /// What the user confirmed of a test strip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
}

/// Status of an identification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum Status {
    /// A model is yet to look at the picture.
    Pending {
        /// Number of attempts that were begun.
        attempts: u32,
        /// Earliest time of the next attempt.
        not_before: Timestamp,
    },
    /// A model looked at the picture.
    Identified {
        /// When.
        at: Timestamp,
        /// What it suggests.
        findings: Findings,
    },
    /// There is no result, and there will be none.
    Failed {
        /// When.
        at: Timestamp,
        /// Why.
        reason: Failed,
    },
    /// The user deleted it. The item stays for a while, so that its ID never names another identification, whose message
    /// could still be under way.
    Deleted {
        /// When.
        at: Timestamp,
    },
}

/// Reason of an identification without a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IdentificationFailure)]
pub enum Failed {
    /// The picture was deleted.
    PictureDeleted,
    /// The model cannot read the picture.
    PictureRefused,
    /// No attempt got a usable answer.
    NoAnswer,
    /// Identifications were turned off.
    TurnedOff,
}

/// The values of a test strip that a user confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// When.
    pub at: Timestamp,
    /// The values.
    pub values: Vec<Value>,
}

/// A water value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// Parameter.
    pub parameter: Parameter,
    /// Value with its unit.
    pub entered: Entered,
}

/// What a delivery of the message has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nothing: the identification has ended.
    Nothing,
    /// Come again after so many seconds.
    Wait(u16),
    /// Look at the picture.
    Look,
    /// End it: every attempt was used, or it is too old.
    GiveUp,
}

/// What follows from a confirmation.
#[derive(Debug, Clone, PartialEq)]
pub enum Confirming {
    /// It is new.
    Confirmed(Box<Identification>, IdentificationConfirmed),
    /// The user confirmed the same before.
    Repeated,
}

/// Why a confirmation is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfirmRefusal {
    /// The identification has no result.
    NotIdentified,
    /// The identification is not of a test strip.
    NotATestStrip,
    /// Other values were confirmed before.
    AlreadyConfirmed,
    /// Values break rules.
    Invalid(Vec<InvalidValue>),
}

/// A value of a confirmation that breaks a rule: its position, its field and the rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidValue {
    /// Position, from 0.
    pub at: usize,
    /// Field.
    pub field: &'static str,
    /// The rule and the remedy.
    pub rule: String,
}

impl Identification {
    /// An identification that was requested now.
    pub fn requested(
        (id, user_id, media_id): (IdentificationId, UserId, MediaId),
        kind: IdentificationKind,
        correlation_id: String,
        now: Timestamp,
    ) -> Self {
        let status = Status::Pending { attempts: 0, not_before: now };
        Self { id, user_id, media_id, kind, correlation_id, created_at: now, status, confirmation: None }
    }

    /// Returns true if a request with the same key asks for the same.
    pub fn is_of(&self, media_id: MediaId, kind: IdentificationKind) -> bool {
        (self.media_id, self.kind) == (media_id, kind)
    }

    /// Returns what a delivery has to do now.
    pub fn next_step(&self, now: Timestamp) -> Step {
        match &self.status {
            Status::Pending { .. } if now >= self.overdue_at() => Step::GiveUp,
            Status::Pending { not_before, .. } if now < *not_before => Step::Wait(seconds_until(*not_before, now)),
            Status::Pending { attempts, .. } if *attempts >= MAX_ATTEMPTS => Step::GiveUp,
            Status::Pending { .. } => Step::Look,
            Status::Identified { .. } | Status::Failed { .. } | Status::Deleted { .. } => Step::Nothing,
        }
    }

    /// The identification with one more attempt, which has it for itself.
    #[must_use]
    pub fn attempted(&self, now: Timestamp) -> Self {
        let attempts = self.attempts() + 1;
        self.with(Status::Pending { attempts, not_before: after(now, LEASE_SECONDS) })
    }

    /// The identification after an attempt without a usable answer, and the pause before the next one in seconds; none
    /// after the last.
    pub fn unanswered(&self, now: Timestamp) -> (Self, Option<u16>) {
        let attempts = self.attempts();
        let pause = usize::try_from(attempts).ok().and_then(|count| PAUSES_SECONDS.get(count.saturating_sub(1)));
        match pause.filter(|_| attempts < MAX_ATTEMPTS) {
            Some(pause) => (self.with(Status::Pending { attempts, not_before: after(now, *pause) }), Some(*pause)),
            None => (self.failed(Failed::NoAnswer, now), None),
        }
    }

    /// The identification without a result.
    #[must_use]
    pub fn failed(&self, reason: Failed, now: Timestamp) -> Self {
        self.with(Status::Failed { at: now, reason })
    }

    /// The identification with what a model suggests.
    #[must_use]
    pub fn identified(&self, findings: Findings, now: Timestamp) -> Self {
        self.with(Status::Identified { at: now, findings })
    }

    /// The identification without its result and its confirmation, after its user deleted it.
    #[must_use]
    pub fn deleted(&self, now: Timestamp) -> Self {
        Self { confirmation: None, ..self.with(Status::Deleted { at: now }) }
    }

    /// Returns true if its user deleted it.
    pub const fn is_deleted(&self) -> bool {
        matches!(self.status, Status::Deleted { .. })
    }

    /// Returns the time from which it fails if it is pending.
    pub fn overdue_at(&self) -> Timestamp {
        self.created_at + SignedDuration::from_mins(MAX_PENDING_MINUTES)
    }

    /// Returns the second in which a deleted one goes; none while it is not deleted.
    pub fn expires_at(&self) -> Option<i64> {
        let Status::Deleted { at } = self.status else { return None };
        Some((at + SignedDuration::from_hours(24 * DELETED_DAYS)).as_second())
    }

    /// Returns the number of attempts that were begun.
    fn attempts(&self) -> u32 {
        match &self.status {
            Status::Pending { attempts, .. } => *attempts,
            Status::Identified { .. } | Status::Failed { .. } | Status::Deleted { .. } => MAX_ATTEMPTS,
        }
    }

    fn with(&self, status: Status) -> Self {
        Self { status, ..self.clone() }
    }

    /// Confirms values of a test strip: a subset of the suggested parameters, each as suggested or changed.
    pub fn confirm(&self, values: Vec<Value>, now: Timestamp) -> Result<Confirming, ConfirmRefusal> {
        if self.kind != IdentificationKind::TestStrip {
            return Err(ConfirmRefusal::NotATestStrip);
        }
        let Status::Identified { findings, .. } = &self.status else { return Err(ConfirmRefusal::NotIdentified) };
        if let Some(before) = &self.confirmation {
            return if before.values == values {
                Ok(Confirming::Repeated)
            } else {
                Err(ConfirmRefusal::AlreadyConfirmed)
            };
        }
        let fact = self.confirmed_fact(findings, &values)?;
        let confirmation = Some(Confirmation { at: now, values });
        Ok(Confirming::Confirmed(Box::new(Self { confirmation, ..self.clone() }), fact))
    }

    fn confirmed_fact(&self, findings: &Findings, values: &[Value]) -> Result<IdentificationConfirmed, ConfirmRefusal> {
        let (mut confirmed, mut invalid, mut unchanged) = (Vec::with_capacity(values.len()), Vec::new(), 0);
        for (at, value) in values.iter().enumerate() {
            let repeats = values[..at].iter().any(|before| before.parameter == value.parameter);
            match check(value, findings, repeats) {
                Ok(checked) => confirmed.push(checked),
                Err((field, rule)) => invalid.push(InvalidValue { at, field, rule }),
            }
            let suggested = findings.value_of(value.parameter);
            unchanged += u32::from(suggested.is_some_and(|suggested| suggested.entered == value.entered));
        }
        if invalid.is_empty() {
            let (identification_id, user_id) = (self.id, self.user_id);
            Ok(IdentificationConfirmed { identification_id, user_id, values: confirmed, unchanged })
        } else {
            Err(ConfirmRefusal::Invalid(invalid))
        }
    }

    /// The fact that it was requested.
    pub fn requested_fact(&self) -> IdentificationRequested {
        let Self { id, user_id, media_id, kind, .. } = self;
        IdentificationRequested { identification_id: *id, user_id: *user_id, media_id: *media_id, kind: *kind }
    }

    /// The fact that a model looked at the picture.
    pub fn identified_fact(&self, findings: &Findings) -> Identified {
        // An answer has at most twenty suggestions.
        let count = u32::try_from(findings.len().min(MAX_SUGGESTIONS)).unwrap_or_default();
        Identified { identification_id: self.id, user_id: self.user_id, kind: self.kind, count }
    }
}

fn check(value: &Value, findings: &Findings, repeats: bool) -> Result<ConfirmedValue, (&'static str, String)> {
    if repeats {
        return Err(("parameter", "must occur once; remove the other value".to_owned()));
    }
    if findings.value_of(value.parameter).is_none() {
        let rule = "is none of the suggested parameters; record the value as a reading of its own";
        return Err(("parameter", rule.to_owned()));
    }
    let stored = canonical(value.parameter, value.entered).map_err(|error| (field_of(error), error.to_string()))?;
    // A manual reading must be plausible, and a confirmation is final: what cannot be recorded must not be confirmed.
    if !value.parameter.plausible().contains(stored.get()) {
        let rule = "is beyond the values of water with living animals; check number and unit";
        return Err(("value", rule.to_owned()));
    }
    let parameter = parameter_name(value.parameter);
    let (entered_value, entered_unit) = (value.entered.value.to_string(), value.entered.unit.name().to_owned());
    Ok(ConfirmedValue { parameter, value: stored.get(), entered_value, entered_unit })
}

/// The name of a parameter as in JSON.
fn parameter_name(parameter: Parameter) -> String {
    // A unit variant is a string.
    serde_json::to_value(parameter).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

const fn field_of(error: UnitError) -> &'static str {
    match error {
        UnitError::OutOfRange | UnitError::TooManyDecimals => "value",
        UnitError::NotAUnitOf { .. }
        | UnitError::BasisMissing { .. }
        | UnitError::AmbiguousGallon
        | UnitError::NotATemperature(_)
        | UnitError::NotAVolume(_) => "unit",
    }
}

fn after(now: Timestamp, seconds: u16) -> Timestamp {
    now + SignedDuration::from_secs(seconds.into())
}

/// Rounded up, and at least one: a message that comes too early would come again at once.
fn seconds_until(until: Timestamp, now: Timestamp) -> u16 {
    let millis = until.duration_since(now).as_millis();
    let seconds = u128::try_from(millis).unwrap_or_default().div_ceil(1_000).max(1);
    u16::try_from(seconds).unwrap_or(u16::MAX)
}
