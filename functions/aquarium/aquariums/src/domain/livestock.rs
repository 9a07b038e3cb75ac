//! Livestock: animals and plants of one species in an aquarium, and how many come and go.

use contracts::aquariums::{LivestockChanged, MovementCause};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, LivestockId, MovementId, UserId, Uuid, derive_id};

use super::access::Scope;

/// Maximum number of kinds of livestock of an aquarium.
pub const MAX_LIVESTOCK: u32 = 500;
/// Maximum length of the name of a species in characters.
pub const MAX_SPECIES_CHARS: usize = 120;
/// Maximum length of a name in characters.
pub const MAX_NAME_CHARS: usize = 80;
/// Maximum number of animals or plants of one kind, and of one movement.
pub const MAX_COUNT: u32 = 100_000;

/// Direction of a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MovementDirection)]
pub enum Direction {
    /// Into the aquarium.
    In,
    /// Out of the aquarium.
    Out,
}

/// Why a movement is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MovementError {
    /// The number is zero or too large.
    #[error("must be 1 to {MAX_COUNT}")]
    Number,
    /// The cause does not fit the direction.
    #[error(
        "must fit the direction: in is bought, born, received or corrected; out is died, sold, given_away, missing or corrected"
    )]
    Cause,
}

/// The movement would make the count negative or too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountOutOfRange {
    /// The count, which stays as it is.
    pub count: u32,
}

/// A change of the count. Valid by construction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    direction: Direction,
    number: u32,
    cause: MovementCause,
}

impl Change {
    /// Parses a number of animals or plants that move. The error of the number comes first.
    pub fn new(direction: Direction, number: u32, cause: MovementCause) -> Result<Self, MovementError> {
        use MovementCause as Cause;
        let fits = match cause {
            Cause::Bought | Cause::Born | Cause::Received => direction == Direction::In,
            Cause::Died | Cause::Sold | Cause::GivenAway | Cause::Missing => direction == Direction::Out,
            Cause::Corrected => true,
        };
        if !(1..=MAX_COUNT).contains(&number) {
            Err(MovementError::Number)
        } else if fits {
            Ok(Self { direction, number, cause })
        } else {
            Err(MovementError::Cause)
        }
    }

    /// The direction.
    pub const fn direction(self) -> Direction {
        self.direction
    }

    /// How many moved.
    pub const fn number(self) -> u32 {
        self.number
    }

    /// The cause.
    pub const fn cause(self) -> MovementCause {
        self.cause
    }

    /// The change of the count: negative for what left.
    pub fn signed(self) -> i64 {
        match self.direction {
            Direction::In => i64::from(self.number),
            Direction::Out => -i64::from(self.number),
        }
    }

    /// The count after the change.
    pub fn apply(self, count: u32) -> Result<u32, CountOutOfRange> {
        let next = match self.direction {
            Direction::In => count.checked_add(self.number).filter(|next| *next <= MAX_COUNT),
            Direction::Out => count.checked_sub(self.number),
        };
        next.ok_or(CountOutOfRange { count })
    }
}

/// What a keeper says about livestock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Species, as the keeper enters it.
    pub species: String,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Fields to change. The inner option of the name is what it becomes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// New species.
    pub species: Option<String>,
    /// New name.
    pub name: Option<Option<String>>,
}

/// Animals or plants of one species in an aquarium.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Livestock {
    owner_id: UserId,
    aquarium_id: AquariumId,
    /// ID.
    pub id: LivestockId,
    /// Since when they are in the aquarium.
    pub since: Timestamp,
    /// What the keeper says about them.
    pub details: Details,
    /// How many there are.
    pub count: u32,
    /// What they were created with.
    fingerprint: Uuid,
}

impl Livestock {
    /// New livestock, which came with the change.
    pub fn new(scope: &Scope, id: LivestockId, details: Details, first: Change, now: Timestamp) -> Self {
        let fingerprint = fingerprint(&details, first);
        let (owner_id, aquarium_id, count) = (scope.owner_id(), scope.aquarium_id(), first.number);
        Self { owner_id, aquarium_id, id, since: now, details, count, fingerprint }
    }

    /// The owner of the aquarium, in whose partition they lie.
    pub const fn owner_id(&self) -> UserId {
        self.owner_id
    }

    /// The aquarium.
    pub const fn aquarium_id(&self) -> AquariumId {
        self.aquarium_id
    }

    /// True if they were created with these values, whatever they are now.
    pub fn was_created_with(&self, details: &Details, first: Change) -> bool {
        self.fingerprint == fingerprint(details, first)
    }

    /// The livestock with the edit; none if that changes nothing.
    pub fn edited(&self, edit: Edit) -> Option<Self> {
        let before = self.details.clone();
        let details =
            Details { species: edit.species.unwrap_or(before.species), name: edit.name.unwrap_or(before.name) };
        (details != self.details).then(|| Self { details, ..self.clone() })
    }

    /// The livestock after a movement.
    pub fn moved(&self, change: Change) -> Result<Self, CountOutOfRange> {
        Ok(Self { count: change.apply(self.count)?, ..self.clone() })
    }

    /// The fact that the count became this.
    pub fn changed_fact(&self, movement: &Movement, revision: u64) -> LivestockChanged {
        LivestockChanged {
            livestock_id: self.id,
            aquarium_id: self.aquarium_id,
            owner_id: self.owner_id,
            species: self.details.species.clone(),
            change: movement.change.signed(),
            count: self.count,
            cause: movement.change.cause,
            moved_at: movement.moved_at,
            revision,
        }
    }
}

fn fingerprint(details: &Details, first: Change) -> Uuid {
    derive_id(&[&format!("{details:?}{first:?}")])
}

/// Animals or plants that came into the aquarium or left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Movement {
    owner_id: UserId,
    aquarium_id: AquariumId,
    /// The livestock.
    pub livestock_id: LivestockId,
    /// ID.
    pub id: MovementId,
    /// Time of the movement.
    pub moved_at: Timestamp,
    /// The change of the count.
    pub change: Change,
    /// The count after it was recorded.
    pub count: u32,
    /// What else there is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Who recorded it; none once the user deleted the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<UserId>,
}

/// What a member says about a movement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// ID of the movement.
    pub id: MovementId,
    /// Time of the movement.
    pub moved_at: Timestamp,
    /// The change of the count.
    pub change: Change,
    /// What else there is to say.
    pub note: Option<String>,
}

impl Movement {
    /// The movement that led to this livestock.
    pub fn new(scope: &Scope, after: &Livestock, report: Report) -> Self {
        Self {
            owner_id: after.owner_id,
            aquarium_id: after.aquarium_id,
            livestock_id: after.id,
            id: report.id,
            moved_at: report.moved_at,
            change: report.change,
            count: after.count,
            note: report.note,
            recorded_by: Some(scope.user_id()),
        }
    }

    /// The owner of the aquarium, in whose partition it lies.
    pub const fn owner_id(&self) -> UserId {
        self.owner_id
    }

    /// The aquarium.
    pub const fn aquarium_id(&self) -> AquariumId {
        self.aquarium_id
    }

    /// True if it was recorded with these values.
    pub fn was_reported_as(&self, report: &Report) -> bool {
        (self.moved_at, self.change, &self.note) == (report.moved_at, report.change, &report.note)
    }

    /// The movement without what a deleted user wrote; none if another user recorded it.
    pub fn redacted(&self, user: UserId) -> Option<Self> {
        (self.recorded_by == Some(user)).then(|| Self { note: None, recorded_by: None, ..self.clone() })
    }
}

#[cfg(test)]
#[path = "livestock_tests.rs"]
mod tests;
