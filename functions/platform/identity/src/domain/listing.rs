//! The list of all accounts. Why it lies in the table as it does is told in docs/adr/0010-list-of-accounts.md.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use types::{Role, UserId};

use super::account::{Account, Status};

/// How many partitions the list is spread over.
pub const SHARDS: u8 = 4;

/// An account's place in the list. It never changes, so that no page loses or repeats an account that changes meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// The account.
    pub user_id: UserId,
    /// When it was made.
    pub listed_at: Timestamp,
}

impl Listing {
    /// How every place starts.
    pub const PREFIX: &'static str = "created#";

    /// The place of an account.
    pub fn of(account: &Account) -> Self {
        Self { user_id: account.id, listed_at: account.created_at }
    }

    /// The partition that it is in. The last byte of an id is random.
    pub fn shard(&self) -> u8 {
        self.user_id.uuid().as_bytes()[15] % SHARDS
    }

    /// Its place over all partitions: the texts sort by time, and are different for any two accounts.
    pub fn place(&self) -> String {
        format!("{}{:013}#{}", Self::PREFIX, self.listed_at.as_millisecond(), self.user_id)
    }
}

/// What one partition answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// Its listings, newest first.
    pub listings: Vec<Listing>,
    /// Whether it has more than these.
    pub more: bool,
}

/// The newest `limit` of all partitions' listings, newest first, and whether there are more.
pub fn newest(shards: Vec<Shard>, limit: usize) -> (Vec<Listing>, bool) {
    // What a partition still holds is older than the last that it showed: beyond that the order is not known.
    let known = shards
        .iter()
        .filter(|shard| shard.more)
        .filter_map(|shard| shard.listings.last())
        .map(Listing::place)
        .max()
        .unwrap_or_default();
    let unseen = shards.iter().any(|shard| shard.more);
    let mut all: Vec<_> =
        shards.into_iter().flat_map(|shard| shard.listings).map(|listing| (listing.place(), listing)).collect();
    all.sort_unstable_by(|a, b| b.0.cmp(&a.0));
    let count = all.iter().take(limit).take_while(|(place, _)| *place >= known).count();
    let more = unseen || all.len() > count;
    all.truncate(count);
    (all.into_iter().map(|(_, listing)| listing).collect(), more)
}

/// Which accounts are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those with this status.
    pub status: Option<Status>,
    /// Those with this role.
    pub role: Option<Role>,
}

impl Filter {
    /// True if it leaves no account out.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// True if the account is wanted. Nothing is left of a deleted one that could be shown.
    pub fn wants(&self, account: &Account) -> bool {
        account.status != Status::Deleted
            && self.status.is_none_or(|status| account.status == status)
            && self.role.is_none_or(|role| account.roles.contains(&role))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use types::Uuid;

    /// Ids whose times collide and run against their order.
    fn listings() -> impl Strategy<Value = Vec<Listing>> {
        let listing = (any::<u128>(), 0_i64..50).prop_map(|(id, at)| Listing {
            user_id: UserId::new(Uuid::from_u128(id)),
            listed_at: Timestamp::from_millisecond(1_800_000_000_000 + at).unwrap(),
        });
        proptest::collection::vec(listing, 0..60)
    }

    /// What a partition shows of its listings after a place.
    fn show(all: &[Listing], shard: u8, after: Option<&String>, limit: usize) -> Shard {
        let mut listings: Vec<_> = all
            .iter()
            .filter(|listing| listing.shard() == shard && after.is_none_or(|after| listing.place() < *after))
            .cloned()
            .collect();
        listings.sort_by_key(|listing| std::cmp::Reverse(listing.place()));
        let more = listings.len() > limit;
        listings.truncate(limit);
        Shard { listings, more }
    }

    proptest! {
        #[test]
        fn pages_hold_every_account_once_and_newest_first(
            all in listings(), limit in 1_usize..12, shown in proptest::collection::vec(1_usize..12, usize::from(SHARDS)),
        ) {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                // A partition may show fewer than asked for: answers are bounded in bytes too.
                let shards = (0..SHARDS).map(|shard| show(&all, shard, after.as_ref(), shown[usize::from(shard)]));
                let (page, more) = newest(shards.collect(), limit);
                prop_assert!(page.len() <= limit);
                prop_assert!(!page.is_empty() || !more, "a page that leads nowhere");
                after = page.last().map(Listing::place);
                seen.extend(page);
                if !more {
                    break;
                }
            }
            let mut expected = all;
            expected.sort_by_key(|listing| std::cmp::Reverse(listing.place()));
            prop_assert_eq!(seen, expected);
        }

        #[test]
        fn places_sort_by_time(a in 0_i64..4_000_000_000_000, b in 0_i64..4_000_000_000_000, id: u128, other: u128) {
            let place = |id, at| Listing {
                user_id: UserId::new(Uuid::from_u128(id)),
                listed_at: Timestamp::from_millisecond(at).unwrap(),
            }.place();
            if a != b {
                prop_assert_eq!(place(id, a).cmp(&place(other, b)), a.cmp(&b));
            }
            prop_assert!(place(id, a).starts_with(Listing::PREFIX));
        }
    }
}
