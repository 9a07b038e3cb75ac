//! What functions of aquariums ask of the table. The figures are in `tests/budgets.json`; what is said here is why.

use contracts::aquariums::AquariumRemoved;
use contracts::billing::EntitlementChanged;
use contracts::identity::{UserDeleted, UserSuspended};
use jiff::Timestamp;
use serde_json::json;
use tests::{Cost, budget, cost};

use crate::aquariums_support::{Asked, Fishroom, about, event, event_at, reef};
use crate::takeovers::early_takeover;

#[tokio::test]
async fn aquariums_keep_to_their_budget() {
    let room = Fishroom::start().await;
    let ann = room.person("ann").await;
    let create =
        async || room.call(&room.create_aquarium(), "POST", &ann, Asked::default().once("a"), Some(reef())).await;
    // The quota beside the caller's standing; then access, aquarium, quota and the day's count, unless the owner was deleted.
    let first = create().await;
    budget("aquariums-create-aquarium", "created", &first);
    // Refused by the access that stands there.
    budget("aquariums-create-aquarium", "created before", &create().await);
    let id = first.body["id"].as_str().unwrap().to_owned();
    // Access and aquarium in one call, since the caller is the owner.
    let seen = room.call(&room.get_aquarium(), "GET", &ann, about(&id), None).await;
    budget("aquariums-get-aquarium", "own", &seen);
    // Two queries at the same time.
    let listed = room.call(&room.list_aquariums(), "GET", &ann, Asked::default(), None).await;
    budget("aquariums-list-aquariums", "one own", &listed);
    let body = Some(json!({ "name": "Nano reef" }));
    let renamed = room.call(&room.update_aquarium(), "PATCH", &ann, about(&id).tagged("\"1\""), body).await;
    budget("aquariums-update-aquarium", "new name", &renamed);
    // Access and aquarium; then the tombstone, the aquarium and the quota.
    let removed = room.call(&room.delete_aquarium(), "DELETE", &ann, about(&id).tagged("\"2\""), None).await;
    budget("aquariums-delete-aquarium", "not shared", &removed);
}

#[tokio::test]
async fn consumers_of_aquariums_keep_to_their_budget() {
    let room = Fishroom::start().await;
    let (ann, now) = (room.person("ann").await, Timestamp::UNIX_EPOCH);
    // The plan, read, and written unless the user was deleted; then the aquariums of the user, between two reads of the plan.
    budget("aquariums-keep-plans", "new plan", cost(room.plan(ann.id, "plus", now)).await);
    budget("aquariums-keep-plans", "again", cost(room.plan(ann.id, "plus", now)).await);
    let entitled = EntitlementChanged { user_id: ann.id, revision: 1, steps: vec![] };
    budget("aquariums-keep-plans", "plan from billing", cost(room.keep_plans(event_at(entitled, now))).await);
    // The same, with one query more: the aquariums that are shared with the user.
    let suspended = UserSuspended { user_id: ann.id };
    budget("aquariums-keep-plans", "suspended", cost(room.keep_plans(event_at(suspended, now))).await);
    let id = room.aquarium(&ann, "a").await;
    let delete = room.call(&room.delete_aquarium(), "DELETE", &ann, about(&id).tagged("\"1\""), None).await;
    assert_eq!(delete.status, 204);
    let fact = AquariumRemoved { aquarium_id: id.parse().unwrap(), owner_id: ann.id, revision: 2 };
    // The access, and the tombstone without its event; then one query for each kind of item.
    budget("aquariums-purge-aquariums", "nothing left", cost(room.purge(event(fact))).await);
    // Both lists.
    let takeover = early_takeover(ann.id);
    budget("aquariums-forget-user", "takeover, nothing before it", cost(room.forget(takeover)).await);
    room.aquarium(&ann, "b").await;
    let event = event(UserDeleted { user_id: ann.id });
    // The marker; the aquarium, read and removed; the shares; then the rest.
    budget("aquariums-forget-user", "owner of an aquarium", cost(room.forget(event.clone())).await);
    budget("aquariums-forget-user", "again", cost(room.forget(event)).await);
}

#[tokio::test]
async fn shares_of_aquariums_keep_to_their_budget() {
    let room = Fishroom::start().await;
    let (ann, bob) = (room.person("ann").await, room.person("bob").await);
    let id = room.aquarium(&ann, "a").await;
    let role = |role: &str| Some(json!({ "role": role }));
    // The access; then the invitation and the count of the day, while the access is as it was read.
    let asked = || about(&id).once("k");
    let invited = room.call(&room.create_invitation(), "POST", &ann, asked(), role("viewer")).await;
    budget("aquariums-create-invitation", "created", &invited);
    let again = room.call(&room.create_invitation(), "POST", &ann, asked(), role("viewer")).await;
    budget("aquariums-create-invitation", "created before", Cost::refused(&again));
    // The access; then the page.
    let listed = room.call(&room.list_invitations(), "GET", &ann, about(&id), None).await;
    budget("aquariums-list-invitations", "one", &listed);
    // Access, invitation and counter in one call; then access, invitation and share, unless the user was deleted.
    let code = invited.body["code"].as_str().unwrap();
    budget("aquariums-accept-invitation", "accepted", &room.accept(&bob, code).await);
    budget("aquariums-accept-invitation", "member before", &room.accept(&bob, code).await);
    let eve = room.person("eve").await;
    budget("aquariums-accept-invitation", "used before", Cost::refused(&room.accept(&eve, code).await));
    let seen = room.call(&room.list_members(), "GET", &bob, about(&id), None).await;
    budget("aquariums-list-members", "one", &seen);
    // Access, then the aquarium in the owner's partition.
    let seen = room.call(&room.get_aquarium(), "GET", &bob, about(&id), None).await;
    budget("aquariums-get-aquarium", "shared", &seen);
    // Two queries at the same time; then access and aquarium of each share in one call.
    let listed = room.call(&room.list_aquariums(), "GET", &bob, Asked::default(), None).await;
    budget("aquariums-list-aquariums", "one shared", &listed);
    let about_bob = || about(&id).and("userId", bob.id);
    let changed = room.call(&room.update_member(), "PATCH", &ann, about_bob(), role("keeper")).await;
    budget("aquariums-update-member", "new role", &changed);
    // The access; then access and share.
    let removed = room.call(&room.remove_member(), "DELETE", &ann, about_bob(), None).await;
    budget("aquariums-remove-member", "removed", &removed);
    let invited = room.call(&room.create_invitation(), "POST", &ann, about(&id).once("l"), role("viewer")).await;
    let asked = about(&id).and("invitationId", invited.body["id"].as_str().unwrap());
    // The access; the invitation; its deletion.
    let deleted = room.call(&room.delete_invitation(), "DELETE", &ann, asked, None).await;
    budget("aquariums-delete-invitation", "deleted", &deleted);
}

#[tokio::test]
async fn manual_readings_and_targets_keep_to_their_budget() {
    let room = Fishroom::start().await;
    let (ann, bob) = (room.person("ann").await, room.person("bob").await);
    let id = room.aquarium(&ann, "a").await;
    room.share(&ann, &id, &bob, "keeper").await;
    let (at, values) = ("2026-03-14T09:00:00Z", [("nitrate", "10"), ("ph", "8.2"), ("alkalinity", "8.5")]);
    // Access and newest readings; then the readings with their events, the newest ones and a count, while the access is as it was
    // read. Members take no read more: both lie beside the access.
    let recorded = room.measure(&ann, &id, "a", at, &values).await;
    budget("aquariums-record-manual-readings", "three by the owner", &recorded);
    budget("aquariums-record-manual-readings", "again", &room.measure(&ann, &id, "a", at, &values).await);
    // And the keeper's own records of them.
    budget("aquariums-record-manual-readings", "three by a keeper", &room.measure(&bob, &id, "b", at, &values).await);
    let one = || about(&id).and("readingId", recorded.body["items"][0]["id"].as_str().unwrap());
    budget(
        "aquariums-get-manual-reading",
        "own",
        &room.call(&room.get_manual_reading(), "GET", &ann, one(), None).await,
    );
    let asked = Asked { query: "parameter=nitrate", ..about(&id) };
    let listed = room.call(&room.list_manual_readings(), "GET", &ann, asked, None).await;
    // The access; then the page.
    budget("aquariums-list-manual-readings", "two", &listed);
    let (update, value) = (room.update_manual_reading(), || Some(json!({ "value": "12" })));
    // Access, reading, newest readings and the record of a member's own entry; then reading and newest ones.
    let changed = room.call(&update, "PATCH", &ann, one().tagged("\"1\""), value()).await;
    budget("aquariums-update-manual-reading", "by the owner", &changed);
    // The reading lies in the owner's partition, and the event names the keeper, whose record is written too.
    let body = Some(json!({ "value": "13" }));
    let by_keeper = room.call(&update, "PATCH", &bob, one().tagged("\"2\""), body).await;
    budget("aquariums-update-manual-reading", "by a keeper", &by_keeper);
    let older = room.measure(&ann, &id, "c", "2026-03-13T09:00:00Z", &[("ph", "8")]).await;
    let older = about(&id).and("readingId", older.body["items"][0]["id"].as_str().unwrap()).tagged("\"1\"");
    let deleted = room.call(&room.delete_manual_reading(), "DELETE", &ann, older, None).await;
    budget("aquariums-delete-manual-reading", "not the newest", &deleted);
    let newest = room.measure(&ann, &id, "d", "2026-03-15T09:00:00Z", &[("ph", "8")]).await;
    let newest = about(&id).and("readingId", newest.body["items"][0]["id"].as_str().unwrap()).tagged("\"1\"");
    // The newest reading that is left is looked for in between.
    let deleted = room.call(&room.delete_manual_reading(), "DELETE", &ann, newest, None).await;
    budget("aquariums-delete-manual-reading", "the newest", &deleted);
    let body = json!({ "targets": [{ "parameter": "ph", "unit": "ph", "lower": "8.0", "upper": "8.4" }] });
    // Access and aquarium; then the aquarium, while the access is as it was read.
    let replaced = room.call(&room.replace_targets(), "PUT", &ann, about(&id).tagged("\"1\""), Some(body)).await;
    budget("aquariums-replace-targets", "one", &replaced);
    let latest = room.call(&room.get_latest_readings(), "GET", &ann, about(&id), None).await;
    budget("aquariums-get-latest-readings", "by hand", &latest);
}

#[tokio::test]
async fn equipment_and_livestock_keep_to_their_budget() {
    let room = Fishroom::start().await;
    let (ann, bob) = (room.person("ann").await, room.person("bob").await);
    let id = room.aquarium(&ann, "a").await;
    room.share(&ann, &id, &bob, "keeper").await;
    let body = || Some(json!({ "name": "Filter", "kind": "filter", "serviceIntervalDays": 30 }));
    // Access and aquarium; then the equipment and two counts, while the access is as it was read.
    let added = room.call(&room.create_equipment(), "POST", &ann, about(&id).once("a"), body()).await;
    budget("aquariums-create-equipment", "by the owner", &added);
    // A keeper's request takes one more read: the aquarium lies in the owner's partition.
    let by_keeper = room.call(&room.create_equipment(), "POST", &bob, about(&id).once("b"), body()).await;
    budget("aquariums-create-equipment", "by a keeper", &by_keeper);
    let filter = || about(&id).and("equipmentId", added.body["id"].as_str().unwrap());
    budget("aquariums-get-equipment", "own", &room.call(&room.get_equipment(), "GET", &ann, filter(), None).await);
    // The access; then the aquarium and the page at the same time.
    let listed = room.call(&room.list_equipment(), "GET", &ann, about(&id), None).await;
    budget("aquariums-list-equipment", "two", &listed);
    // Access, aquarium and equipment; then service, equipment and count, while the access is as it was read.
    let at = "2026-03-14T09:00:00Z";
    budget("aquariums-record-service", "by the owner", &room.serve(&ann, &filter(), "a", at).await);
    // And the keeper's own record of it.
    budget("aquariums-record-service", "by a keeper", &room.serve(&bob, &filter(), "b", at).await);
    let log = room.call(&room.list_services(), "GET", &ann, filter(), None).await;
    budget("aquariums-list-services", "two", &log);
    let name = || Some(json!({ "name": "Nemo" }));
    let renamed = room.call(&room.update_equipment(), "PATCH", &ann, filter().tagged("\"3\""), name()).await;
    budget("aquariums-update-equipment", "new name", &renamed);
    // Access, aquarium and equipment; the mark and the count; the log, as a query and a batch; then the equipment.
    let deleted = room.call(&room.delete_equipment(), "DELETE", &ann, filter().tagged("\"4\""), None).await;
    budget("aquariums-delete-equipment", "two services", &deleted);

    // Access and aquarium; then livestock, movement and two counts, while the access is as it was read.
    let fish = json!({ "species": "Amphiprion ocellaris", "count": 4 });
    let added = room.call(&room.add_livestock(), "POST", &ann, about(&id).once("a"), Some(fish)).await;
    budget("aquariums-add-livestock", "by the owner", &added);
    let fish = about(&id).and("livestockId", added.body["id"].as_str().unwrap());
    let seen = room.call(&room.get_livestock(), "GET", &ann, fish.clone(), None).await;
    budget("aquariums-get-livestock", "own", &seen);
    let listed = room.call(&room.list_livestock(), "GET", &ann, about(&id), None).await;
    budget("aquariums-list-livestock", "one", &listed);
    budget("aquariums-record-movement", "by the owner", &room.lose(&ann, &fish, "a", 1).await);
    budget("aquariums-record-movement", "again", &room.lose(&ann, &fish, "a", 1).await);
    budget("aquariums-record-movement", "too many", Cost::refused(&room.lose(&ann, &fish, "b", 9).await));
    let listed = room.call(&room.list_movements(), "GET", &ann, fish.clone(), None).await;
    budget("aquariums-list-movements", "two", &listed);
    let renamed = room.call(&room.update_livestock(), "PATCH", &ann, fish.tagged("\"2\""), name()).await;
    budget("aquariums-update-livestock", "new name", &renamed);
    // The share, and two entries: each is read, and replaced with the deletion of the record.
    let event = event(UserDeleted { user_id: bob.id });
    budget("aquariums-forget-user", "member with an entry", cost(room.forget(event)).await);
}
