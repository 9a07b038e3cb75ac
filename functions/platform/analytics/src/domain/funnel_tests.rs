//! Tests of funnels.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::tally;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn passage(events: &[(usize, &str)]) -> Passage {
    events.iter().fold(Passage::default(), |passage, (step, time)| passage.with(*step, at(time)).unwrap_or(passage))
}

/// The days and steps in which a passage counts.
fn counted(passage: &Passage, funnel: &str) -> Vec<(String, u8)> {
    let slots = passage.slots(find(funnel).unwrap());
    slots.into_iter().map(|slot| (slot.date.to_string(), slot.number)).collect()
}

#[test]
fn a_step_counts_on_the_day_of_the_first_step() {
    let passage = passage(&[(0, "2026-11-01T23:59:59Z"), (1, "2026-11-03T00:00:00Z")]);
    assert_eq!(counted(&passage, "first_order"), [("2026-11-01".to_owned(), 0), ("2026-11-01".to_owned(), 1)]);
}

#[test]
fn a_step_without_the_one_before_it_does_not_count() {
    let skipped = passage(&[(0, "2026-11-01T10:00:00Z"), (2, "2026-11-02T10:00:00Z")]);
    assert_eq!(counted(&skipped, "first_order"), [("2026-11-01".to_owned(), 0)]);
    let without_start = passage(&[(1, "2026-11-01T10:00:00Z"), (2, "2026-11-02T10:00:00Z")]);
    assert_eq!(counted(&without_start, "first_order"), []);
}

#[test]
fn a_step_counts_until_the_end_of_the_window() {
    let in_time = passage(&[(0, "2026-11-01T10:00:00Z"), (1, "2026-12-01T10:00:00Z")]);
    assert_eq!(counted(&in_time, "first_order").len(), 2);
    let too_late = passage(&[(0, "2026-11-01T10:00:00Z"), (1, "2026-12-01T10:00:00.001Z")]);
    assert_eq!(counted(&too_late, "first_order").len(), 1);
}

#[test]
fn funnels_have_unique_names_and_steps_and_fit_their_counters() {
    let names: BTreeSet<_> = FUNNELS.iter().map(|funnel| funnel.name).collect();
    assert_eq!(names.len(), FUNNELS.len());
    for funnel in FUNNELS {
        let steps: BTreeSet<_> = funnel.steps.iter().map(|step| step.name).collect();
        let events: BTreeSet<_> = funnel.steps.iter().map(|step| step.event).collect();
        assert!((2..=MAX_STEPS).contains(&steps.len()), "{}", funnel.name);
        assert_eq!((steps.len(), events.len()), (funnel.steps.len(), funnel.steps.len()), "{}", funnel.name);
        let about_orders = funnel.steps.iter().all(|step| step.subject == "/order/orderId");
        assert_eq!(about_orders, funnel.counts == Counted::Orders, "{}", funnel.name);
    }
}

#[test]
fn shares_are_rounded_down_and_nothing_has_none() {
    assert_eq!(
        (permille(1, 3), permille(3, 3), permille(0, 3), permille(0, 0)),
        (Some(333), Some(1_000), Some(0), None)
    );
}

/// An event of a person: person, step, hour.
type Told = (u8, usize, i64);

/// The counters after these events, each row written with the difference of its slots, as the store does it.
fn totals(events: &[Told], funnel: &Funnel) -> BTreeMap<(String, u8), i64> {
    let mut rows: BTreeMap<u8, Passage> = BTreeMap::new();
    let mut totals = BTreeMap::new();
    for (person, step, hour) in events {
        let row = rows.entry(*person).or_default();
        let Some(next) = row.with(*step, Timestamp::from_second(hour * 3_600).unwrap()) else { continue };
        for (date, numbers) in tally::changes(&row.slots(funnel), &next.slots(funnel)) {
            for (number, by) in numbers {
                *totals.entry((date.to_string(), number)).or_default() += by;
            }
        }
        *row = next;
    }
    totals.retain(|_, total| *total != 0);
    totals
}

/// The same, counted at once from the set of events.
fn oracle(events: &[Told], funnel: &Funnel) -> BTreeMap<(String, u8), i64> {
    let mut totals = BTreeMap::new();
    for person in events.iter().map(|event| event.0).collect::<BTreeSet<_>>() {
        let first =
            |step: usize| events.iter().filter(|event| (event.0, event.1) == (person, step)).map(|event| event.2).min();
        let Some(start) = first(0) else { continue };
        let date = TimeZone::UTC.to_datetime(Timestamp::from_second(start * 3_600).unwrap()).date();
        for step in 0..funnel.steps.len() {
            match first(step) {
                Some(hour) if hour - start <= 24 * i64::from(funnel.window_days) => {
                    *totals.entry((date.to_string(), u8::try_from(step).unwrap())).or_default() += 1;
                }
                _ => break,
            }
        }
    }
    totals
}

proptest! {
    #[test]
    fn any_order_and_repetition_gives_the_same_numbers(
        events in proptest::collection::vec((0_u8..4, 0_usize..3, 0_i64..2_000), 0..30),
        order in proptest::collection::vec(0_usize..1_000, 0..60),
    ) {
        let funnel = find("first_order").unwrap();
        let mut shuffled = events.clone();
        for (at, other) in order.iter().enumerate() {
            if !shuffled.is_empty() {
                let (at, other) = (at % shuffled.len(), other % shuffled.len());
                shuffled.swap(at, other);
                // Some events come twice.
                shuffled.push(shuffled[other]);
            }
        }
        let expected = oracle(&events, funnel);
        prop_assert_eq!(totals(&events, funnel), expected.clone());
        prop_assert_eq!(totals(&shuffled, funnel), expected);
    }
}
