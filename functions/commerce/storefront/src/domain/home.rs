//! The home page: new products and bestsellers.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::card::Card;

/// Number of products in each list of the home page.
pub const MAX_HOME_CARDS: usize = 12;

/// The home page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// Published products, newest first.
    pub newest: Vec<Card>,
    /// Published products that sold most in the last seven days, best first.
    pub bestsellers: Vec<Card>,
    /// Time of the newest event that it shows.
    pub as_of: Timestamp,
}

impl Home {
    /// The page of these products.
    pub fn of(mut newest: Vec<Card>, mut bestsellers: Vec<Card>) -> Self {
        newest.sort_by_key(|card| std::cmp::Reverse((card.since, card.product_id)));
        newest.truncate(MAX_HOME_CARDS);
        bestsellers.truncate(MAX_HOME_CARDS);
        let shown = newest.iter().chain(&bestsellers);
        let as_of = shown.map(|card| card.as_of).max().unwrap_or(Timestamp::UNIX_EPOCH);
        Self { newest, bestsellers, as_of }
    }
}
