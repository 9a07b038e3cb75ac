//! Compares the record of a user with the log, and repairs it.

use std::collections::{BTreeMap, BTreeSet};

use types::BadgeId;

use super::catalogue::Catalogue;
use super::fact::Fact;
use super::record::{Award, Earned, MAX_AWARDS_PER_FACT, Record};

/// A way in which a record differs from its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// The log lacks the entry with this number, so later entries cannot be folded.
    Gap(u64),
    /// Counts, totals or runs are not those of the log.
    Aggregates,
    /// The log earned a tier that was not awarded.
    Missing(BadgeId, usize),
    /// A tier was awarded that the log did not earn. It stays.
    Unfounded(BadgeId, usize),
    /// The log earned the reward of a tier, and it is withheld.
    Unpaid(BadgeId, usize),
    /// The reward of a tier is paid that the log did not earn. It stays.
    Overpaid(BadgeId, usize),
    /// A tier or its reward is due, and the user had no activity since.
    Due(BadgeId, usize),
}

/// Returns the record that a log comes to, up to the last entry that `stored` includes, whatever the order of the entries; or
/// the number of the first entry that is missing. Entries from before a takeover of the account are left out.
pub fn fold(stored: &Record, mut facts: Vec<Fact>, catalogue: &Catalogue) -> Result<Record, u64> {
    facts.sort_unstable_by_key(|fact| fact.number);
    let (last, reclaimed) = (stored.facts, stored.reclaimed);
    let mut record = Record { facts: stored.base(), reclaimed, ..Record::new(stored.user_id) };
    let included = facts.iter().skip_while(|fact| fact.number <= stored.base());
    for fact in included.take_while(|fact| fact.number <= last) {
        if fact.number != record.facts + 1 {
            return Err(record.facts + 1);
        }
        record = record.after(fact, catalogue).0;
    }
    if record.facts == last { Ok(record) } else { Err(record.facts + 1) }
}

/// Returns all differences between the stored record and the log.
pub fn compare(stored: &Record, folded: &Record, catalogue: &Catalogue) -> Vec<Difference> {
    let mut found = Vec::new();
    let without_awards =
        |record: &Record| Record { earned: BTreeMap::new(), withheld: BTreeMap::new(), ..record.clone() };
    if without_awards(stored) != without_awards(folded) {
        found.push(Difference::Aggregates);
    }
    let badges: BTreeSet<_> = stored.earned.keys().chain(folded.earned.keys()).copied().collect();
    for badge in badges {
        let (given, earned) = (stored.tiers(badge), folded.tiers(badge));
        found.extend((given + 1..=earned).map(|tier| Difference::Missing(badge, tier)));
        found.extend((earned + 1..=given).map(|tier| Difference::Unfounded(badge, tier)));
        let (paid, payable) = (stored.paid(badge), folded.paid(badge));
        found.extend((paid + 1..=payable.min(given)).map(|tier| Difference::Unpaid(badge, tier)));
        found.extend((payable + 1..=paid.min(earned)).map(|tier| Difference::Overpaid(badge, tier)));
    }
    let due = united(stored, folded, usize::MAX).0.due(catalogue, catalogue.revision());
    found.extend(due.iter().map(|earned| Difference::Due(earned.badge.id, earned.tier)));
    found
}

/// Returns the aggregates of the log with all awards of both records, and the awards that were missing, at most so many.
fn united(stored: &Record, folded: &Record, at_most: usize) -> (Record, Vec<(BadgeId, usize, Award)>) {
    let (earned, withheld) = (stored.earned.clone(), stored.withheld.clone());
    let (mut record, mut added) = (Record { earned, withheld, ..folded.clone() }, Vec::new());
    for (badge, times) in &folded.earned {
        let (given, paid, payable) = (stored.tiers(*badge), stored.paid(*badge), folded.paid(*badge));
        let rewards = (paid + 1..=payable.min(given)).map(|tier| (tier, Award::Reward));
        let tiers = (given + 1..=times.len()).map(|tier| {
            let award = if tier <= payable { Award::Tier } else { Award::TierWithoutReward };
            (tier, award)
        });
        for (tier, award) in rewards.chain(tiers).take(at_most - added.len()) {
            let at = times.get(tier - 1).copied().unwrap_or_default();
            record.award(*badge, tier, award, at);
            added.push((*badge, tier, award));
        }
    }
    (record, added)
}

/// Returns the repaired record, as of the log entry `recounted`, and the awards made with it: a bounded part of what is
/// missing, the rest with the next repair. None if there is nothing to repair.
pub fn mended<'a>(
    stored: &Record,
    folded: &Record,
    recounted: &Fact,
    catalogue: &'a Catalogue,
) -> Option<(Record, Vec<Earned<'a>>)> {
    let mendable = |difference: &Difference| match difference {
        Difference::Missing(..) | Difference::Unpaid(..) | Difference::Aggregates | Difference::Due(..) => true,
        Difference::Gap(_) | Difference::Unfounded(..) | Difference::Overpaid(..) => false,
    };
    if !compare(stored, folded, catalogue).iter().any(mendable) {
        return None;
    }
    let (record, added) = united(stored, folded, MAX_AWARDS_PER_FACT);
    let mut given: Vec<_> = added
        .into_iter()
        .filter_map(|(badge, tier, award)| catalogue.get(badge).map(|badge| Earned { badge, tier, award }))
        .collect();
    let (record, due) = record.after(recounted, catalogue);
    given.extend(due);
    Some((record, given))
}
