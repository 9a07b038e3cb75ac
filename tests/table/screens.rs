//! Screens: events in any order give the same items, homes show what the events say, and former members see nothing.

use contracts::Envelope;
use contracts::aquariums::{AlarmStatus, AquariumKind};
use contracts::identity::UserDeleted;
use contracts::{Actor, timeline::EntriesAppended};
use futures::future::join_all;
use kit::sqs::{Done, Failure};
use screens::domain::card::Card;
use screens::domain::facts::Facts;
use screens::domain::home::Home;
use screens::domain::news::{Heard, heard};
use screens::store::HomeWritten;
use serde_json::{Value, json};
use testkit::Template;
use types::UserId;

use crate::screens_support::{
    Desk, access, alarm, aquarium_id, at, created, event, notified, read, removed, task, temperature,
};

/// Two aquariums of Ann, of which one is removed, and one of Ben, with every kind of change.
fn history(ann: UserId, ben: UserId) -> Vec<Envelope<Value>> {
    vec![
        created(1, ann, AquariumKind::Marine),
        access(1, ann, 1, &[ben]),
        temperature(1, ann, 40, 25_000),
        temperature(1, ann, 50, 25_250),
        alarm(1, ann, 11, 1, AlarmStatus::Open),
        alarm(1, ann, 12, 1, AlarmStatus::Open),
        alarm(1, ann, 12, 2, AlarmStatus::Ended),
        task(1, ann, 21, 600),
        created(2, ann, AquariumKind::Fresh),
        access(2, ann, 1, &[ben]),
        alarm(2, ann, 13, 1, AlarmStatus::Open),
        removed(2, ann),
        created(3, ben, AquariumKind::Fresh),
        access(3, ben, 1, &[ann]),
        access(3, ben, 2, &[]),
        notified(ann, 31, 50),
        notified(ann, 32, 51),
        read(ann, &[(31, 50)]),
        event(
            70,
            Actor::User(ben),
            EntriesAppended { aquarium_id: aquarium_id(1), owner_id: ann, entries: Vec::new() },
        ),
    ]
}

/// The same events twice, in an order that depends on the seed.
fn shuffled(events: &[Envelope<Value>], seed: u64) -> Vec<Envelope<Value>> {
    let mut all: Vec<_> = events.iter().chain(events).cloned().enumerate().collect();
    let place = |number: usize| (u64::try_from(number).unwrap() + seed).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 7;
    all.sort_by_key(|(number, _)| place(*number));
    all.into_iter().map(|(_, event)| event).collect()
}

/// Users of one table in another: they have the same IDs in the events of both.
fn users() -> (UserId, UserId) {
    (UserId::generate(), UserId::generate())
}

#[tokio::test]
async fn a_rebuild_from_events_in_any_order_gives_identical_items() {
    let (ann, ben) = users();
    let events = history(ann, ben);
    let first = Desk::start().await;
    first.hear_all(events.clone()).await;
    let expected = first.items().await;
    assert!(expected.len() >= 8, "{}", expected.len());
    for seed in 1..6 {
        let rebuilt = Desk::start().await;
        rebuilt.hear_all(shuffled(&events, seed)).await;
        assert_eq!(rebuilt.items().await, expected, "seed {seed}");
    }
}

#[tokio::test]
async fn events_that_arrive_at_the_same_time_give_identical_items() {
    let (ann, ben) = users();
    let events = history(ann, ben);
    let first = Desk::start().await;
    first.hear_all(events.clone()).await;
    let racing = Desk::start_with_conflicts().await;
    for part in shuffled(&events, 9).chunks(10) {
        for handled in join_all(part.iter().cloned().map(|event| racing.hear_apart(event))).await {
            handled.unwrap();
        }
    }
    assert_eq!(racing.items().await, first.items().await);
}

#[tokio::test]
async fn a_repeated_event_is_a_duplicate() {
    let desk = Desk::start().await;
    let events = history(desk.ann.id, desk.ben.id);
    desk.hear_all(events.clone()).await;
    let before = desk.items().await;
    for event in events {
        assert!(matches!(desk.hear(event.clone()).await, Ok(Done::Duplicate)), "{}", event.detail_type());
    }
    assert_eq!(desk.items().await, before);
}

#[tokio::test]
async fn a_home_shows_the_aquariums_of_a_user() {
    let desk = Desk::start().await;
    let (ann, ben) = (desk.ann.id, desk.ben.id);
    let empty = desk.home(&desk.ann, "").await;
    assert_eq!((empty.status, &empty.body["aquariums"], &empty.body["asOf"]), (200, &json!([]), &json!(null)));
    desk.hear_all(history(ann, ben)).await;
    let home = desk.home(&desk.ann, "").await;
    assert_eq!((home.status, home.header("cache-control")), (200, "private, no-cache"), "{}", home.body);
    let aquariums = home.body["aquariums"].as_array().unwrap();
    assert_eq!(aquariums.len(), 1, "the second one is removed, and the third one is shared no longer");
    let card = &aquariums[0];
    assert_eq!((&card["name"], &card["role"]), (&json!("Aquarium 1"), &json!("owner")));
    assert_eq!(
        (&card["values"][0]["parameter"], &card["values"][0]["source"]),
        (&json!("temperature"), &json!("sensor"))
    );
    assert_eq!((&card["alarms"]["count"], card["alarms"]["items"].as_array().unwrap().len()), (&json!(1), 1));
    assert_eq!(home.body["unread"], json!({ "count": 1, "hasMore": false }));
    // A task becomes due without an event.
    assert_eq!(card["tasks"]["items"][0]["isDue"], true);
    let names = |body: &Value| -> Vec<Value> {
        body["aquariums"].as_array().unwrap().iter().map(|card| card["name"].clone()).collect()
    };
    // Own aquariums first.
    assert_eq!(names(&desk.home(&desk.ben, "").await.body), ["Aquarium 3", "Aquarium 1"]);
}

#[tokio::test]
async fn a_task_becomes_due_without_an_event() {
    let desk = Desk::start().await;
    desk.hear_all([created(1, desk.ann.id, AquariumKind::Fresh), task(1, desk.ann.id, 21, 3_660)]).await;
    let before = desk.home(&desk.ann, "").await;
    assert_eq!(before.body["aquariums"][0]["tasks"]["items"][0]["isDue"], false);
    assert_eq!(before.body["aquariums"][0]["tasks"]["dueCount"], 0);
    desk.clock.advance(std::time::Duration::from_mins(1));
    let known = [("if-none-match", before.header("etag"))];
    let after = desk.home_if(&desk.ann, "", &known).await;
    assert_eq!((after.status, &after.body["aquariums"][0]["tasks"]["items"][0]["isDue"]), (200, &json!(true)));
    assert_eq!(after.body["aquariums"][0]["tasks"]["dueCount"], 1);
    let known = [("if-none-match", after.header("etag"))];
    assert_eq!(desk.home_if(&desk.ann, "", &known).await.status, 304);
}

#[tokio::test]
async fn a_request_waits_for_the_time_that_it_asks_for() {
    let desk = Desk::start().await;
    desk.hear_all([created(1, desk.ann.id, AquariumKind::Fresh)]).await;
    assert_eq!(desk.home(&desk.ann, &format!("atLeast={}", at(1))).await.status, 200);
    let early = desk.home(&desk.ann, &format!("atLeast={}", at(50))).await;
    assert_eq!((early.status, early.header("retry-after"), &early.body["code"]), (409, "1", &json!("screens.not_yet")));
    let query = format!("atLeast={}", at(50));
    let event = temperature(1, desk.ann.id, 50, 25_000);
    let (home, ()) = futures::join!(desk.home(&desk.ann, &query), desk.hear_all([event]));
    assert_eq!(home.status, 200);
    for wrong in ["atLeast=x", "atleast=1"] {
        assert_eq!(desk.home(&desk.ann, wrong).await.status, 422, "{wrong}");
    }
}

#[tokio::test]
async fn a_removed_member_loses_the_card_also_if_the_first_attempt_ended_between_the_writes() {
    let desk = Desk::start().await;
    let (ann, ben) = (desk.ann.id, desk.ben.id);
    desk.hear_all([created(1, ann, AquariumKind::Marine), access(1, ann, 1, &[ben])]).await;
    assert_eq!(desk.home(&desk.ben, "").await.body["aquariums"].as_array().unwrap().len(), 1);
    // The first attempt stored the members, and ended before it wrote the homes.
    let ended = access(1, ann, 2, &[]);
    let Ok(Some(Heard::Aquarium(news))) = heard(ended.clone()) else { panic!("news of an aquarium") };
    let merge = |facts: Facts| facts.with((*news).clone());
    assert!(desk.builder.store.merge(aquarium_id(1), merge).await.unwrap().unwrap().is_changed);
    assert_eq!(desk.home(&desk.ben, "").await.body["aquariums"].as_array().unwrap().len(), 1);
    assert!(matches!(desk.hear(ended).await, Ok(Done::Applied)));
    assert_eq!(desk.home(&desk.ben, "").await.body["aquariums"], json!([]));
    // Nothing of the former member is left in the facts.
    let facts = desk.builder.store.facts(aquarium_id(1)).await.unwrap().unwrap().value;
    assert_eq!(facts.audience(), [ann].into());
}

#[tokio::test]
async fn a_card_is_not_added_to_the_home_of_a_member_who_was_removed_meanwhile() {
    let desk = Desk::start().await;
    let (ann, ben, store) = (desk.ann.id, desk.ben.id, &desk.builder.store);
    desk.hear_all([created(1, ann, AquariumKind::Marine), access(1, ann, 1, &[])]).await;
    let merged = async |event: Envelope<Value>| {
        let Ok(Some(Heard::Aquarium(news))) = heard(event) else { panic!("news of an aquarium") };
        store.merge(aquarium_id(1), |facts| facts.with((*news).clone())).await.unwrap().unwrap().facts
    };
    // A worker has read the facts with the member, and no home. Another one removes the member, and finds no card.
    let facts = merged(access(1, ann, 2, &[ben])).await;
    desk.hear_all([access(1, ann, 3, &[])]).await;
    let card = Card::of(&facts.value, ben);
    assert!(card.is_some());
    let home = Home::empty(ben).with_card(aquarium_id(1), card);
    assert_eq!(store.write_home(None, home, Some(&facts)).await.unwrap(), HomeWritten::Conflict);
    assert_eq!(desk.home(&desk.ben, "").await.body["aquariums"], json!([]));
}

#[tokio::test]
async fn members_who_come_and_go_while_readings_arrive_have_the_card_at_the_end_or_not() {
    for last in [20_u64, 21] {
        let desk = Desk::start_with_conflicts().await;
        let (ann, ben) = (desk.ann.id, desk.ben.id);
        desk.hear_all([created(1, ann, AquariumKind::Marine)]).await;
        let shares = (1..=last).map(|revision| {
            let members = if revision.is_multiple_of(2) { Vec::new() } else { vec![ben] };
            access(1, ann, revision, &members)
        });
        let readings = (0..20).map(|second| temperature(1, ann, 200 + second, 25_000));
        let mut events: Vec<_> = shares.chain(readings).collect();
        events.sort_by_key(|event| event.id.uuid().as_u128() % 97);
        for part in events.chunks(8) {
            for handled in join_all(part.iter().cloned().map(|event| desk.hear_apart(event))).await {
                handled.unwrap();
            }
        }
        let cards = desk.home(&desk.ben, "").await.body["aquariums"].as_array().unwrap().len();
        assert_eq!(cards, usize::try_from(last % 2).unwrap());
        assert_eq!(desk.home(&desk.ann, "").await.body["aquariums"][0]["asOf"], types::time::text(&at(219)));
    }
}

#[tokio::test]
async fn a_home_that_cannot_be_read_does_not_stop_those_of_other_members() {
    let desk = Desk::start().await;
    let (ann, ben) = (desk.ann.id, desk.ben.id);
    let text = |text: String| json!({ "S": text });
    let broken = json!({
        "pk": text(format!("screens#user#{ben}")), "sk": text("home".to_owned()), "version": { "N": "1" },
        "user_id": text(ben.to_string()), "cards": text("of another shape".to_owned()),
    });
    desk.table.fill([Template::of([broken])]);
    desk.hear_all([created(1, ann, AquariumKind::Marine)]).await;
    let shared = desk.hear(access(1, ann, 1, &[ben])).await;
    assert!(matches!(&shared, Err(Failure::Retry(_))), "{shared:?}");
    let failed = desk.hear(temperature(1, ann, 40, 25_000)).await;
    assert!(matches!(&failed, Err(Failure::Retry(_))), "{failed:?}");
    let home = desk.home(&desk.ann, "").await.body;
    assert_eq!(home["aquariums"][0]["values"][0]["parameter"], "temperature", "{home}");
}

#[tokio::test]
async fn an_entry_that_the_system_wrote_reads_and_writes_nothing() {
    let desk = Desk::start().await;
    let entries = EntriesAppended { aquarium_id: aquarium_id(1), owner_id: desk.ann.id, entries: Vec::new() };
    assert!(matches!(desk.hear(event(70, Actor::System, entries)).await, Ok(Done::Ignored)));
    assert!(desk.items().await.is_empty());
}

#[tokio::test]
async fn messages_of_one_aquarium_that_arrive_together_are_one_write() {
    let desk = Desk::start().await;
    desk.hear_all([created(1, desk.ann.id, AquariumKind::Marine)]).await;
    let version = async || desk.builder.store.facts(aquarium_id(1)).await.unwrap().unwrap().version;
    let before = version().await;
    let events = (0..10).map(|second| temperature(1, desk.ann.id, 40 + second, 25_000));
    for handled in join_all(events.map(|event| desk.hear(event))).await {
        assert!(matches!(handled, Ok(Done::Applied)));
    }
    assert_eq!(version().await, before + 1);
}

#[tokio::test]
async fn the_staff_sees_figures_lists_and_people_without_names() {
    let desk = Desk::start().await;
    desk.hear_all(history(desk.ann.id, desk.ben.id)).await;
    let figures = desk.overview(&desk.manager).await;
    assert_eq!(figures.status, 200, "{}", figures.body);
    assert_eq!(
        (&figures.body["aquariums"], &figures.body["shares"], &figures.body["openAlarms"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!(figures.body["kinds"][0], json!({ "kind": "fresh", "count": 1 }));
    let ids = |shown: &Value| -> Vec<Value> {
        shown["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
    };
    let (first, third) = (json!(aquarium_id(1)), json!(aquarium_id(3)));
    for (query, expected) in [
        ("", vec![third.clone(), first.clone()]),
        ("kind=marine", vec![first.clone()]),
        ("openAlarms=true", vec![first.clone()]),
        ("kind=fresh&openAlarms=true", Vec::new()),
    ] {
        let listed = desk.list(&desk.manager, query).await;
        assert_eq!((listed.status, ids(&listed.body)), (200, expected), "{query}");
        assert!(!listed.body.to_string().contains("Aquarium 1"), "no names");
    }
    let page = desk.list(&desk.manager, "limit=1").await.body;
    let next = desk.list(&desk.manager, &format!("limit=1&cursor={}", page["nextCursor"].as_str().unwrap())).await;
    assert_eq!((ids(&page), ids(&next.body)), (vec![third], vec![first]));
    for wrong in ["kind=lake", "openAlarms=maybe", "sort=name"] {
        assert_eq!(desk.list(&desk.manager, wrong).await.status, 422, "{wrong}");
    }
    let ben = desk.person(&desk.manager, desk.ben.id).await;
    assert_eq!((&ben.body["ownedCount"], &ben.body["sharedCount"]), (&json!(1), &json!(1)), "{}", ben.body);
    assert_eq!(ben.body["hasMore"], false);
    assert_eq!(ben.body["lastActiveOn"], "2026-11-20");
    let unknown = desk.person(&desk.manager, UserId::generate()).await;
    assert_eq!((unknown.status, &unknown.body["code"]), (404, &json!("screens.no_such_person")));
    for refused in
        [desk.overview(&desk.ann).await, desk.list(&desk.ann, "").await, desk.person(&desk.ann, desk.ann.id).await]
    {
        assert_eq!(refused.status, 403);
    }
}

#[tokio::test]
async fn nothing_is_left_of_a_deleted_user_and_late_events_bring_nothing_back() {
    let desk = Desk::start().await;
    let (ann, ben) = (desk.ann.id, desk.ben.id);
    desk.hear_all(history(ann, ben)).await;
    let deleted = || event(200, Actor::User(ann), UserDeleted { user_id: ann });
    assert!(matches!(desk.forget(deleted()).await, Ok(Done::Applied)));
    assert!(matches!(desk.forget(deleted()).await, Ok(Done::Duplicate)));
    desk.hear_all(history(ann, ben)).await;
    let left: Vec<_> = desk.items().await.into_iter().filter(|item| item.contains(&ann.to_string())).collect();
    assert!(left.iter().all(|item| item.contains("\"sk\":\"forgotten\"")), "{left:?}");
    // The aquarium of the deleted user is no longer on the home of its member.
    let cards = desk.home(&desk.ben, "").await.body;
    assert_eq!(cards["aquariums"].as_array().unwrap().len(), 1, "{cards}");
}

#[tokio::test]
async fn a_deleted_member_is_no_longer_named_in_the_facts() {
    let desk = Desk::start().await;
    let (ann, ben) = (desk.ann.id, desk.ben.id);
    desk.hear_all([created(1, ann, AquariumKind::Marine), access(1, ann, 1, &[ben])]).await;
    desk.forget(event(200, Actor::User(ben), UserDeleted { user_id: ben })).await.unwrap();
    let facts = desk.builder.store.facts(aquarium_id(1)).await.unwrap().unwrap().value;
    assert_eq!(facts.audience(), [ann].into());
    assert_eq!(desk.overview(&desk.manager).await.body["shares"], 0);
}

#[tokio::test]
async fn an_event_that_is_not_used_is_poison() {
    let desk = Desk::start().await;
    let other = event(1, Actor::System, UserDeleted { user_id: desk.ann.id });
    assert!(matches!(desk.hear(other).await, Err(Failure::Poison(reason)) if reason.contains("identity.user_deleted")));
}
