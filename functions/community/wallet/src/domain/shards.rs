//! A balance in parts, so that many can pay in at once: what is there is the sum of the parts.

use types::{CurrencyCode, TransferId};

use super::account::{Account, Holder};

/// A person's balance has one part: one person's money changes seldom, and a debit of one part needs no read before.
const PERSON_SHARDS: u8 = 1;
/// The most parts of a balance. A debit may touch all of them, in a transaction of at most 100 items.
pub const MAX_SHARDS: u8 = 16;
/// The parts of a point's balance unless told otherwise; measured in docs/adr/0016-the-ledger.md.
const POINT_SHARDS: u8 = 4;
/// The most that one part may hold, in minor units: the sum of all parts of both pots never leaves an `i64`.
pub const MAX_SHARD_MINOR: i64 = i64::MAX / (2 * MAX_SHARDS as i64);

/// In how many parts balances are kept.
///
/// It only says where the next credit goes. A debit and a reading look at the parts that are there, so the number may
/// change at any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shards {
    points: u8,
}

impl Default for Shards {
    fn default() -> Self {
        Self::of_points(POINT_SHARDS)
    }
}

impl Shards {
    /// So many for each point, from 1 to [`MAX_SHARDS`].
    pub const fn of_points(points: u8) -> Self {
        Self {
            points: if points < 1 {
                1
            } else if points > MAX_SHARDS {
                MAX_SHARDS
            } else {
                points
            },
        }
    }

    /// The part that a transfer's credit goes to.
    pub fn credited(self, holder: Holder, transfer: TransferId) -> u8 {
        let shards = match holder {
            Holder::User(_) => PERSON_SHARDS,
            Holder::Point(_) => self.points,
        };
        // Ids of transfers are hashes: any part of one spreads evenly.
        u8::try_from(transfer.uuid().as_u128() % u128::from(shards)).unwrap_or_default()
    }

    /// True if a debit must know the parts. The only part of a person's balance is known without looking.
    pub const fn must_be_read(holder: Holder) -> bool {
        match holder {
            Holder::User(_) => false,
            Holder::Point(_) => true,
        }
    }
}

/// One part of a balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub account: Account,
    /// Of which currency.
    pub currency: CurrencyCode,
    /// Which part.
    pub shard: u8,
    /// By how much it changes; never by nothing.
    pub by: i64,
}

/// How much of each part a debit takes: from one where that suffices, or else from the fullest ones. None if all of them
/// together have too little. `parts` are the parts with what each has, `amount` is above zero.
pub fn draw(parts: &[(u8, i64)], amount: i64) -> Option<Vec<(u8, i64)>> {
    let mut parts: Vec<_> = parts.iter().copied().filter(|(_, has)| *has > 0).collect();
    parts.sort_by_key(|(shard, has)| (*has, *shard));
    if let Some((shard, _)) = parts.iter().find(|(_, has)| *has >= amount) {
        return Some(vec![(*shard, amount)]);
    }
    let mut left = amount;
    let mut taken = Vec::new();
    for (shard, has) in parts.into_iter().rev() {
        let take = has.min(left);
        taken.push((shard, take));
        left -= take;
        if left == 0 {
            return Some(taken);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::{PointId, UserId, Uuid};

    use super::*;

    #[test]
    fn credits_of_a_point_spread_and_those_of_a_person_do_not() {
        let (point, person) = (Holder::Point(PointId::new(Uuid::nil())), Holder::User(UserId::new(Uuid::nil())));
        let mut hits = [0_u32; 4];
        for number in 0..4_000_u32 {
            let id = TransferId::new(types::derive_id(&[&number.to_string()]));
            hits[usize::from(Shards::default().credited(point, id))] += 1;
            assert_eq!(Shards::default().credited(person, id), 0);
        }
        assert!(hits.iter().all(|hits| (850..1_150).contains(hits)), "{hits:?}");
    }

    #[test]
    fn the_number_of_parts_is_bounded() {
        assert_eq!(Shards::of_points(0), Shards::of_points(1));
        assert_eq!(Shards::of_points(200), Shards::of_points(MAX_SHARDS));
    }

    proptest! {
        #[test]
        fn a_debit_takes_exactly_the_amount_and_of_no_part_more_than_it_has(
            has in prop::collection::vec(0..1_000_i64, 0..=16),
            amount in 1..5_000_i64,
        ) {
            let parts: Vec<(u8, i64)> = (0_u8..).zip(has.iter().copied()).collect();
            match draw(&parts, amount) {
                None => prop_assert!(has.iter().sum::<i64>() < amount),
                Some(taken) => {
                    prop_assert_eq!(taken.iter().map(|(_, take)| take).sum::<i64>(), amount);
                    prop_assert!(taken.iter().all(|(shard, take)| *take > 0 && *take <= has[usize::from(*shard)]));
                    let mut shards: Vec<_> = taken.iter().map(|(shard, _)| shard).collect();
                    shards.dedup();
                    prop_assert_eq!(shards.len(), taken.len());
                    let one_suffices = has.iter().any(|has| *has >= amount);
                    prop_assert!(!one_suffices || taken.len() == 1);
                }
            }
        }
    }
}
