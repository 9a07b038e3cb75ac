//! What SES tells of mails that came back: no more mail goes there.

use contracts::notifications::{Category, Channel};
use serde_json::json;
use tests::{Cloud, PASSWORD, User, notification};
use types::Uuid;

/// Registers an address of SES's mailbox simulator, which the local cloud has too.
async fn sign_up(cloud: &Cloud, kind: &str) -> User {
    let email = format!("{kind}+{}@simulator.amazonses.com", Uuid::now_v7().simple());
    let device = json!({ "name": "phone", "platform": "ios" });
    let body = json!({ "email": email, "password": PASSWORD, "name": "Ann", "device": device });
    User::read(&cloud.post("/v1/auth/register").json(&body).send().await.expect(201))
}

#[tokio::test]
async fn no_more_mail_goes_to_where_it_came_back_from_or_was_complained_of() {
    let cloud = Cloud::connect().await;
    for (kind, fact) in [("bounce", "undeliverable"), ("complaint", "complained")] {
        let user = sign_up(&cloud, kind).await;
        tests::eventually("the suppression", async || {
            let contact = cloud.notifications_item(&user, "contact").await?;
            contact.get(fact)?.as_m().ok().map(drop)
        })
        .await;
        let event = notification(&[user.user_id()], Category::Reminders, Some(&[Channel::Email]), "Cats");
        cloud.publish(&event).await;
        let status = cloud.delivery(&user, event.data.notification_id, Channel::Email, &["suppressed", "sent"]).await;
        assert_eq!(status["reason"], "address_undeliverable");
        assert_eq!(cloud.mails(&user.email).await.len(), 1, "{kind}");
    }
}
