//! What dose plans and calendars ask of the table. The figures are in `tests/budgets.json`; the comments here explain them.

use std::time::Duration;

use contracts::aquariums::MemberRole;
use kit::http::endpoint;
use lambda_http::RequestExt;
use serde_json::json;
use testkit::{Reply, request};
use tests::{budget, cost};
use timeline::api;
use timeline::consumers::watch_reservoirs::watch_reservoirs;

use crate::identity_support::stage;
use crate::timeline_doses::plan_body;
use crate::timeline_support::Tank;

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn endpoints_of_dose_plans_keep_to_their_budget() {
    let tank = Tank::start().await;
    let (ann, ben) = (tank.person("ann").await, tank.person("ben").await);
    let id = tank.aquarium(&ann, &[(&ben, MemberRole::Keeper)]).await;
    // Access and plan in one read beside the standing; then the conditions on access and erasure, the counter of the user, the
    // count of plans, and the plan with its place in the index.
    let created = tank.create_plan(&ann, id, "a", plan_body()).await;
    budget("timeline-create-dose-plan", "created", &created);
    budget("timeline-create-dose-plan", "again", &tank.create_plan(&ann, id, "a", plan_body()).await);
    let plan = created.body["id"].as_str().unwrap().to_owned();
    let place = (id, plan.as_str());
    // The owner's guess is right; a keeper reads the plan after the access.
    budget("timeline-get-dose-plan", "owner", &tank.get_plan(&ann, place).await);
    budget("timeline-get-dose-plan", "keeper", &tank.get_plan(&ben, place).await);
    budget("timeline-get-planned-doses", "owner", &tank.doses(&ann, place, "").await);
    budget("timeline-get-planned-doses", "keeper", &tank.doses(&ben, place, "").await);
    // The access, and then the plans below the owner.
    budget("timeline-list-dose-plans", "a page", &tank.plans(&ann, id).await);
    let update = json!({ "dailyUl": 2_000 });
    budget("timeline-update-dose-plan", "owner", &tank.update_plan(&ann, place, "\"1\"", update).await);
    let update = json!({ "dailyUl": 1_000 });
    budget("timeline-update-dose-plan", "keeper", &tank.update_plan(&ben, place, "\"2\"", update).await);
    budget("timeline-refill-reservoir", "refilled", &tank.refill(&ann, place, "b", json!({})).await);
    budget("timeline-refill-reservoir", "again", &tank.refill(&ann, place, "b", json!({})).await);
    tank.clock.advance(2 * DAY);
    budget("timeline-record-missed-dose", "recorded", &tank.miss(&ann, place, "2026-11-21T08:00:00Z").await);
    budget("timeline-record-missed-dose", "again", &tank.miss(&ann, place, "2026-11-21T08:00:00Z").await);
    // The access with the links, the condition on erasure, the counter.
    let link = tank.link(&ann, id).await;
    budget("timeline-create-calendar-link", "created", &link);
    // The access, which has the hashes of the links, and then the plans, the tasks and the standing of the link's user.
    let file = link.body["path"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let parameters: std::collections::HashMap<_, _> = [("file".to_owned(), file)].into();
    let feed = endpoint(api::get_calendar::get_calendar, tank.calendars, stage());
    let feed = feed.call(request("GET", "/v1/aquarium/calendar/x", &[], None).with_path_parameters(parameters)).await;
    budget("timeline-get-calendar", "a plan", &Reply::from(feed));
    budget("timeline-delete-calendar-link", "deleted", &tank.unlink(&ann, id).await);
    budget("timeline-delete-dose-plan", "deleted", &tank.delete_plan(&ann, place, "\"5\"").await);
}

#[tokio::test]
async fn the_watch_of_reservoirs_keeps_to_its_budget() {
    let tank = Tank::start().await;
    let ann = tank.person("ann").await;
    let id = tank.aquarium(&ann, &[]).await;
    assert_eq!(tank.create_plan(&ann, id, "a", plan_body()).await.status, 201);
    let watch = || async { watch_reservoirs(tank.consumer).await };
    // Eight parts of the index.
    budget("timeline-watch-reservoirs", "nothing due", cost(watch()).await);
    tank.clock.advance(8 * DAY);
    // Access and plan, and then the plan on condition of the access.
    budget("timeline-watch-reservoirs", "one due", cost(watch()).await);
}
