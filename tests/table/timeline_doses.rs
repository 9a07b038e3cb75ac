//! Dose plans: authority, repeated requests, limits, races, the watch of reservoirs, calendars, deletion and erasure.

use std::collections::BTreeSet;
use std::time::Duration;

use contracts::aquariums::MemberRole;
use contracts::notifications::NotificationRequested;
use contracts::timeline::DosePlanChanged;
use contracts::{DomainEvent, Envelope};
use identity::domain::account::Status;
use kit::http::{Endpoint, endpoint};
use kit::sqs::Done;
use lambda_http::{Body, RequestExt};
use serde_json::{Value, json};
use testkit::{Reply, TestTable, request};
use timeline::api;
use timeline::consumers::watch_reservoirs::watch_reservoirs;
use timeline::domain::limits::CALENDAR_LINKS;
use types::AquariumId;

use crate::identity_support::stage;
use crate::timeline_support::{Call, Person, Tank};

/// Requests at the same time: each of them is attempted ten times.
const AT_ONCE: usize = 6;
const DAY: Duration = Duration::from_hours(24);

fn status_and_code(reply: &Reply) -> (u16, &str) {
    (reply.status, reply.body["code"].as_str().unwrap_or_default())
}

/// One dose a day at 08:00 UTC, and a reservoir for ten days with an alarm three days before. The clock starts at noon.
pub fn plan_body() -> Value {
    json!({
        "product": "Calcium A",
        "dailyUl": 1_000,
        "times": ["08:00"],
        "timeZone": "UTC",
        "reservoir": { "sizeUl": 10_000, "alarmDays": 3 },
    })
}

impl Tank {
    async fn of_plan(
        &self,
        endpoint: &Endpoint,
        method: &str,
        who: &Person,
        place: (AquariumId, &str),
        call: Call<'_>,
    ) -> Reply {
        let (id, plan) = place;
        let parameters = vec![("id", id.to_string()), ("planId", plan.to_owned())];
        self.call(endpoint, method, Some(who), Call { parameters, ..call }).await
    }

    pub async fn create_plan(&self, who: &Person, id: AquariumId, key: &str, body: Value) -> Reply {
        let endpoint = endpoint(api::create_dose_plan::create_dose_plan, self.ctx, stage());
        self.of_plan(&endpoint, "POST", who, (id, ""), Call { key, body: Some(body), ..Call::default() }).await
    }

    pub async fn plans(&self, who: &Person, id: AquariumId) -> Reply {
        let endpoint = endpoint(api::list_dose_plans::list_dose_plans, self.ctx, stage());
        self.of_plan(&endpoint, "GET", who, (id, ""), Call::default()).await
    }

    pub async fn get_plan(&self, who: &Person, place: (AquariumId, &str)) -> Reply {
        let endpoint = endpoint(api::get_dose_plan::get_dose_plan, self.ctx, stage());
        self.of_plan(&endpoint, "GET", who, place, Call::default()).await
    }

    pub async fn update_plan(&self, who: &Person, place: (AquariumId, &str), tag: &str, body: Value) -> Reply {
        let endpoint = endpoint(api::update_dose_plan::update_dose_plan, self.ctx, stage());
        let call = Call { if_match: Some(tag), body: Some(body), ..Call::default() };
        self.of_plan(&endpoint, "PATCH", who, place, call).await
    }

    pub async fn delete_plan(&self, who: &Person, place: (AquariumId, &str), tag: &str) -> Reply {
        let endpoint = endpoint(api::delete_dose_plan::delete_dose_plan, self.ctx, stage());
        self.of_plan(&endpoint, "DELETE", who, place, Call { if_match: Some(tag), ..Call::default() }).await
    }

    pub async fn refill(&self, who: &Person, place: (AquariumId, &str), key: &str, body: Value) -> Reply {
        let endpoint = endpoint(api::refill_reservoir::refill_reservoir, self.ctx, stage());
        self.of_plan(&endpoint, "POST", who, place, Call { key, body: Some(body), ..Call::default() }).await
    }

    pub async fn miss(&self, who: &Person, place: (AquariumId, &str), at: &str) -> Reply {
        let endpoint = endpoint(api::record_missed_dose::record_missed_dose, self.ctx, stage());
        let body = Some(json!({ "doseAt": at }));
        self.of_plan(&endpoint, "POST", who, place, Call { body, ..Call::default() }).await
    }

    pub async fn doses(&self, who: &Person, place: (AquariumId, &str), query: &str) -> Reply {
        let endpoint = endpoint(api::get_planned_doses::get_planned_doses, self.ctx, stage());
        self.of_plan(&endpoint, "GET", who, place, Call { query, ..Call::default() }).await
    }

    pub async fn link(&self, who: &Person, id: AquariumId) -> Reply {
        let endpoint = endpoint(api::create_calendar_link::create_calendar_link, self.ctx, stage());
        self.of_plan(&endpoint, "POST", who, (id, ""), Call::default()).await
    }

    pub async fn unlink(&self, who: &Person, id: AquariumId) -> Reply {
        let endpoint = endpoint(api::delete_calendar_link::delete_calendar_link, self.ctx, stage());
        self.of_plan(&endpoint, "DELETE", who, (id, ""), Call::default()).await
    }

    /// The response of the feed, whose name is the last part of a link's path.
    pub async fn feed(&self, path: &str, known: &str) -> lambda_http::Response<Body> {
        let endpoint = endpoint(api::get_calendar::get_calendar, self.calendars, stage());
        let file = path.rsplit('/').next().unwrap_or_default().to_owned();
        let parameters: std::collections::HashMap<_, _> = [("file".to_owned(), file)].into();
        let headers = [("if-none-match", known)];
        endpoint.call(request("GET", path, &headers, None).with_path_parameters(parameters)).await
    }

    /// The events of a type that items carry in their outbox now.
    async fn published<T: DomainEvent>(&self) -> Vec<T> {
        let items = self.table.items().await;
        let outboxes = items.iter().filter_map(|item| item.get("outbox")).filter_map(|text| text.as_s().ok());
        let events = outboxes.flat_map(|text| dynamo::Outbox::parse(text).unwrap());
        let of_type = events.filter(Envelope::is::<T>);
        of_type.map(|event| event.decode::<T>().unwrap().data).collect()
    }
}

fn id_of(reply: &Reply) -> String {
    reply.body["id"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned()
}

fn path_of(reply: &Reply) -> String {
    reply.body["path"].as_str().unwrap_or_else(|| panic!("{}", reply.body)).to_owned()
}

#[tokio::test]
async fn members_read_plans_keepers_change_them_and_strangers_find_nothing() {
    let tank = Tank::start().await;
    let [ann, ben, eve, zoe] =
        [tank.person("ann").await, tank.person("ben").await, tank.person("eve").await, tank.person("zoe").await];
    let id = tank.aquarium(&ann, &[(&ben, MemberRole::Keeper), (&eve, MemberRole::Viewer)]).await;
    let created = tank.create_plan(&ben, id, "a", plan_body()).await;
    assert_eq!(created.status, 201, "{}", created.body);
    let plan = id_of(&created);
    let place = (id, plan.as_str());
    for who in [&ann, &ben, &eve] {
        assert_eq!(tank.get_plan(who, place).await.body, created.body);
        assert_eq!(tank.plans(who, id).await.body["items"], json!([created.body]));
        assert_eq!(tank.doses(who, place, "").await.body["items"].as_array().unwrap().len(), 7);
    }
    let too_low = (403, "timeline.role_too_low");
    let nothing = (404, "timeline.no_such_aquarium");
    for (who, expected) in [(&eve, too_low), (&zoe, nothing)] {
        assert_eq!(status_and_code(&tank.create_plan(who, id, "x", plan_body()).await), expected);
        assert_eq!(status_and_code(&tank.update_plan(who, place, "\"1\"", json!({})).await), expected);
        assert_eq!(status_and_code(&tank.delete_plan(who, place, "\"1\"").await), expected);
        assert_eq!(status_and_code(&tank.refill(who, place, "x", json!({})).await), expected);
        assert_eq!(status_and_code(&tank.miss(who, place, "2026-11-20T08:00:00Z").await), expected);
    }
    assert_eq!(status_and_code(&tank.get_plan(&zoe, place).await), nothing);
    assert_eq!(status_and_code(&tank.plans(&zoe, id).await), nothing);
    assert_eq!(status_and_code(&tank.doses(&zoe, place, "").await), nothing);
    assert_eq!(status_and_code(&tank.link(&zoe, id).await), nothing);
    // A member who was removed can do nothing with the next request.
    assert_eq!(tank.share(id, &ann, 2, &[]).await, Done::Applied);
    assert_eq!(status_and_code(&tank.refill(&ben, place, "y", json!({})).await), nothing);
    assert_eq!(status_and_code(&tank.get_plan(&ben, place).await), nothing);
}

#[tokio::test]
async fn a_repeated_request_has_the_answer_of_the_first() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    let first = tank.create_plan(&ann, id, "a", plan_body()).await;
    assert_eq!(tank.create_plan(&ann, id, "a", plan_body()).await.body, first.body);
    let mut other = plan_body();
    other["dailyUl"] = json!(2_000);
    assert_eq!(status_and_code(&tank.create_plan(&ann, id, "a", other).await), (422, "request.idempotency_key_reused"));
    let plan = id_of(&first);
    let place = (id, plan.as_str());
    let refill = tank.refill(&ann, place, "b", json!({ "volumeUl": 5_000 })).await;
    assert_eq!((refill.status, &refill.body["version"]), (200, &json!(2)));
    tank.clock.advance(Duration::from_mins(1));
    let again = tank.refill(&ann, place, "b", json!({ "volumeUl": 5_000 })).await;
    assert_eq!(again.body, refill.body);
    let reused = tank.refill(&ann, place, "b", json!({ "volumeUl": 6_000 })).await;
    assert_eq!(status_and_code(&reused), (422, "request.idempotency_key_reused"));
    assert_eq!(tank.delete_plan(&ann, place, "\"2\"").await.status, 204);
    // The request that created it does not create it again.
    assert_eq!(
        status_and_code(&tank.create_plan(&ann, id, "a", plan_body()).await),
        (422, "request.idempotency_key_reused")
    );
    assert_eq!(status_and_code(&tank.get_plan(&ann, place).await), (404, "timeline.no_such_dose_plan"));
    let deleted = tank.published::<DosePlanChanged>().await;
    assert_eq!(deleted.iter().map(|event| (event.active, event.revision)).collect::<Vec<_>>(), [(false, 3)]);
}

#[tokio::test]
async fn an_aquarium_has_at_most_twenty_plans_also_by_concurrent_requests() {
    let tank = Tank::on(TestTable::start_with_conflicts().await).await;
    let (ann, ben) = (tank.person("ann").await, tank.person("ben").await);
    let id = tank.aquarium(&ann, &[(&ben, MemberRole::Keeper)]).await;
    let keys: Vec<String> = (0..24).map(|number| format!("key-{number}")).collect();
    let create = |number: usize| {
        let who = if number.is_multiple_of(2) { &ann } else { &ben };
        tank.create_plan(who, id, &keys[number], plan_body())
    };
    let mut replies = Vec::new();
    for first in (0..keys.len()).step_by(AT_ONCE) {
        replies.extend(futures::future::join_all((first..first + AT_ONCE).map(create)).await);
    }
    let created = replies.iter().filter(|reply| reply.status == 201).count();
    let full = replies.iter().filter(|reply| status_and_code(reply) == (409, "timeline.too_many_dose_plans")).count();
    assert_eq!((created, full), (20, 4), "{:?}", replies.iter().map(status_and_code).collect::<Vec<_>>());
    let plan = id_of(replies.iter().find(|reply| reply.status == 201).unwrap());
    assert_eq!(tank.delete_plan(&ann, (id, &plan), "\"1\"").await.status, 204);
    assert_eq!(tank.create_plan(&ann, id, "more", plan_body()).await.status, 201);
    assert_eq!(tank.create_plan(&ann, id, "too-many", plan_body()).await.status, 409);
}

#[tokio::test]
async fn refills_at_the_same_time_are_all_recorded() {
    let tank = Tank::on(TestTable::start_with_conflicts().await).await;
    let (ann, ben) = (tank.person("ann").await, tank.person("ben").await);
    let id = tank.aquarium(&ann, &[(&ben, MemberRole::Keeper)]).await;
    let plan = id_of(&tank.create_plan(&ann, id, "a", plan_body()).await);
    let keys: Vec<String> = (0..AT_ONCE).map(|number| format!("key-{number}")).collect();
    let refill = |number: usize| {
        let who = if number.is_multiple_of(2) { &ann } else { &ben };
        tank.refill(who, (id, plan.as_str()), &keys[number], json!({}))
    };
    let replies = futures::future::join_all((0..AT_ONCE).map(refill)).await;
    let versions: BTreeSet<_> = replies.iter().map(|reply| (reply.status, reply.body["version"].as_u64())).collect();
    let expected: BTreeSet<_> = (2..=7).map(|version| (200, Some(version))).collect();
    assert_eq!(versions, expected);
}

#[tokio::test]
async fn a_missed_dose_stays_in_the_reservoir_and_edits_leave_the_past_as_it_was() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    let plan = id_of(&tank.create_plan(&ann, id, "a", plan_body()).await);
    let place = (id, plan.as_str());
    tank.clock.advance(3 * DAY);
    let left = async || tank.get_plan(&ann, place).await.body["reservoir"]["leftUl"].clone();
    assert_eq!(left().await, 7_000);
    for _ in 0..2 {
        let missed = tank.miss(&ann, place, "2026-11-22T08:00:00Z").await;
        assert_eq!((missed.status, &missed.body["reservoir"]["leftUl"]), (200, &json!(8_000)), "{}", missed.body);
        assert_eq!(missed.body["version"], 2);
    }
    let edited = tank.update_plan(&ann, place, "\"2\"", json!({ "dailyUl": 500, "paused": true })).await;
    assert_eq!((&edited.body["status"], &edited.body["reservoir"]["leftUl"]), (&json!("paused"), &json!(8_000)));
    tank.clock.advance(2 * DAY);
    assert_eq!(left().await, 8_000);
    let resumed = tank.update_plan(&ann, place, "\"3\"", json!({ "paused": false })).await;
    assert_eq!(resumed.status, 200, "{}", resumed.body);
    tank.clock.advance(2 * DAY);
    assert_eq!(left().await, 7_000);
    let doses = tank.doses(&ann, place, "from=2026-11-20T00:00:00Z&to=2026-11-28T00:00:00Z").await.body;
    let shown: Vec<_> = doses["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|dose| {
            (
                dose["at"].as_str().unwrap()[8..10].parse::<u8>().unwrap(),
                dose["amountUl"].as_u64().unwrap(),
                dose["missed"] == true,
            )
        })
        .collect();
    let expected = [(21, 1_000, false), (22, 1_000, true), (23, 1_000, false), (26, 500, false), (27, 500, false)];
    assert_eq!(shown, expected);
}

#[tokio::test]
async fn members_are_notified_once_per_fill_also_by_runs_at_the_same_time() {
    let tank = Tank::on(TestTable::start_with_conflicts().await).await;
    let [ann, ben, eve] = [tank.person("ann").await, tank.person("ben").await, tank.person("eve").await];
    let id = tank.aquarium(&ann, &[(&ben, MemberRole::Keeper), (&eve, MemberRole::Viewer)]).await;
    let plan = id_of(&tank.create_plan(&ann, id, "a", plan_body()).await);
    let place = (id, plan.as_str());
    let version = async || tank.get_plan(&ann, place).await.body["version"].clone();
    watch_reservoirs(tank.consumer).await.unwrap();
    assert_eq!(version().await, 1);
    // The tenth dose is on the thirtieth of November.
    tank.clock.advance(7 * DAY);
    let runs = futures::future::join_all((0..4).map(|_| watch_reservoirs(tank.consumer))).await;
    assert!(runs.iter().all(Result::is_ok), "{runs:?}");
    assert_eq!(version().await, 2);
    let requests = tank.published::<NotificationRequested>().await;
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].recipients, [ann.id, ben.id]);
    assert_eq!(requests[0].message.data["dose_plan_id"], plan);
    let changed = tank.published::<DosePlanChanged>().await;
    assert_eq!(changed.iter().map(|event| event.reservoir_low).collect::<Vec<_>>(), [true]);
    watch_reservoirs(tank.consumer).await.unwrap();
    assert_eq!(version().await, 2);
    // The next fill has a notification of its own; a keeper who has left gets none.
    assert_eq!(tank.refill(&ann, place, "b", json!({})).await.status, 200);
    assert_eq!(tank.share(id, &ann, 2, &[(&eve, MemberRole::Viewer)]).await, Done::Applied);
    tank.clock.advance(8 * DAY);
    watch_reservoirs(tank.consumer).await.unwrap();
    let again = tank.published::<NotificationRequested>().await;
    assert_eq!(again.iter().map(|one| one.recipients.clone()).collect::<Vec<_>>(), [vec![ann.id]]);
    assert_ne!(again[0].notification_id, requests[0].notification_id);
}

#[tokio::test]
async fn plans_that_are_paused_or_deleted_are_not_watched() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    let paused = id_of(&tank.create_plan(&ann, id, "a", plan_body()).await);
    let deleted = id_of(&tank.create_plan(&ann, id, "b", plan_body()).await);
    assert_eq!(tank.update_plan(&ann, (id, &paused), "\"1\"", json!({ "paused": true })).await.status, 200);
    assert_eq!(tank.delete_plan(&ann, (id, &deleted), "\"1\"").await.status, 204);
    tank.clock.advance(30 * DAY);
    watch_reservoirs(tank.consumer).await.unwrap();
    assert!(tank.published::<NotificationRequested>().await.is_empty());
}

#[tokio::test]
async fn a_feed_is_read_with_a_link_of_a_member_and_with_nothing_else() {
    let tank = Tank::start().await;
    let (ann, ben) = (tank.person("ann").await, tank.person("ben").await);
    let id = tank.aquarium(&ann, &[(&ben, MemberRole::Viewer)]).await;
    let plan = id_of(&tank.create_plan(&ann, id, "a", plan_body()).await);
    let (own, former) = (path_of(&tank.link(&ann, id).await), path_of(&tank.link(&ben, id).await));
    let shared = path_of(&tank.link(&ben, id).await);
    assert_eq!(tank.feed(&former, "").await.status(), 404);
    let feed = tank.feed(&shared, "").await;
    let Body::Text(text) = feed.body() else { panic!("{feed:?}") };
    // Lines are folded at 75 bytes.
    let text = text.replace("\r\n ", "");
    assert!(text.contains(&format!("UID:dose-refill-{plan}-{plan}\r\n")), "{text}");
    assert!(text.contains("DTSTART:20261127T080000Z\r\n") && text.contains("SUMMARY:Refill: Calcium A\r\n"), "{text}");
    let tag = feed.headers()["etag"].to_str().unwrap();
    assert_eq!(tank.feed(&shared, tag).await.status(), 304);
    // The feed stays the same as long as nothing changes.
    tank.clock.advance(DAY);
    assert_eq!(tank.feed(&own, tag).await.status(), 304);
    // Nothing that is stored opens a feed.
    let secret = &shared[shared.len() - 47..shared.len() - 4];
    assert!(!format!("{:?}", tank.table.items().await).contains(secret));
    // Members who come back need a new link.
    assert_eq!(tank.share(id, &ann, 2, &[]).await, Done::Applied);
    assert_eq!(tank.feed(&shared, "").await.status(), 404);
    assert_eq!(tank.share(id, &ann, 3, &[(&ben, MemberRole::Viewer)]).await, Done::Applied);
    assert_eq!(tank.feed(&shared, "").await.status(), 404);
    assert_eq!(tank.feed(&own, "").await.status(), 200);
    assert_eq!(tank.unlink(&ann, id).await.status, 204);
    assert_eq!(tank.feed(&own, "").await.status(), 404);
    let other = own.replace(&id.uuid().simple().to_string(), &AquariumId::generate().uuid().simple().to_string());
    for wrong in [other.as_str(), "/v1/aquarium/calendar/x.ics", "/v1/aquarium/calendar/"] {
        assert_eq!(tank.feed(wrong, "").await.status(), 404, "{wrong}");
    }
}

#[tokio::test]
async fn a_suspended_user_s_feed_is_answered_as_one_that_does_not_exist() {
    let tank = Tank::start().await;
    let (ann, ben) = (tank.person("ann").await, tank.person("ben").await);
    let id = tank.aquarium(&ann, &[(&ben, MemberRole::Viewer)]).await;
    let (own, shared) = (path_of(&tank.link(&ann, id).await), path_of(&tank.link(&ben, id).await));
    let deleted = Reply::from(tank.feed("/v1/aquarium/calendar/x.ics", "").await);
    for (status, is_shown) in [(Status::Suspended, false), (Status::Active, true), (Status::Deleted, false)] {
        tank.set_status(&ben, status).await;
        let reply = Reply::from(tank.feed(&shared, "").await);
        if is_shown {
            assert_eq!(reply.status, 200);
        } else {
            assert_eq!(status_and_code(&reply), (404, "timeline.no_such_calendar"));
            assert_eq!(reply.body["detail"], deleted.body["detail"]);
        }
        assert_eq!(tank.feed(&own, "").await.status(), 200, "the feeds of others stay");
    }
}

#[tokio::test]
async fn a_user_creates_a_limited_number_of_calendar_links_a_day() {
    let tank = Tank::start().await;
    let (ann, eve) = (tank.person("ann").await, tank.person("eve").await);
    let id = tank.aquarium(&ann, &[(&eve, MemberRole::Viewer)]).await;
    for _ in 0..CALENDAR_LINKS.max() {
        assert_eq!(tank.link(&eve, id).await.status, 200);
    }
    assert_eq!(status_and_code(&tank.link(&eve, id).await), (429, "request.limit_exceeded"));
    assert_eq!(tank.link(&ann, id).await.status, 200);
    assert_eq!(tank.unlink(&eve, id).await.status, 204);
}

#[tokio::test]
async fn the_plans_of_a_deleted_aquarium_and_of_a_deleted_owner_are_deleted() {
    let tank = Tank::start().await;
    let (ann, ben) = (tank.person("ann").await, tank.person("ben").await);
    let (first, second) = (tank.aquarium(&ann, &[]).await, tank.aquarium(&ann, &[(&ben, MemberRole::Keeper)]).await);
    for id in [first, second] {
        assert_eq!(tank.create_plan(&ann, id, "a", plan_body()).await.status, 201);
    }
    let plan = id_of(&tank.create_plan(&ben, second, "b", plan_body()).await);
    assert_eq!(tank.link(&ben, second).await.status, 200);
    let kept = async |text: &str| {
        let items = tank.table.items().await.into_iter();
        items.filter(|item| item["sk"].as_s().unwrap() != "forgotten" && format!("{item:?}").contains(text)).count()
    };
    assert_eq!(tank.remove(first, &ann).await, Done::Applied);
    // The mark of the deleted aquarium is left.
    assert_eq!(kept(&first.to_string()).await, 1);
    assert_eq!(status_and_code(&tank.plans(&ann, first).await), (404, "timeline.no_such_aquarium"));
    // The plan of a keeper who deletes the account stays, and does not name them; the members do until the next event.
    assert_eq!(tank.forget(&ben).await, Done::Applied);
    assert_eq!(tank.share(second, &ann, 2, &[]).await, Done::Applied);
    assert_eq!(kept(&ben.id.to_string()).await, 0);
    assert_eq!(tank.get_plan(&ann, (second, &plan)).await.status, 200);
    assert_eq!(tank.forget(&ann).await, Done::Applied);
    assert_eq!((kept("Calcium A").await, kept(&plan).await), (0, 0));
}
