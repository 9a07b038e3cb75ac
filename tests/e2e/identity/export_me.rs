//! `GET /v1/users/me/export`

use serde_json::{Value, json};
use tests::{Cloud, MiniApp, TelegramUser, eventually};

/// The delivery of the verification mail.
fn delivery(export: &Value) -> Option<&Value> {
    let items = export["contexts"]["notifications"].as_object()?;
    items
        .iter()
        .find(|(name, _)| name.starts_with("delivery#") && name.ends_with("#email"))
        .map(|(_, delivery)| delivery)
}

#[tokio::test]
async fn everybody_gets_all_that_is_held_on_them() {
    let (cloud, telegram) = (Cloud::connect().await, TelegramUser::new());
    let user = cloud.sign_up().await;
    let body = json!({ "initData": MiniApp::opened_by(&telegram).init_data(cloud.telegram_bot_token()) });
    let linked = cloud.post("/v1/users/me/telegram").bearer(&user.access_token).json(&body).send().await;
    assert_eq!(linked.status, 204, "{}", linked.body);
    // Another context has heard of them once the mail is out.
    let export = eventually("a delivery", async || {
        let reply = cloud.get("/v1/users/me/export").bearer(&user.access_token).send().await;
        assert_eq!(reply.header("content-disposition"), "attachment; filename=\"atoll-export.json\"");
        reply.expect_calls("identity-export-me", "nothing but the account");
        let export = reply.expect(200);
        (delivery(&export)?["status"]["state"] == "sent").then_some(export)
    })
    .await;
    assert!(export["exportedAt"].is_string());
    let account = &export["contexts"]["identity"]["account"];
    assert_eq!(account["email"], user.email.as_str());
    assert_eq!(account["name"], "Ann");
    assert_eq!(account["telegram"]["id"], telegram.id);
    assert_eq!(account["sessions"][0]["id"], user.session_id.as_str());
    assert_eq!(account["sessions"][0]["device"]["name"], "phone");
    assert_eq!(delivery(&export).unwrap()["userId"], user.id.as_str());
    // Neither secrets nor how it is stored.
    let text = export.to_string();
    for hidden in ["argon2", "password\":", "current", "replaced", "outbox", "\"pk\"", "version", "identity#"] {
        assert!(!text.contains(hidden), "{hidden} is in {text}");
    }
}

#[tokio::test]
async fn nobody_gets_what_is_held_on_others() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let export = cloud.get("/v1/users/me/export").bearer(&ann.access_token).send().await.expect(200).to_string();
    assert!(export.contains(&ann.email) && !export.contains(&bob.email) && !export.contains(&bob.id));
}
