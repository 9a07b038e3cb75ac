//! Aquariums under races, duplicates, and events in any order.

use std::time::Duration;

use contracts::aquariums::{AccessChanged, AquariumChanged, AquariumCreated, AquariumRemoved};
use contracts::identity::UserDeleted;
use futures::future::join_all;
use jiff::Timestamp;
use kit::sqs::{Done, Failure};
use serde_json::json;
use testkit::Reply;
use types::UserId;

use crate::aquariums_support::{Asked, Fishroom, about, event, reef};
use crate::takeovers::reclaimed;

fn statuses(replies: &[Reply], status: u16) -> usize {
    replies.iter().filter(|reply| reply.status == status).count()
}

#[tokio::test]
async fn a_hundred_concurrent_creations_never_exceed_the_plan_and_use_all_of_it() {
    let room = Fishroom::start().await;
    let ann = room.person("ann").await;
    let create = room.create_aquarium();
    let keys: Vec<_> = (0..100).map(|number| format!("key-{number}")).collect();
    for (plan, allowed) in [("free", 2), ("plus", 20)] {
        room.plan(ann.id, plan, Timestamp::now()).await.unwrap();
        let calls = keys.iter().map(|key| room.call(&create, "POST", &ann, Asked::default().once(key), Some(reef())));
        let replies = join_all(calls).await;
        assert!(replies.iter().all(|reply| [201, 409, 503].contains(&reply.status)));
        assert!(room.listed(&ann).await.len() <= allowed);
        // Those that met too many others try again, one after the other, as clients do.
        for key in &keys {
            let reply = room.call(&create, "POST", &ann, Asked::default().once(key), Some(reef())).await;
            assert!(reply.status == 201 || reply.body["code"] == "aquariums.quota_used", "{}", reply.body);
        }
        assert_eq!(room.listed(&ann).await.len(), allowed, "{plan}");
        assert_eq!(room.store.quota(ann.id).await.unwrap().aquariums as usize, allowed);
    }
}

#[tokio::test]
async fn ten_creations_with_one_key_make_one_aquarium() {
    let room = Fishroom::start().await;
    let ann = room.person("ann").await;
    let create = room.create_aquarium();
    let call = async |body| room.call(&create, "POST", &ann, Asked::default().once("a"), Some(body)).await;
    let replies = join_all((0..10).map(|_| call(reef()))).await;
    assert!(replies.iter().all(|reply| reply.status == 201 && reply.body == replies[0].body));
    assert_eq!(room.table.items().await.len(), 4, "access, aquarium, quota, and the count of the day");
    assert_eq!((room.told::<AquariumCreated>().await.len(), room.told::<AccessChanged>().await.len()), (1, 1));
    let mut other = reef();
    other["name"] = json!("Other");
    assert_eq!(call(other).await.body["code"], "request.idempotency_key_reused");
    let id = replies[0].body["id"].as_str().unwrap();
    let delete = room.call(&room.delete_aquarium(), "DELETE", &ann, about(id).tagged("\"1\""), None).await;
    assert_eq!(delete.status, 204);
    assert_eq!(call(reef()).await.body["code"], "aquariums.removed");
}

#[tokio::test]
async fn deleted_aquariums_make_room_once() {
    let room = Fishroom::start().await;
    let ann = room.person("ann").await;
    let ids = [room.aquarium(&ann, "a").await, room.aquarium(&ann, "b").await];
    let delete = room.delete_aquarium();
    let calls = (0..10).map(|_| room.call(&delete, "DELETE", &ann, about(&ids[0]).tagged("\"1\""), None));
    let replies = join_all(calls).await;
    assert_eq!((statuses(&replies, 204), statuses(&replies, 404)), (1, 9));
    assert_eq!(room.store.quota(ann.id).await.unwrap().aquariums, 1);
    room.aquarium(&ann, "c").await;
    let full = room.call(&room.create_aquarium(), "POST", &ann, Asked::default().once("d"), Some(reef())).await;
    assert_eq!((full.status, &full.body["code"]), (409, &json!("aquariums.quota_used")));
    assert_eq!(room.told::<AquariumRemoved>().await.len(), 1);
}

#[tokio::test]
async fn of_concurrent_changes_of_one_version_one_is_made() {
    let room = Fishroom::start().await;
    let ann = room.person("ann").await;
    let id = room.aquarium(&ann, "a").await;
    let update = room.update_aquarium();
    let calls = (0..10).map(|number| {
        let body = json!({ "name": format!("Reef {number}") });
        room.call(&update, "PATCH", &ann, about(&id).tagged("\"1\""), Some(body))
    });
    let replies = join_all(calls).await;
    assert_eq!((statuses(&replies, 200), statuses(&replies, 412)), (1, 9));
    assert_eq!(room.told::<AquariumChanged>().await[0]["data"]["revision"], 2);
    let same = replies.iter().find(|reply| reply.status == 200).unwrap().body["name"].clone();
    let again = room.call(&update, "PATCH", &ann, about(&id).tagged("\"2\""), Some(json!({ "name": same }))).await;
    assert_eq!(again.status, 200, "nothing changes");
    let seen = room.call(&room.get_aquarium(), "GET", &ann, about(&id), None).await;
    assert_eq!((&seen.body["name"], &seen.body["role"]), (&same, &json!("owner")));
}

#[tokio::test]
async fn an_aquarium_does_not_exist_for_strangers() {
    let room = Fishroom::start().await;
    let (ann, eve) = (room.person("ann").await, room.person("eve").await);
    let id = room.aquarium(&ann, "a").await;
    let asked = || about(&id).tagged("\"1\"");
    let replies = [
        room.call(&room.get_aquarium(), "GET", &eve, asked(), None).await,
        room.call(&room.update_aquarium(), "PATCH", &eve, asked(), Some(json!({ "name": "Mine" }))).await,
        room.call(&room.delete_aquarium(), "DELETE", &eve, asked(), None).await,
    ];
    for reply in replies {
        assert_eq!((reply.status, &reply.body["code"]), (404, &json!("aquariums.no_such_aquarium")));
    }
    assert_eq!(room.listed(&eve).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_latest_plan_stands_in_any_order() {
    let room = Fishroom::start().await;
    let (ann, now) = (UserId::generate(), Timestamp::now());
    assert_eq!(room.plan(ann, "plus", now).await.unwrap(), Done::Applied);
    assert_eq!(room.plan(ann, "plus", now).await.unwrap(), Done::Duplicate);
    assert_eq!(room.plan(ann, "free", now - Duration::from_secs(1)).await.unwrap(), Done::Duplicate);
    assert_eq!(room.store.quota(ann).await.unwrap().allowed(now), 20);
}

#[tokio::test]
async fn a_removed_aquarium_is_purged_and_an_existing_one_is_not() {
    let room = Fishroom::start().await;
    let ann = room.person("ann").await;
    let id = room.aquarium(&ann, "a").await;
    let fact = || AquariumRemoved { aquarium_id: id.parse().unwrap(), owner_id: ann.id, revision: 2 };
    assert!(matches!(room.purge(event(fact())).await, Err(Failure::Poison(_))));
    let delete = room.call(&room.delete_aquarium(), "DELETE", &ann, about(&id).tagged("\"1\""), None).await;
    assert_eq!(delete.status, 204);
    room.purge(event(fact())).await.unwrap();
    assert_eq!(room.purge(event(fact())).await.unwrap(), Done::Duplicate);
    assert_eq!(room.items_with(&id).await, [format!("aquariums#aquarium#{id} access")], "only the tombstone");
}

#[tokio::test]
async fn a_deleted_user_leaves_no_trace_and_cannot_come_back() {
    let room = Fishroom::start().await;
    let ann = room.person("ann").await;
    room.plan(ann.id, "plus", Timestamp::now()).await.unwrap();
    for number in 0..20 {
        room.aquarium(&ann, &format!("key-{number}")).await;
    }
    let gone = event(UserDeleted { user_id: ann.id });
    assert_eq!(room.forget(gone.clone()).await.unwrap(), Done::Applied);
    let removed = room.told::<AquariumRemoved>().await;
    assert_eq!(removed.len(), 20);
    let left = room.items_with(&ann.id.to_string()).await;
    assert!(left.iter().all(|key| key.ends_with(" access")), "only in the events of tombstones: {left:?}");
    assert_eq!(room.forget(gone).await.unwrap(), Done::Duplicate);
    for told in removed {
        let fact: AquariumRemoved = serde_json::from_value(told["data"].clone()).unwrap();
        room.purge(event(fact)).await.unwrap();
    }
    assert_eq!(room.items_with(&ann.id.to_string()).await, Vec::<String>::new());

    let late = room.call(&room.create_aquarium(), "POST", &ann, Asked::default().once("late"), Some(reef())).await;
    assert_eq!(late.body["code"], "aquariums.no_such_user");
    assert_eq!(room.plan(ann.id, "free", Timestamp::now()).await.unwrap(), Done::Duplicate);
}

#[tokio::test]
async fn a_takeover_removes_what_was_created_before_it() {
    let room = Fishroom::start().await;
    let ann = room.person("ann").await;
    let before = room.aquarium(&ann, "a").await;
    let takeover = Timestamp::now();
    // Times of creation are kept in milliseconds.
    while Timestamp::now().as_millisecond() == takeover.as_millisecond() {
        tokio::task::yield_now().await;
    }
    let after = room.aquarium(&ann, "b").await;
    assert_eq!(room.forget(reclaimed(ann.id, takeover)).await.unwrap(), Done::Applied);
    assert_eq!(room.listed(&ann).await, [after]);
    assert_eq!(room.told::<AquariumRemoved>().await[0]["data"]["aquariumId"], before);
    assert_eq!(room.forget(reclaimed(ann.id, takeover)).await.unwrap(), Done::Duplicate);
    assert_eq!(room.store.quota(ann.id).await.unwrap().aquariums, 1);
}
