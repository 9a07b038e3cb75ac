//! Whether somebody's record is what their log says, and what to do where it is not.

use std::collections::{BTreeMap, BTreeSet};

use types::{BadgeId, UserId};

use super::catalogue::Catalogue;
use super::fact::Fact;
use super::record::{Earned, MAX_AWARDS_PER_FACT, Record};

/// A way in which a record differs from its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difference {
    /// The log lacks the entry with this number: it cannot be folded beyond.
    Gap(u64),
    /// Counts, totals or runs are not those of the log.
    Aggregates,
    /// The log earned a tier that was not given.
    Missing(BadgeId, usize),
    /// A tier was given that the log did not earn. It stays.
    Unfounded(BadgeId, usize),
    /// A tier is reached by what the record comes to, and no fact was heard since its badge is known.
    Due(BadgeId, usize),
}

/// The record that a log comes to, from its entries up to a number, in whatever order they are. The number of the first
/// entry that is missing otherwise.
pub fn fold(user_id: UserId, mut facts: Vec<Fact>, last: u64, catalogue: &Catalogue) -> Result<Record, u64> {
    facts.sort_unstable_by_key(|fact| fact.number);
    let mut record = Record::new(user_id);
    for fact in facts.iter().take_while(|fact| fact.number <= last) {
        if fact.number != record.facts + 1 {
            return Err(record.facts + 1);
        }
        record = record.after(fact, catalogue).0;
    }
    if record.facts == last { Ok(record) } else { Err(record.facts + 1) }
}

/// All differences between what is stored and what the log comes to.
pub fn compare(stored: &Record, folded: &Record, catalogue: &Catalogue) -> Vec<Difference> {
    let mut found = Vec::new();
    let without_awards = |record: &Record| Record { earned: BTreeMap::new(), ..record.clone() };
    if without_awards(stored) != without_awards(folded) {
        found.push(Difference::Aggregates);
    }
    let badges: BTreeSet<_> = stored.earned.keys().chain(folded.earned.keys()).copied().collect();
    for badge in badges {
        let (given, earned) = (stored.tiers(badge), folded.tiers(badge));
        found.extend((given + 1..=earned).map(|tier| Difference::Missing(badge, tier)));
        found.extend((earned + 1..=given).map(|tier| Difference::Unfounded(badge, tier)));
    }
    let due = united(stored, folded, usize::MAX).0.due(catalogue, catalogue.revision());
    found.extend(due.iter().map(|earned| Difference::Due(earned.badge.id, earned.tier)));
    found
}

/// What the log comes to, with all that was given and some of what was not, which is told too.
fn united(stored: &Record, folded: &Record, at_most: usize) -> (Record, Vec<(BadgeId, usize)>) {
    let (mut record, mut added) = (Record { earned: stored.earned.clone(), ..folded.clone() }, Vec::new());
    for (badge, earned) in &folded.earned {
        let given = record.tiers(*badge);
        for (place, at) in earned.iter().enumerate().skip(given).take(at_most - added.len()) {
            record.earned.entry(*badge).or_default().push(*at);
            added.push((*badge, place + 1));
        }
    }
    (record, added)
}

/// The record as it should be after the entry `recounted` of the log, and what is given with it: a bounded part of what is
/// missing, the rest with the next. None if there is nothing to mend.
pub fn mended<'a>(
    stored: &Record,
    folded: &Record,
    recounted: &Fact,
    catalogue: &'a Catalogue,
) -> Option<(Record, Vec<Earned<'a>>)> {
    let mendable = |difference: &Difference| match difference {
        Difference::Missing(..) | Difference::Aggregates | Difference::Due(..) => true,
        Difference::Gap(_) | Difference::Unfounded(..) => false,
    };
    if !compare(stored, folded, catalogue).iter().any(mendable) {
        return None;
    }
    let (record, added) = united(stored, folded, MAX_AWARDS_PER_FACT);
    let mut given: Vec<_> = added
        .into_iter()
        .filter_map(|(badge, tier)| catalogue.get(badge).map(|badge| Earned { badge, tier }))
        .collect();
    let (record, due) = record.after(recounted, catalogue);
    given.extend(due);
    Some((record, given))
}
