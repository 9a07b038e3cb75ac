//! Scenes of timelines: an aquarium with twenty entries, a dose plan, and a task that is due.

use std::collections::BTreeMap;

use calendar::{Recurrence, ZoneName, parse_local};
use contracts::aquariums::{AccessChanged, AquariumMember, MemberRole};
use contracts::identity::UserDeleted;
use contracts::timeline::EntriesAppended;
use dynamo::Outbox;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use timeline::domain::dose::Course;
use timeline::domain::task::schedule::{Rule, Schedule};
use timeline::domain::task::{Category, Details, NewTask, Task};
use timeline::store::{Store, TaskChange, Timeline};
use timeline::wake::Wake;
use types::{AquariumId, DosePlanId, TaskId, UserId, Uuid};

use crate::request::{Request, fact, message, sample};
use crate::stage::{Person, Stage};

/// How many entries are appended at once at the most.
const ENTRIES: usize = 20;
/// A date, as requests have it.
const DATE: &str = "%Y-%m-%d";

pub struct Scene {
    ann: Person,
    aquarium: AquariumId,
    plan: String,
    task: String,
    /// The name of the calendar feed.
    feed: String,
}

fn store(stage: &Stage) -> Store {
    Store::new(stage.world.table().of::<Timeline>())
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let (ann, aquarium) = keeper(stage).await;
        let about = |name: &str| Request::of(name).by(&ann).at("id", aquarium);
        let entry = json!({ "content": { "type": "water_change", "volumeMl": 20_000 }, "note": "Added salt." });
        stage.call(about("timeline-append-entries").with("entries", vec![entry; ENTRIES])).await;
        stage.hear("timeline-keep-views", appended(aquarium, ann.id)).await;
        let plan = stage.made(about("timeline-create-dose-plan")).await;
        let task = stage.made(about("timeline-create-task").with("schedule", fortnightly())).await;
        overdue(stage, &ann, aquarium).await;
        let link = stage.call(about("timeline-create-calendar-link")).await;
        let feed = link["path"].as_str().and_then(|path| path.rsplit('/').next()).expect("a link").to_owned();
        Self { ann, aquarium, plan, task, feed }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let about = || Request::of(name).by(&self.ann).at("id", self.aquarium);
        let event = match name {
            "timeline-get-calendar" => Request::of(name).at("file", &self.feed).event(),
            "timeline-get-dose-plan" | "timeline-get-planned-doses" => about().at("planId", &self.plan).event(),
            "timeline-get-entry" => about().at("seq", 1).event(),
            "timeline-get-month" => about().at("month", Timestamp::now().strftime("%Y%m")).event(),
            "timeline-get-state" | "timeline-list-dose-plans" | "timeline-list-entries" | "timeline-list-tasks" => {
                about().event()
            }
            "timeline-get-task" => about().at("taskId", &self.task).event(),
            "timeline-list-due-tasks" => Request::of(name).by(&self.ann).event(),
            "timeline-recount-timeline" => json!({ "aquariumId": self.aquarium, "repair": false }),
            // One task is overdue.
            "timeline-sweep-tasks" => sample(name),
            _ => return Box::pin(changes(stage, name)).await,
        };
        Some(event)
    }
}

/// Functions that change something. A user and an aquarium of their own each time: changes of a day, plans and tasks are limited.
async fn changes(stage: &Stage, name: &str) -> Option<Value> {
    let (owner, aquarium) = keeper(stage).await;
    let of = |name: &str| Request::of(name).by(&owner).at("id", aquarium);
    let event = match name {
        "timeline-append-entries" | "timeline-create-calendar-link" | "timeline-create-dose-plan" => of(name).event(),
        "timeline-keep-access" => fact(name, access(AquariumId::generate(), owner.id)),
        "timeline-correct-entry" | "timeline-retract-entry" => {
            stage.call(of("timeline-append-entries")).await;
            of(name).at("seq", 1).event()
        }
        "timeline-keep-views" => {
            stage.call(of("timeline-append-entries")).await;
            fact(name, appended(aquarium, owner.id))
        }
        "timeline-forget-user" => {
            stage.call(of("timeline-append-entries")).await;
            fact(name, UserDeleted { user_id: owner.id })
        }
        "timeline-delete-calendar-link" => {
            stage.call(of("timeline-create-calendar-link")).await;
            of(name).event()
        }
        "timeline-delete-dose-plan" | "timeline-refill-reservoir" | "timeline-update-dose-plan" => {
            let plan = stage.made(of("timeline-create-dose-plan")).await;
            of(name).at("planId", plan).event()
        }
        "timeline-record-missed-dose" => {
            let (plan, at) = followed(stage, &owner, aquarium).await;
            of(name).at("planId", plan).with("doseAt", at).event()
        }
        "timeline-watch-reservoirs" => {
            // It contains less than a dose.
            let reservoir = json!({ "sizeUl": 1_000_000, "filledUl": 1_000, "alarmDays": 7 });
            stage.call(of("timeline-create-dose-plan").with("reservoir", reservoir)).await;
            sample(name)
        }
        _ => return Box::pin(tasks(stage, name, (&owner, aquarium))).await,
    };
    Some(event)
}

/// Functions that change a task.
async fn tasks(stage: &Stage, name: &str, (owner, aquarium): (&Person, AquariumId)) -> Option<Value> {
    let of = |name: &str| Request::of(name).by(owner).at("id", aquarium);
    let create = || of("timeline-create-task").with("schedule", fortnightly());
    let event = match name {
        "timeline-create-task" => create().event(),
        "timeline-delete-task" | "timeline-update-task" => of(name).at("taskId", stage.made(create()).await).event(),
        "timeline-complete-task" | "timeline-skip-task" => {
            let due = overdue(stage, owner, aquarium).await;
            of(name).at("taskId", due.task_id).with("occurrence", due.at).event()
        }
        "timeline-snooze-task" => {
            let due = overdue(stage, owner, aquarium).await;
            let until = Timestamp::now() + SignedDuration::from_hours(3);
            of(name).at("taskId", due.task_id).with("occurrence", due.at).with("until", until).event()
        }
        "timeline-fire-task" => message(name, &json!(overdue(stage, owner, aquarium).await)),
        _ => return None,
    };
    Some(event)
}

/// An aquarium with a keeper beside its owner.
fn access(aquarium_id: AquariumId, owner_id: UserId) -> AccessChanged {
    let members = vec![AquariumMember { user_id: UserId::generate(), role: MemberRole::Keeper }];
    AccessChanged { aquarium_id, owner_id, revision: 1, members, members_since: BTreeMap::new() }
}

fn appended(aquarium_id: AquariumId, owner_id: UserId) -> EntriesAppended {
    EntriesAppended { aquarium_id, owner_id, entries: Vec::new() }
}

/// A new user with an aquarium.
async fn keeper(stage: &Stage) -> (Person, AquariumId) {
    let (owner, aquarium) = (stage.person(), AquariumId::generate());
    stage.hear("timeline-keep-access", access(aquarium, owner.id)).await;
    (owner, aquarium)
}

/// The schedule of a new task, from tomorrow on.
fn fortnightly() -> Value {
    let tomorrow = Timestamp::now() + SignedDuration::from_hours(24);
    let starts_on = tomorrow.strftime(DATE).to_string();
    json!({ "mode": "rolling", "everyDays": 14, "time": "18:00", "startsOn": starts_on, "timeZone": "Europe/Berlin" })
}

/// A task that was due an hour ago and of which nobody was reminded.
async fn overdue(stage: &Stage, owner: &Person, aquarium_id: AquariumId) -> Wake {
    let (store, zone) = (store(stage), ZoneName::parse("UTC").expect("a zone"));
    let due = Timestamp::now() - SignedDuration::from_hours(1);
    let start = parse_local(&due.strftime("%Y-%m-%dT%H:%M").to_string()).expect("a time");
    let recurrence = Recurrence::parse("FREQ=DAILY", zone, start).expect("a rule");
    let new = NewTask {
        id: TaskId::generate(),
        request: Uuid::now_v7(),
        aquarium_id,
        details: Details { title: "Clean the skimmer".to_owned(), notes: None, category: Category::Cleaning },
        schedule: Schedule::of(Rule::Fixed { recurrence: Box::new(recurrence) }),
    };
    let now = due - SignedDuration::from_hours(1);
    let task = Task::new(new, owner.id, now).expect("an occurrence");
    let opened = Box::pin(store.open_task(owner.id, aquarium_id, task.id)).await;
    let opened = opened.expect("a table").expect("an aquarium");
    let outbox = Outbox::none();
    let change = TaskChange { opened: &opened, next: &task, is_written: true, outbox: &outbox, now };
    Box::pin(store.add_task(&change)).await.expect("a task");
    Wake::of(&task).expect("an occurrence")
}

/// A dose plan that is followed since two days, and the time of one of its doses.
async fn followed(stage: &Stage, owner: &Person, aquarium: AquariumId) -> (DosePlanId, Timestamp) {
    let (now, day) = (Timestamp::now(), SignedDuration::from_hours(24));
    let create = Request::of("timeline-create-dose-plan").by(owner).at("id", aquarium);
    let made = stage.made(create.with("from", (now - day * 3).strftime(DATE).to_string())).await;
    let plan: DosePlanId = made.parse().expect("an ID");
    let store = store(stage);
    let opened = Box::pin(store.open_plan(owner.id, aquarium, plan)).await.expect("a table").expect("an aquarium");
    let read = opened.existing().expect("a plan");
    let (since, mut next) = (now - day * 2, read.value.clone());
    next.course = Course::starting(since, Some(next.regimen.clone()));
    Box::pin(store.change_plan(&opened, read, &next, (&Outbox::none(), now))).await.expect("a change");
    (plan, next.course.doses(since, now, 1)[0].at)
}
