//! In which order the events of a batch of changes are published.
//!
//! Events of one item are published one after the other; events of different items may be published together. An event that
//! fails delays later events of its own item, and no others.

use std::collections::{HashMap, VecDeque};

/// The most entries that one call may publish (EventBridge's limit).
pub const MAX_ENTRIES: usize = 10;
/// The most bytes that the entries of one call may have; EventBridge's own limit is 256 KiB with names and sources.
pub const MAX_BYTES: usize = 240 * 1024;
/// Maximum number of attempts per event within one invocation.
pub const MAX_ATTEMPTS: u32 = 5;

/// What became of one entry of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was published, or put aside for good.
    Done,
    /// It was not published and may be later.
    Failed,
    /// The bus refused the whole call for good, and this entry may be the cause. It is published alone, to find out.
    Isolate,
}

/// One event, with its place in the batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<E> {
    /// The number of the change in the batch.
    pub change: usize,
    /// The event's size in bytes.
    pub bytes: usize,
    /// The event.
    pub event: E,
    attempts: u32,
    /// True if no other entry may be in the same call.
    alone: bool,
}

/// What is still to be published.
#[derive(Debug)]
pub struct Plan<E> {
    items: Vec<VecDeque<Entry<E>>>,
    index: HashMap<String, usize>,
}

/// The entries of one call, each with the item that it came from.
#[derive(Debug)]
pub struct Round<E> {
    taken: Vec<(usize, Entry<E>)>,
}

impl<E> Default for Plan<E> {
    fn default() -> Self {
        Self { items: Vec::new(), index: HashMap::new() }
    }
}

impl<E> Plan<E> {
    /// Adds an event of an item, behind those that are there of it.
    pub fn push(&mut self, item_key: String, change: usize, bytes: usize, event: E) {
        let at = *self.index.entry(item_key).or_insert_with(|| {
            self.items.push(VecDeque::new());
            self.items.len() - 1
        });
        self.items[at].push_back(Entry { change, bytes, event, attempts: 0, alone: false });
    }

    /// The next call's entries: the first of each item that has not failed too often; none if there is nothing to do.
    pub fn next_round(&mut self) -> Option<Round<E>> {
        let mut taken: Vec<(usize, Entry<E>)> = Vec::new();
        let mut bytes = 0;
        for (at, queue) in self.items.iter_mut().enumerate() {
            let Some(first) = queue.front() else { continue };
            let fits = taken.is_empty() || (!first.alone && bytes + first.bytes <= MAX_BYTES);
            if first.attempts >= MAX_ATTEMPTS || !fits {
                continue;
            }
            let is_full = first.alone || taken.len() + 1 == MAX_ENTRIES;
            bytes += first.bytes;
            taken.extend(queue.pop_front().map(|entry| (at, entry)));
            if is_full {
                break;
            }
        }
        (!taken.is_empty()).then_some(Round { taken })
    }

    /// Takes back a round: `outcomes[i]` is what became of the entry number `i`.
    pub fn settle(&mut self, round: Round<E>, outcomes: &[Outcome]) {
        for (number, (at, mut entry)) in round.taken.into_iter().enumerate() {
            match outcomes.get(number).copied().unwrap_or(Outcome::Failed) {
                Outcome::Done => continue,
                Outcome::Failed => entry.attempts += 1,
                Outcome::Isolate => entry.alone = true,
            }
            self.items[at].push_front(entry);
        }
    }

    /// The first change with an event that is not done.
    pub fn first_left(&self) -> Option<usize> {
        self.items.iter().flatten().map(|entry| entry.change).min()
    }
}

impl<E> Round<E> {
    /// The events of the round.
    pub fn events(&self) -> impl ExactSizeIterator<Item = &E> {
        self.taken.iter().map(|(_, entry)| &entry.event)
    }

    /// The entries of the round.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = &Entry<E>> {
        self.taken.iter().map(|(_, entry)| entry)
    }

    /// The number of failed attempts of the entry that has failed most often.
    pub fn attempts(&self) -> u32 {
        self.taken.iter().map(|(_, entry)| entry.attempts).max().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Publishes a batch of (item, bytes) with a bus that refuses the entries that `refuses` says.
    fn run(batch: &[(u8, usize)], mut refuses: impl FnMut(usize) -> bool) -> (Vec<usize>, Option<usize>) {
        let mut plan = Plan::default();
        for (number, (item, bytes)) in batch.iter().enumerate() {
            plan.push(item.to_string(), number, *bytes, number);
        }
        let mut out = Vec::new();
        while let Some(round) = plan.next_round() {
            let events: Vec<usize> = round.events().copied().collect();
            assert!(events.len() <= MAX_ENTRIES);
            let bytes: usize = events.iter().map(|event| batch[*event].1).sum();
            assert!(events.len() == 1 || bytes <= MAX_BYTES);
            let published: Vec<bool> = events.iter().map(|event| !refuses(*event)).collect();
            out.extend(events.iter().zip(&published).filter(|(_, ok)| **ok).map(|(event, _)| *event));
            let outcomes: Vec<_> =
                published.iter().map(|ok| if *ok { Outcome::Done } else { Outcome::Failed }).collect();
            plan.settle(round, &outcomes);
        }
        (out, plan.first_left())
    }

    proptest! {
        #[test]
        fn each_event_goes_out_once_and_in_the_order_of_its_item(
            batch in proptest::collection::vec((0_u8..5, 1_usize..200_000), 0..40),
            refusals in proptest::collection::vec(any::<bool>(), 0..60),
        ) {
            // A bus that refuses now and then, and never one event five times.
            let mut refusals = refusals.into_iter();
            let mut refused = vec![0; batch.len()];
            let (out, left) = run(&batch, |event| {
                refused[event] += 1;
                refused[event] < 4 && refusals.next().unwrap_or(false)
            });
            prop_assert_eq!(left, None);
            let mut sorted = out.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..batch.len()).collect::<Vec<_>>());
            for item in 0..5 {
                let of_item: Vec<_> = out.iter().filter(|event| batch[**event].0 == item).collect();
                prop_assert!(of_item.windows(2).all(|pair| pair[0] < pair[1]));
            }
        }

        #[test]
        fn an_event_that_never_goes_out_holds_back_its_item_only(
            batch in proptest::collection::vec((0_u8..5, 1_usize..1_000), 1..40),
            stuck in 0_usize..40,
        ) {
            let stuck = stuck % batch.len();
            let (out, left) = run(&batch, |event| event == stuck);
            prop_assert_eq!(left, Some(stuck));
            for (event, (item, _)) in batch.iter().enumerate() {
                let behind = *item == batch[stuck].0 && event >= stuck;
                prop_assert_eq!(out.contains(&event), !behind);
            }
        }

        #[test]
        fn an_event_that_the_bus_refuses_for_good_is_found_and_stops_no_other(
            batch in proptest::collection::vec((0_u8..5, 1_usize..1_000), 1..40),
            bad in proptest::collection::btree_set(0_usize..40, 0..6),
        ) {
            // A bus that refuses a whole call for one bad entry.
            let mut plan = Plan::default();
            for (number, (item, bytes)) in batch.iter().enumerate() {
                plan.push(item.to_string(), number, *bytes, number);
            }
            let (mut published, mut put_aside) = (Vec::<usize>::new(), std::collections::BTreeSet::new());
            while let Some(round) = plan.next_round() {
                let events: Vec<usize> = round.events().copied().collect();
                let outcome = match events.as_slice() {
                    [event] if bad.contains(event) => {
                        put_aside.insert(*event);
                        Outcome::Done
                    }
                    events if events.iter().any(|event| bad.contains(event)) => Outcome::Isolate,
                    events => {
                        published.extend(events);
                        Outcome::Done
                    }
                };
                plan.settle(round, &vec![outcome; events.len()]);
            }
            prop_assert_eq!(plan.first_left(), None);
            let expected: std::collections::BTreeSet<_> = bad.into_iter().filter(|event| *event < batch.len()).collect();
            prop_assert_eq!(published.len() + put_aside.len(), batch.len());
            prop_assert_eq!(put_aside, expected);
            for item in 0..5 {
                let of_item: Vec<_> = published.iter().filter(|event| batch[**event].0 == item).collect();
                prop_assert!(of_item.windows(2).all(|pair| pair[0] < pair[1]));
            }
        }
    }
}
