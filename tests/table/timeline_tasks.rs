//! Tasks: two keepers at once, kills between the writes, sweeps, members who left, deletion and erasure.

use std::time::Duration;

use contracts::aquariums::MemberRole;
use dynamo::Outbox;
use futures::future::join_all;
use kit::sqs::{Done, Failure};
use kit::timer::Call as _;
use lambda_http::Body;
use serde_json::{Value, json};
use testkit::{Reply, TestTable};
use timeline::consumers::recount_timeline::{RecountTimeline, recount};
use timeline::domain::task::{MAX_TASKS, Task};
use timeline::store::{NotWritten, TaskChange};
use types::{AquariumId, TaskId};

use crate::timeline_tasks_support::{Chores, DUE, rolling, weekly};

const NEXT: &str = "2026-11-27T17:00:00.000Z";

fn status_and_code(reply: &Reply) -> (u16, &str) {
    (reply.status, reply.body["code"].as_str().unwrap_or_default())
}

fn occurrence(at: &str) -> Value {
    json!({ "occurrence": at })
}

#[tokio::test]
async fn keepers_change_tasks_viewers_read_them_and_strangers_find_nothing() {
    let chores = Chores::start().await;
    let task = chores.task("a", &weekly()).await;
    for who in [&chores.ann, &chores.ben, &chores.eve] {
        assert_eq!(chores.get(who, task).await.body["nextAt"], "2026-11-20T17:00:00.000Z");
        assert_eq!(chores.list(who).await.body["items"].as_array().unwrap().len(), 1);
    }
    let too_low = (403, "timeline.role_too_low");
    let nothing = (404, "timeline.no_such_aquarium");
    for (who, wanted) in [(&chores.eve, too_low), (&chores.zoe, nothing)] {
        assert_eq!(status_and_code(&chores.create(who, "b", &weekly()).await), wanted);
        assert_eq!(status_and_code(&chores.update(who, task, 1, json!({ "paused": true })).await), wanted);
        assert_eq!(status_and_code(&chores.complete(who, task, occurrence(DUE)).await), wanted);
        assert_eq!(status_and_code(&chores.skip(who, task, occurrence(DUE)).await), wanted);
        assert_eq!(status_and_code(&chores.snooze(who, task, DUE, NEXT).await), wanted);
        assert_eq!(status_and_code(&chores.delete(who, task, 1).await), wanted);
    }
    assert_eq!(status_and_code(&chores.get(&chores.zoe, task).await), nothing);
    assert_eq!(status_and_code(&chores.list(&chores.zoe).await), nothing);
    // A keeper who was removed a minute ago can do nothing.
    assert_eq!(chores.tank.share(chores.id, &chores.ann, 2, &[]).await, Done::Applied);
    assert_eq!(status_and_code(&chores.complete(&chores.ben, task, occurrence(DUE)).await), nothing);
    assert!(chores.due(&chores.ben).await.body["items"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_repeated_creation_is_one_task_and_a_deleted_one_does_not_come_back() {
    let chores = Chores::start().await;
    let first = chores.create(&chores.ann, "a", &weekly()).await;
    let again = chores.create(&chores.ann, "a", &weekly()).await;
    assert_eq!((again.status, &again.body), (201, &first.body));
    let other = chores.create(&chores.ann, "a", &rolling()).await;
    assert_eq!(status_and_code(&other), (422, "request.idempotency_key_reused"));
    let task = first.body["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(status_and_code(&chores.delete(&chores.ann, task, 2).await), (412, "request.version_changed"));
    assert_eq!(chores.delete(&chores.ben, task, 1).await.status, 204);
    let ended = chores.told("timeline.task_changed").await;
    assert!(ended.iter().any(|fact| fact["status"] == "ended" && fact["revision"] == 2), "{ended:?}");
    let gone = (404, "timeline.no_such_task");
    assert_eq!(status_and_code(&chores.create(&chores.ann, "a", &weekly()).await), gone);
    assert_eq!(status_and_code(&chores.get(&chores.ann, task).await), gone);
}

#[tokio::test]
async fn a_late_duplicate_of_a_creation_does_not_bring_a_deleted_task_back() {
    let chores = Chores::start().await;
    let other = chores.task("a", &weekly()).await;
    let task = Task { id: TaskId::generate(), ..chores.stored(other).await.unwrap().value };
    let (store, outbox, now) = (&chores.tank.consumer.store, Outbox::none(), chores.tank.clock.now());
    let open = async || store.open_task(chores.ann.id, chores.id, task.id).await.unwrap().unwrap();
    let late = open().await;
    let duplicate = TaskChange { opened: &late, next: &task, is_written: true, outbox: &outbox, now };
    store.add_task(&duplicate).await.unwrap();
    let opened = open().await;
    let deletion = TaskChange { opened: &opened, next: &task, is_written: false, outbox: &outbox, now };
    store.delete_task(opened.task.as_ref().unwrap(), &deletion).await.unwrap();
    let again = store.add_task(&duplicate).await;
    assert!(matches!(again, Err(NotWritten::Conflict)), "{again:?}");
    assert!(chores.stored(task.id).await.is_none());
}

#[tokio::test]
async fn an_aquarium_has_a_maximum_number_of_tasks_and_a_deleted_one_makes_room() {
    let chores = Chores::start().await;
    let first = chores.task("0", &weekly()).await;
    for number in 1..MAX_TASKS {
        chores.task(&number.to_string(), &weekly()).await;
    }
    let full = chores.create(&chores.ben, "more", &weekly()).await;
    assert_eq!(status_and_code(&full), (409, "timeline.too_many_tasks"));
    assert_eq!(chores.delete(&chores.ann, first, 1).await.status, 204);
    assert_eq!(chores.create(&chores.ben, "more", &weekly()).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_keepers_at_once_one_completes_and_the_other_gets_the_same_result() {
    let chores = Chores::on(TestTable::start_with_conflicts().await).await;
    let task = chores.task("a", &rolling()).await;
    chores.wait_for("2026-11-21T09:00:00Z");
    let body = json!({ "occurrence": DUE, "note": "Full." });
    let by = async |who| chores.complete(who, task, body.clone()).await;
    let (ann, ben, skip) =
        futures::join!(by(&chores.ann), by(&chores.ben), chores.skip(&chores.ben, task, occurrence(DUE)));
    for reply in [&ann, &ben, &skip] {
        assert_eq!(reply.status, 200, "{}", reply.body);
        assert_eq!(reply.body["entrySeq"], 1);
        assert_eq!(reply.body["outcome"], ann.body["outcome"]);
        assert_eq!(reply.body["task"]["nextAt"], "2026-11-24T17:00:00.000Z");
        assert_eq!(reply.body["task"]["open"], json!([]));
    }
    let entries = chores.tank.list(&chores.eve, chores.id, "").await.body;
    assert_eq!(entries["items"].as_array().unwrap().len(), 1, "{entries}");
    assert_eq!(entries["items"][0]["content"]["taskId"], json!(task));
    assert_eq!(entries["items"][0]["content"]["dueAt"], "2026-11-20T17:00:00.000Z");
    let other = chores.complete(&chores.ann, task, occurrence("2026-11-22T17:00:00Z")).await;
    assert_eq!(status_and_code(&other), (409, "timeline.occurrence_not_open"));
    // The log and what is derived from it agree.
    let request = RecountTimeline { aquarium_id: Some(chores.id), ..RecountTimeline::default() };
    chores.tank.views(chores.id, &chores.ann).await;
    assert!(recount(chores.tank.consumer, request).await.unwrap().differences.is_empty());
}

#[tokio::test]
async fn clients_cannot_append_what_becomes_of_tasks() {
    let chores = Chores::start().await;
    let task = chores.task("a", &weekly()).await;
    let content = json!({ "type": "task_done", "taskId": task, "title": "Feed", "dueAt": DUE });
    let reply = chores.tank.append(&chores.ann, chores.id, "b", &[json!({ "content": content })]).await;
    assert_eq!(status_and_code(&reply), (422, "request.invalid"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_occurrence_is_fired_once_through_kills_and_duplicates() {
    let chores = Chores::start().await;
    let task = chores.task("a", &weekly()).await;
    let due = chores.wake(task).await.unwrap();
    assert_eq!(chores.services.timers(), [due.name()]);
    chores.wait_for(DUE);
    for millis in (0..45).step_by(3) {
        let tries = (0..3).map(|_| tokio::time::timeout(Duration::from_millis(millis), chores.fire(due)));
        for handled in join_all(tries).await.into_iter().flatten() {
            assert!(matches!(handled, Ok(Done::Applied | Done::Duplicate)), "{handled:?}");
        }
    }
    assert!(matches!(chores.fire(due).await, Ok(Done::Applied | Done::Duplicate)));
    assert_eq!(chores.fire(due).await.unwrap(), Done::Duplicate);
    let stored = chores.stored(task).await.unwrap();
    assert_eq!(stored.version, 2, "the task moved once");
    let requests = chores.told("notifications.requested").await;
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0]["recipients"], json!([chores.ann.id, chores.ben.id]));
    assert_eq!(requests[0]["message"]["template"], "task_due");
    let next = chores.wake(task).await.unwrap();
    assert_eq!(next.at.to_string(), "2026-11-21T17:00:00Z", "a day later it is overdue");
    assert!(chores.services.timers().contains(&next.name()));
    chores.wait_for("2026-11-21T17:00:00Z");
    assert_eq!(chores.fire(next).await.unwrap(), Done::Applied);
    assert_eq!(chores.told("notifications.requested").await[0]["message"]["template"], "task_overdue");
    assert_eq!(chores.wake(task).await.unwrap().at.to_string(), "2026-11-27T17:00:00Z");
}

#[tokio::test]
async fn a_task_whose_timer_failed_is_found_by_the_sweep_and_fired_once() {
    let chores = Chores::start().await;
    chores.services.refuse_timers(1);
    let task = chores.task("a", &weekly()).await;
    assert!(chores.services.timers().is_empty());
    chores.wait_for("2026-11-20T17:01:00Z");
    assert!(chores.overdue().await.is_empty(), "the timer may still call");
    chores.wait_for("2026-11-20T17:03:00Z");
    let (first, second) = (chores.overdue().await, chores.overdue().await);
    assert_eq!((first.len(), &first), (1, &second));
    // The timer refuses: the task has moved on, and the message comes again.
    chores.services.refuse_timers(1);
    assert!(matches!(chores.fire(first[0]).await, Err(Failure::Retry(_))));
    assert!(chores.overdue().await.is_empty());
    assert_eq!(chores.fire(second[0]).await.unwrap(), Done::Duplicate);
    assert_eq!(chores.stored(task).await.unwrap().version, 2);
    assert_eq!(chores.services.timers(), [chores.wake(task).await.unwrap().name()]);
}

#[tokio::test]
async fn a_late_call_of_a_task_that_was_paused_or_deleted_has_no_effect() {
    let chores = Chores::start().await;
    let [paused, deleted] = [chores.task("a", &weekly()).await, chores.task("b", &weekly()).await];
    let calls = [chores.wake(paused).await.unwrap(), chores.wake(deleted).await.unwrap()];
    assert_eq!(chores.update(&chores.ben, paused, 1, json!({ "paused": true })).await.body["status"], "paused");
    assert_eq!(chores.delete(&chores.ben, deleted, 1).await.status, 204);
    chores.wait_for("2026-11-20T17:05:00Z");
    assert_eq!(chores.fire(calls[0]).await.unwrap(), Done::Duplicate);
    assert_eq!(chores.fire(calls[1]).await.unwrap(), Done::Ignored);
    assert!(chores.overdue().await.is_empty());
    assert!(chores.told("notifications.requested").await.is_empty());
    assert!(chores.due(&chores.ann).await.body["items"].as_array().unwrap().is_empty());
    let resumed = chores.update(&chores.ann, paused, 2, json!({ "paused": false })).await;
    assert_eq!((&resumed.body["nextAt"], &resumed.body["open"]), (&json!(NEXT), &json!([])));
}

#[tokio::test]
async fn a_member_who_was_removed_is_not_reminded() {
    let chores = Chores::start().await;
    let task = chores.task("a", &weekly()).await;
    let due = chores.wake(task).await.unwrap();
    let (ann, eve) = (&chores.ann, (&chores.eve, MemberRole::Viewer));
    assert_eq!(chores.tank.share(chores.id, ann, 2, &[eve]).await, Done::Applied);
    chores.wait_for(DUE);
    assert_eq!(chores.fire(due).await.unwrap(), Done::Applied);
    assert_eq!(chores.told("notifications.requested").await[0]["recipients"], json!([ann.id]));
    assert_eq!(chores.due(&chores.ben).await.body["items"], json!([]));
    assert_eq!(chores.due(&chores.eve).await.body["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_due_is_listed_over_own_and_shared_aquariums_until_it_is_snoozed_or_settled() {
    let chores = Chores::start().await;
    let task = chores.task("a", &weekly()).await;
    let due = async |who| chores.due(who).await.body;
    assert_eq!(due(&chores.ann).await, json!({ "items": [], "complete": true }));
    // The list does not wait for the reminder.
    chores.wait_for("2026-11-20T17:30:00Z");
    for who in [&chores.ann, &chores.ben, &chores.eve] {
        let listed = due(who).await;
        assert_eq!(listed["items"][0]["id"], json!(task));
        assert_eq!(listed["items"][0]["open"][0]["dueAt"], "2026-11-20T17:00:00.000Z");
    }
    assert_eq!(due(&chores.zoe).await["items"], json!([]));
    let until = "2026-11-20T19:00:00Z";
    for _ in 0..2 {
        let snoozed = chores.snooze(&chores.ben, task, DUE, until).await;
        assert_eq!(snoozed.body["open"][0]["snoozedUntil"], "2026-11-20T19:00:00.000Z", "{}", snoozed.body);
        assert_eq!(snoozed.body["version"], 2, "a repeated request has no further effect");
    }
    assert_eq!(due(&chores.ann).await["items"], json!([]));
    assert_eq!(chores.wake(task).await.unwrap().at.to_string(), until);
    chores.wait_for(until);
    assert_eq!(due(&chores.ann).await["items"].as_array().unwrap().len(), 1);
    assert_eq!(chores.skip(&chores.ann, task, occurrence(DUE)).await.body["outcome"], "skipped");
    assert_eq!(due(&chores.ann).await["items"], json!([]));
    let wrong = chores.snooze(&chores.ann, task, DUE, "2026-11-21T19:00:00Z").await;
    assert_eq!(status_and_code(&wrong), (409, "timeline.occurrence_not_open"));
}

#[tokio::test]
async fn aquariums_that_a_user_left_take_no_place_in_the_list_of_what_is_due() {
    let mut chores = Chores::start().await;
    for _ in 0..26 {
        let left = chores.tank.aquarium(&chores.ann, &[(&chores.ben, MemberRole::Keeper)]).await;
        assert_eq!(chores.tank.share(left, &chores.ann, 2, &[]).await, Done::Applied);
    }
    chores.id = chores.tank.aquarium(&chores.ann, &[(&chores.ben, MemberRole::Keeper)]).await;
    let task = chores.task("a", &weekly()).await;
    chores.wait_for(DUE);
    let due = chores.due(&chores.ben).await.body;
    assert_eq!((&due["items"][0]["id"], &due["complete"]), (&json!(task), &json!(true)));
}

#[tokio::test]
async fn a_feed_has_the_open_and_coming_occurrences_of_tasks() {
    let chores = Chores::start().await;
    let task = chores.task("a", &weekly()).await;
    let link = chores.tank.link(&chores.eve, chores.id).await.body["path"].as_str().unwrap().to_owned();
    let feed = async || match chores.tank.feed(&link, "").await.into_body() {
        Body::Text(text) => text,
        other => panic!("{other:?}"),
    };
    let due: jiff::Timestamp = DUE.parse().unwrap();
    let uid = format!("UID:task-{task}-{}\r\n", due.as_millisecond());
    let text = feed().await;
    assert!(text.contains(&uid) && text.contains("DTSTART:20261120T170000Z\r\n"), "{text}");
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 13, "the Fridays of 90 days");
    assert!(text.contains("SUMMARY:Clean the skimmer\r\n") && !text.contains("Left drawer."), "{text}");
    chores.wait_for("2026-11-21T00:00:00Z");
    assert!(feed().await.contains(&uid), "what is overdue stays");
    assert_eq!(chores.complete(&chores.ben, task, occurrence(DUE)).await.status, 200);
    assert!(!feed().await.contains(&uid));
    assert_eq!(chores.update(&chores.ben, task, 2, json!({ "paused": true })).await.status, 200);
    assert!(!feed().await.contains("BEGIN:VEVENT"));
}

#[tokio::test]
async fn an_edit_from_a_date_keeps_the_occurrences_before_it() {
    let chores = Chores::start().await;
    let task = chores.task("a", &weekly()).await;
    let body = json!({ "schedule": rolling(), "from": "2026-11-25T00:00:00Z", "title": "Clean pump" });
    let edited = chores.update(&chores.ben, task, 1, body).await;
    assert_eq!((edited.status, &edited.body["title"]), (200, &json!("Clean pump")), "{}", edited.body);
    assert_eq!(edited.body["upcoming"]["from"], "2026-11-25T00:00:00.000Z");
    assert_eq!(edited.body["nextAt"], "2026-11-20T17:00:00.000Z");
    chores.wait_for("2026-11-26T00:00:00Z");
    let later = chores.get(&chores.ann, task).await.body;
    assert_eq!((&later["schedule"]["mode"], &later["upcoming"]), (&json!("rolling"), &Value::Null));
    assert_eq!(later["open"].as_array().unwrap().len(), 1, "the old one waits: {later}");
    let done = chores.complete(&chores.ann, task, occurrence(DUE)).await;
    assert_eq!(done.body["task"]["nextAt"], "2026-11-29T17:00:00.000Z");
    let invalid = chores.update(&chores.ann, task, 3, json!({ "from": "2026-12-01T00:00:00Z" })).await;
    assert_eq!(status_and_code(&invalid), (422, "request.invalid"));
}

#[tokio::test]
async fn the_notes_of_a_user_who_leaves_are_removed_and_the_tasks_of_a_deleted_aquarium_too() {
    let chores = Chores::start().await;
    let bens = chores.create(&chores.ben, "a", &weekly()).await;
    assert_eq!((bens.status, &bens.body["notes"]), (201, &json!("Left drawer.")));
    let task = bens.body["id"].as_str().unwrap().parse().unwrap();
    let anns = chores.task("b", &weekly()).await;
    assert_eq!(chores.tank.forget(&chores.ben).await, Done::Applied);
    let redacted = chores.get(&chores.ann, task).await.body;
    assert_eq!((&redacted["notes"], &redacted["title"]), (&Value::Null, &json!("Clean the skimmer")));
    assert_eq!(chores.get(&chores.ann, anns).await.body["notes"], "Left drawer.");
    assert_eq!(chores.stored(task).await.unwrap().value.notes_by, None);
    let (items, ben) = (chores.tank.table.items().await, chores.ben.id.to_string());
    let held = items.iter().filter(|item| item["pk"].as_s().unwrap() == &format!("timeline#user#{ben}"));
    assert_eq!(held.map(|item| item["sk"].as_s().unwrap().as_str()).collect::<Vec<_>>(), ["forgotten"]);
    assert_eq!(chores.events_naming(&chores.ben).await, 0);
    let due = chores.wake(task).await.unwrap();
    assert_eq!(chores.tank.remove(chores.id, &chores.ann).await, Done::Applied);
    chores.wait_for(DUE);
    assert_eq!(chores.fire(due).await.unwrap(), Done::Ignored);
    assert!(chores.stored(task).await.is_none() && chores.stored(anns).await.is_none());
}

#[tokio::test]
async fn what_a_user_wrote_is_in_no_item_of_another_user() {
    let chores = Chores::start().await;
    let bens = chores.create(&chores.ben, "a", &weekly()).await;
    let task = bens.body["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(chores.update(&chores.ann, task, 1, json!({ "title": "Clean pump" })).await.status, 200);
    assert_eq!(chores.tank.forget(&chores.ben).await, Done::Applied);
    assert_eq!(chores.get(&chores.ann, task).await.body["title"], "Clean pump");
    assert!(!format!("{:?}", chores.tank.table.items().await).contains("Left drawer."));
}

#[tokio::test]
async fn no_event_names_a_user_who_deleted_a_task_and_then_the_account() {
    let chores = Chores::start().await;
    let task = chores.create(&chores.ben, "a", &weekly()).await.body["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(chores.delete(&chores.ben, task, 1).await.status, 204);
    assert_eq!(chores.tank.forget(&chores.ben).await, Done::Applied);
    assert_eq!(chores.told("timeline.task_changed").await.len(), 1);
    assert_eq!(chores.events_naming(&chores.ben).await, 0);
}

#[tokio::test]
async fn an_event_after_the_erasure_of_an_owner_lists_the_aquarium_for_no_member() {
    let chores = Chores::start().await;
    assert_eq!(chores.tank.forget(&chores.ann).await, Done::Applied);
    let late = AquariumId::generate();
    let shared = chores.tank.share(late, &chores.ann, 1, &[(&chores.ben, MemberRole::Keeper)]).await;
    assert_eq!(shared, Done::Duplicate);
    assert!(!format!("{:?}", chores.tank.table.items().await).contains(&late.to_string()));
}
