//! `events-tell-subscribers` on `events.event_reported.v1`

use serde_json::json;
use std::time::Duration;
use tests::{Cloud, eventually};

use super::support::{call, follow, item, kind, point, report, told};

const BOUND: Duration = Duration::from_secs(30);

#[tokio::test]
async fn those_who_follow_the_point_hear_of_it_and_its_author_does_not() {
    let cloud = Cloud::connect().await;
    let (author, ann, bob) = (cloud.sign_up().await, cloud.sign_up().await, cloud.sign_up().await);
    let (point, kind) = (point(&cloud).await, kind(&cloud, &json!({})).await);
    for user in [&author, &ann, &bob] {
        follow(&cloud, user, point).await;
    }
    let event = report(&cloud, &author, point, &kind).await;
    for user in [&ann, &bob] {
        let (title, body, link) = told(&cloud, user, BOUND).await;
        assert!(format!("{title} {body}").contains("Feeding") && format!("{title} {body}").contains("Pier"), "{title}");
        assert_eq!(link, format!("/points/{point}"));
    }
    // All pages are told, and the author's inbox is empty.
    let id = types::derive_id(&["events.broadcast.event", event["id"].as_str().unwrap()]);
    eventually("the end", async || {
        let progress = item(&cloud, &format!("events#broadcast#{id}"), "progress").await?;
        (progress["done"].as_bool() == Ok(&true)).then_some(())
    })
    .await;
    assert_eq!(call(&cloud, &author, "GET", "/v1/notifications").await.expect(200)["items"], json!([]));
}
