//! Chains of occurrences: through kills, duplicates, a timer that fails, and a night in which nothing ran.

use std::time::Duration;

use contracts::identity::{UserRestored, UserSuspended};
use contracts::points::{PointRemoved, PointUpdated};
use dynamo::Outbox;
use events::api;
use events::consumers::fire_schedule::fire_schedule;
use events::consumers::keep_copies::keep_copies;
use events::domain::broadcast::Broadcast;
use events::domain::copies::Standing;
use events::domain::event_type::EventType;
use events::domain::refusal::Refusal;
use events::domain::schedule::MAX_SCHEDULES_PER_USER;
use events::store::NotScheduled;
use events::timer::Occurrence;
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use kit::Deadline;
use kit::http::endpoint;
use kit::sqs::{Done, Failure, Pause, Progress};
use serde_json::json;
use testkit::finished;
use types::UserId;

use crate::events_support::{Care, call, created, person};
use crate::identity_support::{Deployment, stage};

const DAILY: &str = "FREQ=DAILY;BYHOUR=18;BYMINUTE=0";

fn name(due: Occurrence) -> String {
    format!("{}-{}", due.schedule_id.uuid().simple(), due.occurs_at.as_second())
}

async fn begun(care: &Care, due: Occurrence) -> Option<(u32, u64, bool)> {
    let id = Broadcast::id_of_occurrence(due.schedule_id, due.occurs_at);
    care.store.broadcast(id).await.unwrap().map(|told| (told.value.pages, told.version, told.value.done))
}

/// In summer, so that neither clock changes.
async fn care() -> Care {
    Care::at("2026-06-01T06:00:00Z".parse().unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_occurrence_is_fired_once_and_the_next_is_asked_for_through_kills_and_duplicates() {
    let care = care().await;
    let point = care.point().await;
    care.follow(point, 150).await;
    let schedule = care.schedule(point, care.kind(0).await, DAILY).await;
    let due = care.next(schedule.id).await;
    assert_eq!(due.occurs_at, "2026-06-01T16:00:00Z".parse::<Timestamp>().unwrap());
    care.wait_for(due.occurs_at);
    for millis in (0..45).step_by(3) {
        let tries = (0..3).map(|_| tokio::time::timeout(Duration::from_millis(millis), care.fire(due)));
        for handled in join_all(tries).await.into_iter().flatten() {
            assert!(matches!(handled, Ok(Done::Applied | Done::Duplicate)), "{handled:?}");
        }
    }
    assert!(matches!(care.fire(due).await, Ok(Done::Applied | Done::Duplicate)));
    assert_eq!(care.fire(due).await.unwrap(), Done::Duplicate);
    assert_eq!(begun(&care, due).await, Some((2, 4, true)));
    let next = care.next(schedule.id).await;
    assert_eq!(next.occurs_at, due.occurs_at + SignedDuration::from_hours(24));
    assert_eq!(care.chain(schedule.id).await.unwrap().version, 2, "the chain moved once");
    assert_eq!(care.services.timers(), [name(next)]);
}

#[tokio::test]
async fn a_chain_whose_timer_failed_is_mended_by_the_next_delivery_or_the_sweep() {
    let care = care().await;
    let point = care.point().await;
    care.follow(point, 1).await;
    let schedule = care.schedule(point, care.kind(0).await, DAILY).await;
    let first = care.next(schedule.id).await;
    // The first call was never asked for. Nothing is overdue yet.
    care.wait_for(first.occurs_at + SignedDuration::from_secs(60));
    care.sweep().await.unwrap();
    assert_eq!(begun(&care, first).await, None);
    care.clock.advance(Duration::from_mins(2));
    // The timer refuses: the chain has moved on, and people wait until the message comes again.
    care.services.refuse_timers(1);
    assert!(care.sweep().await.is_err());
    assert_eq!(begun(&care, first).await, Some((0, 1, false)));
    assert_eq!(care.fire(first).await.unwrap(), Done::Applied);
    assert_eq!(begun(&care, first).await, Some((1, 3, true)));
    assert_eq!(care.services.timers(), [name(care.next(schedule.id).await)]);

    // Killed between the chain and the timer, and no message any more: the sweep fires the next one, late by minutes.
    let second = care.next(schedule.id).await;
    care.wait_for(second.occurs_at + SignedDuration::from_secs(180));
    care.sweep().await.unwrap();
    assert_eq!(begun(&care, second).await, Some((1, 3, true)));
    assert_eq!(care.services.timers().len(), 2);
    care.sweep().await.unwrap();
    assert_eq!(care.chain(schedule.id).await.unwrap().version, 3);
}

/// The telling of an overdue occurrence takes more than one invocation, each of which is killed after one page.
#[tokio::test]
async fn what_the_sweep_finds_is_told_to_all_whatever_is_killed() {
    let care = care().await;
    let point = care.point().await;
    care.follow(point, 250).await;
    let schedule = care.schedule(point, care.kind(0).await, DAILY).await;
    let due = care.next(schedule.id).await;
    care.wait_for(due.occurs_at + SignedDuration::from_secs(180));
    assert_eq!(care.overdue().await, [due]);
    // Nothing is done yet: a sweep that is killed here leaves all to the queue, and the next one finds it too.
    assert_eq!((begun(&care, due).await, care.overdue().await), (None, vec![due]));
    for _ in 0..2 {
        let part = fire_schedule(care.timer_consumer, due, Deadline::after(Duration::ZERO)).await;
        assert_eq!(part.unwrap(), Progress::Continue(Pause::NONE));
    }
    // The chain has moved on, so no sweep finds it any more: what is left is in the queue.
    assert!(care.overdue().await.is_empty());
    assert_eq!(care.fire(due).await.unwrap(), Done::Applied);
    assert_eq!(begun(&care, due).await, Some((3, 5, true)));
}

#[tokio::test]
async fn what_was_slept_through_is_passed_over_in_silence() {
    let care = care().await;
    let point = care.point().await;
    let schedule = care.schedule(point, care.kind(0).await, DAILY).await;
    let first = care.next(schedule.id).await;
    care.wait_for(first.occurs_at + SignedDuration::from_hours(50));
    care.sweep().await.unwrap();
    assert_eq!(begun(&care, first).await, None);
    let next = care.next(schedule.id).await;
    assert_eq!(next.occurs_at, first.occurs_at + SignedDuration::from_hours(72));
    assert_eq!(care.services.timers(), [name(next)]);
}

#[tokio::test]
async fn the_last_occurrence_is_told_and_the_schedule_is_gone_then() {
    let care = care().await;
    let point = care.point().await;
    care.follow(point, 1).await;
    let schedule = care.schedule(point, care.kind(0).await, &format!("{DAILY};COUNT=1")).await;
    let last = care.next(schedule.id).await;
    care.wait_for(last.occurs_at);
    assert_eq!(care.fire(last).await.unwrap(), Done::Applied);
    assert_eq!(begun(&care, last).await, Some((1, 3, true)));
    assert!(care.chain(schedule.id).await.is_none());
    assert!(care.services.timers().is_empty());
    // Its place is free again: the creator has none left.
    assert_eq!(care.fire(last).await.unwrap(), Done::Duplicate);
}

#[tokio::test]
async fn early_foreign_and_deleted_occurrences_fire_nothing() {
    let care = care().await;
    let point = care.point().await;
    let schedule = care.schedule(point, care.kind(0).await, DAILY).await;
    let due = care.next(schedule.id).await;
    assert_eq!(care.fire(due).await.unwrap(), Done::Duplicate);
    let other = Occurrence { occurs_at: due.occurs_at + SignedDuration::from_hours(1), ..due };
    care.wait_for(other.occurs_at);
    assert_eq!(care.fire(other).await.unwrap(), Done::Duplicate);
    assert_eq!(care.chain(schedule.id).await.unwrap().version, 1);
    let (read, chain) = care.store.schedule(schedule.id).await.unwrap().unwrap();
    care.store.end_schedule(&read, &chain, None).await.unwrap();
    assert_eq!(care.fire(due).await.unwrap(), Done::Ignored);
    assert_eq!((begun(&care, due).await, begun(&care, other).await), (None, None));
}

#[tokio::test]
async fn a_point_that_is_gone_ends_its_schedules() {
    let care = care().await;
    let point = care.point().await;
    let schedule = care.schedule(point, care.kind(0).await, DAILY).await;
    let due = care.next(schedule.id).await;
    care.keep(PointRemoved { point_id: point, revision: 2 }).await;
    care.wait_for(due.occurs_at);
    assert_eq!(care.fire(due).await.unwrap(), Done::Applied);
    assert!(care.chain(schedule.id).await.is_none());
    assert_eq!(begun(&care, due).await, None);
}

#[tokio::test]
async fn a_timer_that_fails_is_no_end_of_the_delivery() {
    let care = care().await;
    let point = care.point().await;
    let schedule = care.schedule(point, care.kind(0).await, DAILY).await;
    let due = care.next(schedule.id).await;
    care.wait_for(due.occurs_at);
    care.services.refuse_timers(1);
    assert!(matches!(care.fire(due).await, Err(Failure::Retry(_))));
    assert_eq!(care.fire(due).await.unwrap(), Done::Applied);
}

#[tokio::test]
async fn as_many_schedules_as_one_may_have_are_made_and_no_more_at_once_too() {
    let care = care().await;
    let (point, kind, user) = (care.point().await, care.kind(0).await, UserId::generate());
    for _ in 0..MAX_SCHEDULES_PER_USER - 2 {
        care.schedule_of(user, point, kind, DAILY).await.unwrap();
    }
    let made = join_all((0..5).map(|_| care.schedule_of(user, point, kind, DAILY))).await;
    let refused =
        |made: &Result<_, NotScheduled>| matches!(made, Err(NotScheduled::Refused(Refusal::TooManySchedulesOfUser)));
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), 2);
    assert_eq!(made.iter().filter(|made| refused(made)).count(), 3);
    // One goes, one comes.
    let one = made.into_iter().find_map(Result::ok).unwrap();
    let (read, chain) = care.store.schedule(one.id).await.unwrap().unwrap();
    care.store.end_schedule(&read, &chain, None).await.unwrap();
    assert!(care.schedule_of(user, point, kind, DAILY).await.is_ok());
    assert!(refused(&care.schedule_of(user, point, kind, DAILY).await));
}

#[tokio::test]
async fn only_the_keeper_and_admins_schedule_at_a_point_and_the_keeper_may_delete_what_others_made() {
    let (care, identity) = (Care::start().await, Deployment::start().await);
    let (keeper_token, keeper) = person(&identity, "keeper@example.com").await;
    let (token, stranger) = person(&identity, "stranger@example.com").await;
    let (point, kind) = (care.point_of(keeper).await, care.kind(0).await);
    let start = jiff::Zoned::now().strftime("%Y-%m-%dT00:00").to_string();
    let body = json!({ "pointId": point, "eventTypeId": kind, "rrule": DAILY, "timeZone": "Europe/Berlin",
        "startsAt": start, "title": "You won! Claim at evil.example" });
    let create = endpoint(api::create_schedule::create_schedule, care.timed(&identity), stage());
    let refused = call(&create, "POST", &token, "a", "", Some(&body)).await;
    assert_eq!((refused.status, refused.body["code"].as_str()), (403, Some("events.not_keeper")));
    let made = call(&create, "POST", &keeper_token, "a", "", Some(&body)).await;
    assert_eq!(made.status, 201, "{}", made.body);

    let delete = endpoint(api::delete_schedule::delete_schedule, care.ctx(&identity), stage());
    let by_admin = care.schedule(point, kind, DAILY).await.id;
    let refused = call(&delete, "DELETE", &token, "-", &by_admin.to_string(), None).await;
    assert_eq!((refused.status, refused.body["code"].as_str()), (403, Some("events.not_yours")));
    assert_eq!(call(&delete, "DELETE", &keeper_token, "-", &by_admin.to_string(), None).await.status, 204);
    // A point without a keeper is nobody's.
    let orphaned = care.point().await;
    assert!(matches!(
        care.store.add_schedule(&care.unsaved(stranger, orphaned, kind, DAILY), false, care.clock.now()).await,
        Err(NotScheduled::Refused(Refusal::NotKeeper))
    ));
}

#[tokio::test]
async fn the_schedules_of_a_suspended_user_end_however_often_and_late_the_event_comes() {
    let care = care().await;
    let (creator, other) = (UserId::generate(), UserId::generate());
    let (point, kind) = (care.point().await, care.kind(0).await);
    for _ in 0..3 {
        care.schedule_of(creator, point, kind, DAILY).await.unwrap();
    }
    let kept = care.schedule_of(other, point, kind, DAILY).await.unwrap();
    let suspended = care.event(UserSuspended { user_id: creator });
    let keep = async |event| finished(keep_copies(care.consumer, event, Deadline::never()).await).unwrap();
    assert_eq!(keep(suspended.clone()).await, Done::Applied);
    assert!(care.store.schedules_by(creator, 20).await.unwrap().is_empty());
    assert!(care.chain(kept.id).await.is_some());
    assert_eq!(keep(suspended.clone()).await, Done::Duplicate);
    // Restored, and at work again: the old event ends nothing.
    care.clock.advance(Duration::from_secs(1));
    care.keep(UserRestored { user_id: creator }).await;
    care.schedule_of(creator, point, kind, DAILY).await.unwrap();
    assert_eq!(keep(suspended).await, Done::Duplicate);
    assert_eq!(care.store.schedules_by(creator, 20).await.unwrap().len(), 1);
}

#[tokio::test]
async fn standing_and_the_event_type_are_checked_when_a_schedule_fires() {
    for reason in ["suspended", "retired"] {
        let care = care().await;
        let (point, kind, creator) = (care.point().await, care.kind(0).await, UserId::generate());
        care.follow(point, 1).await;
        let schedule = care.schedule_of(creator, point, kind, DAILY).await.unwrap();
        let due = care.next(schedule.id).await;
        if reason == "suspended" {
            // As if the schedule had been made while the event was on its way.
            let standing = Standing { user_id: creator, suspended: true, since: care.clock.now() };
            assert!(care.store.keep_standing(&standing).await.unwrap());
        } else {
            let read = care.store.event_type(kind).await.unwrap().unwrap();
            let retired = EventType { retired: true, ..read.value.clone() };
            care.store.change_event_type(&read, retired, &Outbox::none()).await.unwrap();
        }
        care.wait_for(due.occurs_at);
        assert_eq!(care.fire(due).await.unwrap(), Done::Applied, "{reason}");
        assert_eq!(begun(&care, due).await, None, "{reason}");
        assert!(care.chain(schedule.id).await.is_none(), "{reason}");
        assert!(care.services.timers().is_empty(), "{reason}");
    }
}

#[tokio::test]
async fn the_keeper_of_a_point_is_known_from_its_newest_event() {
    let care = care().await;
    let keeper = UserId::generate();
    let point = care.point_of(keeper).await;
    assert!(care.store.point(point).await.unwrap().unwrap().is_kept_by(keeper));
    let created = created(point, 2);
    let (name, kind, location) = (created.name, created.kind, created.location);
    care.keep(PointUpdated { point_id: point, name, kind, location, keeper_id: None, revision: 2 }).await;
    assert!(!care.store.point(point).await.unwrap().unwrap().is_kept_by(keeper));
}
