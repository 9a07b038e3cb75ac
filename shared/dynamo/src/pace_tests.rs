//! The pauses and the end of a paced retry, and a drop in virtual time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::*;
use crate::{ConflictRetry, StoreError};

const PATIENCE: Patience = Patience { max_attempts: 64, until: None };
const MILLISECOND: Duration = Duration::from_millis(1);

#[test]
fn pauses_are_within_a_millisecond_and_the_ceiling_and_reach_both() {
    for last in [0, 1, 35, 400, 90_000].map(Duration::from_millis) {
        for attempt in 1..=64 {
            let ceiling = ceiling(attempt, last);
            assert!(ceiling <= MAX_PAUSE);
            let whole = u64::try_from(ceiling.as_millis()).unwrap().max(1);
            assert_eq!(pause(attempt, last, 0), MILLISECOND);
            assert_eq!(pause(attempt, last, whole - 1), Duration::from_millis(whole));
            assert!((0..100).all(|random| pause(attempt, last, random) <= ceiling.max(MILLISECOND)));
            assert!(pause(attempt, last, u64::MAX) <= ceiling.max(MILLISECOND));
        }
    }
    assert_eq!(ceiling(64, Duration::MAX), MAX_PAUSE);
}

#[test]
fn the_ceiling_begins_at_three_attempts_and_grows_by_a_quarter() {
    let last = Duration::from_millis(40);
    let ceilings: Vec<_> = (1..=4).map(|attempt| ceiling(attempt, last).as_micros()).collect();
    assert_eq!(ceilings, [120_000, 150_000, 187_500, 234_375]);
    assert!((1..64).all(|attempt| ceiling(attempt, last) <= ceiling(attempt + 1, last)));
    assert!(ceiling(16, last) < MAX_PAUSE);
    assert_eq!(ceiling(17, last), MAX_PAUSE);
}

#[test]
fn a_change_ends_with_its_last_attempt_or_at_its_deadline() {
    let now = Instant::now();
    assert!(!PATIENCE.is_over(63, now + Duration::from_hours(1)));
    assert!(PATIENCE.is_over(64, now));
    let patience = Patience { until: Some(now + MILLISECOND), ..PATIENCE };
    assert!(!patience.is_over(1, now));
    assert!(patience.is_over(1, now + MILLISECOND));
}

#[test]
fn no_pause_lasts_beyond_the_deadline() {
    let now = Instant::now();
    let attempt_begun = now.checked_sub(Duration::from_mins(1)).unwrap();
    let pace = |until| Pace { patience: Patience { until, ..PATIENCE }, attempt_begun };
    let longest = |until| (0..100).filter_map(|_| pace(until).pause_after(17)).max().unwrap();
    assert!(longest(None) > Duration::from_secs(1));
    assert!(longest(Some(now + Duration::from_secs(1))) <= Duration::from_secs(1));
}

#[tokio::test]
async fn a_paced_retry_ends_with_the_number_of_its_attempts_or_at_its_deadline() {
    let mut retry = ConflictRetry::paced(Patience { max_attempts: 3, ..PATIENCE });
    assert!(retry.pause().await.is_ok() && retry.pause().await.is_ok());
    assert!(matches!(retry.pause().await, Err(StoreError::Contended { attempts: 3 })));
    let mut retry = ConflictRetry::paced(Patience { until: Some(Instant::now()), ..PATIENCE });
    assert!(matches!(retry.pause().await, Err(StoreError::Contended { attempts: 1 })));
}

#[tokio::test]
async fn a_pause_is_no_part_of_the_attempt_after_it() {
    // Attempts take no time here. If pauses counted, each would be a multiple of all before it.
    let mut retry = ConflictRetry::paced(PATIENCE);
    let pauses = async {
        for _ in 0..12 {
            retry.pause().await.unwrap();
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(2), pauses).await.is_ok());
}

/// Buyers of a drop.
const BUYERS: usize = 1_000;
/// Units of a drop, in [`PARTS`] parts.
const UNITS: usize = 500;
const PARTS: usize = 32;
/// Parts that are read first after a conflict.
const SAMPLE_PARTS: usize = 4;
/// A request to the table and its response.
const REQUEST: Duration = Duration::from_millis(5);
/// How long a transaction holds its items.
const TRANSACTION: Duration = Duration::from_millis(20);
/// Requests in sequence before the first attempt: the cart, and what decides about it.
const REQUESTS_BEFORE: u32 = 2;
/// Requests in sequence from a reading without units to "out of stock".
const REQUESTS_TO_REFUSE: u32 = 4;
/// More events than all attempts that the bound allows.
const MAX_EVENTS: usize = BUYERS * 64 * 4;

/// What happens at the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A reading of all parts.
    ReadAll,
    /// A reading of a few parts that had units.
    ReadSome,
    /// A transaction arrives that takes a unit of a part.
    Take(usize),
    /// A transaction lets go of a part. True if it took a unit.
    Release(usize, bool),
}

/// A part of the stock.
#[derive(Debug, Clone, Copy)]
struct Part {
    free: usize,
    is_held: bool,
}

#[derive(Debug, Clone, Default)]
struct Buyer {
    attempts: u32,
    attempt_begun: Duration,
    /// The parts that had units when this buyer read all of them.
    with_units: Vec<usize>,
}

/// A drop in virtual time, where everything takes `slowness` times as long.
struct Sale {
    slowness: u32,
    events: BinaryHeap<Reverse<(Duration, usize, usize, Event)>>,
    scheduled: usize,
    parts: Vec<Part>,
    buyers: Vec<Buyer>,
    outcome: Outcome,
}

/// What the buyers got.
#[derive(Debug, Default)]
struct Outcome {
    sold: usize,
    gave_up: usize,
    attempts: u32,
    /// How often each part was read, which takes a read unit each time.
    reads: Vec<u32>,
    waits: Vec<Duration>,
}

impl Sale {
    fn run(seed: u64, slowness: u32) -> Outcome {
        let _seeded = types::random::seeded(seed, || 0);
        let part = |number: usize| Part { free: UNITS / PARTS + usize::from(number < UNITS % PARTS), is_held: false };
        let mut sale = Self {
            slowness,
            events: BinaryHeap::new(),
            scheduled: 0,
            parts: (0..PARTS).map(part).collect(),
            buyers: vec![Buyer::default(); BUYERS],
            outcome: Outcome { reads: vec![0; PARTS], ..Outcome::default() },
        };
        for buyer in 0..BUYERS {
            sale.read_at(sale.requests(REQUESTS_BEFORE), buyer);
        }
        for _ in 0..MAX_EVENTS {
            let Some(Reverse((now, _, buyer, event))) = sale.events.pop() else { break };
            sale.happen(now, buyer, event);
        }
        assert!(sale.events.is_empty(), "more events than the bound of attempts allows");
        sale.outcome.attempts = sale.buyers.iter().map(|buyer| buyer.attempts).sum();
        sale.outcome.waits.sort_unstable();
        sale.outcome
    }

    fn requests(&self, number: u32) -> Duration {
        REQUEST * self.slowness * number
    }

    /// How long a request or a response is on its way.
    fn way(&self) -> Duration {
        self.requests(1) / 2
    }

    fn schedule(&mut self, at: Duration, buyer: usize, event: Event) {
        self.scheduled += 1;
        self.events.push(Reverse((at, self.scheduled, buyer, event)));
    }

    /// The first attempt reads the level, and then its parts. The others read a few parts first.
    fn read_at(&mut self, start: Duration, buyer: usize) {
        let arrival = start + self.way();
        if self.buyers[buyer].with_units.is_empty() {
            self.schedule(arrival + self.requests(1), buyer, Event::ReadAll);
        } else {
            self.schedule(arrival, buyer, Event::ReadSome);
        }
    }

    /// Reads parts, and returns those that have units.
    fn read(&mut self, parts: impl Iterator<Item = usize>) -> Vec<usize> {
        let mut with_units = Vec::new();
        for part in parts {
            self.outcome.reads[part] += 1;
            if self.parts[part].free > 0 {
                with_units.push(part);
            }
        }
        with_units
    }

    fn happen(&mut self, now: Duration, buyer: usize, event: Event) {
        match event {
            Event::ReadAll => {
                let with_units = self.read(0..PARTS);
                let start = random() % PARTS;
                // The next part that has units.
                let next = with_units.iter().copied().find(|part| *part >= start);
                if let Some(part) = next.or_else(|| with_units.first().copied()) {
                    self.schedule(now + self.requests(1), buyer, Event::Take(part));
                } else {
                    // Lapsed orders, the level and its parts again, and the order.
                    self.read(0..PARTS);
                    self.end(now + self.way() + self.requests(REQUESTS_TO_REFUSE));
                }
                self.buyers[buyer].with_units = with_units;
            }
            Event::ReadSome => {
                let (known, start) = (self.buyers[buyer].with_units.clone(), random());
                let places =
                    (0..known.len().min(SAMPLE_PARTS)).map(|place| (start % known.len() + place) % known.len());
                match self.read(places.map(|place| known[place])).first() {
                    Some(part) => self.schedule(now + self.requests(1), buyer, Event::Take(*part)),
                    None => self.schedule(now + self.requests(2), buyer, Event::ReadAll),
                }
            }
            Event::Take(part) if self.parts[part].is_held => self.meet(now + self.way(), buyer),
            Event::Take(part) => {
                let is_taken = self.parts[part].free > 0;
                self.parts[part] = Part { free: self.parts[part].free.saturating_sub(1), is_held: true };
                self.schedule(now + TRANSACTION * self.slowness, buyer, Event::Release(part, is_taken));
            }
            Event::Release(part, is_taken) => {
                self.parts[part].is_held = false;
                if is_taken {
                    self.buyers[buyer].attempts += 1;
                    self.outcome.sold += 1;
                    self.end(now + self.way());
                } else {
                    self.meet(now + self.way(), buyer);
                }
            }
        }
    }

    /// An attempt ends with a conflict.
    fn meet(&mut self, now: Duration, buyer: usize) {
        let Buyer { attempts, attempt_begun, .. } = &mut self.buyers[buyer];
        *attempts += 1;
        if *attempts >= PATIENCE.max_attempts {
            self.outcome.gave_up += 1;
            self.end(now);
            return;
        }
        let last = now.saturating_sub(*attempt_begun);
        let next = now + pause(*attempts, last, types::random::u64().unwrap());
        *attempt_begun = next;
        self.read_at(next, buyer);
    }

    /// A buyer has a reply.
    fn end(&mut self, at: Duration) {
        self.outcome.waits.push(at);
    }
}

fn random() -> usize {
    usize::try_from(types::random::u64().unwrap() >> 1).unwrap()
}

#[test]
fn of_a_thousand_buyers_of_five_hundred_units_99_in_100_wait_less_than_800_ms() {
    for seed in 1..=8 {
        let Outcome { sold, gave_up, attempts, reads, waits } = Sale::run(seed, 1);
        assert_eq!((sold, gave_up, waits.len()), (UNITS, 0, BUYERS), "seed {seed}");
        let p99 = waits[BUYERS * 99 / 100];
        assert!(p99 < Duration::from_millis(800), "seed {seed}: {p99:?}");
        assert!(attempts < 7_000, "seed {seed}: {attempts} attempts of all buyers");
        let (all, most) = (reads.iter().sum::<u32>(), reads.iter().max().copied().unwrap());
        assert!(all < 100_000, "seed {seed}: {all} reads of parts");
        assert!(most < 3_500, "seed {seed}: {most} reads of one part");
    }
}

#[test]
fn on_a_machine_that_is_fifty_times_as_slow_the_drop_takes_longer_and_no_buyer_gives_up() {
    for seed in 1..=8 {
        let Outcome { sold, gave_up, waits, .. } = Sale::run(seed, 50);
        assert_eq!((sold, gave_up, waits.len()), (UNITS, 0, BUYERS), "seed {seed}");
        // Attempts are as slow as pauses are long, so that few of the 64 are needed.
        assert!(waits[BUYERS * 99 / 100] > Duration::from_secs(20), "seed {seed}");
    }
}
