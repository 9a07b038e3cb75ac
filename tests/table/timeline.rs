//! Timelines: appends, corrections, races, repeated commands, views, states of the past, deletion and erasure.

use std::time::Duration;

use contracts::aquariums::MemberRole;
use contracts::identity::UserDeleted;
use dynamo::{Entity, Key, Outbox, Read};
use kit::Deadline;
use kit::http::endpoint;
use kit::sqs::{Done, Progress};
use serde_json::{Value, json};
use testkit::TestTable;
use tests::Cost;
use timeline::api;
use timeline::consumers::forget_user::forget_user;
use timeline::consumers::recount_timeline::RecountTimeline;
use timeline::domain::access::Access;
use timeline::domain::entry::{CHAIN_START, Entry};
use timeline::domain::month::MonthView;
use timeline::domain::projection::{Projection, Rebuild, RebuildOf};
use timeline::domain::state::{FOLD_VERSION, SHAPE, SavedState, State};
use timeline::domain::stream::Head;
use timeline::store::{MAX_REBUILT_ENTRIES, Mark, Store, Timeline};
use types::{AquariumId, MediaId, UserId};

use crate::identity_support::stage;
use crate::timeline_support::{Call, Person, Tank, water, water_at};

fn status_and_code(reply: &testkit::Reply) -> (u16, &str) {
    (reply.status, reply.body["code"].as_str().unwrap_or_default())
}

/// The log of an aquarium as it is stored.
async fn log(tank: &Tank, owner: UserId, id: AquariumId) -> Vec<Entry> {
    let (table, mut after, mut entries) = (tank.table.of::<Timeline>(), None, Vec::new());
    loop {
        let prefix = Key::new("user", owner, format!("entry#{id}#"));
        let page = table.list_strong::<Entry>(prefix, false, 1_000, after).await.unwrap();
        entries.extend(page.items.into_iter().map(|entry| entry.value));
        after = page.next;
        if after.is_none() {
            return entries;
        }
    }
}

async fn head(tank: &Tank, id: AquariumId) -> Head {
    let key = Key::new("aquarium", id, "head");
    tank.table.of::<Timeline>().get::<Head>(key, Read::Strong).await.unwrap().unwrap().value
}

/// Sequence numbers have no gaps, the chain is whole, and a fold of the log has the digest of the head.
async fn verify(tank: &Tank, owner: UserId, id: AquariumId) -> usize {
    let (entries, head) = (log(tank, owner, id).await, head(tank, id).await);
    let (mut state, mut before) = (State::default(), CHAIN_START.to_owned());
    for (entry, seq) in entries.iter().zip(1..) {
        assert_eq!(entry.seq, seq);
        assert!(entry.is_intact(&before), "entry {seq}");
        before.clone_from(&entry.chain);
        state = state.after(entry.seq, &entry.recorded().unwrap());
    }
    assert_eq!((before, SavedState::of(&state).unwrap()), (head.chain, head.saved));
    entries.len()
}

fn seqs(body: &Value) -> Vec<u64> {
    body["items"].as_array().unwrap().iter().map(|entry| entry["seq"].as_u64().unwrap()).collect()
}

/// A photo of a picture that the context knows nothing of; docs/known-quirks.md explains it.
#[tokio::test]
async fn the_picture_of_a_photo_is_not_checked() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let (id, media_id) = (tank.aquarium(&ann, &[]).await, MediaId::generate());
    let photo = json!({ "type": "photo", "mediaId": media_id });
    assert_eq!(tank.append(&ann, id, "a", &[json!({ "content": photo })]).await.status, 201);
    assert_eq!(tank.entry(&ann, id, 1).await.body["content"], photo);
}

#[tokio::test]
async fn members_read_keepers_write_and_strangers_find_nothing() {
    let tank = Tank::start().await;
    let [ann, ben, eve, zoe] =
        [tank.person("ann").await, tank.person("ben").await, tank.person("eve").await, tank.person("zoe").await];
    let id = tank.aquarium(&ann, &[(&ben, MemberRole::Keeper), (&eve, MemberRole::Viewer)]).await;
    for (who, key) in [(&ann, "a"), (&ben, "b")] {
        let reply = tank.append(who, id, key, &[water(5)]).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        assert_eq!(reply.body["items"][0]["authorId"], json!(who.id));
    }
    assert_eq!(status_and_code(&tank.append(&eve, id, "c", &[water(5)]).await), (403, "timeline.role_too_low"));
    assert_eq!(status_and_code(&tank.retract(&eve, id, 1, "\"1\"", "d").await), (403, "timeline.role_too_low"));
    for who in [&ann, &ben, &eve] {
        assert_eq!(seqs(&tank.list(who, id, "").await.body).len(), 2);
        assert_eq!(tank.entry(who, id, 1).await.body["content"], json!({ "type": "water_change", "volumeMl": 5 }));
        assert_eq!(tank.state(who, id, "").await.body["waterChangedMl"], 10);
        assert_eq!(tank.month(who, id, "202611", "").await.status, 200);
    }
    let nothing = (404, "timeline.no_such_aquarium");
    let correction = json!({ "content": { "type": "water_change", "volumeMl": 1 } });
    assert_eq!(status_and_code(&tank.append(&zoe, id, "a", &[water(5)]).await), nothing);
    assert_eq!(status_and_code(&tank.list(&zoe, id, "").await), nothing);
    assert_eq!(status_and_code(&tank.entry(&zoe, id, 1).await), nothing);
    assert_eq!(status_and_code(&tank.entry(&zoe, id, 99).await), nothing);
    assert_eq!(status_and_code(&tank.state(&zoe, id, "").await), nothing);
    assert_eq!(status_and_code(&tank.state(&zoe, id, "at=2026-11-20T12:00:00Z").await), nothing);
    assert_eq!(status_and_code(&tank.month(&zoe, id, "202611", "").await), nothing);
    assert_eq!(status_and_code(&tank.correct(&zoe, id, 1, "\"1\"", "k", correction).await), nothing);
    assert_eq!(status_and_code(&tank.retract(&zoe, id, 1, "\"1\"", "k").await), nothing);
    // Without a token.
    let list = endpoint(api::list_entries::list_entries, tank.ctx, stage());
    assert_eq!(tank.call(&list, "GET", None, Call::default()).await.status, 401);
    // The end of a share takes effect with the next request, also if older events follow.
    assert_eq!(tank.share(id, &ann, 3, &[]).await, Done::Applied);
    assert_eq!(tank.share(id, &ann, 2, &[(&ben, MemberRole::Keeper)]).await, Done::Duplicate);
    assert_eq!(status_and_code(&tank.append(&ben, id, "e", &[water(5)]).await), nothing);
    assert_eq!(verify(&tank, ann.id, id).await, 2);
}

#[tokio::test]
async fn a_repeated_command_has_the_answer_of_the_first_whatever_version_it_expects() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    let first = tank.append_if(&ann, id, "a", Some("\"0\""), &[water(5), water(6)]).await;
    assert_eq!(first.status, 201, "{}", first.body);
    // Kurrent accepted this one as new: the same command with the version that is right now.
    for if_match in [Some("\"0\""), Some("\"2\""), None] {
        let again = tank.append_if(&ann, id, "a", if_match, &[water(5), water(6)]).await;
        assert_eq!((again.status, &again.body), (201, &first.body));
    }
    let other = tank.append(&ann, id, "a", &[water(5)]).await;
    assert_eq!(status_and_code(&other), (422, "request.idempotency_key_reused"));
    let stale = tank.append_if(&ann, id, "b", Some("\"0\""), &[water(5)]).await;
    assert_eq!(status_and_code(&stale), (412, "request.version_changed"));
    let corrected = json!({ "content": { "type": "water_change", "volumeMl": 7 } });
    let first = tank.correct(&ann, id, 1, "\"1\"", "c", corrected.clone()).await;
    assert_eq!(first.status, 201, "{}", first.body);
    let again = tank.correct(&ann, id, 1, "\"1\"", "c", corrected).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    assert_eq!(verify(&tank, ann.id, id).await, 3);
}

#[tokio::test]
async fn marks_of_the_same_request_with_other_keys_have_other_fingerprints() {
    let tank = Tank::start().await;
    let (ann, ben) = (tank.person("ann").await, tank.person("ben").await);
    let id = tank.aquarium(&ann, &[(&ben, MemberRole::Keeper)]).await;
    let entry = json!({ "content": { "type": "observation" }, "note": "Written by Ben." });
    for key in ["a", "b"] {
        assert_eq!(tank.append(&ben, id, key, std::slice::from_ref(&entry)).await.status, 201);
    }
    let prefix = Key::new("aquarium", id, "cmd#");
    let marks = tank.table.of::<Timeline>().list_strong::<Mark>(prefix, false, 10, None).await.unwrap().items;
    let fingerprints: Vec<_> = marks.into_iter().map(|mark| mark.value.fingerprint).collect();
    assert_eq!(fingerprints.len(), 2);
    // Who reads them needs the key to test a guess of the note.
    assert_ne!(fingerprints[0], fingerprints[1]);
}

#[tokio::test]
async fn of_concurrent_appends_each_is_written_once_without_gaps() {
    let tank = Tank::on(TestTable::start_with_conflicts().await).await;
    let (ann, ben) = (tank.person("ann").await, tank.person("ben").await);
    let id = tank.aquarium(&ann, &[(&ben, MemberRole::Keeper)]).await;
    let keys: Vec<String> = (0..8).map(|number| format!("key-{number}")).collect();
    let entries = [water(1), water(2)];
    // Each command twice at the same time, by two keepers.
    let calls = keys.iter().flat_map(|key| [(key, &ann), (key, &ann), (key, &ben)]);
    let calls = calls.map(|(key, who)| tank.append(who, id, key, &entries));
    for reply in futures::future::join_all(calls).await {
        // Under this much contention a command may give up, and write nothing.
        assert!(matches!(reply.status, 201 | 503), "{} {}", reply.status, reply.body);
    }
    for key in &keys {
        for who in [&ann, &ben] {
            let again = tank.append(who, id, key, &entries).await;
            assert_eq!(again.status, 201, "{}", again.body);
        }
    }
    assert_eq!(verify(&tank, ann.id, id).await, 2 * 2 * keys.len());
}

#[tokio::test]
async fn a_command_whose_response_was_lost_is_written_once() {
    let (table, lost) = TestTable::start_losing_responses().await;
    let tank = Tank::on(table).await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    lost.lose_next("TransactWriteItems");
    let reply = tank.append(&ann, id, "a", &[water(5)]).await;
    let again = tank.append(&ann, id, "a", &[water(5)]).await;
    assert_eq!(again.status, 201, "{}", again.body);
    assert_eq!((reply.status, &reply.body), (201, &again.body));
    assert!(lost.are_lost());
    assert_eq!(verify(&tank, ann.id, id).await, 1);
}

#[tokio::test]
async fn corrections_and_retractions_change_what_counts_and_keep_what_was_said() {
    let tank = Tank::start().await;
    let (ann, ben) = (tank.person("ann").await, tank.person("ben").await);
    let id = tank.aquarium(&ann, &[(&ben, MemberRole::Keeper)]).await;
    let appended = tank.append(&ann, id, "a", &[water_at(5_000, "2026-10-31T22:30:00Z"), water(7_000)]).await;
    assert_eq!(appended.body["items"][0]["happenedOn"], "2026-10-31");
    // A keeper moves it to the next local day, which is in another month.
    let body = json!({ "content": { "type": "water_change", "volumeMl": 6_000 }, "happenedAt": "2026-10-31T23:30:00Z", "note": "Wrong scale." });
    let corrected = tank.correct(&ben, id, 1, "\"1\"", "b", body.clone()).await;
    assert_eq!(corrected.status, 201, "{}", corrected.body);
    assert_eq!(
        (&corrected.body["status"], &corrected.body["happenedOn"], &corrected.body["note"]),
        (&json!("corrected"), &json!("2026-11-01"), &json!("Salt was low."))
    );
    assert_eq!(corrected.body["amendedBy"], json!([3]));
    assert_eq!(tank.entry(&ann, id, 3).await.body["amends"], 1);
    assert_eq!(tank.entry(&ann, id, 3).await.body["note"], "Wrong scale.");
    assert_eq!(tank.state(&ann, id, "").await.body["waterChangedMl"], 13_000);
    let stale = tank.correct(&ann, id, 1, "\"1\"", "c", body.clone()).await;
    assert_eq!(status_and_code(&stale), (412, "request.version_changed"));
    let other_type = json!({ "content": { "type": "observation" } });
    let refused = tank.correct(&ann, id, 1, "\"2\"", "d", other_type).await;
    assert_eq!(status_and_code(&refused), (422, "timeline.type_changed"));
    assert_eq!(status_and_code(&tank.retract(&ann, id, 3, "\"1\"", "e").await), (409, "timeline.not_correctable"));
    let retracted = tank.retract(&ann, id, 1, "\"2\"", "f").await;
    assert_eq!((retracted.status, &retracted.body["status"]), (201, &json!("retracted")));
    assert_eq!(status_and_code(&tank.retract(&ann, id, 1, "\"3\"", "g").await), (409, "timeline.entry_retracted"));
    assert_eq!(
        status_and_code(&tank.correct(&ann, id, 1, "\"3\"", "h", body).await),
        (409, "timeline.entry_retracted")
    );
    assert_eq!(status_and_code(&tank.retract(&ann, id, 99, "\"1\"", "i").await), (404, "timeline.no_such_entry"));
    assert_eq!(tank.state(&ann, id, "").await.body["waterChangedMl"], 7_000);
    // The list has the two entries, in the order of what they say now.
    assert_eq!(seqs(&tank.list(&ann, id, "").await.body), [2, 1]);
    assert_eq!(verify(&tank, ann.id, id).await, 4);
}

#[tokio::test]
async fn of_concurrent_corrections_of_an_entry_one_succeeds() {
    let tank = Tank::on(TestTable::start_with_conflicts().await).await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    assert_eq!(tank.append(&ann, id, "a", &[water(1)]).await.status, 201);
    let keys: Vec<String> = (0..6).map(|number| format!("key-{number}")).collect();
    let correct = |number: usize| {
        let body = json!({ "content": { "type": "water_change", "volumeMl": 100 + number } });
        tank.correct(&ann, id, 1, "\"1\"", &keys[number], body)
    };
    let replies = futures::future::join_all((0..keys.len()).map(correct)).await;
    let done = replies.iter().filter(|reply| reply.status == 201).count();
    assert_eq!(done, 1, "{:?}", replies.iter().map(status_and_code).collect::<Vec<_>>());
    assert_eq!(verify(&tank, ann.id, id).await, 2);
}

#[tokio::test]
async fn invalid_requests_name_the_field_and_write_nothing() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    for (entry, field) in [
        (water(0), "entries[0].content.volumeMl"),
        (json!({ "content": { "type": "hologram" } }), "entries[0].content.type"),
        (json!({ "content": { "type": "observation" }, "by": "me" }), "entries[0].by"),
        (
            json!({ "content": { "type": "observation" }, "happenedAt": "1999-12-31T00:00:00Z" }),
            "entries[0].happenedAt",
        ),
        (
            json!({ "content": { "type": "observation" }, "happenedAt": "2026-11-20T12:06:00Z" }),
            "entries[0].happenedAt",
        ),
        (json!({ "content": { "type": "dose", "product": "", "amountUl": 5 } }), "entries[0].content.product"),
        (json!({ "content": { "type": "observation" }, "note": "x".repeat(501) }), "entries[0].note"),
    ] {
        let reply = tank.append(&ann, id, "a", &[entry]).await;
        assert_eq!(status_and_code(&reply), (422, "request.invalid"), "{}", reply.body);
        assert_eq!(reply.body["errors"][0]["field"], field, "{}", reply.body);
    }
    let many: Vec<_> = (0..21).map(|_| water(1)).collect();
    assert_eq!(tank.append(&ann, id, "a", &many).await.status, 422);
    assert_eq!(tank.append(&ann, id, "a", &[]).await.status, 422);
    for query in ["from=yesterday", "to=2026", "kind="] {
        assert_eq!(status_and_code(&tank.list(&ann, id, query).await), (422, "request.invalid"), "{query}");
    }
    assert_eq!(tank.month(&ann, id, "202613", "").await.body["errors"][0]["field"], "month");
    assert_eq!(tank.month(&ann, id, "202611", "atLeast=x").await.body["errors"][0]["field"], "atLeast");
    assert_eq!(tank.state(&ann, id, "at=x").await.body["errors"][0]["field"], "at");
    assert!(log(&tank, ann.id, id).await.is_empty());
}

#[tokio::test]
async fn lists_are_by_time_within_bounds_and_by_type() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    let day = |day: u32| format!("2026-11-{day:02}T08:00:00Z");
    // Recorded in another order than they happened.
    let entries: Vec<_> = [5, 1, 4, 2, 3].into_iter().map(|number| water_at(u64::from(number), &day(number))).collect();
    assert_eq!(tank.append(&ann, id, "a", &entries).await.status, 201);
    let fed = json!({ "content": { "type": "feeding", "food": "Krill" }, "happenedAt": day(3) });
    assert_eq!(tank.append(&ann, id, "b", &[fed]).await.status, 201);
    let list = async |query: &str| seqs(&tank.list(&ann, id, query).await.body);
    assert_eq!(list("").await, [1, 3, 6, 5, 4, 2]);
    assert_eq!(list("kind=feeding").await, [6]);
    assert_eq!(list(&format!("from={}", day(3))).await, [1, 3, 6, 5]);
    assert_eq!(list(&format!("to={}", day(3))).await, [4, 2]);
    assert_eq!(list(&format!("from={}&to={}", day(2), day(5))).await, [3, 6, 5, 4]);
    // In pages, also with bounds.
    for bounds in ["", "from=2026-11-02T00:00:00Z&to=2026-11-05T00:00:00Z&"] {
        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = tank.list(&ann, id, &format!("{bounds}limit=2{cursor}")).await.body;
            paged.extend(seqs(&page));
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(paged, list(bounds).await, "{bounds}");
    }
}

/// So many entries, in commands of twenty.
async fn fill(tank: &Tank, ann: &Person, id: AquariumId, count: usize) {
    for number in 0..count.div_ceil(20) {
        let size = usize::min(20, count - 20 * number);
        let entries: Vec<_> = (0..size).map(|_| water(1)).collect();
        let reply = tank.append(ann, id, &format!("fill-{number}"), &entries).await;
        assert_eq!(reply.status, 201, "{}", reply.body);
        tank.clock.advance(Duration::from_mins(1));
    }
}

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

/// A head as other code would have left it.
async fn rewrite_head(tank: &Tank, id: AquariumId, change: impl Fn(&mut Head)) {
    let table = tank.table.of::<Timeline>();
    let read = table.get::<Head>(Key::new("aquarium", id, "head"), Read::Strong).await.unwrap().unwrap();
    let mut next = read.value.clone();
    change(&mut next);
    table.replace(&read, next, &Outbox::none()).await.unwrap();
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

/// What is stored, as text, without the items of identity.
async fn stored(tank: &Tank) -> String {
    let items = tank.table.items().await.into_iter();
    let ours = items.filter(|item| item["pk"].as_s().unwrap().starts_with("timeline#"));
    format!("{:?}", ours.collect::<Vec<_>>())
}

#[tokio::test]
async fn a_deleted_aquarium_leaves_nothing_and_does_not_come_back() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let (gone, kept) = (tank.aquarium(&ann, &[]).await, tank.aquarium(&ann, &[]).await);
    for id in [gone, kept] {
        fill(&tank, &ann, id, 210).await;
        assert_eq!(tank.views(id, &ann).await, Done::Applied);
    }
    assert_eq!(tank.remove(gone, &ann).await, Done::Applied);
    let version_of_mark = async || {
        let key = Key::new("aquarium", gone, "access");
        tank.table.of::<Timeline>().get::<Access>(key, Read::Strong).await.unwrap().unwrap().version
    };
    let version = version_of_mark().await;
    assert_eq!(tank.remove(gone, &ann).await, Done::Duplicate);
    assert_eq!(version_of_mark().await, version, "the mark is written once");
    assert_eq!(tank.share(gone, &ann, 99, &[]).await, Done::Duplicate);
    assert_eq!(tank.views(gone, &ann).await, Done::Duplicate);
    assert_eq!(status_and_code(&tank.append(&ann, gone, "z", &[water(1)]).await), (404, "timeline.no_such_aquarium"));
    let items = tank.table.items().await;
    let of_gone = items.iter().filter(|item| format!("{item:?}").contains(&gone.to_string()));
    let of_gone: Vec<_> = of_gone.map(|item| item["sk"].as_s().unwrap().clone()).collect();
    assert_eq!(of_gone, ["access"], "only the mark that it is deleted");
    assert_eq!(verify(&tank, ann.id, kept).await, 210);
}

#[tokio::test]
async fn a_deleted_user_leaves_the_history_of_others_without_author_and_words() {
    let tank = Tank::start().await;
    let (ann, ben) = (tank.person("ann").await, tank.person("ben").await);
    let id = tank.aquarium(&ann, &[(&ben, MemberRole::Keeper)]).await;
    let own = tank.aquarium(&ben, &[(&ann, MemberRole::Keeper)]).await;
    assert_eq!(tank.append(&ann, id, "a", &[water_at(5, "2026-11-19T08:00:00Z")]).await.status, 201);
    let words = json!({ "content": { "type": "observation" }, "note": "Written by Ben." });
    assert_eq!(tank.append(&ben, id, "b", &[words.clone(), words.clone()]).await.status, 201);
    assert_eq!(tank.append(&ben, own, "c", std::slice::from_ref(&words)).await.status, 201);
    assert_eq!(tank.append(&ann, own, "d", &[water_at(5, "2026-11-19T08:00:00Z")]).await.status, 201);
    let digest = tank.state(&ann, id, "").await.body["digest"].clone();
    assert_eq!(tank.forget(&ben).await, Done::Applied);
    assert_eq!(tank.forget(&ben).await, Done::Duplicate);
    let text = stored(&tank).await;
    assert!(!text.contains("Written by Ben."), "{text}");
    // Besides the copy of the members, which `aquariums` ends by an event, and the marker.
    assert_eq!(tank.share(id, &ann, 2, &[]).await, Done::Applied);
    let left = tank.table.items().await.into_iter();
    let left = left.filter(|item| {
        item["pk"].as_s().unwrap().starts_with("timeline#") && format!("{item:?}").contains(&ben.id.to_string())
    });
    let left: Vec<_> = left.map(|item| item["sk"].as_s().unwrap().clone()).collect();
    assert_eq!(left, ["forgotten"]);
    let shown = tank.entry(&ann, id, 2).await.body;
    assert_eq!(
        (&shown["type"], &shown["authorId"], &shown["note"]),
        (&json!("observation"), &Value::Null, &Value::Null)
    );
    assert_eq!(tank.entry(&ann, id, 1).await.body["note"], "Salt was low.");
    assert_eq!(tank.state(&ann, id, "").await.body["digest"], digest);
    assert_eq!(verify(&tank, ann.id, id).await, 3);
    // Their aquarium is gone for everybody, also if an old event arrives.
    assert_eq!(status_and_code(&tank.state(&ann, own, "").await), (404, "timeline.no_such_aquarium"));
    assert_eq!(tank.share(own, &ben, 7, &[(&ann, MemberRole::Keeper)]).await, Done::Duplicate);
    assert_eq!(tank.share(AquariumId::generate(), &ben, 1, &[]).await, Done::Duplicate);
}

#[tokio::test]
async fn the_words_of_many_entries_are_removed_part_by_part() {
    let tank = Tank::start().await;
    let (ann, ben) = (tank.person("ann").await, tank.person("ben").await);
    let id = tank.aquarium(&ann, &[(&ben, MemberRole::Keeper)]).await;
    fill(&tank, &ben, id, 500).await;
    let event = tank.event(UserDeleted { user_id: ben.id });
    let mut parts = 0;
    while let Progress::Continue(_) =
        forget_user(tank.consumer, event.clone(), Deadline::after(Duration::ZERO)).await.unwrap()
    {
        parts += 1;
        assert!(parts < 100, "parts without end");
    }
    assert!(parts > 1, "each invocation does a part");
    assert!(log(&tank, ann.id, id).await.iter().all(|entry| entry.personal.is_none()));
    assert_eq!(verify(&tank, ann.id, id).await, 500);
}

#[tokio::test]
async fn an_append_costs_the_same_at_ten_and_at_thousands_of_entries() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    fill(&tank, &ann, id, 10).await;
    let few = tank.append(&ann, id, "x", &[water(1)]).await;
    let size: usize = std::env::var("TIMELINE_ENTRIES").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000);
    for number in 0..size.div_ceil(20) {
        let entries: Vec<_> = (0..20).map(|_| water(1)).collect();
        let reply = tank.append(&ann, id, &format!("y{number}"), &entries).await;
        assert!(matches!(reply.status, 201), "{}", reply.body);
        // The limit of a day.
        tank.clock.advance(Duration::from_mins(2));
    }
    let many = tank.append(&ann, id, "z", &[water(1)]).await;
    assert_eq!((few.status, many.status), (201, 201));
    let cost = |reply: &testkit::Reply| reply.server_timing.split("desc=").nth(1).unwrap_or_default().to_owned();
    let part = |text: &str, name: &str| {
        text.trim_matches('"').split(' ').find_map(|pair| pair.strip_prefix(name)).unwrap_or_default().to_owned()
    };
    for name in ["calls=", "rounds=", "read="] {
        assert_eq!(part(&cost(&few), name), part(&cost(&many), name), "{} {}", cost(&few), cost(&many));
    }
    assert_eq!(part(&cost(&many), "rounds="), "2");
}

async fn recount(tank: &Tank, id: Option<AquariumId>, repair: bool) -> Vec<(&'static str, Option<u64>)> {
    let (mut cursor, mut found) = (None, Vec::new());
    loop {
        let request = RecountTimeline { aquarium_id: id, repair, cursor };
        let recounted = timeline::consumers::recount_timeline::recount(tank.consumer, request).await.unwrap();
        found.extend(recounted.differences.into_iter().map(|one| (one.kind, one.seq)));
        cursor = recounted.next_cursor;
        if cursor.is_none() {
            return found;
        }
    }
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
