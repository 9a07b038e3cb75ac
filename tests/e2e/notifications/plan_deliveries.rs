//! `notifications.requested.v1` makes deliveries: once, where people want to hear of it.

use contracts::notifications::{Category, Channel};
use serde_json::json;
use tests::{Cloud, User, eventually, notification};

use super::support::by;

#[tokio::test]
async fn people_hear_where_their_category_says_and_once() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up_proven().await, cloud.sign_up_proven().await);
    let event = notification(&[ann.user_id(), bob.user_id()], Category::Reminders, None, "Feed the cats");
    let added = cloud.watch("notifications.notification_added.v1").await;
    for _ in 0..3 {
        cloud.publish(&event).await;
    }
    for user in [&ann, &bob] {
        cloud.delivery(user, event.data.notification_id, Channel::Email, &["sent"]).await;
        cloud.delivery(user, event.data.notification_id, Channel::InApp, &["sent"]).await;
        // Nobody has a device.
        let push = cloud.delivery(user, event.data.notification_id, Channel::Push, &["suppressed"]).await;
        assert_eq!(push["reason"], "no_address");
        let mails = cloud.mails(&user.email).await;
        assert_eq!(mails.iter().filter(|mail| mail.subject == "Feed the cats").count(), 1);
        assert!(cloud.notifications_item(user, &format!("inbox#{}", event.data.notification_id)).await.is_some());
    }
    let mut told = Vec::new();
    tests::eventually("both inboxes' events", async || {
        let mine = |event: &serde_json::Value| [&ann.id, &bob.id].iter().any(|id| event["subject"] == id.as_str());
        told.extend(added.take().await.into_iter().filter(mine));
        (told.len() >= 2).then_some(())
    })
    .await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0]["causationId"], event.id.to_string());
    assert_eq!(told[0]["correlationId"], event.correlation_id);
}

#[tokio::test]
async fn offers_reach_nobody_who_did_not_ask_for_them() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_proven().await;
    let event = notification(&[user.user_id()], Category::Marketing, Some(&[Channel::Email, Channel::InApp]), "Sale");
    cloud.publish(&event).await;
    for channel in [Channel::Email, Channel::InApp] {
        let status = cloud.delivery(&user, event.data.notification_id, channel, &["suppressed", "sent"]).await;
        assert_eq!(status["reason"], "turned_off", "{status}");
    }
    assert!(!cloud.mails(&user.email).await.iter().any(|mail| mail.subject == "Sale"));
}

#[tokio::test]
async fn what_a_registrant_set_up_is_removed_when_the_mailbox_owner_takes_over() {
    const NEW: &str = "seven green lanterns over water";
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    cloud.register_device(&user, &cloud.new_push_token()).await;
    // Numbers need a verified address. Accounts from before that rule have some without.
    cloud.pass_as_verified(&user).await;
    let (_, code) = super::set_phone::code(&cloud, &user).await;
    let confirmed = by(&cloud, &user, "POST", "/phone/confirm").json(&json!({ "code": code })).send().await;
    assert_eq!(confirmed.status, 204, "{}", confirmed.body);

    let mail = cloud.mail(&user.email).await;
    let link = mail.text.split("?token=").nth(1).expect("a link");
    let token: String = link.chars().take_while(|char| char.is_ascii_alphanumeric() || "-_".contains(*char)).collect();
    let body = json!({ "token": token, "newPassword": NEW });
    let taken_over = cloud.post("/v1/auth/verify-email").json(&body).send().await;
    assert_eq!(taken_over.status, 204, "{}", taken_over.body);
    let credentials = json!({ "email": user.email, "password": NEW });
    let owner = User::read(&cloud.post("/v1/auth/login").json(&credentials).send().await.expect(200));
    eventually("the end of devices and phone", async || {
        let devices = by(&cloud, &owner, "GET", "/devices").send().await.expect(200);
        let phone = by(&cloud, &owner, "GET", "/phone").send().await.expect(200);
        (devices["items"] == json!([]) && phone["number"].is_null()).then_some(())
    })
    .await;
}
