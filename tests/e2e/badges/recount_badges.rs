//! `badges-recount-badges`, which `make recount-badges` calls

use serde_json::{Value, json};
use tests::{Cloud, eventually};

use super::support::{badge, kind, my, reported, tell};

#[tokio::test]
async fn a_recount_gives_what_a_new_badge_owes_and_then_finds_nothing() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let kind = kind(&cloud).await;
    tell(&cloud, &reported(&user, kind)).await;
    let badge = badge(&cloud, kind, &[1]).await;
    let watch = cloud.watch("badges.badge_earned.v1").await;
    let recount = async |repair: bool| -> Vec<Value> {
        let answer = cloud.ask("badges-recount-badges", &json!({ "userId": user.id, "repair": repair })).await;
        assert_eq!(answer["people"], 1, "{answer}");
        let differences = answer["differences"].as_array().unwrap().clone();
        // Other tests make badges meanwhile.
        differences.into_iter().filter(|found| found["badgeId"] == badge["id"]).collect()
    };
    let due = json!({ "userId": user.id, "kind": "due", "badgeId": badge["id"], "tier": 1 });
    assert_eq!(recount(false).await, std::slice::from_ref(&due));
    assert_eq!(recount(true).await, [due]);
    assert_eq!(recount(true).await, Vec::<Value>::new());
    eventually("the award on the bus", async || {
        watch.take().await.into_iter().find(|event| event["data"]["badgeId"] == badge["id"])
    })
    .await;
    assert_eq!(my(&cloud, &user, &badge).await["earned"][0]["tier"], 1);
}

#[tokio::test]
async fn everybody_is_recounted_page_by_page() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    tell(&cloud, &reported(&user, kind(&cloud).await)).await;
    let (mut cursor, mut people) = (None::<Value>, 0);
    loop {
        let answer = cloud.ask("badges-recount-badges", &json!({ "cursor": cursor })).await;
        people += answer["people"].as_u64().unwrap();
        cursor = answer.get("nextCursor").cloned();
        if cursor.is_none() {
            break;
        }
    }
    assert!(people > 0);
}
