//! Tests of cohorts.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::domain::tally;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn numbers(membership: &Membership) -> Vec<(String, u8)> {
    membership.slots().into_iter().map(|slot| (slot.date.to_string(), slot.number)).collect()
}

#[test]
fn weeks_begin_on_monday_in_utc() {
    assert_eq!(week_of(at("2026-11-29T23:59:59Z")) + 1, week_of(at("2026-11-30T00:00:00Z")));
    assert_eq!(monday(week_of(at("2026-11-29T12:00:00Z"))).to_string(), "2026-11-23");
    assert_eq!(monday(week_of(at("2026-11-30T00:00:00Z"))).to_string(), "2026-11-30");
}

#[test]
fn activity_counts_in_its_week_after_joining() {
    let joined = Membership::default().with(Meaning::Joined, at("2026-11-04T10:00:00Z")).unwrap();
    let active = joined.with(Meaning::Active, at("2026-11-10T10:00:00Z")).unwrap();
    let monday = "2026-11-02".to_owned();
    assert_eq!(numbers(&active), [(monday.clone(), PEOPLE), (monday.clone(), PEOPLE + 2)]);
    assert_eq!(active.with(Meaning::Active, at("2026-11-12T10:00:00Z")), None, "the same week counts once");
    assert_eq!(active.with(Meaning::Joined, at("2026-11-20T10:00:00Z")), None, "the first time of joining counts");
}

#[test]
fn activity_before_joining_and_after_the_last_week_counts_nowhere() {
    let joined = Membership::default().with(Meaning::Joined, at("2026-08-05T10:00:00Z")).unwrap();
    let before = joined.with(Meaning::Active, at("2026-07-01T10:00:00Z")).unwrap();
    let last = before.with(Meaning::Active, at("2026-11-01T23:59:59Z")).unwrap();
    let after = last.with(Meaning::Active, at("2026-11-02T00:00:00Z")).unwrap();
    let monday = "2026-08-03".to_owned();
    assert_eq!(numbers(&before), [(monday.clone(), PEOPLE)]);
    assert_eq!(numbers(&after), [(monday.clone(), PEOPLE), (monday, PEOPLE + 1 + MAX_WEEKS)]);
}

#[test]
fn somebody_whose_joining_is_unknown_counts_nowhere_and_is_bounded() {
    let mut row = Membership::default();
    for week in 0..200 {
        row = row.with(Meaning::Active, Timestamp::from_second(week * 7 * 86_400).unwrap()).unwrap_or(row);
    }
    assert!(row.slots().is_empty());
    assert_eq!(row.weeks.len(), MAX_STORED_WEEKS);
}

#[test]
fn an_event_may_mean_several_things() {
    let found: Vec<_> = meanings("identity.user_registered.v1").map(|(_, meaning, _)| meaning).collect();
    assert_eq!(found, [Meaning::Joined]);
    assert_eq!(meanings("orders.order_placed.v1").next().map(|found| found.2), Some("/order/userId"));
    assert_eq!(meanings("orders.order_confirmed.v1").count(), 0);
}

proptest! {
    #[test]
    fn any_order_and_repetition_gives_the_same_numbers(
        events in proptest::collection::vec((0_u8..3, any::<bool>(), 0_i64..3_000), 0..60),
        rotation in 0_usize..60,
    ) {
        let totals = |events: &[(u8, bool, i64)]| {
            let (mut rows, mut totals) = (BTreeMap::<u8, Membership>::new(), BTreeMap::new());
            for (person, joins, hour) in events {
                let row = rows.entry(*person).or_default();
                let meaning = if *joins { Meaning::Joined } else { Meaning::Active };
                let Some(next) = row.with(meaning, Timestamp::from_second(hour * 3_600).unwrap()) else { continue };
                for (date, numbers) in tally::changes(&row.slots(), &next.slots()) {
                    for (number, by) in numbers {
                        *totals.entry((date.to_string(), number)).or_insert(0_i64) += by;
                    }
                }
                *row = next;
            }
            totals.retain(|_, total| *total != 0);
            totals
        };
        let mut other: Vec<_> = events.iter().rev().copied().collect();
        if !other.is_empty() {
            let rotation = rotation % other.len();
            other.rotate_left(rotation);
        }
        other.extend(events.iter().copied());
        prop_assert_eq!(totals(&events), totals(&other));
    }
}
