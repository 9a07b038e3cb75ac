//! What the functions of care events may ask of the table. A rise is a decision: change the figure here in a reviewed diff.

use std::time::Duration;

use contracts::events::EventReported;
use contracts::identity::{UserDeleted, UserSuspended};
use contracts::media::MediaDeleted;
use contracts::points::PointSubscribed;
use events::api;
use events::consumers::forget_user::forget_user;
use events::consumers::keep_copies::keep_copies;
use events::consumers::sweep_schedules::sweep_schedules;
use events::consumers::tell_subscribers::tell_subscribers;
use kit::http::endpoint;
use serde_json::json;
use testkit::Reply;
use types::{CareEventId, EventTypeId, MediaId, UserId};

use crate::events_support::{Care, call, created};
use crate::identity_support::stage;
use crate::media_support::cost;
use crate::users::Administration;

/// Calls and units, as the reply tells them.
fn used(reply: &Reply) -> String {
    assert!(reply.status < 300, "{}", reply.body);
    reply.server_timing.split("desc=").nth(1).unwrap_or_default().trim_matches('"').to_owned()
}

fn id(reply: &Reply) -> String {
    reply.body["id"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned()
}

/// All that differ, at once.
fn compare(spent: &[(&str, String)], allowed: &[(&str, &str)]) {
    let spent: Vec<_> = spent.iter().map(|(name, used)| (*name, used.as_str())).collect();
    assert_eq!(spent, allowed);
}

#[tokio::test]
async fn endpoints_of_events_keep_to_their_budget() {
    let (care, admin) = (Care::start().await, Administration::start().await);
    let (ctx, token) = (care.ctx(&admin.deployment), admin.token.as_str());
    let point = care.point().await;
    let mut spent = Vec::new();

    let create_type = endpoint(api::create_event_type::create_event_type, ctx, stage());
    let body = json!({ "code": "feeding", "name": "Feeding", "icon": "bowl", "cooldownMinutes": 60 });
    let made = call(&create_type, "POST", token, "a", "", Some(&body)).await;
    spent.push(("create_event_type", used(&made)));
    let kind = id(&made);
    let list = endpoint(api::list_event_types::list_event_types, ctx, stage());
    spent.push(("list_event_types", used(&call(&list, "GET", token, "-", "", None).await)));
    let get = endpoint(api::get_event_type::get_event_type, ctx, stage());
    spent.push(("get_event_type", used(&call(&get, "GET", token, "-", &kind, None).await)));
    let update = endpoint(api::update_event_type::update_event_type, ctx, stage());
    let body = json!({ "name": "Food" });
    spent.push(("update_event_type", used(&call(&update, "PATCH", token, "-", &kind, Some(&body)).await)));

    let create = endpoint(api::create_event::create_event, ctx, stage());
    let body = json!({ "pointId": point, "eventTypeId": kind, "note": "Two cats." });
    let made = call(&create, "POST", token, "a", "", Some(&body)).await;
    spent.push(("create_event", used(&made)));
    spent.push(("create_event again", used(&call(&create, "POST", token, "a", "", Some(&body)).await)));
    let event = id(&made);
    let get = endpoint(api::get_event::get_event, ctx, stage());
    spent.push(("get_event", used(&call(&get, "GET", token, "-", &event, None).await)));
    let list = endpoint(api::list_point_events::list_point_events, ctx, stage());
    spent.push(("list_point_events", used(&call(&list, "GET", token, "-", &point.to_string(), None).await)));
    let list = endpoint(api::list_user_events::list_user_events, ctx, stage());
    let author = made.body["authorId"].as_str().unwrap();
    spent.push(("list_user_events", used(&call(&list, "GET", token, "-", author, None).await)));
    let delete = endpoint(api::delete_event::delete_event, ctx, stage());
    spent.push(("delete_event", used(&call(&delete, "DELETE", token, "-", &event, None).await)));

    let timed = care.timed(&admin.deployment);
    let create = endpoint(api::create_schedule::create_schedule, timed, stage());
    let start = jiff::Zoned::now().strftime("%Y-%m-%dT00:00").to_string();
    let body = json!({ "pointId": point, "eventTypeId": kind, "rrule": "FREQ=DAILY;BYHOUR=18",
        "timeZone": "Europe/Berlin", "startsAt": start });
    let made = call(&create, "POST", token, "a", "", Some(&body)).await;
    spent.push(("create_schedule", used(&made)));
    let schedule = id(&made);
    let second = call(&create, "POST", token, "b", "", Some(&body)).await;
    spent.push(("create_schedule the second", used(&second)));
    let list = endpoint(api::list_schedules::list_schedules, ctx, stage());
    spent.push(("list_schedules", used(&call(&list, "GET", token, "-", &format!("?pointId={point}"), None).await)));
    let get = endpoint(api::get_schedule::get_schedule, ctx, stage());
    spent.push(("get_schedule", used(&call(&get, "GET", token, "-", &schedule, None).await)));
    let delete = endpoint(api::delete_schedule::delete_schedule, ctx, stage());
    spent.push(("delete_schedule", used(&call(&delete, "DELETE", token, "-", &schedule, None).await)));
    let retire = endpoint(api::retire_event_type::retire_event_type, ctx, stage());
    spent.push(("retire_event_type", used(&call(&retire, "DELETE", token, "-", &kind, None).await)));

    compare(
        &spent,
        &[
            // The kind with its place in the index, and its code.
            ("create_event_type", "calls=1 read=0 write=5"),
            ("list_event_types", "calls=1 read=0.5 write=0"),
            ("get_event_type", "calls=1 read=1 write=0"),
            ("update_event_type", "calls=2 read=1 write=2"),
            // Five items in one read; then the event with its place in the index, the author's own, the marker, the cooldown.
            ("create_event", "calls=2 read=5 write=12"),
            ("create_event again", "calls=1 read=5 write=0"),
            ("get_event", "calls=1 read=1 write=0"),
            ("list_point_events", "calls=1 read=0.5 write=0"),
            ("list_user_events", "calls=1 read=0.5 write=0"),
            ("delete_event", "calls=2 read=1 write=8"),
            // Six items in one read; then schedule and chain with their places in the index, the marker, two counts.
            ("create_schedule", "calls=2 read=6 write=12"),
            ("create_schedule the second", "calls=2 read=6 write=12"),
            ("list_schedules", "calls=1 read=0.5 write=0"),
            ("get_schedule", "calls=2 read=2 write=0"),
            // The chain, the schedule, both counts; then all four in one transaction, and the places in the index.
            ("delete_schedule", "calls=4 read=4 write=10"),
            ("retire_event_type", "calls=2 read=1 write=2"),
        ],
    );
}

#[tokio::test]
async fn consumers_of_events_keep_to_their_budget() {
    let care = Care::start().await;
    let (point, kind, user) = (care.point().await, care.kind(0).await, UserId::generate());
    let mut spent = Vec::new();

    let fact = care.event(created(point, 2));
    spent.push(("keep a point", cost(keep_copies(care.keeping, fact.clone())).await));
    spent.push(("keep a point again", cost(keep_copies(care.keeping, fact)).await));
    let fact = care.event(PointSubscribed { point_id: point, user_id: user, revision: 1 });
    spent.push(("keep a subscription", cost(keep_copies(care.keeping, fact)).await));
    let fact = care.event(UserSuspended { user_id: user });
    spent.push(("keep a standing", cost(keep_copies(care.keeping, fact)).await));
    let fact = MediaDeleted { media_id: MediaId::generate(), owner_id: user, purpose: "photo".into() };
    let fact = care.event(fact);
    spent.push(("keep a picture", cost(keep_copies(care.keeping, fact)).await));

    care.follow(point, 150).await;
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
    };
    let fact = care.event(fact);
    spent.push(("tell 151", cost(tell_subscribers(care.keeping, fact.clone())).await));
    spent.push(("tell 151 again", cost(tell_subscribers(care.keeping, fact)).await));

    let schedule = care.schedule(point, kind, "FREQ=DAILY;BYHOUR=0,6,12,18").await;
    let due = care.next(schedule.id).await;
    spent.push(("sweep nothing", cost(sweep_schedules(care.firing)).await));
    care.wait_for(due.occurs_at);
    spent.push(("fire for 151", cost(care.fire(due)).await));
    spent.push(("fire again", cost(care.fire(due)).await));
    care.wait_for(care.next(schedule.id).await.occurs_at);
    care.clock.advance(Duration::from_mins(3));
    spent.push(("sweep one for 151", cost(sweep_schedules(care.firing)).await));

    let gone = care.event(UserDeleted { user_id: schedule.creator_id });
    spent.push(("forget", cost(forget_user(care.keeping, gone.clone())).await));
    spent.push(("forget again", cost(forget_user(care.keeping, gone)).await));

    compare(
        &spent,
        &[
            ("keep a point", "calls=2 read=1 write=2"),
            ("keep a point again", "calls=1 read=1 write=0"),
            // Also whether the point is gone.
            ("keep a subscription", "calls=3 read=2 write=5"),
            ("keep a standing", "calls=2 read=1 write=4"),
            ("keep a picture", "calls=2 read=1 write=4"),
            // The start; then a query and a change for each page, which carries the names of a hundred people.
            ("tell 151", "calls=5 read=6.5 write=11"),
            ("tell 151 again", "calls=1 read=0 write=0"),
            // One query for each part of the index.
            ("sweep nothing", "calls=8 read=4 write=0"),
            ("fire for 151", "calls=9 read=13.5 write=16"),
            ("fire again", "calls=1 read=2 write=0"),
            ("sweep one for 151", "calls=17 read=17.5 write=16"),
            ("forget", "calls=10 read=7 write=12"),
            ("forget again", "calls=5 read=3 write=0"),
        ],
    );
}
