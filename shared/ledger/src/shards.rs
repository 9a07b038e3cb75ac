//! Sharded balances: many can pay in at once, and the balance is the sum of the shards.

use std::ops::RangeInclusive;

use types::{CurrencyCode, TransferId};

use crate::{Ledger, LedgerAccount};

/// The most parts of a balance. A debit may touch all of them, in a transaction of at most 100 items.
pub const MAX_SHARDS: u8 = 16;
/// The shards of a sharded account unless the caller says otherwise; measured in docs/adr/0016-the-ledger.md.
const DEFAULT_SHARDS: u8 = 4;
/// The most that one part may hold, in minor units: the sum of all parts of both pots never leaves an `i64`.
pub const MAX_SHARD_MINOR: i64 = i64::MAX / (2 * MAX_SHARDS as i64);

/// The number of shards of sharded accounts. An account that is not sharded has one, which a debit need not read.
///
/// It only says where the next credit goes. A debit and a reading look at the parts that are there, so the number may
/// change at any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shards {
    sharded: u8,
}

impl Default for Shards {
    fn default() -> Self {
        Self::per_account(DEFAULT_SHARDS)
    }
}

impl Shards {
    /// So many shards per sharded account, from 1 to [`MAX_SHARDS`].
    pub const fn per_account(shards: u8) -> Self {
        Self {
            sharded: if shards < 1 {
                1
            } else if shards > MAX_SHARDS {
                MAX_SHARDS
            } else {
                shards
            },
        }
    }

    /// The shard that a transfer's credit goes to.
    pub fn credited(self, account: impl LedgerAccount, transfer: TransferId) -> u8 {
        let shards = if account.is_sharded() { self.sharded } else { 1 };
        // Ids of transfers are hashes: any part of one spreads evenly.
        u8::try_from(transfer.uuid().as_u128() % u128::from(shards)).unwrap_or_default()
    }
}

/// A change of one shard of a balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<L: Ledger> {
    /// The account.
    pub account: L::Account,
    /// The currency.
    pub currency: CurrencyCode,
    /// The number of the shard.
    pub shard: u8,
    /// The change of the amount. Zero if only the debt changes.
    pub by: i64,
    /// The change of the debt.
    pub owes: i64,
}

impl<L: Ledger> Change<L> {
    /// The bounds of the amount after the change. A debt grows only when nothing is left, so that an account never has money
    /// and a debt at once.
    pub fn amount_bounds(&self) -> RangeInclusive<i64> {
        if self.owes > 0 { 0..=0 } else { 0..=MAX_SHARD_MINOR }
    }

    /// The bounds of the debt after the change. None if the change does not depend on it: money that is taken was there, so
    /// there is no debt. A credit leaves no debt behind.
    pub fn debt_bounds(&self) -> Option<RangeInclusive<i64>> {
        self.account.debt()?;
        if self.by > 0 {
            Some(0..=0)
        } else if self.by < 0 && self.owes == 0 {
            None
        } else {
            Some(0..=MAX_SHARD_MINOR)
        }
    }
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
    use super::*;
    use crate::test_ledger::{person, shelter};
    use proptest::prelude::*;

    #[test]
    fn credits_of_a_sharded_account_spread_and_others_do_not() {
        let mut hits = [0_u32; 4];
        for number in 0..4_000_u32 {
            let id = TransferId::new(types::derive_id(&[&number.to_string()]));
            hits[usize::from(Shards::default().credited(shelter(1), id))] += 1;
            assert_eq!(Shards::default().credited(person(1), id), 0);
        }
        assert!(hits.iter().all(|hits| (850..1_150).contains(hits)), "{hits:?}");
    }

    #[test]
    fn the_number_of_parts_is_bounded() {
        assert_eq!(Shards::per_account(0), Shards::per_account(1));
        assert_eq!(Shards::per_account(200), Shards::per_account(MAX_SHARDS));
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
