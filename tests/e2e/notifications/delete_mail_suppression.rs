//! `DELETE /v1/notifications/mail-suppressions/{id}`

use contracts::identity::EmailVerified;
use contracts::notifications::{Category, Channel};
use contracts::{Actor, Envelope};
use jiff::Timestamp;
use serde_json::json;
use tests::{Cloud, PASSWORD, User, notification};
use types::{EmailAddress, EventId, Uuid};

use super::support::by;

async fn reminder(cloud: &Cloud, user: &User) -> serde_json::Value {
    let event = notification(&[user.user_id()], Category::Reminders, Some(&[Channel::Email]), "Cats");
    cloud.publish(&event).await;
    cloud.delivery(user, event.data.notification_id, Channel::Email, &["suppressed", "sent", "failed"]).await
}

#[tokio::test]
async fn an_admin_lifts_a_suppression_once() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let email = format!("complaint+{}@simulator.amazonses.com", Uuid::now_v7().simple());
    let device = json!({ "name": "phone", "platform": "ios" });
    let body = json!({ "email": email, "password": PASSWORD, "name": "Ann", "device": device });
    let user = User::read(&cloud.post("/v1/auth/register").json(&body).send().await.expect(201));
    let complained = async || cloud.notifications_item(&user, "contact").await?.get("complained").cloned();
    tests::eventually("the complaint", complained).await;
    // Verified before the complaint, which therefore stands.
    let (id, address) = (EventId::generate(), EmailAddress::parse(&email).unwrap());
    let verified = EmailVerified { user_id: user.user_id(), email: address };
    let earlier = Timestamp::now() - std::time::Duration::from_hours(1);
    cloud.publish(&Envelope::new(id, earlier, id.to_string(), Actor::System, verified)).await;
    let proven = async || cloud.notifications_item(&user, "contact").await?.get("proven")?.as_m().ok().map(drop);
    tests::eventually("the proof", proven).await;
    assert_eq!(reminder(&cloud, &user).await["reason"], "address_undeliverable");

    let path = format!("/mail-suppressions/{}", user.id);
    by(&cloud, &user, "DELETE", &path).send().await.expect_problem(403, "auth.forbidden");
    assert_eq!(by(&cloud, &admin, "DELETE", &path).send().await.status, 204);
    by(&cloud, &admin, "DELETE", &path).send().await.expect_problem(404, "notifications.no_such_mail_suppression");
    // The simulator complains of it too, after which the delivery has failed.
    assert_ne!(reminder(&cloud, &user).await["status"], "suppressed");
}

#[tokio::test]
async fn a_user_without_a_suppression_has_none_to_delete() {
    let cloud = Cloud::connect().await;
    let (admin, user) = (cloud.admin().await, cloud.sign_up().await);
    for id in [user.id, Uuid::now_v7().to_string()] {
        let reply = by(&cloud, &admin, "DELETE", &format!("/mail-suppressions/{id}")).send().await;
        reply.expect_problem(404, "notifications.no_such_mail_suppression");
    }
}
