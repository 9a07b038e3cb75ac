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
        while self.cards.len() > MAX_CARDS {
            let order = self.cards.iter().map(|(id, card)| (card.role != Role::Owner, *id));
            let Some((_, last)) = order.max() else { break };
            self.cards.remove(&last);
        }
        self
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
