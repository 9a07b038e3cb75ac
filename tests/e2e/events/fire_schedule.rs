//! `events-fire-schedule`: EventBridge Scheduler calls, and people are reminded.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tests::{Cloud, eventually};

use super::support::{call, follow, item, kind, point_of, schedule, told};

/// The next minute, the ten seconds that the local timer takes, and some patience.
const BOUND: Duration = Duration::from_mins(2);

#[tokio::test]
async fn an_occurrence_reminds_those_who_follow_by_the_clock_of_its_zone_and_asks_for_the_next() {
    let cloud = Cloud::connect().await;
    let (creator, follower) = (cloud.sign_up().await, cloud.sign_up().await);
    let (point, kind) = (point_of(&cloud, &creator).await, kind(&cloud, &json!({})).await);
    follow(&cloud, &follower, point).await;
    // The next full minute that is not about to begin, by the clocks of Lord Howe.
    let soon = Timestamp::now() + SignedDuration::from_secs(65);
    let local = soon.in_tz("Australia/Lord_Howe").unwrap();
    let body = json!({
        "pointId": point, "eventTypeId": kind, "title": "Evening round", "timeZone": "Australia/Lord_Howe",
        "rrule": format!("FREQ=DAILY;BYHOUR={};BYMINUTE={}", local.hour(), local.minute()),
        "startsAt": local.strftime("%Y-%m-%dT00:00").to_string(),
    });
    let made = schedule(&cloud, &creator, &body).await;
    let (id, due) = (made["id"].as_str().unwrap(), made["nextAt"].as_str().unwrap());
    let due: Timestamp = due.parse().unwrap();
    assert!(due.duration_until(soon).abs() < SignedDuration::from_secs(60), "{due}");

    let (title, text, link) = told(&cloud, &follower, BOUND).await;
    assert!(title.contains("Evening round") && title.contains("Pier"), "{title}");
    assert!(text.contains(&local.strftime("%H:%M").to_string()), "{text}");
    assert_eq!(link, format!("/points/{point}"));

    // The chain waits for tomorrow, and the timer was asked.
    let next = due + SignedDuration::from_hours(24);
    eventually("the next occurrence", async || {
        let chain = item(&cloud, &format!("events#chain#{id}"), "chain").await?;
        let at: Timestamp = chain["next_at"].as_s().ok()?.parse().ok()?;
        // A change of the clocks may lie between.
        (at.duration_until(next).abs() <= SignedDuration::from_mins(30)).then_some(())
    })
    .await;
    let scheduler = aws_sdk_scheduler::Client::new(&cloud.sdk().await);
    eventually("the next call", async || {
        let listed = scheduler.list_schedules().send().await.ok()?;
        let prefix = id.replace('-', "");
        listed.schedules.iter().any(|call| call.name().is_some_and(|name| name.starts_with(&prefix))).then_some(())
    })
    .await;
    assert_eq!(call(&cloud, &creator, "DELETE", &format!("/v1/community/events/schedules/{id}")).await.status, 204);
}
