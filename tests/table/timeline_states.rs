//! What timelines derive from their logs: states of the past, views of months, and their recomputation.

use std::time::Duration;

use dynamo::{Entity, Key, Outbox, Read};
use kit::sqs::Done;
use serde_json::{Value, json};
use tests::Cost;
use timeline::domain::entry::Entry;
use timeline::domain::month::MonthView;
use timeline::domain::projection::{Projection, Rebuild, RebuildOf};
use timeline::domain::state::{FOLD_VERSION, SHAPE, SavedState, State};
use timeline::domain::stream::Head;
use timeline::store::{MAX_REBUILT_ENTRIES, Store, Timeline};

use crate::timeline_log_support::{fill, head, log, recount, rewrite_head, seqs, status_and_code, verify};
use crate::timeline_support::{Tank, water, water_at};

#[tokio::test]
async fn the_state_of_any_time_is_that_of_the_log_until_then() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    let started = tank.clock.now();
    fill(&tank, &ann, id, 430).await;
    assert_eq!(
        tank.correct(&ann, id, 1, "\"1\"", "c", json!({ "content": { "type": "water_change", "volumeMl": 50 } }))
            .await
            .status,
        201
    );
    let read = async |minute: u64| {
        let at = started + Duration::from_secs(60 * minute + 30);
        tank.state(&ann, id, &format!("at={at}")).await.body
    };
    let mut expected = Vec::new();
    for minute in [0, 5, 9, 10, 15, 20, 21, 22] {
        let state = read(minute).await;
        let changed = state["waterChangedMl"].as_u64().unwrap();
        let entries = u64::min(430, 20 * (minute + 1));
        assert_eq!(changed, if minute < 22 { entries } else { 430 + 49 });
        expected.push((minute, state));
    }
    assert_eq!(tank.state(&ann, id, "at=2026-01-01T00:00:00Z").await.body["seq"], 0);
    // Snapshots change the cost and nothing else.
    assert_eq!(tank.views(id, &ann).await, Done::Applied);
    let snapshots = tank.table.items().await.into_iter().filter(|item| item["sk"].as_s().unwrap().starts_with("snap#"));
    assert_eq!(snapshots.count(), 2);
    for (minute, state) in expected {
        assert_eq!(read(minute).await, state, "minute {minute}");
    }
    assert_eq!(read(22).await["digest"], tank.state(&ann, id, "").await.body["digest"]);
}

#[tokio::test]
async fn months_follow_the_log_whatever_becomes_of_events() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    let entries = [water_at(5, "2026-10-31T22:30:00Z"), water_at(7, "2026-11-01T08:00:00Z")];
    assert_eq!(tank.append(&ann, id, "a", &entries).await.body["lastSeq"], 2);
    let early = tank.month(&ann, id, "202610", "atLeast=2").await;
    assert_eq!((early.status, &early.body["asOf"], &early.body["days"]), (202, &json!(0), &json!([])));
    // Two invocations at the same time, then a duplicate.
    let done = futures::join!(tank.views(id, &ann), tank.views(id, &ann));
    assert!([done.0, done.1].contains(&Done::Applied));
    assert_eq!(tank.views(id, &ann).await, Done::Duplicate);
    let october = tank.month(&ann, id, "202610", "atLeast=2").await;
    let day = json!({ "date": "2026-10-31", "counts": [{ "type": "water_change", "count": 1 }], "waterChangedMl": 5 });
    assert_eq!((october.status, &october.body["days"]), (200, &json!([day])));
    // A correction moves an entry to the other month. Its event comes before that of another append, which is lost.
    let body = json!({ "content": { "type": "water_change", "volumeMl": 6 }, "happenedAt": "2026-10-31T23:30:00Z" });
    assert_eq!(tank.correct(&ann, id, 1, "\"1\"", "b", body).await.status, 201);
    assert_eq!(tank.append(&ann, id, "c", &[water(1)]).await.status, 201);
    assert_eq!(tank.views_after_correction(id, &ann).await, Done::Applied);
    assert_eq!(tank.month(&ann, id, "202610", "atLeast=4").await.body["days"], json!([]));
    let november = tank.month(&ann, id, "202611", "atLeast=4").await;
    assert_eq!((november.status, &november.body["asOf"]), (200, &json!(4)));
    assert_eq!(november.body["days"][0]["waterChangedMl"], 13);
    assert_eq!(tank.month(&ann, id, "202611", "atLeast=5").await.status, 202);
}

#[tokio::test]
async fn views_of_random_cuts_equal_those_of_one_run() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let (one, other) = (tank.aquarium(&ann, &[]).await, tank.aquarium(&ann, &[]).await);
    for number in 0..12_u32 {
        let entries: Vec<_> = (0..5)
            .map(|index| {
                water_at(u64::from(number + 1), &format!("2026-{:02}-15T12:00:00Z", 1 + (number * 5 + index) % 11))
            })
            .collect();
        for id in [one, other] {
            assert_eq!(tank.append(&ann, id, &format!("a{number}"), &entries).await.status, 201);
        }
        // One is read after each append, the other at the end.
        assert_eq!(tank.views(one, &ann).await, Done::Applied);
    }
    assert_eq!(tank.views(other, &ann).await, Done::Applied);
    for month in 1..=11 {
        let month = format!("2026{month:02}");
        let days = async |id| tank.month(&ann, id, &month, "").await.body["days"].clone();
        assert_eq!(days(one).await, days(other).await);
        assert_ne!(days(one).await, json!([]));
    }
}

#[tokio::test]
async fn a_state_of_older_or_damaged_code_is_computed_again_with_the_same_digest() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    fill(&tank, &ann, id, 45).await;
    let before = tank.state(&ann, id, "").await.body;
    for change in [
        |head: &mut Head| head.saved.fold_version = 0,
        |head: &mut Head| head.saved.shape += 1,
        |head: &mut Head| head.saved.state = "{}".to_owned(),
        |head: &mut Head| head.saved.digest = "0".repeat(64),
    ] {
        rewrite_head(&tank, id, change).await;
        assert_eq!(tank.state(&ann, id, "").await.body, before);
    }
    // The next append repairs it.
    assert_eq!(tank.append(&ann, id, "b", &[water(1)]).await.status, 201);
    assert_eq!(verify(&tank, ann.id, id).await, 46);
}

#[tokio::test]
async fn a_long_log_is_folded_again_in_bounded_parts() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    let (table, count) = (tank.table.of::<Timeline>(), usize::try_from(MAX_REBUILT_ENTRIES).unwrap() + 60);
    fill(&tank, &ann, id, count).await;
    assert_eq!(tank.views(id, &ann).await, Done::Applied);
    let before = tank.state(&ann, id, "").await.body;
    rewrite_head(&tank, id, |head| head.saved.fold_version = 0).await;
    // The first request folds a part, and the next one goes on.
    assert_eq!(status_and_code(&tank.append(&ann, id, "b", &[water(1)]).await), (503, "timeline.rebuilding"));
    for _ in 0..2 {
        assert_eq!(tank.state(&ann, id, "").await.body, before);
    }
    // The refused append left nothing, and now saves the state.
    assert_eq!(tank.append(&ann, id, "b", &[water(1)]).await.status, 201);
    assert_eq!(verify(&tank, ann.id, id).await, count + 1);
    // The consumer computes the same parts, one per round.
    let rebuild = || Key::new("aquarium", id, format!("rebuild#{FOLD_VERSION}.{SHAPE}"));
    let read = table.get::<Projection>(Key::new("aquarium", id, "projection"), Read::Strong).await.unwrap().unwrap();
    let mut next = read.value.clone();
    next.saved.fold_version = 0;
    table.replace(&read, next, &Outbox::none()).await.unwrap();
    assert_eq!(tank.views(id, &ann).await, Done::Applied);
    let of_views = Key::new("aquarium", id, format!("rebuild#{FOLD_VERSION}.{SHAPE}#views"));
    let of_views = table.get::<Rebuild>(of_views, Read::Strong).await.unwrap().unwrap();
    assert_eq!(of_views.value.saved.seq, MAX_REBUILT_ENTRIES);
    let progress = table.get::<Rebuild>(rebuild(), Read::Strong).await.unwrap().unwrap();
    assert_eq!(tank.month(&ann, id, "202611", &format!("atLeast={}", count + 1)).await.status, 200);
    assert_eq!(recount(&tank, Some(id), false).await, []);
    // A request that began before the aquarium was deleted keeps nothing.
    let begun = Rebuild { aquarium_id: id, of: RebuildOf::Head, saved: SavedState::of(&State::default()).unwrap() };
    table.replace(&progress, begun.clone(), &Outbox::none()).await.unwrap();
    rewrite_head(&tank, id, |head| head.saved.fold_version = 0).await;
    let store = Store::new(tank.table.of::<Timeline>());
    let opened = store.open(ann.id, id).await.unwrap().unwrap();
    assert!(store.close(id, tank.clock.now()).await.unwrap());
    assert!(store.stream(&opened).await.unwrap().is_none());
    assert_eq!(table.get::<Rebuild>(rebuild(), Read::Strong).await.unwrap().unwrap().value, begun);
    tank.remove(id, &ann).await;
    assert_eq!(table.get::<Rebuild>(rebuild(), Read::Strong).await.unwrap(), None);
}

#[tokio::test]
async fn views_that_are_behind_are_computed_again_without_undoing_what_is_computed_of_the_head() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    let (table, max) = (tank.table.of::<Timeline>(), usize::try_from(MAX_REBUILT_ENTRIES).unwrap());
    let projection = || Key::new("aquarium", id, "projection");
    // The views include 60 entries more than one part, and the head 140 more than the views.
    fill(&tank, &ann, id, max + 60).await;
    assert_eq!(tank.views(id, &ann).await, Done::Applied);
    let read = table.get::<Projection>(projection(), Read::Strong).await.unwrap().unwrap();
    let mut next = read.value.clone();
    next.saved.fold_version = 0;
    table.replace(&read, next, &Outbox::none()).await.unwrap();
    let entries: Vec<_> = (0..20).map(|_| water(1)).collect();
    for number in 0..7 {
        let added = tank.append(&ann, id, &format!("more-{number}"), &entries).await;
        assert_eq!(added.status, 201, "{}", added.body);
    }
    let before = tank.state(&ann, id, "").await.body;
    rewrite_head(&tank, id, |head| head.saved.fold_version = 0).await;
    assert_eq!(status_and_code(&tank.state(&ann, id, "").await), (503, "timeline.rebuilding"));
    assert_eq!(tank.state(&ann, id, "").await.body, before);
    assert_eq!(tank.views(id, &ann).await, Done::Applied);
    // What is known of the head is as it was, and the views have caught up.
    let rebuild = Key::new("aquarium", id, format!("rebuild#{FOLD_VERSION}.{SHAPE}"));
    let kept = table.get::<Rebuild>(rebuild, Read::Strong).await.unwrap().unwrap();
    assert_eq!((kept.value.saved.seq, kept.version), (MAX_REBUILT_ENTRIES + 200, 2));
    assert_eq!(tank.state(&ann, id, "").await.body, before);
    let views = table.get::<Projection>(projection(), Read::Strong).await.unwrap().unwrap().value;
    assert_eq!((views.as_of, views.saved.fold_version), (MAX_REBUILT_ENTRIES + 200, FOLD_VERSION));
}

#[tokio::test]
async fn a_state_that_was_computed_again_is_kept_for_later_reads() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    fill(&tank, &ann, id, 140).await;
    let before = tank.state(&ann, id, "").await.body;
    rewrite_head(&tank, id, |head| head.saved.fold_version = 0).await;
    let (first, second) = (tank.state(&ann, id, "").await, tank.state(&ann, id, "").await);
    assert_eq!((&first.body, &second.body), (&before, &before));
    let (first, second) = (Cost::from(&first), Cost::from(&second));
    assert!(second.read_units < first.read_units && second.write_units <= 0.0, "{first:?} {second:?}");
    let rebuild = Key::new("aquarium", id, format!("rebuild#{FOLD_VERSION}.{SHAPE}"));
    let kept = tank.table.of::<Timeline>().get::<Rebuild>(rebuild, Read::Strong).await.unwrap().unwrap();
    assert_eq!((kept.value.saved.seq, kept.version), (140, 1));
    // The head still says what the other code wrote, until the next append.
    assert_eq!(head(&tank, id).await.saved.fold_version, 0);
    assert_eq!(tank.append(&ann, id, "b", &[water(1)]).await.status, 201);
    assert_eq!(verify(&tank, ann.id, id).await, 141);
}

#[tokio::test]
async fn older_code_shows_entries_of_newer_code_as_unknown_and_does_not_append() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    assert_eq!(tank.append(&ann, id, "a", &[water(1)]).await.status, 201);
    let table = tank.table.of::<Timeline>();
    let first = log(&tank, ann.id, id).await.remove(0);
    let newer = Entry { seq: 2, entry_type: "hologram".to_owned(), v: 7, data: r#"{"z":1,"a":2}"#.to_owned(), ..first };
    table.create(newer.clone(), &Outbox::none()).await.unwrap();
    rewrite_head(&tank, id, |head| {
        head.last_seq = 2;
        head.saved.fold_version += 1;
    })
    .await;
    let shown = tank.entry(&ann, id, 2).await.body;
    assert_eq!(
        (&shown["type"], &shown["status"], &shown["content"]),
        (&json!("hologram"), &json!("unknown"), &Value::Null)
    );
    assert_eq!(seqs(&tank.list(&ann, id, "").await.body).len(), 2);
    let refused = tank.append(&ann, id, "b", &[water(1)]).await;
    assert_eq!(status_and_code(&refused), (409, "timeline.newer_entries"));
    let stored = table.get::<Entry>(newer.key(), Read::Strong).await.unwrap().unwrap().value;
    assert_eq!(stored, newer);
}

#[tokio::test]
async fn a_recount_finds_and_repairs_what_differs_from_the_log() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let (id, other) = (tank.aquarium(&ann, &[]).await, tank.aquarium(&ann, &[]).await);
    for id in [id, other] {
        fill(&tank, &ann, id, 205).await;
        let body = json!({ "content": { "type": "water_change", "volumeMl": 50 } });
        assert_eq!(tank.correct(&ann, id, 1, "\"1\"", "c", body).await.status, 201);
        assert_eq!(tank.views(id, &ann).await, Done::Applied);
    }
    let right = (tank.state(&ann, id, "").await.body, tank.month(&ann, id, "202611", "").await.body);
    assert_eq!(recount(&tank, None, true).await, []);
    let table = tank.table.of::<Timeline>();
    rewrite_head(&tank, id, |head| head.saved.state = "{}".to_owned()).await;
    let key = Key::new("user", ann.id, format!("view#{id}#202611"));
    let month = table.get::<MonthView>(key, Read::Strong).await.unwrap().unwrap();
    let next = MonthView { days: std::collections::BTreeMap::new(), ..month.value.clone() };
    table.replace(&month, next, &Outbox::none()).await.unwrap();
    let first = table.get::<Entry>(log(&tank, ann.id, id).await[0].key(), Read::Strong).await.unwrap().unwrap();
    let next = Entry { amended: None, ..first.value.clone() };
    table.replace(&first, next, &Outbox::none()).await.unwrap();
    let expected = [("head", None), ("entry", Some(1)), ("month", None)];
    assert_eq!(recount(&tank, Some(id), false).await, expected);
    assert_eq!(recount(&tank, None, true).await, expected);
    assert_eq!(recount(&tank, None, false).await, []);
    assert_eq!((tank.state(&ann, id, "").await.body, tank.month(&ann, id, "202611", "").await.body), right);
    assert_eq!(tank.entry(&ann, id, 1).await.body["amendedBy"], json!([206]));
    // A log that is damaged itself is reported and not touched.
    let second = table.get::<Entry>(log(&tank, ann.id, id).await[1].key(), Read::Strong).await.unwrap().unwrap();
    let next = Entry { data: r#"{"volumeMl":9}"#.to_owned(), ..second.value.clone() };
    let changed = table.replace(&second, next, &Outbox::none()).await.unwrap();
    assert_eq!(recount(&tank, Some(id), true).await, [("chain", Some(2))]);
    let stored = table.get::<Entry>(changed.value.key(), Read::Strong).await.unwrap().unwrap();
    assert_eq!(stored, changed);
}

#[tokio::test]
async fn views_are_made_again_beside_the_snapshots_of_before() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    fill(&tank, &ann, id, 210).await;
    assert_eq!(tank.views(id, &ann).await, Done::Applied);
    let month = tank.month(&ann, id, "202611", "").await.body;
    let table = tank.table.of::<Timeline>();
    let key = Key::new("user", ann.id, format!("view#{id}#202611"));
    table.remove(table.get::<MonthView>(key, Read::Strong).await.unwrap().unwrap()).await.unwrap();
    let key = Key::new("aquarium", id, "projection");
    table.remove(table.get::<Projection>(key, Read::Strong).await.unwrap().unwrap()).await.unwrap();
    assert_eq!(tank.views(id, &ann).await, Done::Applied);
    assert_eq!(tank.month(&ann, id, "202611", "").await.body, month);
    assert_eq!(recount(&tank, Some(id), false).await, []);
}

#[tokio::test]
async fn a_repair_does_not_delete_progress_that_is_newer_than_its_comparison() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    fill(&tank, &ann, id, 20).await;
    assert_eq!(tank.views(id, &ann).await, Done::Applied);
    let store = Store::new(tank.table.of::<Timeline>());
    let compared = store.compare(id).await.unwrap().unwrap().unwrap();
    assert_eq!(tank.append(&ann, id, "later", &[water(1)]).await.status, 201);
    assert_eq!(tank.views(id, &ann).await, Done::Applied);
    store.drop_views(&compared, id).await.unwrap();
    let key = Key::new("aquarium", id, "projection");
    let left = tank.table.of::<Timeline>().get::<Projection>(key, Read::Strong).await.unwrap();
    assert_eq!(left.map(|read| read.value.as_of), Some(21));
    // The next comparison finds that the month is missing.
    assert_eq!(recount(&tank, Some(id), true).await, [("month", None)]);
    assert_eq!(recount(&tank, Some(id), false).await, []);
    assert_eq!(tank.month(&ann, id, "202611", "atLeast=21").await.status, 200);
}
