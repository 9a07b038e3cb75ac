//! `notifications.requested.v1` makes deliveries: once, where people want to hear of it.

use contracts::notifications::{Category, Channel};
use tests::{Cloud, notification};

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
