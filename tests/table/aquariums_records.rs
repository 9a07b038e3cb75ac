//! Equipment, services, livestock and movements under races, and in shared aquariums.

use contracts::aquariums::{EquipmentChanged, EquipmentServiced, LivestockChanged};
use contracts::identity::UserDeleted;
use dynamo::Outbox;
use futures::future::join_all;
use kit::sqs::Done;
use serde_json::{Value, json};

use crate::aquariums_support::{Asked, Fishroom, Person, about, event};

const SERVICED: &str = "2026-03-14T09:00:00Z";

/// An aquarium with its owner, and a keeper and a viewer of it.
async fn shared() -> (Fishroom, [Person; 3], String) {
    let room = Fishroom::start().await;
    let people = [room.person("owner").await, room.person("keeper").await, room.person("viewer").await];
    let id = room.aquarium(&people[0], "a").await;
    room.share(&people[0], &id, &people[1], "keeper").await;
    room.share(&people[0], &id, &people[2], "viewer").await;
    (room, people, id)
}

fn items(body: &Value) -> &Vec<Value> {
    body["items"].as_array().unwrap()
}

#[tokio::test]
async fn fifty_concurrent_losses_never_make_a_count_negative_and_each_counts_once() {
    let (room, [owner, keeper, _], id) = shared().await;
    let fish = room.fish(&owner, &id, "a", 20).await;
    let keys: Vec<_> = (0..50).map(|number| format!("key-{number}")).collect();
    let people = [&owner, &keeper];
    let calls = keys.iter().enumerate().map(|(at, key)| room.lose(people[at % 2], &fish, key, 1));
    join_all(calls).await;
    // Those that met too many others try again, as clients do; those that counted get their first answer.
    let mut counted = 0;
    for (at, key) in keys.iter().enumerate() {
        let reply = room.lose(people[at % 2], &fish, key, 1).await;
        assert!(reply.status == 201 || reply.body["code"] == "aquariums.count_out_of_range", "{}", reply.body);
        counted += usize::from(reply.status == 201);
    }
    assert_eq!(counted, 20);
    let seen = room.call(&room.get_livestock(), "GET", &owner, fish.clone(), None).await;
    assert_eq!((&seen.body["count"], seen.status), (&json!(0), 200));
    let asked = Asked { query: "limit=100", ..fish };
    let movements = room.call(&room.list_movements(), "GET", &owner, asked, None).await.body;
    let sum: i64 = items(&movements)
        .iter()
        .map(|one| {
            let number = one["number"].as_i64().unwrap();
            if one["direction"] == "in" { number } else { -number }
        })
        .sum();
    assert_eq!((items(&movements).len(), sum), (21, 0));
}

#[tokio::test]
async fn a_repeated_movement_counts_once_and_another_one_with_its_key_is_refused() {
    let (room, [owner, ..], id) = shared().await;
    let fish = room.fish(&owner, &id, "a", 5).await;
    let replies = join_all((0..8).map(|_| room.lose(&owner, &fish, "k", 3))).await;
    assert!(replies.iter().all(|reply| [201, 503].contains(&reply.status)));
    let first = room.lose(&owner, &fish, "k", 3).await;
    assert_eq!((first.status, &first.body["count"]), (201, &json!(2)));
    assert_eq!(room.lose(&owner, &fish, "k", 1).await.body["code"], "request.idempotency_key_reused");
    let told = room.told::<LivestockChanged>().await;
    assert_eq!((&told[0]["data"]["change"], &told[0]["data"]["count"]), (&json!(-3), &json!(2)));
}

#[tokio::test]
async fn concurrent_services_are_all_logged_and_the_latest_moves_the_due_date() {
    let (room, [owner, keeper, viewer], id) = shared().await;
    let filter = room.filter(&owner, &id, "a").await;
    let times: Vec<_> = (1..9).map(|day| format!("2026-03-0{day}T09:00:00Z")).collect();
    let people = [&owner, &keeper];
    let record = async |at: usize, time: &str| room.serve(people[at % 2], &filter, &format!("key-{at}"), time).await;
    join_all(times.iter().enumerate().rev().map(|(at, time)| record(at, time))).await;
    for (at, time) in times.iter().enumerate() {
        let reply = record(at, time).await;
        assert_eq!((reply.status, &reply.body["servicedAt"]), (201, &json!(time.replace('Z', ".000Z"))));
    }
    let seen = room.call(&room.get_equipment(), "GET", &viewer, filter.clone(), None).await;
    assert_eq!(seen.body["nextDueOn"], "2026-04-07");
    let log = room.call(&room.list_services(), "GET", &viewer, filter.clone(), None).await.body;
    let logged: Vec<_> = items(&log).iter().map(|one| one["servicedAt"].as_str().unwrap()).collect();
    assert_eq!(logged.len(), 8);
    assert!(logged.is_sorted_by(|one, next| one > next), "{logged:?}");
    assert_eq!(room.told::<EquipmentServiced>().await[0]["data"]["nextDueOn"], "2026-04-07");
    let reused = room
        .call(&room.record_service(), "POST", &owner, filter.once("key-0"), Some(json!({ "servicedAt": times[0] })))
        .await;
    assert_eq!(reused.body["code"], "request.idempotency_key_reused");
}

#[tokio::test]
async fn deleted_equipment_takes_its_log_along_and_makes_room() {
    let (room, [owner, keeper, _], id) = shared().await;
    let filter = room.filter(&owner, &id, "a").await;
    for number in 0..3 {
        assert_eq!(room.serve(&keeper, &filter, &format!("key-{number}"), SERVICED).await.status, 201);
    }
    let equipment = filter.path[1].1.clone();
    let (delete, late) = (room.delete_equipment(), "2026-03-15T09:00:00Z");
    let (deleted, recorded) = tokio::join!(
        room.call(&delete, "DELETE", &owner, filter.clone().tagged("\"4\""), None),
        room.serve(&keeper, &filter, "late", late),
    );
    if deleted.status == 412 {
        let deleted = room.call(&delete, "DELETE", &owner, filter.clone().tagged("\"5\""), None).await;
        assert_eq!(deleted.status, 204, "{}", deleted.body);
    } else {
        assert_eq!((deleted.status, recorded.status), (204, 404), "{}", recorded.body);
    }
    let left = room.items_with(&equipment).await;
    assert!(left.iter().all(|key| key.contains("contribution#")), "{left:?}");
    assert_eq!(room.serve(&owner, &filter, "x", SERVICED).await.body["code"], "aquariums.no_such_equipment");
}

/// The last event about equipment that its item carries: the next service, and whether it was deleted.
async fn changed(room: &Fishroom) -> Value {
    let mut events = room.told::<EquipmentChanged>().await;
    assert_eq!(events.len(), 1, "{events:?}");
    let data = events.remove(0)["data"].clone();
    json!([data["nextDueOn"], data["deleted"], data["revision"]])
}

#[tokio::test]
async fn the_next_service_is_published_with_each_change_of_equipment() {
    let (room, [owner, keeper, _], id) = shared().await;
    let body = json!({ "name": "Filter", "kind": "filter", "installedOn": "2026-01-31", "serviceIntervalDays": 30 });
    let reply = room.call(&room.create_equipment(), "POST", &keeper, about(&id).once("a"), Some(body)).await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let filter = about(&id).and("equipmentId", reply.body["id"].as_str().unwrap());
    assert_eq!(changed(&room).await, json!(["2026-03-02", false, 1]));
    let longer = json!({ "serviceIntervalDays": 90 });
    let reply =
        room.call(&room.update_equipment(), "PATCH", &owner, filter.clone().tagged("\"1\""), Some(longer)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    assert_eq!(changed(&room).await, json!(["2026-05-01", false, 2]));
    assert_eq!(room.serve(&owner, &filter, "a", SERVICED).await.status, 201);
    assert_eq!(changed(&room).await, json!(["2026-06-12", false, 3]));
    // The item that carries the last event is deleted with it, which the stream keeps.
    let (aquarium, equipment) = (id.parse().unwrap(), filter.path[1].1.parse().unwrap());
    let (opened, read) = room.store.open_equipment(owner.id, aquarium, equipment).await.unwrap().unwrap();
    let removed = read.unwrap().value.removed();
    let fact = removed.changed_fact(&opened.aquarium.value.details.time_zone, 4);
    assert_eq!((fact.next_due_on, fact.deleted), (None, true));
}

#[tokio::test]
async fn a_deletion_that_was_ended_half_way_is_finished_by_the_next_request() {
    let (room, [owner, ..], id) = shared().await;
    let filter = room.filter(&owner, &id, "a").await;
    assert_eq!(room.serve(&owner, &filter, "a", SERVICED).await.status, 201);
    let (aquarium, equipment) = (id.parse().unwrap(), filter.path[1].1.parse().unwrap());
    let (opened, read) = room.store.open_equipment(owner.id, aquarium, equipment).await.unwrap().unwrap();
    // Killed after the equipment was marked.
    assert!(room.store.remove_equipment(&opened, &read.unwrap(), &Outbox::none()).await.unwrap());
    let seen = room.call(&room.get_equipment(), "GET", &owner, filter.clone(), None).await;
    assert_eq!(seen.body["code"], "aquariums.no_such_equipment");
    let listed = room.call(&room.list_equipment(), "GET", &owner, about(&id), None).await;
    assert_eq!(items(&listed.body).len(), 0);
    assert_eq!(room.serve(&owner, &filter, "b", SERVICED).await.status, 404);
    let delete =
        async || room.call(&room.delete_equipment(), "DELETE", &owner, filter.clone().tagged("\"2\""), None).await;
    assert_eq!(delete().await.status, 204);
    assert_eq!(room.items_with(&filter.path[1].1).await, Vec::<String>::new());
    assert_eq!(delete().await.status, 404);
}

#[tokio::test]
async fn keepers_write_viewers_read_and_strangers_see_nothing() {
    let (room, [owner, keeper, viewer], id) = shared().await;
    let stranger = room.person("stranger").await;
    let (filter, fish) = (room.filter(&keeper, &id, "a").await, room.fish(&keeper, &id, "b", 2).await);
    for (person, read, write) in [(&owner, 200, 0), (&keeper, 200, 0), (&viewer, 200, 403), (&stranger, 404, 404)] {
        let reads = [
            room.call(&room.list_equipment(), "GET", person, about(&id), None).await,
            room.call(&room.get_equipment(), "GET", person, filter.clone(), None).await,
            room.call(&room.list_services(), "GET", person, filter.clone(), None).await,
            room.call(&room.list_livestock(), "GET", person, about(&id), None).await,
            room.call(&room.get_livestock(), "GET", person, fish.clone(), None).await,
            room.call(&room.list_movements(), "GET", person, fish.clone(), None).await,
        ];
        assert!(reads.iter().all(|reply| reply.status == read), "{}", reads[0].body);
        if write == 0 {
            continue;
        }
        let (tagged, named) = (|asked: &Asked<'static>| asked.clone().tagged("\"1\""), json!({ "name": "Mine" }));
        let (equipment, livestock) = (json!({ "name": "A", "kind": "pump" }), json!({ "species": "A", "count": 1 }));
        let writes = [
            room.call(&room.create_equipment(), "POST", person, about(&id).once("k"), Some(equipment)).await,
            room.call(&room.update_equipment(), "PATCH", person, tagged(&filter), Some(named.clone())).await,
            room.call(&room.delete_equipment(), "DELETE", person, tagged(&filter), None).await,
            room.serve(person, &filter, "k", SERVICED).await,
            room.call(&room.add_livestock(), "POST", person, about(&id).once("k"), Some(livestock)).await,
            room.call(&room.update_livestock(), "PATCH", person, tagged(&fish), Some(named)).await,
            room.lose(person, &fish, "k", 1).await,
        ];
        assert!(writes.iter().all(|reply| reply.status == write), "{}", writes[0].body);
    }
}

#[tokio::test]
async fn a_member_whose_share_ends_writes_nothing_more() {
    let (room, [owner, keeper, _], id) = shared().await;
    let fish = room.fish(&owner, &id, "a", 50).await;
    let about_keeper = about(&id).and("userId", keeper.id);
    let remove = room.remove_member();
    let keys: Vec<_> = (0..10).map(|number| format!("key-{number}")).collect();
    let (removed, replies) = tokio::join!(
        room.call(&remove, "DELETE", &owner, about_keeper, None),
        join_all(keys.iter().map(|key| room.lose(&keeper, &fish, key, 1))),
    );
    assert_eq!(removed.status, 204);
    let counted = replies.iter().filter(|reply| reply.status == 201).count();
    let seen = room.call(&room.get_livestock(), "GET", &owner, fish.clone(), None).await;
    assert_eq!(seen.body["count"], 50 - counted);
    assert_eq!(room.lose(&keeper, &fish, "late", 1).await.body["code"], "aquariums.no_such_aquarium");
}

#[tokio::test]
async fn a_deletion_in_the_middle_of_records_leaves_none() {
    let room = Fishroom::start().await;
    let owner = room.person("owner").await;
    for round in 0..5 {
        let id = room.aquarium(&owner, &format!("key-{round}")).await;
        let (filter, fish) = (room.filter(&owner, &id, "a").await, room.fish(&owner, &id, "b", 9).await);
        let (delete, create) = (room.delete_aquarium(), room.create_equipment());
        let body = Some(json!({ "name": "Pump", "kind": "pump" }));
        let (deleted, ..) = tokio::join!(
            room.call(&delete, "DELETE", &owner, about(&id).tagged("\"1\""), None),
            room.call(&create, "POST", &owner, about(&id).once("c"), body),
            room.serve(&owner, &filter, "d", SERVICED),
            room.lose(&owner, &fish, "e", 1),
        );
        assert_eq!(deleted.status, 204, "{}", deleted.body);
        let removed =
            contracts::aquariums::AquariumRemoved { aquarium_id: id.parse().unwrap(), owner_id: owner.id, revision: 2 };
        assert_eq!(room.purge(event(removed)).await.unwrap(), Done::Applied);
        assert_eq!(room.items_with(&id).await, [format!("aquariums#aquarium#{id} access")], "only the tombstone");
    }
}

#[tokio::test]
async fn what_a_deleted_member_recorded_stays_without_the_member_and_the_note() {
    let (room, [owner, keeper, _], id) = shared().await;
    let (filter, fish) = (room.filter(&owner, &id, "a").await, room.fish(&owner, &id, "b", 9).await);
    for number in 0..30 {
        assert_eq!(room.serve(&keeper, &filter, &format!("s-{number}"), SERVICED).await.status, 201);
    }
    assert_eq!(room.lose(&keeper, &fish, "k", 1).await.status, 201);
    assert_eq!(room.lose(&owner, &fish, "k", 2).await.status, 201);
    let own = room.call(&room.list_movements(), "GET", &owner, fish.clone(), None).await.body;
    let gone = event(UserDeleted { user_id: keeper.id });
    assert_eq!(room.forget(gone.clone()).await.unwrap(), Done::Applied);
    assert_eq!(room.items_with(&keeper.id.to_string()).await, Vec::<String>::new());
    assert_eq!(room.forget(gone).await.unwrap(), Done::Duplicate);
    let asked = Asked { query: "limit=100", ..filter };
    let log = room.call(&room.list_services(), "GET", &owner, asked, None).await.body;
    assert_eq!(items(&log).len(), 30);
    assert!(items(&log).iter().all(|one| one["note"].is_null() && one["recordedBy"].is_null()));
    let movements = room.call(&room.list_movements(), "GET", &owner, fish, None).await.body;
    for (before, after) in items(&own).iter().zip(items(&movements)) {
        let is_own = before["recordedBy"] == json!(owner.id);
        assert_eq!((before == after, &before["count"]), (is_own, &after["count"]));
    }
}

#[tokio::test]
async fn the_number_of_records_is_limited_exactly() {
    let (room, [owner, keeper, _], id) = shared().await;
    let create = room.create_equipment();
    let body = || Some(json!({ "name": "Pump", "kind": "pump" }));
    let people = [&owner, &keeper];
    let keys: Vec<_> = (0..210).map(|number| format!("key-{number}")).collect();
    for (part, keys) in keys.chunks(10).enumerate() {
        let calls = keys.iter().map(|key| room.call(&create, "POST", people[part % 2], about(&id).once(key), body()));
        join_all(calls).await;
    }
    let mut added = 0;
    for (at, key) in keys.iter().enumerate() {
        let reply = room.call(&create, "POST", people[at / 10 % 2], about(&id).once(key), body()).await;
        assert!(reply.status == 201 || reply.body["code"] == "aquariums.too_many_items", "{}", reply.body);
        added += usize::from(reply.status == 201);
    }
    assert_eq!(added, 200);
}

#[tokio::test]
async fn a_key_with_another_time_records_another_entry_for_owners_and_members() {
    let (room, [owner, keeper, ..], id) = shared().await;
    let filter = room.filter(&owner, &id, "a").await;
    let fish = room.fish(&owner, &id, "a", 20).await;
    for person in [&owner, &keeper] {
        for at in ["2026-03-01T09:00:00Z", "2026-03-01T09:00:00.001Z", "2026-03-01T09:00:00Z"] {
            let reply = room.serve(person, &filter, "k", at).await;
            assert_eq!(reply.status, 201, "{}", reply.body);
            let body = json!({ "direction": "out", "number": 1, "cause": "died", "movedAt": at });
            let reply = room.call(&room.record_movement(), "POST", person, fish.clone().once("k"), Some(body)).await;
            assert_eq!(reply.status, 201, "{}", reply.body);
        }
    }
    let log = room.call(&room.list_services(), "GET", &owner, filter, None).await.body;
    assert_eq!(items(&log).len(), 4);
    let asked = Asked { query: "limit=100", ..fish };
    let movements = room.call(&room.list_movements(), "GET", &owner, asked, None).await.body;
    // The first one is that with which the livestock was added.
    assert_eq!(items(&movements).len(), 5);
}
