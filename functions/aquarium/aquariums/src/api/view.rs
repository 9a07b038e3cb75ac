//! Views of aquariums in responses.

use contracts::aquariums::{AquariumKind, MemberRole};
use jiff::Timestamp;
use serde::Serialize;
use types::{AquariumId, InvitationId, UserId};
use utoipa::ToSchema;
use water::{Decimal, Parameter, Unit};

use crate::domain::access::{Role, Scope};
use crate::domain::aquarium::Aquarium;
use crate::domain::invitation::Invitation;
use crate::domain::reading::Measurement;
use crate::domain::target::Target;

/// An aquarium.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AquariumView {
    /// Aquarium ID.
    id: AquariumId,
    /// Name.
    #[schema(example = "Reef")]
    name: String,
    /// Type of water.
    kind: AquariumKind,
    /// Volume of the water in millilitres.
    #[schema(example = 180_000)]
    net_volume_ml: u64,
    /// IANA time zone of the aquarium's days.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// Targets, ordered by parameter.
    targets: Vec<TargetView>,
    /// User ID of the owner.
    owner_id: UserId,
    /// The caller's role.
    role: Role,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
}

impl AquariumView {
    /// The view of an aquarium for a user with this authority.
    pub fn of(aquarium: &Aquarium, scope: &Scope) -> Self {
        let details = aquarium.details.clone();
        Self {
            id: aquarium.id,
            name: details.name,
            kind: details.kind,
            net_volume_ml: details.net_volume_ml,
            time_zone: details.time_zone.into(),
            targets: aquarium.targets.iter().filter_map(TargetView::of).collect(),
            owner_id: scope.owner_id(),
            role: scope.role(),
            created_at: aquarium.created_at,
        }
    }
}

/// The range in which a parameter is meant to be, as it was entered.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ParameterTarget)]
pub struct TargetView {
    /// What the target is of.
    parameter: Parameter,
    /// Unit of the limits.
    unit: Unit,
    /// Lower limit.
    lower: Option<Decimal>,
    /// Upper limit.
    upper: Option<Decimal>,
}

impl TargetView {
    /// The view of a target. One without limits does not exist.
    fn of(target: &Target) -> Option<Self> {
        let Target { parameter, lower, upper } = *target;
        let unit = lower.or(upper)?.entered.unit;
        let value = |limit: Option<Measurement>| limit.map(|limit| limit.entered.value);
        Some(Self { parameter, unit, lower: value(lower), upper: value(upper) })
    }
}

/// An invitation that has not been accepted.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationView {
    /// Invitation ID.
    id: InvitationId,
    /// The role of the user who accepts it.
    role: MemberRole,
    /// Time of creation.
    #[serde(serialize_with = "types::time::millis")]
    created_at: Timestamp,
    /// Time from which it cannot be accepted.
    #[serde(serialize_with = "types::time::millis")]
    expires_at: Timestamp,
}

impl From<&Invitation> for InvitationView {
    fn from(invitation: &Invitation) -> Self {
        let Invitation { id, role, created_at, .. } = *invitation;
        Self { id, role, created_at, expires_at: invitation.expires_at() }
    }
}
