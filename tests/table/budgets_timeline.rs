//! What timelines ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use std::collections::BTreeMap;

use contracts::aquariums::{AccessChanged, AquariumRemoved, MemberRole};
use contracts::identity::UserDeleted;
use contracts::timeline::EntriesAppended;
use kit::Deadline;
use serde_json::json;
use testkit::finished;
use tests::{budget, cost};
use timeline::consumers::recount_timeline::{RecountTimeline, recount};
use timeline::consumers::{forget_user::forget_user, keep_access::keep_access, keep_views::keep_views};
use types::AquariumId;

use crate::timeline_support::{Tank, water_at};
use crate::timeline_tasks_support::{Chores, DUE, rolling, weekly};

const AT: &str = "2026-11-19T08:00:00Z";

#[tokio::test]
async fn endpoints_of_timelines_keep_to_their_budget() {
    let tank = Tank::start().await;
    let (ann, ben) = (tank.person("ann").await, tank.person("ben").await);
    let id = tank.aquarium(&ann, &[(&ben, MemberRole::Keeper)]).await;
    let entry = [water_at(5, AT)];
    // Access, head and mark in one read beside the standing; then the conditions on access and erasure, the counter of the
    // user, mark, head, and the entry with its place in the index.
    let first = tank.append(&ann, id, "a", &entry).await;
    budget("timeline-append-entries", "first", &first);
    budget("timeline-append-entries", "second", &tank.append(&ann, id, "b", &entry).await);
    // What the keeper wrote, besides.
    budget("timeline-append-entries", "keeper", &tank.append(&ben, id, "c", &entry).await);
    // The entry is read again.
    budget("timeline-append-entries", "again", &tank.append(&ann, id, "b", &entry).await);
    let twenty: Vec<_> = (0..20).map(|_| water_at(5, AT)).collect();
    budget("timeline-append-entries", "twenty entries", &tank.append(&ann, id, "d", &twenty).await);
    // The access, and the index at the same time.
    budget("timeline-list-entries", "a page", &tank.list(&ann, id, "").await);
    // The owner's guess is right; a keeper reads the entry after the access.
    budget("timeline-get-entry", "owner", &tank.entry(&ann, id, 1).await);
    budget("timeline-get-entry", "keeper", &tank.entry(&ben, id, 1).await);
    // The owner's entry is read with the rest; a keeper's after it, since it lies under the owner: three round trips.
    let body = json!({ "content": { "type": "water_change", "volumeMl": 6 } });
    budget("timeline-correct-entry", "corrected", &tank.correct(&ann, id, 1, "\"1\"", "e", body).await);
    let body = json!({ "content": { "type": "water_change", "volumeMl": 7 } });
    budget("timeline-correct-entry", "keeper", &tank.correct(&ben, id, 3, "\"1\"", "h", body).await);
    budget("timeline-retract-entry", "retracted", &tank.retract(&ann, id, 2, "\"1\"", "f").await);
    // Access and head; for an earlier time a snapshot at the same time, and then the entries.
    budget("timeline-get-state", "now", &tank.state(&ann, id, "").await);
    let start = tank.clock.now();
    tank.clock.advance(std::time::Duration::from_mins(1));
    assert_eq!(tank.append(&ann, id, "g", &entry).await.status, 201);
    budget("timeline-get-state", "earlier", &tank.state(&ann, id, &format!("at={start}")).await);
    tank.views(id, &ann).await;
    // Access and progress, and then the month: read in this order, it includes what the progress says.
    budget("timeline-get-month", "owner", &tank.month(&ann, id, "202611", "").await);
    budget("timeline-get-month", "keeper", &tank.month(&ben, id, "202611", "").await);
}

#[tokio::test]
async fn consumers_of_timelines_keep_to_their_budget() {
    let tank = Tank::start().await;
    let (ann, ben) = (tank.person("ann").await, tank.person("ben").await);
    let aquarium_id = AquariumId::generate();
    let access = tank.event(AccessChanged {
        aquarium_id,
        owner_id: ann.id,
        revision: 1,
        members: Vec::new(),
        members_since: BTreeMap::new(),
    });
    let keep = async |event| finished(keep_access(tank.consumer, event, Deadline::never()).await);
    // The access and the owner's index entry, with the condition that the owner is not erased.
    budget("timeline-keep-access", "created", cost(keep(access.clone())).await);
    budget("timeline-keep-access", "again", cost(keep(access)).await);
    assert_eq!(tank.append(&ann, aquarium_id, "a", &[water_at(5, AT)]).await.status, 201);
    let appended = tank.event(EntriesAppended { aquarium_id, owner_id: ann.id, entries: Vec::new() });
    let views = async |event| finished(keep_views(tank.consumer, event, Deadline::never()).await);
    // Access, head and progress; the log; the month; then progress and month with the condition on the access.
    budget("timeline-keep-views", "an entry", cost(views(appended.clone())).await);
    budget("timeline-keep-views", "again", cost(views(appended)).await);
    let removed = tank.event(AquariumRemoved { aquarium_id, owner_id: ann.id, revision: 2 });
    // The mark; entries and views of the owner; head, progress, snapshots, marks; the index entry.
    budget("timeline-keep-access", "removed", cost(keep(removed.clone())).await);
    budget("timeline-keep-access", "removed again", cost(keep(removed)).await);
    let id = tank.aquarium(&ann, &[(&ben, MemberRole::Keeper)]).await;
    assert_eq!(tank.append(&ben, id, "b", &[water_at(5, AT)]).await.status, 201);
    let deleted = tank.event(UserDeleted { user_id: ben.id });
    let forget = async |event| finished(forget_user(tank.consumer, event, Deadline::never()).await);
    // The marker, what the user wrote, the entry, the user's partition.
    budget("timeline-forget-user", "an entry of another's aquarium", cost(forget(deleted.clone())).await);
    budget("timeline-forget-user", "again", cost(forget(deleted)).await);
    let owner = tank.event(UserDeleted { user_id: ann.id });
    budget("timeline-forget-user", "an aquarium", cost(forget(owner)).await);
}

#[tokio::test]
async fn a_recount_of_a_timeline_keeps_to_its_budget() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    assert_eq!(tank.append(&ann, id, "a", &[water_at(5, AT)]).await.status, 201);
    tank.views(id, &ann).await;
    let one = || RecountTimeline { aquarium_id: Some(id), ..RecountTimeline::default() };
    // Ends before and after; snapshots, months, the log.
    budget("timeline-recount-timeline", "one timeline", cost(recount(tank.consumer, one())).await);
}

#[tokio::test]
async fn endpoints_of_tasks_keep_to_their_budget() {
    let chores = Chores::start().await;
    let (ann, ben) = (&chores.ann, &chores.ben);
    // Access, task, mark of a deleted task and the user's own item in one read beside the standing; then the conditions on access
    // and erasure, the counters of user and aquarium, the task with its place in the index, and the user's own item.
    let created = chores.create(ann, "a", &weekly()).await;
    budget("timeline-create-task", "created", &created);
    budget("timeline-create-task", "again", &chores.create(ann, "a", &weekly()).await);
    let task = created.body["id"].as_str().unwrap().parse().unwrap();
    // The access, and the tasks at the same time.
    budget("timeline-list-tasks", "a task", &chores.list(ann).await);
    budget("timeline-get-task", "read", &chores.get(ann, task).await);
    budget("timeline-update-task", "updated", &chores.update(ann, task, 1, json!({ "title": "Clean" })).await);
    chores.wait_for(DUE);
    // A keeper who changes the task for the first time gets an own item, besides.
    budget("timeline-snooze-task", "snoozed", &chores.snooze(ben, task, DUE, "2026-11-21T17:00:00Z").await);
    // Own and shared aquariums; then the accesses, and the tasks of each aquarium at the same time.
    budget("timeline-list-due-tasks", "one aquarium", &chores.due(ann).await);
    // Access, head, mark, task and own item in one read; then all that an append writes, and the task.
    let occurrence = json!({ "occurrence": DUE });
    budget("timeline-complete-task", "done", &chores.complete(ann, task, occurrence.clone()).await);
    budget("timeline-complete-task", "again", &chores.complete(ben, task, occurrence.clone()).await);
    let other = chores.task("b", &rolling()).await;
    // The next occurrence, by a keeper: what the keeper wrote and an own item, besides.
    let next = json!({ "occurrence": "2026-11-21T17:00:00Z" });
    budget("timeline-skip-task", "keeper", &chores.skip(ben, other, next).await);
    budget("timeline-delete-task", "deleted", &chores.delete(ann, other, 2).await);
}

#[tokio::test]
async fn consumers_of_tasks_keep_to_their_budget() {
    let chores = Chores::start().await;
    let task = chores.task("a", &weekly()).await;
    let due = chores.wake(task).await.unwrap();
    chores.wait_for("2026-11-20T17:03:00Z");
    // Eight parts of the index at the same time.
    budget("timeline-sweep-tasks", "an overdue task", cost(chores.overdue()).await);
    // Access and task; then the task with its events and its place in the index, and the condition on the access.
    budget("timeline-fire-task", "fired", cost(chores.fire(due)).await);
    budget("timeline-fire-task", "again", cost(chores.fire(due)).await);
}
