//! Figures and lists as the staff sees them: numbers and IDs, without names and content.

use contracts::aquariums::AquariumKind;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use types::{AquariumId, UserId};
use utoipa::ToSchema;

use crate::domain::card::{Card, Role};
use crate::domain::figures::{Listing, Shard};
use crate::domain::home::Home;

/// All types of water, in the order in which they are shown.
pub const KINDS: [AquariumKind; 4] =
    [AquariumKind::Fresh, AquariumKind::Brackish, AquariumKind::Marine, AquariumKind::Pond];

/// Number of aquariums of a type of water.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KindCount {
    /// Type of water.
    pub kind: AquariumKind,
    /// Number of aquariums.
    #[schema(example = 120)]
    pub count: i64,
}

/// Figures of all aquariums.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverviewView {
    /// Number of aquariums.
    #[schema(example = 300)]
    pub aquariums: i64,
    /// Number of aquariums by type of water.
    pub kinds: Vec<KindCount>,
    /// Number of shares: a user counts once for each aquarium that is shared with them.
    #[schema(example = 80)]
    pub shares: i64,
    /// Number of open alarms.
    #[schema(example = 7)]
    pub open_alarms: i64,
    /// Number of aquariums with an open alarm.
    #[schema(example = 5)]
    pub alarmed_aquariums: i64,
    /// Number of devices that do not send.
    #[schema(example = 2)]
    pub silent_devices: i64,
    /// Time of the newest event that the figures include. Null before the first one.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub as_of: Option<Timestamp>,
}

impl From<&Shard> for OverviewView {
    fn from(total: &Shard) -> Self {
        let count = |kind: AquariumKind| total.kinds.get(kind.as_str()).copied().unwrap_or_default();
        let kinds: Vec<_> = KINDS.into_iter().map(|kind| KindCount { kind, count: count(kind) }).collect();
        Self {
            aquariums: kinds.iter().map(|kind| kind.count).sum(),
            kinds,
            shares: total.members,
            open_alarms: total.open_alarms,
            alarmed_aquariums: total.alarmed,
            silent_devices: total.silent_devices,
            as_of: total.as_of,
        }
    }
}

/// Aquarium in a list for the staff.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListedAquarium {
    /// Aquarium ID.
    pub id: AquariumId,
    /// User ID of the owner.
    pub owner_id: UserId,
    /// Type of water.
    pub kind: AquariumKind,
    /// Number of users with whom it is shared.
    #[schema(example = 1)]
    pub shares: u32,
    /// Number of open alarms.
    #[schema(example = 1)]
    pub open_alarms: u32,
    /// Number of devices that do not send.
    #[schema(example = 0)]
    pub silent_devices: u32,
    /// Time of the newest event about any of these.
    #[serde(serialize_with = "types::time::millis")]
    pub as_of: Timestamp,
}

impl From<Listing> for ListedAquarium {
    fn from(listing: Listing) -> Self {
        Self {
            id: listing.aquarium_id,
            owner_id: listing.owner_id,
            kind: listing.kind,
            shares: listing.members,
            open_alarms: listing.open_alarms,
            silent_devices: listing.silent_devices,
            as_of: listing.as_of,
        }
    }
}

/// Aquarium of a person.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonAquarium {
    /// Aquarium ID.
    pub id: AquariumId,
    /// Type of water.
    pub kind: AquariumKind,
    /// What the person is to it.
    pub role: Role,
    /// Number of open alarms.
    #[schema(example = 1)]
    pub open_alarms: usize,
    /// Number of devices that do not send.
    #[schema(example = 0)]
    pub silent_devices: usize,
    /// Time of the newest event about it.
    #[serde(serialize_with = "types::time::millis")]
    pub as_of: Timestamp,
}

/// Facets of a person.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonView {
    /// User ID.
    pub id: UserId,
    /// Number of aquariums in `aquariums` that the person owns.
    #[schema(example = 2)]
    pub owned_count: usize,
    /// Number of aquariums in `aquariums` that are shared with the person.
    #[schema(example = 1)]
    pub shared_count: usize,
    /// Number of open alarms in `aquariums`.
    #[schema(example = 1)]
    pub open_alarms: usize,
    /// The aquariums on the person's home screen, those that the person owns first. At most 60.
    pub aquariums: Vec<PersonAquarium>,
    /// Whether the person may have more aquariums, since the home screen has 60 or as much text as a screen may have. The counts are then
    /// lower bounds.
    pub has_more: bool,
    /// Day in UTC on which the person last changed something in an aquarium. Null if never.
    #[schema(value_type = Option<String>, format = Date, example = "2026-03-14")]
    pub last_active_on: Option<Date>,
    /// Time of the newest event about the person. Null before the first one.
    #[serde(serialize_with = "types::time::optional_millis")]
    pub as_of: Option<Timestamp>,
}

impl From<&Home> for PersonView {
    fn from(home: &Home) -> Self {
        let show = |(id, card): (AquariumId, &Card)| PersonAquarium {
            id,
            kind: card.kind,
            role: card.role,
            open_alarms: card.alarms.count,
            silent_devices: card.silent.count,
            as_of: card.as_of,
        };
        let mut aquariums: Vec<_> = home.cards.iter().map(|(id, card)| show((*id, card))).collect();
        aquariums.sort_by_key(|aquarium| (aquarium.role != Role::Owner, aquarium.id));
        let owned_count = aquariums.iter().filter(|aquarium| aquarium.role == Role::Owner).count();
        Self {
            id: home.user_id,
            owned_count,
            shared_count: aquariums.len() - owned_count,
            open_alarms: aquariums.iter().map(|aquarium| aquarium.open_alarms).sum(),
            aquariums,
            has_more: home.is_full(),
            last_active_on: home.active_on,
            as_of: home.as_of(),
        }
    }
}

#[cfg(test)]
mod tests {
    use types::Uuid;

    use super::*;
    use crate::domain::card::Cut;
    use crate::domain::home::MAX_CARDS;

    fn nothing<T>() -> Cut<T> {
        Cut { first: Vec::new(), count: 0 }
    }

    fn shared() -> Card {
        Card {
            name: "Reef".to_owned(),
            kind: AquariumKind::Marine,
            time_zone: "UTC".to_owned(),
            role: Role::Viewer,
            values: Vec::new(),
            alarms: nothing(),
            silent: nothing(),
            tasks: nothing(),
            later_due: Vec::new(),
            reservoirs: nothing(),
            next_service: None,
            livestock: 0,
            as_of: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_person_with_more_aquariums_than_a_home_has_is_said_to_have_more() {
        let person = |count: u128| {
            let home = (0..count).fold(Home::empty(UserId::new(Uuid::from_u128(1))), |home, id| {
                home.with_card(AquariumId::new(Uuid::from_u128(id)), Some(shared()))
            });
            let person = PersonView::from(&home);
            (person.shared_count, person.has_more)
        };
        assert_eq!((person(2), person(70)), ((2, false), (MAX_CARDS, true)));
    }
}
