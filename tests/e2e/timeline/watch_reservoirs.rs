//! `timeline-watch-reservoirs`: a reservoir that is low.

use serde_json::json;
use tests::eventually;

use super::support::Shared;
use super::support_dosing::plan_body;

#[tokio::test]
async fn the_owner_and_keepers_are_notified_once_and_viewers_are_not() {
    let shared = Shared::start().await;
    let mut body = plan_body();
    body["product"] = json!("Magnesium");
    // It lasts for five days, and the alarm is seven days before the end.
    body["reservoir"] = json!({ "sizeUl": 50_000, "alarmDays": 7 });
    assert_eq!(shared.dosing("POST", &shared.keeper, "/dose-plans", 0, Some(&body)).await.status, 201);
    let inbox = async |user: &tests::User| {
        let list = shared.cloud.get("/v1/notifications").bearer(&user.access_token).send().await.expect(200);
        let items = list["items"].as_array().unwrap().clone();
        items.into_iter().filter(|item| item["kind"] == "dose_reservoir_low").collect::<Vec<_>>()
    };
    for user in [&shared.owner, &shared.keeper] {
        let item = eventually("the notification", async || {
            // The index can be a moment behind, and a run without anything due writes nothing.
            shared.cloud.invoke("timeline-watch-reservoirs").await;
            inbox(user).await.pop()
        });
        let item = item.await;
        assert_eq!(item["data"]["aquariumId"], json!(shared.id), "{item}");
        assert!(item["title"].as_str().unwrap().contains("Magnesium"), "{item}");
    }
    shared.cloud.invoke("timeline-watch-reservoirs").await;
    assert_eq!(inbox(&shared.owner).await.len(), 1);
    assert!(inbox(&shared.viewer).await.is_empty());
}
