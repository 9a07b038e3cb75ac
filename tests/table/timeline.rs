//! Timelines: appends, corrections, races, repeated commands and lists.

use std::time::Duration;

use contracts::aquariums::MemberRole;
use dynamo::Key;
use kit::http::endpoint;
use kit::sqs::Done;
use serde_json::json;
use testkit::TestTable;
use timeline::api;
use timeline::store::{Mark, Timeline};
use types::MediaId;

use crate::identity_support::stage;
use crate::timeline_log_support::{fill, log, seqs, status_and_code, verify};
use crate::timeline_support::{Call, Tank, water, water_at};

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
