//! Aquariums: what they are, and how they change.

use calendar::ZoneName;
use contracts::aquariums::{AquariumChanged, AquariumCreated, AquariumKind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{AquariumId, UserId, Uuid, derive_id};

use super::target::Target;

/// Maximum length of a name in characters.
pub const MAX_NAME_CHARS: usize = 80;

/// Range of volumes in millilitres: from a jar to a small lake.
pub const VOLUME_ML: std::ops::RangeInclusive<u64> = 100..=1_000_000_000;

/// What a keeper says about an aquarium.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// Name.
    pub name: String,
    /// Type of water.
    pub kind: AquariumKind,
    /// Volume of the water in millilitres, without decoration.
    pub net_volume_ml: u64,
    /// Time zone of the aquarium's days.
    pub time_zone: ZoneName,
}

impl Details {
    /// The same for the same details: distinguishes a repeated request from another one.
    fn fingerprint(&self) -> Uuid {
        let volume = self.net_volume_ml.to_string();
        derive_id(&[&self.name, self.kind.as_str(), &volume, self.time_zone.as_str()])
    }
}

/// The volume is out of range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {} to {} millilitres", VOLUME_ML.start(), VOLUME_ML.end())]
pub struct VolumeOutOfRange;

/// Parses a volume in millilitres.
pub fn volume(ml: u64) -> Result<u64, VolumeOutOfRange> {
    if VOLUME_ML.contains(&ml) { Ok(ml) } else { Err(VolumeOutOfRange) }
}

/// Fields to change.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// New name.
    pub name: Option<String>,
    /// New type of water.
    pub kind: Option<AquariumKind>,
    /// New volume in millilitres.
    pub net_volume_ml: Option<u64>,
    /// New time zone.
    pub time_zone: Option<ZoneName>,
}

/// An aquarium.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Aquarium {
    /// ID.
    pub id: AquariumId,
    /// The owner, in whose partition it lies.
    pub owner_id: UserId,
    /// Time of creation.
    pub created_at: Timestamp,
    /// What the keeper says about it.
    pub details: Details,
    /// The targets of its parameters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
    /// What it was created with.
    fingerprint: Uuid,
}

impl Aquarium {
    /// A new aquarium.
    pub fn new(id: AquariumId, owner_id: UserId, details: Details, now: Timestamp) -> Self {
        let fingerprint = details.fingerprint();
        Self { id, owner_id, created_at: now, details, targets: Vec::new(), fingerprint }
    }

    /// True if it was created with these details, whatever they are now.
    pub fn was_created_with(&self, details: &Details) -> bool {
        self.fingerprint == details.fingerprint()
    }

    /// The aquarium with the change; none if that changes nothing.
    pub fn changed(&self, change: Change) -> Option<Self> {
        let before = &self.details;
        let details = Details {
            name: change.name.unwrap_or_else(|| before.name.clone()),
            kind: change.kind.unwrap_or(before.kind),
            net_volume_ml: change.net_volume_ml.unwrap_or(before.net_volume_ml),
            time_zone: change.time_zone.unwrap_or_else(|| before.time_zone.clone()),
        };
        (details != *before).then(|| Self { details, ..self.clone() })
    }

    /// The aquarium with these targets and no others; none if it has them.
    pub fn with_targets(&self, targets: Vec<Target>) -> Option<Self> {
        (targets != self.targets).then(|| Self { targets, ..self.clone() })
    }

    /// The fact that it was created.
    pub fn created_fact(&self) -> AquariumCreated {
        let Details { name, kind, net_volume_ml, time_zone } = self.details.clone();
        let (aquarium_id, owner_id) = (self.id, self.owner_id);
        AquariumCreated { aquarium_id, owner_id, name, kind, net_volume_ml, time_zone: time_zone.into(), revision: 1 }
    }

    /// The fact that it became this in a revision.
    pub fn changed_fact(&self, revision: u64) -> AquariumChanged {
        let Details { name, kind, net_volume_ml, time_zone } = self.details.clone();
        let (aquarium_id, owner_id) = (self.id, self.owner_id);
        AquariumChanged { aquarium_id, owner_id, name, kind, net_volume_ml, time_zone: time_zone.into(), revision }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn details() -> impl Strategy<Value = Details> {
        let kinds = vec![AquariumKind::Fresh, AquariumKind::Brackish, AquariumKind::Marine, AquariumKind::Pond];
        let zones = vec!["Europe/Berlin", "Asia/Kolkata", "UTC"];
        let name = prop::sample::select(vec!["Reef", "Tank", "Pond"]);
        (name, prop::sample::select(kinds), VOLUME_ML, prop::sample::select(zones)).prop_map(
            |(name, kind, net_volume_ml, zone)| Details {
                name: name.to_owned(),
                kind,
                net_volume_ml,
                time_zone: ZoneName::parse(zone).unwrap(),
            },
        )
    }

    fn change(details: Details, fields: [bool; 4]) -> Change {
        Change {
            name: fields[0].then_some(details.name),
            kind: fields[1].then_some(details.kind),
            net_volume_ml: fields[2].then_some(details.net_volume_ml),
            time_zone: fields[3].then_some(details.time_zone),
        }
    }

    proptest! {
        #[test]
        fn a_change_sets_its_fields_and_no_others_and_repeating_it_changes_nothing(
            before in details(), after in details(), fields in any::<[bool; 4]>(),
        ) {
            let (id, owner) = (AquariumId::new(Uuid::from_u128(1)), UserId::new(Uuid::from_u128(2)));
            let aquarium = Aquarium::new(id, owner, before.clone(), Timestamp::UNIX_EPOCH);
            let change = change(after.clone(), fields);
            let changed = aquarium.changed(change.clone()).unwrap_or_else(|| aquarium.clone());
            prop_assert_eq!(&changed.details.name, if fields[0] { &after.name } else { &before.name });
            prop_assert_eq!(changed.details.kind, if fields[1] { after.kind } else { before.kind });
            let volume = if fields[2] { after.net_volume_ml } else { before.net_volume_ml };
            prop_assert_eq!(changed.details.net_volume_ml, volume);
            prop_assert_eq!(&changed.details.time_zone, if fields[3] { &after.time_zone } else { &before.time_zone });
            prop_assert_eq!(changed.changed(change), None);
            prop_assert!(changed.was_created_with(&before));
        }
    }

    #[test]
    fn volumes_have_bounds() {
        assert_eq!((volume(99), volume(1_000_000_001)), (Err(VolumeOutOfRange), Err(VolumeOutOfRange)));
        assert_eq!((volume(100), volume(1_000_000_000)), (Ok(100), Ok(1_000_000_000)));
        assert_eq!(VolumeOutOfRange.to_string(), "must be 100 to 1000000000 millilitres");
    }
}
