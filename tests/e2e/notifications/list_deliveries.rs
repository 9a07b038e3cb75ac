//! `GET /v1/notifications/{id}/deliveries`

use contracts::notifications::{Category, Channel};
use serde_json::json;
use tests::{Cloud, notification};
use types::Uuid;

use super::support::{by, wrong_fields};

#[tokio::test]
async fn an_admin_sees_what_became_of_a_notification_and_no_text() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let event = notification(&[user.user_id()], Category::Reminders, None, "Secret cats");
    cloud.publish(&event).await;
    let id = event.data.notification_id;
    for channel in [Channel::InApp, Channel::Email, Channel::Push] {
        cloud.delivery(&user, id, channel, &["sent", "suppressed"]).await;
    }
    let path = format!("/{id}/deliveries?userId={}", user.id);
    let listed = by(&cloud, &admin, "GET", &path).send().await.expect(200);
    let mut seen: Vec<_> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            assert!(item["at"].is_string() && item["dueAt"].is_null() && item["category"] == "reminders", "{item}");
            (item["channel"].as_str().unwrap(), item["status"].as_str().unwrap(), item["reason"].clone())
        })
        .collect();
    seen.sort_by_key(|item| item.0);
    assert_eq!(seen[0], ("email", "suppressed", json!("address_unproven")));
    assert_eq!(seen[1], ("in_app", "sent", json!(null)));
    assert_eq!(seen[2], ("push", "suppressed", json!("no_address")));
    for personal in ["Secret", &user.email] {
        assert!(!listed.to_string().contains(personal), "{listed}");
    }
    let nothing = format!("/{}/deliveries?userId={}", Uuid::now_v7(), user.id);
    assert_eq!(by(&cloud, &admin, "GET", &nothing).send().await.expect(200)["items"], json!([]));
}

#[tokio::test]
async fn others_are_refused_and_the_recipient_must_be_named() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    let path = format!("/{}/deliveries", Uuid::now_v7());
    let own = format!("{path}?userId={}", user.id);
    by(&cloud, &user, "GET", &own).send().await.expect_problem(403, "auth.forbidden");
    for (query, wrong) in [("", "userId"), ("?userId=x", "userId"), ("?user=x", "user")] {
        let reply = by(&cloud, &admin, "GET", &format!("{path}{query}")).send().await;
        assert_eq!(wrong_fields(&reply), [wrong]);
    }
    by(&cloud, &admin, "GET", "/x/deliveries?userId=x").send().await.expect_problem(404, "request.no_such_path");
}
