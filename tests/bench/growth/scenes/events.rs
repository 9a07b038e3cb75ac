//! Care events, their kinds and their schedules.

use events::api::{list_event_types, list_point_events, list_schedules, list_user_events};
use events::domain::schedule::MAX_SCHEDULES_PER_POINT;
use kit::http::endpoint;
use serde_json::json;
use testkit::TestTable;

use super::ask::{Request, SignedInUser};
use super::copies::{Copies, whole_second};
use super::{Entry, Scene};
use crate::events_support::{Care, call};
use crate::identity_support::{Deployment, stage};

pub(super) const SCENES: &[Entry] = &[
    Entry::list("GET /v1/community/events/types", "kinds of events", || Box::pin(list_types())),
    Entry::list("GET /v1/community/events/schedules", "schedules at other points", || Box::pin(list_schedules())),
    Entry::list("GET /v1/community/points/{id}/events", "events at the same point, and at others", || {
        Box::pin(at_a_point())
    }),
    Entry::list("GET /v1/community/users/{id}/events", "events of the same person, and of others", || {
        Box::pin(of_a_person())
    }),
];

struct Stage {
    care: Care,
    identity: Deployment,
    ann: SignedInUser,
    table: TestTable,
}

async fn set() -> Stage {
    let (care, identity) = (Care::at(whole_second()).await, Deployment::start().await);
    let (ann, table) = (SignedInUser::of(&identity).await, care.table.clone());
    Stage { care, identity, ann, table }
}

async fn list_types() -> Scene {
    let Stage { care, identity, ann, table } = set().await;
    let (id, template) = table.written_by(care.kind(0)).await;
    // The code has the id in it, without its hyphens.
    let code = id.uuid().simple().to_string();
    let copies = Copies::of(template, &id).renaming(&code);
    let list = endpoint(list_event_types::list_event_types, care.ctx(&identity), stage());
    let request = Request::get(list, "/v1/community/events/types", &ann);
    Scene::new(&table, copies.all(), request.again()).showing(20, true)
}

/// A point has fifty at the most.
async fn list_schedules() -> Scene {
    let Stage { care, identity, ann, table } = set().await;
    let (point, kind) = (care.point().await, care.kind(0).await);
    let rule = "FREQ=DAILY;BYHOUR=18;BYMINUTE=0";
    let (made, template) = table.written_by(care.schedule(point, kind, rule)).await;
    let copies = Copies::of(template, &made.id).renaming(&made.creator_id).owned_by(&point).made_at(care.clock.now());
    table.fill((1..MAX_SCHEDULES_PER_POINT as usize).map(|number| copies.own(number)));
    let list = endpoint(list_schedules::list_schedules, care.ctx(&identity), stage());
    let request = Request::get(list, &format!("/v1/community/events/schedules?pointId={point}"), &ann);
    Scene::new(&table, copies.others(), request.again()).showing(20, true)
}

/// An event of the caller, and copies of it.
async fn reported() -> (Stage, String, Copies) {
    let set = set().await;
    let (point, kind) = (set.care.point().await, set.care.kind(0).await);
    let create = set.care.create_event(&set.identity);
    let body = json!({ "pointId": point, "eventTypeId": kind, "note": "Two cats." });
    let report = call(&create, "POST", &set.ann.token, "a", "", Some(&body));
    let (reply, template) = set.table.written_by(report).await;
    let id = reply.body["id"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned();
    let copies = Copies::of(template.with(&[&id]), &id).owned_by(&set.ann.id).owned_by(&point);
    let copies = copies.made_at(set.care.clock.now());
    (set, point.to_string(), copies)
}

async fn at_a_point() -> Scene {
    let (Stage { care, identity, ann, table }, point, copies) = reported().await;
    let list = endpoint(list_point_events::list_point_events, care.gallery(&identity), stage());
    let request = Request::get(list, "/v1/community/points/x/events", &ann).about("id", &point);
    Scene::new(&table, copies.both(), request.again()).showing(20, true)
}

async fn of_a_person() -> Scene {
    let (Stage { care, identity, ann, table }, _, copies) = reported().await;
    let list = endpoint(list_user_events::list_user_events, care.gallery(&identity), stage());
    let request = Request::get(list, "/v1/community/users/x/events", &ann).about("id", &ann.id);
    Scene::new(&table, copies.both(), request.again()).showing(20, true)
}
