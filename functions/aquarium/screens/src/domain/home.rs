//! The home screen of a user: the cards of the aquariums that they own or that are shared with them, and unread notifications.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use types::{AquariumId, UserId};

use super::card::{Card, Role};
use super::unread::Unread;

/// Number of cards of a home. A plan allows 20 owned aquariums; how many are shared with a user is not limited.
pub const MAX_CARDS: usize = 60;
/// Size of all cards of a home as JSON, in bytes. An item has at most 400 KB, and a stored card is smaller than its JSON.
pub const MAX_CARDS_BYTES: usize = 300 * 1024;
/// Size that a card may have, in bytes: more than the longest texts make it.
const MAX_CARD_BYTES: usize = 16 * 1024;

/// The home screen of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// The user.
    pub user_id: UserId,
    /// Cards by aquarium.
    pub cards: BTreeMap<AquariumId, Card>,
    /// The newest notifications.
    pub unread: Unread,
    /// Day in UTC on which the user last changed something in an aquarium.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_on: Option<Date>,
}

impl Home {
    /// The home of a user about whom nothing is known.
    pub fn empty(user_id: UserId) -> Self {
        Self { user_id, cards: BTreeMap::new(), unread: Unread::default(), active_on: None }
    }

    /// Returns the home with the card of an aquarium, or without one. Of too many cards those of owned aquariums stay.
    #[must_use]
    pub fn with_card(mut self, aquarium: AquariumId, card: Option<Card>) -> Self {
        match card {
            Some(card) => self.cards.insert(aquarium, card),
            None => self.cards.remove(&aquarium),
        };
        while self.cards.len() > MAX_CARDS || self.cards_bytes() > MAX_CARDS_BYTES {
            let order = self.cards.iter().map(|(id, card)| (card.role != Role::Owner, *id));
            let Some((_, last)) = order.max() else { break };
            self.cards.remove(&last);
        }
        self
    }

    /// The size of the cards as JSON. Cards that no JSON can be made of cannot be stored either: they exceed any size.
    fn cards_bytes(&self) -> usize {
        serde_json::to_vec(&self.cards).map_or(usize::MAX, |json| json.len())
    }

    /// True if cards may have been left out.
    pub fn is_full(&self) -> bool {
        self.cards.len() >= MAX_CARDS || self.cards_bytes() > MAX_CARDS_BYTES - MAX_CARD_BYTES
    }

    /// Returns the home after the user changed something on a day.
    #[must_use]
    pub fn active(mut self, on: Option<Date>) -> Self {
        self.active_on = self.active_on.max(on);
        self
    }

    /// True if there is nothing on it.
    pub fn is_empty(&self) -> bool {
        self.cards.is_empty() && self.unread.is_empty() && self.active_on.is_none()
    }

    /// Returns the time of the newest event that it shows; none before the first one.
    pub fn as_of(&self) -> Option<Timestamp> {
        let cards = self.cards.values().map(|card| card.as_of).max();
        cards.max(self.unread.as_of())
    }

    /// Returns the cards in the order in which they are shown: own aquariums first, then by name.
    pub fn in_order(&self) -> Vec<(AquariumId, &Card)> {
        let mut cards: Vec<_> = self.cards.iter().map(|(id, card)| (*id, card)).collect();
        cards.sort_by_key(|(id, card)| (card.role != Role::Owner, card.name.to_lowercase(), *id));
        cards
    }
}

#[cfg(test)]
mod tests {
    use contracts::aquariums::{AlarmCause, AquariumKind};
    use types::{DeviceId, DosePlanId, EpisodeId, EquipmentId, TaskId, Uuid};

    use super::super::card::{
        AlarmLine, Cut, DeviceLine, MAX_DUE, MAX_NAMED, MAX_TASKS, NextService, ReservoirLine, TaskLine,
    };
    use super::super::values::{Value, ValueSource};
    use super::*;

    /// Number of parameters of which a card may have a value, and more.
    const PARAMETERS: usize = 20;

    fn at() -> Timestamp {
        "2026-11-20T10:00:00.123456789Z".parse().unwrap()
    }

    /// A text of letters of four bytes.
    fn long(chars: usize) -> String {
        "\u{1F420}".repeat(chars)
    }

    fn cut<T: Clone>(line: T, max: usize) -> Cut<T> {
        Cut { first: vec![line; max], count: 600 }
    }

    /// A card with everything on it, in the longest form.
    fn full(role: Role) -> Card {
        let id = Uuid::from_u128(u128::MAX);
        let value = Value {
            parameter: "carbonate_hardness_or_longer".to_owned(),
            value: Some("123456.1234".to_owned()),
            unit: "micrograms_per_liter_as".to_owned(),
            measured_at: at(),
            source: ValueSource::Manual,
        };
        let alarm = AlarmLine {
            episode_id: EpisodeId::new(id),
            name: long(64),
            cause: AlarmCause::Limit,
            parameter: "carbonate_hardness_or_longer".to_owned(),
            acknowledged: false,
            fired_at: at(),
        };
        let device = DeviceLine { device_id: DeviceId::new(id), name: long(64), last_sample_at: Some(at()) };
        let task = TaskLine { task_id: TaskId::new(id), title: long(80), due_at: at() };
        let reservoir = ReservoirLine { plan_id: DosePlanId::new(id), product: long(80), empty_at: Some(at()) };
        Card {
            name: long(80),
            kind: AquariumKind::Brackish,
            time_zone: "America/Argentina/ComodRivadavia".to_owned(),
            role,
            values: vec![value; PARAMETERS],
            alarms: cut(alarm, MAX_NAMED),
            silent: cut(device, MAX_NAMED),
            tasks: cut(task, MAX_TASKS),
            later_due: vec![at().as_millisecond(); MAX_DUE - MAX_TASKS],
            reservoirs: cut(reservoir, MAX_NAMED),
            next_service: Some(NextService {
                equipment_id: EquipmentId::new(id),
                due_on: jiff::civil::date(2026, 12, 24),
            }),
            livestock: u64::MAX,
            as_of: at(),
        }
    }

    fn with_cards(cards: impl IntoIterator<Item = (u128, Card)>) -> Home {
        let home = Home::empty(UserId::new(Uuid::from_u128(1)));
        cards
            .into_iter()
            .fold(home, |home, (id, card)| home.with_card(AquariumId::new(Uuid::from_u128(id)), Some(card)))
    }

    #[test]
    fn a_home_fits_into_an_item_however_long_the_texts_on_it_are() {
        assert!(serde_json::to_vec(&full(Role::Viewer)).unwrap().len() <= MAX_CARD_BYTES);
        let own = (1000..1020).map(|id| (id, full(Role::Owner)));
        let home = with_cards((1..=40).map(|id| (id, full(Role::Viewer))).chain(own));
        assert!(serde_json::to_vec(&home).unwrap().len() < 380 * 1024);
        // Own aquariums stay, and the user learns that there may be more.
        let owned = home.cards.values().filter(|card| card.role == Role::Owner).count();
        assert!(owned == 20 && home.cards.len() > owned && home.is_full(), "{owned} of {}", home.cards.len());
    }

    #[test]
    fn a_home_is_full_with_sixty_cards() {
        let small =
            || Card { values: Vec::new(), later_due: Vec::new(), name: "Reef".to_owned(), ..full(Role::Viewer) };
        let bare =
            || Card { alarms: cut_none(), silent: cut_none(), tasks: cut_none(), reservoirs: cut_none(), ..small() };
        assert!(!with_cards((0..59).map(|id| (id, bare()))).is_full());
        let home = with_cards((0..70).map(|id| (id, bare())));
        assert!(home.is_full() && home.cards.len() == MAX_CARDS);
    }

    fn cut_none<T>() -> Cut<T> {
        Cut { first: Vec::new(), count: 0 }
    }
}
