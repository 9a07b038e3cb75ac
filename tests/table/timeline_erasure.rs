//! What deleted aquariums and deleted users leave in timelines.

use std::time::Duration;

use contracts::aquariums::MemberRole;
use contracts::identity::UserDeleted;
use dynamo::{Key, Read};
use kit::Deadline;
use kit::sqs::{Done, Progress};
use serde_json::{Value, json};
use timeline::consumers::forget_user::forget_user;
use timeline::domain::access::Access;
use timeline::store::Timeline;
use types::AquariumId;

use crate::timeline_log_support::{fill, log, status_and_code, verify};
use crate::timeline_support::{Tank, water, water_at};

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
