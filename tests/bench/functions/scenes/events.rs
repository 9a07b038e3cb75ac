//! Scenes of care events: a kind of event, a point that three people follow, twenty events there, a schedule.

use calendar::{Recurrence, ZoneName, parse_local};
use contracts::events::EventReported;
use contracts::identity::UserDeleted;
use contracts::points::{PointCreated, PointKind, PointSubscribed};
use events::domain::schedule::Schedule;
use events::store::{Events, Store};
use events::timer::Occurrence;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use types::{CareEventId, EventTypeId, GeoPoint, PointId, ScheduleId, UserId};

use crate::request::{Request, fact, message};
use crate::stage::{Person, Stage};

pub struct Scene {
    ann: Person,
    admin: Person,
    kind: EventTypeId,
    point: PointId,
    event: String,
    schedule: String,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let (ann, admin) = (stage.person(), stage.admin());
        let hourly = kind(stage, &admin, 60).await.parse().expect("an id");
        let point = followed_point(stage).await;
        let mut scene = Self { ann, admin, kind: hourly, point, event: String::new(), schedule: String::new() };
        let anytime = kind(stage, &scene.admin, 0).await;
        for _ in 0..20 {
            let report = Request::of("events-create-event").by(&scene.ann).with("eventTypeId", &anytime);
            scene.event = stage.made(report.with("pointId", point)).await;
        }
        scene.schedule = scene.scheduled(stage, &scene.admin, point).await;
        scene
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let ask = || Request::of(name).by(&self.ann);
        let manage = || Request::of(name).by(&self.admin);
        let event = match name {
            // A user reports at most two hundred events a day.
            "events-create-event" => {
                let report = ask().by(&stage.person()).with("eventTypeId", self.kind);
                report.with("pointId", point(stage).await).event()
            }
            "events-create-event-type" => manage().with("code", stage.fresh("feeding")).event(),
            "events-create-schedule" => {
                let creator = stage.person();
                let ask = ask().by(&creator).with("eventTypeId", self.kind);
                ask.with("pointId", point_of(stage, Some(creator.id)).await).event()
            }
            "events-delete-event" => {
                let place = point(stage).await;
                let author = stage.person();
                ask().by(&author).at("id", self.reported(stage, &author, place).await).event()
            }
            "events-delete-schedule" => {
                let creator = stage.person();
                let place = point_of(stage, Some(creator.id)).await;
                ask().by(&creator).at("id", self.scheduled(stage, &creator, place).await).event()
            }
            "events-fire-schedule" => message(name, &json!(self.overdue(stage).await)),
            "events-forget-user" => {
                let leaver = stage.person();
                let place = point_of(stage, Some(leaver.id)).await;
                self.reported(stage, &leaver, place).await;
                self.scheduled(stage, &leaver, place).await;
                fact(name, UserDeleted { user_id: leaver.id })
            }
            "events-get-event" => ask().at("id", &self.event).event(),
            "events-get-event-type" => ask().at("id", self.kind).event(),
            "events-get-schedule" => ask().at("id", &self.schedule).event(),
            "events-keep-copies" => fact(name, created(PointId::generate())),
            "events-list-event-types" => ask().event(),
            "events-list-point-events" => ask().at("id", self.point).event(),
            "events-list-schedules" => ask().query("pointId", self.point).event(),
            "events-list-user-events" => ask().at("id", self.ann.id).event(),
            "events-retire-event-type" => manage().at("id", kind(stage, &self.admin, 60).await).event(),
            // One schedule is overdue each time.
            "events-sweep-schedules" => {
                self.overdue(stage).await;
                crate::request::sample(name)
            }
            "events-tell-subscribers" => fact(name, self.told()),
            "events-update-event-type" => {
                manage().at("id", kind(stage, &self.admin, 60).await).with("name", "Breakfast").event()
            }
            _ => return None,
        };
        Some(event)
    }

    async fn reported(&self, stage: &Stage, author: &Person, point: PointId) -> String {
        let report = Request::of("events-create-event").by(author).with("eventTypeId", self.kind);
        stage.made(report.with("pointId", point)).await
    }

    async fn scheduled(&self, stage: &Stage, creator: &Person, point: PointId) -> String {
        let wish = Request::of("events-create-schedule").by(creator).with("eventTypeId", self.kind);
        stage.made(wish.with("pointId", point)).await
    }

    /// An occurrence that was due an hour ago, at a point that three people follow.
    async fn overdue(&self, stage: &Stage) -> Occurrence {
        let (store, zone) = (Store::new(stage.world.table().of::<Events>()), ZoneName::parse("UTC").expect("a zone"));
        let due = Timestamp::now() - SignedDuration::from_hours(1);
        let start = parse_local(&due.strftime("%Y-%m-%dT%H:%M").to_string()).expect("a time");
        let schedule = Schedule {
            id: ScheduleId::generate(),
            creator_id: UserId::generate(),
            point_id: followed_point(stage).await,
            event_type_id: self.kind,
            title: None,
            recurrence: Recurrence::parse("FREQ=DAILY", zone, start).expect("a rule"),
            created_at: due - SignedDuration::from_hours(1),
        };
        let chain = store.add_schedule(&schedule, true, schedule.created_at).await.expect("a schedule");
        Occurrence { schedule_id: schedule.id, occurs_at: chain.next_at }
    }

    fn told(&self) -> EventReported {
        EventReported {
            event_id: CareEventId::generate(),
            point_id: self.point,
            user_id: self.ann.id,
            event_type_id: self.kind,
            code: "feeding".to_owned(),
            type_name: "Feeding".to_owned(),
            point_name: "Fountain at the market".to_owned(),
            occurred_at: Timestamp::now(),
            reward: None,
            reward_withheld: None,
        }
    }
}

/// A kind of event that can be told again after so many minutes.
async fn kind(stage: &Stage, admin: &Person, cooldown_minutes: u32) -> String {
    let request = Request::of("events-create-event-type").by(admin).with("code", stage.fresh("kind"));
    stage.made(request.with("cooldownMinutes", cooldown_minutes)).await
}

fn created(point_id: PointId) -> PointCreated {
    PointCreated {
        point_id,
        name: "Fountain at the market".to_owned(),
        kind: PointKind::Water,
        location: GeoPoint::new(52.5, 13.4).expect("a place"),
        keeper_id: None,
        revision: 1,
    }
}

async fn point(stage: &Stage) -> PointId {
    point_of(stage, None).await
}

async fn point_of(stage: &Stage, keeper_id: Option<UserId>) -> PointId {
    let point = PointId::generate();
    stage.hear("events-keep-copies", PointCreated { keeper_id, ..created(point) }).await;
    point
}

async fn followed_point(stage: &Stage) -> PointId {
    let point_id = point(stage).await;
    for _ in 0..3 {
        stage.hear("events-keep-copies", PointSubscribed { point_id, user_id: UserId::generate(), revision: 1 }).await;
    }
    point_id
}
