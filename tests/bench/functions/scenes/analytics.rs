//! Scenes of analytics: twenty users who sign in, in turn, and a report.

use analytics::domain::insight::{Finding, Insight};
use analytics::store::{Analytics, InsightList, Store};
use contracts::analytics::ReportRunRequested;
use contracts::identity::{Device, SessionStarted, UserDeleted, UserRegistered};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use types::{PersonName, Role, SessionId, UserId};

use crate::request::{Request, fact};
use crate::stage::{Person, Stage};

/// Users who sign in.
const PEOPLE: u64 = 20;

pub struct Scene {
    manager: Person,
    people: Vec<UserId>,
}

impl Scene {
    pub async fn set(stage: &Stage) -> Self {
        let people: Vec<_> = (0..PEOPLE).map(|_| UserId::generate()).collect();
        for person in &people {
            stage.hear("analytics-count-events", signed_in(*person)).await;
        }
        let found = Store::new(stage.world.table().of::<Analytics>()).store_insights(insights()).await;
        assert_eq!(found.ok(), Some(true), "an insight");
        Self { manager: stage.member(&[Role::Manager]).await.person, people }
    }

    pub async fn event(&self, stage: &Stage, name: &str) -> Option<Value> {
        let ask = || Request::of(name).by(&self.manager);
        let event = match name {
            "analytics-count-events" => {
                let next = usize::try_from(stage.number() % PEOPLE).unwrap_or_default();
                fact(name, signed_in(self.people[next]))
            }
            "analytics-get-metric" => ask().at("name", "sessions_started").event(),
            "analytics-list-metrics" | "analytics-list-insights" => ask().event(),
            "analytics-get-funnel" => ask().at("name", "first_order").event(),
            "analytics-get-cohorts" => ask().at("name", "sign_up").event(),
            "analytics-track-people" => fact(name, registered(UserId::generate())),
            "analytics-start-reports" | "analytics-find-insights" => json!({}),
            "analytics-forget-user" => {
                let user_id = UserId::generate();
                stage.hear("analytics-track-people", registered(user_id)).await;
                fact(name, UserDeleted { user_id })
            }
            _ => return report(stage, name).await,
        };
        Some(event)
    }
}

/// The event of a function for reports: of another manager each time, since a user has few of them.
async fn report(stage: &Stage, name: &str) -> Option<Value> {
    let owner = stage.member(&[Role::Manager]).await.person;
    let ask = || Request::of(name).by(&owner);
    if name == "analytics-create-report" {
        return Some(ask().keyed().event());
    }
    let id = stage.made(Request::of("analytics-create-report").by(&owner).keyed()).await;
    let event = match name {
        "analytics-list-reports" => ask().event(),
        "analytics-get-report" | "analytics-delete-report" => ask().at("id", &id).event(),
        "analytics-start-report-run" => ask().keyed().at("id", &id).event(),
        "analytics-list-report-runs" | "analytics-get-report-run" | "analytics-run-report" => {
            let run = stage.made(Request::of("analytics-start-report-run").by(&owner).keyed().at("id", &id)).await;
            match name {
                "analytics-list-report-runs" => ask().at("id", &id).event(),
                "analytics-get-report-run" => ask().at("id", &id).at("runId", run).event(),
                _ => {
                    let (report_id, run_id) = (id.parse().expect("an id"), run.parse().expect("an id"));
                    fact(name, ReportRunRequested { user_id: owner.id, report_id, run_id })
                }
            }
        }
        _ => return None,
    };
    Some(event)
}

/// What the rules found a day ago.
fn insights() -> InsightList {
    let weeks = vec![(date(2026, 11, 9), 20), (date(2026, 11, 16), 50)];
    let (finding, metric) = (Finding::Doubled, "sessions_started".to_owned());
    let insight = Insight { finding, metric, currency: None, weeks, change_percent: Some(150) };
    InsightList { as_of: Timestamp::now() - SignedDuration::from_hours(24), insights: vec![insight] }
}

fn registered(user_id: UserId) -> UserRegistered {
    let name = PersonName::parse("Ann").expect("a name");
    UserRegistered { user_id, email: None, name, verification_id: None }
}

fn signed_in(user_id: UserId) -> SessionStarted {
    let device = Device { name: "Phone".to_owned(), platform: "ios".to_owned() };
    SessionStarted { user_id, session_id: SessionId::generate(), device }
}
