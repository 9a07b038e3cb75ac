//! Money of a user in both directions, so that badges count what a user gives of their own.
//!
//! Donations count net: those given as far as more money went to other users than came from them, and those received as far
//! as more came than went, in whatever order it happened. Money that comes back counts for nothing, also through further
//! users: a user who passes money on has given nothing of their own.

use serde::{Deserialize, Serialize};
use types::{CurrencyCode, UserId};

/// Money that moved between a user and all others, in one currency and in minor units. Points count as their keepers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// The user whose badges it counts for.
    pub user_id: UserId,
    /// Currency code.
    pub currency: CurrencyCode,
    /// Donations to others.
    pub donated_minor: u64,
    /// All other money to others.
    pub sent_minor: u64,
    /// Donations from others.
    pub donations_minor: u64,
    /// All other money from others.
    pub received_minor: u64,
}

/// What moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// The user donated.
    DonationGiven,
    /// The user received a donation.
    DonationReceived,
    /// The user sent money that is no donation.
    TransferSent,
    /// The user received money that is no donation.
    TransferReceived,
}

/// How net totals change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetChange {
    /// Change of the donated total, in minor units.
    pub donated_minor: i64,
    /// Change of the received total, in minor units.
    pub received_minor: i64,
}

impl Flow {
    /// Nothing moved yet.
    pub const fn new(user_id: UserId, currency: CurrencyCode) -> Self {
        Self { user_id, currency, donated_minor: 0, sent_minor: 0, donations_minor: 0, received_minor: 0 }
    }

    /// The flow after a movement, and how that changes the net totals.
    pub fn after(&self, movement: Movement, amount_minor: u64) -> (Self, NetChange) {
        let mut next = self.clone();
        let total = match movement {
            Movement::DonationGiven => &mut next.donated_minor,
            Movement::DonationReceived => &mut next.donations_minor,
            Movement::TransferSent => &mut next.sent_minor,
            Movement::TransferReceived => &mut next.received_minor,
        };
        *total = total.saturating_add(amount_minor);
        let change = NetChange {
            donated_minor: difference(next.net_donated(), self.net_donated()),
            received_minor: difference(next.net_received(), self.net_received()),
        };
        (next, change)
    }

    /// Donations given, as far as more money went to others than came from them.
    pub fn net_donated(&self) -> u64 {
        self.donated_minor.min(self.outflow().saturating_sub(self.inflow()))
    }

    /// Donations received, as far as more money came from others than went to them.
    pub fn net_received(&self) -> u64 {
        self.donations_minor.min(self.inflow().saturating_sub(self.outflow()))
    }

    const fn outflow(&self) -> u64 {
        self.donated_minor.saturating_add(self.sent_minor)
    }

    const fn inflow(&self) -> u64 {
        self.donations_minor.saturating_add(self.received_minor)
    }
}

fn difference(after: u64, before: u64) -> i64 {
    i64::try_from(i128::from(after) - i128::from(before)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use types::Uuid;

    use super::*;

    const MOVEMENTS: [Movement; 4] =
        [Movement::DonationGiven, Movement::DonationReceived, Movement::TransferSent, Movement::TransferReceived];

    fn flow() -> Flow {
        Flow::new(UserId::new(Uuid::from_u128(1)), CurrencyCode::parse("EUR").unwrap())
    }

    /// The flow after movements, and the sums of the changes.
    fn run(movements: &[(usize, u64)]) -> (Flow, i64, i64) {
        movements.iter().fold((flow(), 0, 0), |(flow, donated, received), (kind, amount)| {
            let (next, change) = flow.after(MOVEMENTS[*kind], *amount);
            (next, donated + change.donated_minor, received + change.received_minor)
        })
    }

    proptest! {
        #[test]
        fn the_changes_sum_to_the_net_totals_in_any_order_and_never_go_below_zero(
            (movements, shuffled) in prop::collection::vec((0..4_usize, 1..1_000_u64), 0..40)
                .prop_flat_map(|movements| (Just(movements.clone()), Just(movements).prop_shuffle())),
        ) {
            let (flow, donated, received) = run(&movements);
            prop_assert_eq!(i128::from(donated), i128::from(flow.net_donated()));
            prop_assert_eq!(i128::from(received), i128::from(flow.net_received()));
            prop_assert_eq!(run(&shuffled), (flow, donated, received));
            // Not both sides gain by money that goes back and forth.
            prop_assert!(donated == 0 || received == 0);
        }

        #[test]
        fn money_that_comes_back_counts_for_nothing(amounts in prop::collection::vec(1..1_000_u64, 1..20), donated: bool) {
            // Each donation comes back, as a donation or as a transfer.
            let back = if donated { 1 } else { 3 };
            let movements: Vec<_> = amounts.iter().flat_map(|amount| [(0, *amount), (back, *amount)]).collect();
            let (_, donated, received) = run(&movements);
            prop_assert_eq!((donated, received), (0, 0));
        }

        #[test]
        fn users_who_pass_money_around_give_no_more_than_they_brought(
            // Donations and transfers among five users who start with money of their own.
            movements in prop::collection::vec((0..5_usize, 0..5_usize, 1..1_000_u64, any::<bool>()), 0..60),
        ) {
            let mut flows = vec![flow(); 5];
            let mut balances = [2_000_u64; 5];
            for (from, to, amount, donated) in movements {
                if from == to || balances[from] < amount {
                    continue;
                }
                balances[from] -= amount;
                balances[to] += amount;
                let (out, back) = if donated { (0, 1) } else { (2, 3) };
                flows[from] = flows[from].after(MOVEMENTS[out], amount).0;
                flows[to] = flows[to].after(MOVEMENTS[back], amount).0;
            }
            for (flow, balance) in flows.iter().zip(balances) {
                prop_assert!(flow.net_donated() <= 2_000 - balance.min(2_000), "{flow:?}");
                prop_assert!(flow.net_received() <= balance.saturating_sub(2_000), "{flow:?}");
            }
        }
    }
}
