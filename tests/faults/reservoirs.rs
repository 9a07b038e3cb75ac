//! Reservoirs of dose plans that are low while runs are killed between their writes: one notification for each fill.

use serde_json::{Value, json};
use tests::eventually;

use crate::aquarium_support::{Heard, Shared, inbox, is_notified, kill_run, requests};
use crate::kills::Kill;

const WATCH: &str = "timeline-watch-reservoirs";

/// Creates a plan whose full reservoir lasts for five days, with an alarm seven days before its end.
async fn low_plan(shared: &Shared) -> String {
    let body = json!({
        "product": "Magnesium", "dailyUl": 10_000, "times": ["08:00", "20:00"], "timeZone": "Europe/Berlin",
        "reservoir": { "sizeUl": 50_000, "alarmDays": 7 },
    });
    let plan = shared.post("/dose-plans", &body).await.expect(201);
    plan["id"].as_str().unwrap().to_owned()
}

async fn refill(shared: &Shared, plan: &str) {
    let refilled = shared.post(&format!("/dose-plans/{plan}/refill"), &json!({})).await.expect(200);
    assert_eq!(refilled["reservoir"]["leftUl"], 50_000);
}

#[tokio::test]
async fn members_are_notified_once_of_each_fill_although_runs_are_killed_and_repeated() {
    let shared = Shared::start().await;
    let cloud = &shared.cloud;
    let mut heard = Heard::new(cloud, &["notifications.requested.v1"]).await;
    let plans = [low_plan(&shared).await, low_plan(&shared).await];
    let about = |plan: &String| {
        let plan = plan.clone();
        move |event: &Value| requests(event, "dose_plan_id", &plan)
    };
    let partition = format!("timeline#user#{}", shared.owner.id);
    for (fill, when) in (1..).zip(["before", "after"]) {
        if fill > 1 {
            for plan in &plans {
                refill(&shared, plan).await;
            }
        }
        // Plans are written one after the other, so the run leaves at least one.
        kill_run(cloud, &Kill::keys(WATCH, "TransactWriteItems", &partition, when)).await;
        for _ in 0..2 {
            cloud.invoke(WATCH).await;
        }
        for plan in &plans {
            heard.until("a notification of each plan", fill, about(plan)).await;
            for user in [&shared.owner, &shared.keeper] {
                is_notified(cloud, user, "dose_reservoir_low", ("dosePlanId", plan), fill).await;
            }
        }
    }
    // The notification of the last fill comes after all others.
    refill(&shared, &plans[0]).await;
    eventually("the notification of the last fill", async || {
        cloud.invoke(WATCH).await;
        let plan = ("dosePlanId", plans[0].as_str());
        (inbox(cloud, &shared.owner, "dose_reservoir_low", plan).await == 3).then_some(())
    })
    .await;
    heard.until("the last fill", 3, about(&plans[0])).await;
    assert_eq!(plans.each_ref().map(|plan| heard.count(about(plan))), [3, 2]);
}
