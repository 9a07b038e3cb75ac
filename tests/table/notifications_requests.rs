//! What services ask for is heard once, however often they ask.

use futures::future::join_all;
use kit::http::endpoint;
use serde_json::{Value, json};
use types::UserId;

use crate::identity_support::{call, stage};
use crate::notifications_support::Desk;
use crate::users::Administration;

/// The text of a key that may send.
pub async fn sender(admin: &Administration) -> String {
    let create = endpoint(identity::api::create_api_key::create_api_key, admin.deployment.public, stage());
    let body = json!({ "name": "shop", "scopes": ["notifications:send"] });
    let made = call(&create, "POST", "/v1/api-keys", Some(&admin.token), Some(&body)).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body["key"].as_str().unwrap().to_owned()
}

pub fn news(recipients: usize, title: &str) -> Value {
    let recipients: Vec<_> = (0..recipients).map(|_| UserId::generate()).collect();
    json!({ "recipients": recipients, "category": "activity", "title": title, "body": "Water again" })
}

#[tokio::test]
async fn many_tries_of_one_request_are_one_and_another_request_is_refused() {
    let admin = Administration::start().await;
    let desk = Desk::beside(&admin.deployment);
    let (key, other_key) = (sender(&admin).await, sender(&admin).await);
    let body = news(3, "News");
    let send = async |key: &str, attempt: &str, body: &Value| {
        desk.call("send_notification", &[("x-api-key", key), ("idempotency-key", attempt)], "", None, Some(body)).await
    };
    let replies = join_all((0..20).map(|_| send(&key, "a", &body))).await;
    assert!(replies.iter().all(|reply| reply.status == 202 && reply.body == replies[0].body), "{replies:?}");
    let refused = send(&key, "a", &news(3, "News")).await;
    assert_eq!((refused.status, &refused.body["code"]), (422, &json!("request.idempotency_key_reused")));
    // The order in which people are named says nothing.
    let mut turned = body.clone();
    turned["recipients"].as_array_mut().unwrap().reverse();
    assert_eq!(send(&key, "a", &turned).await.body, replies[0].body);
    for (key, attempt) in [(&key, "b"), (&other_key, "a")] {
        let another = send(key, attempt, &body).await;
        assert!(another.status == 202 && another.body != replies[0].body);
    }
    let items = admin.deployment.table.items().await;
    let requests = items.iter().filter(|item| item["pk"].as_s().unwrap().starts_with("notifications#request#"));
    let outboxes: Vec<_> = requests.map(|item| item["outbox"].as_s().unwrap()).collect();
    assert_eq!(outboxes.len(), 3);
    assert!(outboxes.iter().all(|outbox| outbox.matches("notifications.requested").count() == 1));
}
