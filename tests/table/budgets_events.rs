//! What the functions of care events ask of the table. The figures are in `tests/budgets.json`; what is said here is why.

use std::time::Duration;

use contracts::events::EventReported;
use contracts::identity::{UserDeleted, UserSuspended};
use contracts::media::MediaDeleted;
use contracts::points::{PointRemoved, PointSubscribed};
use events::api;
use events::consumers::forget_user::forget_user;
use events::consumers::keep_copies::keep_copies;
use events::consumers::sweep_schedules::sweep_schedules;
use events::consumers::tell_subscribers::tell_subscribers;
use kit::Deadline;
use kit::http::endpoint;
use serde_json::json;
use testkit::Reply;
use tests::{budget, budget_at_most, cost};
use types::{CareEventId, EventTypeId, MediaId, UserId};

use crate::events_support::{Care, call, created};
use crate::identity_support::stage;
use crate::takeovers::early_takeover;
use crate::users::Administration;

fn id(reply: &Reply) -> String {
    reply.body["id"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned()
}

#[tokio::test]
async fn endpoints_of_events_keep_to_their_budget() {
    let (care, admin) = (Care::start().await, Administration::start().await);
    let (ctx, token) = (care.ctx(&admin.deployment), admin.token.as_str());
    let gallery = care.gallery(&admin.deployment);
    let point = care.point().await;

    // The kind with its place in the index, and its code.
    let create_type = endpoint(api::create_event_type::create_event_type, ctx, stage());
    let body = json!({ "code": "feeding", "name": "Feeding", "icon": "bowl", "cooldownMinutes": 60 });
    let made = call(&create_type, "POST", token, "a", "", Some(&body)).await;
    budget("events-create-event-type", "made", &made);
    let kind = id(&made);
    let list = endpoint(api::list_event_types::list_event_types, ctx, stage());
    budget("events-list-event-types", "one kind", &call(&list, "GET", token, "-", "", None).await);
    let get = endpoint(api::get_event_type::get_event_type, ctx, stage());
    budget("events-get-event-type", "found", &call(&get, "GET", token, "-", &kind, None).await);
    let update = endpoint(api::update_event_type::update_event_type, ctx, stage());
    let body = json!({ "name": "Food" });
    budget("events-update-event-type", "new name", &call(&update, "PATCH", token, "-", &kind, Some(&body)).await);

    // Five items in one read; then the event with its place in the index, the author's own, the marker, the cooldown.
    let create = endpoint(api::create_event::create_event, gallery, stage());
    let body = json!({ "pointId": point, "eventTypeId": kind, "note": "Two cats." });
    let made = call(&create, "POST", token, "a", "", Some(&body)).await;
    budget("events-create-event", "reported", &made);
    let again = call(&create, "POST", token, "a", "", Some(&body)).await;
    budget("events-create-event", "reported before", &again);
    let event = id(&made);
    // The event; then its point and its photos.
    let get = endpoint(api::get_event::get_event, gallery, stage());
    budget("events-get-event", "found", &call(&get, "GET", token, "-", &event, None).await);
    // The page; then the points and photos of all its events in one call.
    let list = endpoint(api::list_point_events::list_point_events, gallery, stage());
    let listed = call(&list, "GET", token, "-", &point.to_string(), None).await;
    budget("events-list-point-events", "one event", &listed);
    let list = endpoint(api::list_user_events::list_user_events, gallery, stage());
    let author = made.body["authorId"].as_str().unwrap();
    budget("events-list-user-events", "one event", &call(&list, "GET", token, "-", author, None).await);
    let delete = endpoint(api::delete_event::delete_event, ctx, stage());
    budget("events-delete-event", "deleted", &call(&delete, "DELETE", token, "-", &event, None).await);

    // Six items in one read; then schedule and chain with their places in the index, the marker, two counts.
    let timed = care.timed(&admin.deployment);
    let create = endpoint(api::create_schedule::create_schedule, timed, stage());
    let start = jiff::Zoned::now().strftime("%Y-%m-%dT00:00").to_string();
    let body = json!({ "pointId": point, "eventTypeId": kind, "rrule": "FREQ=DAILY;BYHOUR=18",
        "timeZone": "Europe/Berlin", "startsAt": start });
    let made = call(&create, "POST", token, "a", "", Some(&body)).await;
    budget("events-create-schedule", "the first", &made);
    let schedule = id(&made);
    let second = call(&create, "POST", token, "b", "", Some(&body)).await;
    budget("events-create-schedule", "the second", &second);
    let list = endpoint(api::list_schedules::list_schedules, ctx, stage());
    let listed = call(&list, "GET", token, "-", &format!("?pointId={point}"), None).await;
    budget("events-list-schedules", "of a point", &listed);
    let get = endpoint(api::get_schedule::get_schedule, ctx, stage());
    budget("events-get-schedule", "found", &call(&get, "GET", token, "-", &schedule, None).await);
    // The chain, the schedule, both counts; then all four in one transaction, and the places in the index.
    let delete = endpoint(api::delete_schedule::delete_schedule, ctx, stage());
    budget("events-delete-schedule", "deleted", &call(&delete, "DELETE", token, "-", &schedule, None).await);
    let retire = endpoint(api::retire_event_type::retire_event_type, ctx, stage());
    budget("events-retire-event-type", "retired", &call(&retire, "DELETE", token, "-", &kind, None).await);
}

#[tokio::test]
async fn copies_of_events_keep_to_their_budget() {
    let care = Care::start().await;
    let (point, user) = (care.point().await, UserId::generate());
    let keep = "events-keep-copies";

    let fact = care.event(created(point, 2));
    budget(keep, "point", cost(keep_copies(care.consumer, fact.clone(), Deadline::never())).await);
    budget(keep, "point, again", cost(keep_copies(care.consumer, fact, Deadline::never())).await);
    // Also whether the point is gone.
    let fact = care.event(PointSubscribed { point_id: point, user_id: user, revision: 1 });
    budget(keep, "subscription", cost(keep_copies(care.consumer, fact, Deadline::never())).await);
    let fact = care.event(UserSuspended { user_id: user });
    budget(keep, "standing", cost(keep_copies(care.consumer, fact, Deadline::never())).await);
    let fact = MediaDeleted { media_id: MediaId::generate(), owner_id: user, purpose: "photo".into() };
    budget(keep, "picture", cost(keep_copies(care.consumer, care.event(fact), Deadline::never())).await);
    // The point; its subscriptions, of which a bounded number is dropped at the same time.
    care.follow(point, 20).await;
    let fact = care.event(PointRemoved { point_id: point, revision: 3 });
    budget_at_most(
        keep,
        "point removed, 21 subscriptions",
        cost(keep_copies(care.consumer, fact, Deadline::never())).await,
    );
}

#[tokio::test]
async fn consumers_of_events_keep_to_their_budget() {
    let care = Care::start().await;
    let (point, kind) = (care.point().await, care.kind(0).await);
    let (tell, fire, sweep) = ("events-tell-subscribers", "events-fire-schedule", "events-sweep-schedules");

    // The start; then a query and a change for each page, which carries the names of a hundred people.
    care.follow(point, 151).await;
    let fact = EventReported {
        event_id: CareEventId::generate(),
        point_id: point,
        user_id: UserId::generate(),
        event_type_id: EventTypeId::generate(),
        code: "feeding".into(),
        type_name: "Feeding".into(),
        point_name: "Pier".into(),
        occurred_at: care.clock.now(),
        reward: None,
        reward_withheld: None,
    };
    let fact = care.event(fact);
    budget(tell, "151 people", cost(tell_subscribers(care.consumer, fact.clone(), Deadline::never())).await);
    budget(tell, "151 people, again", cost(tell_subscribers(care.consumer, fact, Deadline::never())).await);

    // One query for each part of the index.
    let schedule = care.schedule(point, kind, "FREQ=DAILY;BYHOUR=0,6,12,18").await;
    let due = care.next(schedule.id).await;
    budget(sweep, "nothing due", cost(sweep_schedules(care.sweeping)).await);
    care.wait_for(due.occurs_at);
    budget(fire, "151 people", cost(care.fire(due)).await);
    budget(fire, "again", cost(care.fire(due)).await);
    care.wait_for(care.next(schedule.id).await.occurs_at);
    care.clock.advance(Duration::from_mins(3));
    budget(sweep, "one due", cost(sweep_schedules(care.sweeping)).await);

    // Schedules, and two passes over events and over marks.
    budget(
        "events-forget-user",
        "takeover, nothing before it",
        cost(forget_user(care.consumer, early_takeover(schedule.creator_id), Deadline::never())).await,
    );
    let gone = care.event(UserDeleted { user_id: schedule.creator_id });
    budget(
        "events-forget-user",
        "author of a schedule",
        cost(forget_user(care.consumer, gone.clone(), Deadline::never())).await,
    );
    budget("events-forget-user", "again", cost(forget_user(care.consumer, gone, Deadline::never())).await);
}
