//! Every event counts once, in the hour in which it happened, however often, late or in whichever order it arrives.

use std::collections::BTreeMap;

use analytics::domain::period::Interval;
use analytics::store::MAX_SUM;
use contracts::Envelope;
use futures::future::join_all;
use kit::sqs::{Done, Failure};
use proptest::prelude::*;
use serde_json::Value;
use testkit::{TestTable, killed_after};
use types::{EventId, Uuid};

use crate::analytics_support::{Counters, confirmed, event, registered, reported, signed_in, user};

#[tokio::test]
async fn an_event_counts_in_its_hour_its_day_and_its_month() {
    let counters = Counters::start().await;
    let now = counters.clock.now();
    for event in [
        confirmed(now, "EUR", 2_490, &[2, 1]),
        confirmed(counters.ago(1), "EUR", 1_000, &[1]),
        confirmed(counters.ago(1), "USD", 500, &[4]),
        // In October.
        confirmed(counters.ago(24 * 30), "EUR", 7, &[1]),
    ] {
        assert_eq!(counters.count(&event).await.unwrap(), Done::Applied);
    }
    let sums = async |interval, days| counters.sums("gross_sales", None, interval, days).await;
    let expected = |euros: i64, dollars: i64| BTreeMap::from([("EUR".to_owned(), euros), ("USD".to_owned(), dollars)]);
    assert_eq!(sums(Interval::Hour, 1).await, expected(3_490, 500));
    assert_eq!(sums(Interval::Day, 1).await, expected(3_490, 500));
    assert_eq!(sums(Interval::Day, 31).await, expected(3_497, 500));
    assert_eq!(sums(Interval::Month, 31).await, expected(3_497, 500));
    assert_eq!(counters.total("units_sold", Interval::Month, 31).await, 9);
    assert_eq!(counters.total("orders_confirmed", Interval::Hour, 1).await, 3);
    let by_currency = counters.sums("orders_confirmed", Some("currency"), Interval::Day, 31).await;
    assert_eq!(by_currency, expected(3, 1));
    let averages = counters.values("average_order_value", None, Interval::Month, 31).await;
    let numbers: Vec<_> = averages.series.iter().map(|series| series.values.clone()).collect();
    assert_eq!(numbers, [vec![Some(7), Some(1_745)], vec![None, Some(500)]]);
}

#[tokio::test]
async fn duplicates_at_the_same_time_count_once() {
    let counters = Counters::on(TestTable::start_with_conflicts().await);
    let now = counters.clock.now();
    let events: Vec<_> = (0..30).map(|number| signed_in(now, user(number % 10), "ios")).collect();
    let twice = events.iter().chain(&events).chain(events.iter().rev());
    join_all(twice.map(|event| counters.deliver(event))).await;
    assert_eq!(counters.total("sessions_started", Interval::Day, 1).await, 30);
    assert_eq!(counters.total("sessions_started", Interval::Hour, 1).await, 30);
    assert_eq!(counters.total("active_users", Interval::Day, 1).await, 10);
    let before = counters.stored().await;
    for event in &events {
        assert_eq!(counters.count(event).await.unwrap(), Done::Duplicate);
    }
    assert_eq!(counters.stored().await, before);
}

#[tokio::test]
async fn a_lost_response_counts_once() {
    let (table, lost) = TestTable::start_losing_responses().await;
    let counters = Counters::on(table);
    for _ in 0..3 {
        lost.lose_next("TransactWriteItems");
        counters.deliver(&signed_in(counters.clock.now(), user(1), "web")).await;
    }
    assert!(lost.are_lost());
    assert_eq!(counters.total("sessions_started", Interval::Day, 1).await, 3);
}

#[tokio::test]
async fn who_is_killed_anywhere_leaves_nothing_half_counted() {
    let counters = Counters::start().await;
    let polls = 40;
    for number in 0..polls {
        let event = reported(counters.clock.now(), user(number));
        killed_after(number, counters.count(&event)).await;
        counters.deliver(&event).await;
        counters.deliver(&event).await;
    }
    let polls = i64::try_from(polls).unwrap();
    for interval in [Interval::Hour, Interval::Day] {
        assert_eq!(counters.total("care_events_reported", interval, 1).await, polls);
        assert_eq!(counters.total("rewards", interval, 1).await, 10 * polls);
    }
    assert_eq!(counters.total("active_users", Interval::Month, 1).await, polls);
}

#[tokio::test]
async fn users_are_distinct_per_day_and_per_month() {
    let counters = Counters::start().await;
    for (hours, numbers) in [(0, 0..20), (3, 10..30), (24, 0..40), (24 * 29, 0..5)] {
        for number in numbers {
            counters.deliver(&signed_in(counters.ago(hours), user(number), "ios")).await;
            counters.deliver(&reported(counters.ago(hours), user(number))).await;
        }
    }
    let days = counters.values("active_users", None, Interval::Day, 2).await;
    assert_eq!(days.series[0].values, [Some(0), Some(40), Some(30)]);
    let months = counters.values("active_users", None, Interval::Month, 31).await;
    assert_eq!(months.series[0].values, [Some(5), Some(40)]);
    let items = format!("{:?}", counters.table.items().await);
    assert!((0..40).all(|number| !items.contains(&user(number).to_string())), "aggregates contain no IDs");
}

#[tokio::test]
async fn what_cannot_be_counted_writes_nothing() {
    let counters = Counters::start().await;
    let mut no_currency = confirmed(counters.clock.now(), "EUR", 1, &[1]);
    no_currency.data["order"]["currency"] = "€".into();
    let unexpected = Envelope { version: 9, ..confirmed(counters.clock.now(), "EUR", 1, &[1]) };
    for event in [no_currency, unexpected] {
        assert!(matches!(counters.count(&event).await, Err(Failure::Poison(_))));
    }
    // Its mark may have been swept.
    let too_old = confirmed(counters.ago(24 * 44 + 1), "EUR", 1, &[1]);
    assert_eq!(counters.count(&too_old).await.unwrap(), Done::Ignored);
    assert!(counters.table.items().await.is_empty());
}

#[tokio::test]
async fn a_sum_never_leaves_its_bounds() {
    let counters = Counters::start().await;
    let now = counters.clock.now();
    let first = confirmed(now, "EUR", 1_000_000_000_000, &[]);
    counters.deliver(&first).await;
    // The way to the bound would take thousands of events: the bucket of this shard is nearly full.
    counters.fill(&first, "gross_sales", "h13", MAX_SUM - 5).await;
    let same_shard = |number: u128| EventId::new(Uuid::from_u128(first.id.uuid().as_u128() + 4 * number));
    let fits = Envelope { id: same_shard(1), ..confirmed(now, "EUR", 5, &[]) };
    assert_eq!(counters.count(&fits).await.unwrap(), Done::Applied);
    let beyond = Envelope { id: same_shard(2), ..confirmed(now, "EUR", 1, &[]) };
    assert!(matches!(counters.count(&beyond).await, Err(Failure::Poison(_))));
    assert_eq!(counters.total("gross_sales", Interval::Hour, 1).await, MAX_SUM);
    assert_eq!(
        counters.total("orders_confirmed", Interval::Hour, 1).await,
        2,
        "nothing of the refused event is counted"
    );
}

#[tokio::test]
async fn events_that_no_filter_accepts_leave_nothing() {
    let counters = Counters::start().await;
    let mut withheld = reported(counters.clock.now(), user(1));
    withheld.data["rewardWithheld"] = "own_point".into();
    assert_eq!(counters.count(&withheld).await.unwrap(), Done::Applied);
    assert_eq!(counters.total("rewards", Interval::Day, 1).await, 0);
    let sums = counters.sums("care_events_reported", Some("reward"), Interval::Day, 1).await;
    assert_eq!(sums, BTreeMap::from([("own_point".to_owned(), 1)]));
    let empty = event(
        counters.clock.now(),
        contracts::orders::ReturnReceived {
            order: serde_json::from_value(confirmed(counters.clock.now(), "EUR", 1, &[]).data["order"].clone())
                .unwrap(),
            return_number: 1,
            lines: Vec::new(),
            refund_minor: 0,
        },
    );
    assert_eq!(counters.count(&empty).await.unwrap(), Done::Ignored);
}

/// A model that knows nothing of contributions: numbers of events by what they are.
fn modelled(events: &[Envelope<Value>]) -> BTreeMap<&'static str, i64> {
    let mut model = BTreeMap::new();
    for event in events {
        let (name, amount) = match event.event_type.as_str() {
            "orders.order_confirmed" => ("gross_sales", event.data["order"]["totalMinor"].as_i64().unwrap()),
            "identity.user_registered" => ("sign_ups", 1),
            "identity.session_started" => ("sessions_started", 1),
            _ => ("care_events_reported", 1),
        };
        *model.entry(name).or_default() += amount;
    }
    model
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn any_order_duplication_and_lateness_gives_the_totals_of_a_replay(
        kinds in proptest::collection::vec((0..4_usize, 0..700_i64, 0..8_usize), 1..40),
        deliveries in proptest::collection::vec(any::<prop::sample::Index>(), 0..60),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (live, replay) = (Counters::start().await, Counters::start().await);
            let events: Vec<_> = kinds.iter().map(|(kind, hours, number)| {
                let at = live.ago(*hours);
                match kind {
                    0 => confirmed(at, if number % 2 == 0 { "EUR" } else { "USD" }, *hours, &[2]),
                    1 => registered(at),
                    2 => signed_in(at, user(*number), ["ios", "web", "plan9"][number % 3]),
                    _ => reported(at, user(*number)),
                }
            }).collect();
            // Live: some deliveries in any order, with duplicates, and then everything that is missing, backwards.
            let some: Vec<_> = deliveries.iter().map(|index| index.get(&events)).collect();
            for batch in some.chunks(10) {
                join_all(batch.iter().map(|event| live.deliver(event))).await;
            }
            join_all(events.iter().rev().map(|event| live.deliver(event))).await;
            let mut archive: Vec<_> = events.iter().collect();
            archive.sort_by_key(|event| (event.occurred_at, event.id));
            for event in archive {
                replay.deliver(event).await;
            }
            let (live_rows, replayed) = (live.stored().await, replay.stored().await);
            prop_assert_eq!(live_rows.keys().collect::<Vec<_>>(), replayed.keys().collect::<Vec<_>>());
            let counters = |rows: &BTreeMap<String, String>| -> Vec<String> {
                rows.iter().filter(|(key, _)| !key.contains("sketch#")).map(|(_, row)| row.clone()).collect()
            };
            prop_assert_eq!(counters(&live_rows), counters(&replayed));
            for (name, amount) in modelled(&events) {
                for interval in [Interval::Hour, Interval::Day, Interval::Month] {
                    prop_assert_eq!(live.total(name, interval, 31).await, amount, "{} by {:?}", name, interval);
                }
            }
            for interval in [Interval::Day, Interval::Month] {
                let of = async |counters: &Counters| counters.values("active_users", None, interval, 31).await;
                prop_assert_eq!(of(&live).await, of(&replay).await);
            }
            Ok(())
        })?;
    }
}
