//! What the tests of the inbox and of devices share.

use contracts::notifications::{Category, Channel};
use serde_json::Value;
use tests::{Call, Cloud, Reply, User, eventually, notification};
use types::Uuid;

/// A request of somebody to `/v1/notifications…`.
pub fn by(cloud: &Cloud, user: &User, method: &str, path: &str) -> Call {
    cloud.call(method, &format!("/v1/notifications{path}")).bearer(&user.access_token)
}

/// The names of the fields that are wrong.
pub fn wrong_fields(reply: &Reply) -> Vec<String> {
    reply.expect_problem(422, "request.invalid");
    let errors = reply.body["errors"].as_array().expect("errors");
    errors.iter().map(|error| error["field"].as_str().expect("a field").to_owned()).collect()
}

/// Waits until a notification stands in somebody's inbox, and gives it.
pub async fn in_inbox(cloud: &Cloud, user: &User, id: Uuid) -> Value {
    let wanted = id.to_string();
    eventually("a notification", async || {
        let page = by(cloud, user, "GET", "?limit=100").send().await.expect(200);
        page["items"].as_array()?.iter().find(|item| item["id"] == wanted.as_str()).cloned()
    })
    .await
}

/// Puts a notification into somebody's inbox, as another context does.
pub async fn notify(cloud: &Cloud, user: &User, title: &str) -> Uuid {
    let event = notification(&[user.user_id()], Category::Activity, Some(&[Channel::InApp]), title);
    cloud.publish(&event).await;
    in_inbox(cloud, user, event.data.notification_id).await;
    event.data.notification_id
}
