//! Providers of messages that throttle, refuse, hang, or take a message and lose the answer.

use std::time::Duration;

use contracts::notifications::{Category, Channel};
use serde_json::json;
use tests::{Cloud, User, notification};
use types::Uuid;

/// Pauses grow from two seconds; this is more than the first three.
const SOME_TRIES: Duration = Duration::from_mins(1);

/// Has SES fail for mails to this user only, asks for a mail, and gives its id.
async fn mail_under(cloud: &Cloud, user: &User, mut fault: serde_json::Value) -> Uuid {
    fault["service"] = json!("sesv2");
    fault["operation"] = json!("SendEmail");
    fault["contains"] = json!(user.email);
    cloud.inject(&fault).await;
    let event = notification(&[user.user_id()], Category::Reminders, Some(&[Channel::Email]), "Cats");
    cloud.publish(&event).await;
    event.data.notification_id
}

async fn cats(cloud: &Cloud, user: &User) -> usize {
    cloud.mails(&user.email).await.iter().filter(|mail| mail.subject == "Cats").count()
}

#[tokio::test]
async fn a_provider_that_throttles_gets_the_mail_later_and_once() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up_proven().await;
    let fault = json!({ "error": "TooManyRequestsException", "status": 429, "count": 2 });
    let id = mail_under(&cloud, &user, fault).await;
    let waiting = cloud.delivery(&user, id, Channel::Email, &["pending"]).await;
    tests::eventually("the reason", async || {
        let status = cloud.delivery(&user, id, Channel::Email, &["pending", "sending", "sent"]).await;
        (status["last_error"] == "SES: TooManyRequestsException" || status["state"] == "sent").then_some(())
    })
    .await;
    assert!(waiting["due_at"].is_string());
    tests::eventually_within(SOME_TRIES, "the mail", async || (cats(&cloud, &user).await > 0).then_some(())).await;
    cloud.delivery(&user, id, Channel::Email, &["sent"]).await;
    assert_eq!(cats(&cloud, &user).await, 1);
    cloud.clear_faults().await;
}

/// The SDK repeats calls that take longer than three seconds, but a mail that was taken must not be sent again.
#[tokio::test]
async fn a_provider_that_answers_slowly_gets_a_mail_once() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up_proven().await;
    let id = mail_under(&cloud, &user, json!({ "when": "after", "delayMs": 5_000, "count": 1 })).await;
    cloud.delivery(&user, id, Channel::Email, &["sent"]).await;
    assert_eq!(cats(&cloud, &user).await, 1);
    cloud.clear_faults().await;
}

#[tokio::test]
async fn what_a_provider_will_never_take_is_not_tried_again() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up_proven().await;
    let id = mail_under(&cloud, &user, json!({ "error": "MessageRejected", "status": 400, "count": 1 })).await;
    let failed = cloud.delivery(&user, id, Channel::Email, &["failed", "sent"]).await;
    assert_eq!(failed["reason"], "SES: MessageRejected");
    assert_eq!(cats(&cloud, &user).await, 0);
    cloud.clear_faults().await;
}

#[tokio::test]
async fn a_provider_that_hangs_keeps_nobody_else_waiting() {
    let cloud = Cloud::connect_for_faults().await;
    let (user, other) = (cloud.sign_up_proven().await, cloud.sign_up_proven().await);
    // Longer than a call may take.
    let id = mail_under(&cloud, &user, json!({ "delayMs": 11_000, "count": 1 })).await;
    let event = notification(&[other.user_id()], Category::Reminders, Some(&[Channel::Email]), "Cats");
    cloud.publish(&event).await;
    cloud.delivery(&other, event.data.notification_id, Channel::Email, &["sent"]).await;
    assert_eq!(cats(&cloud, &other).await, 1);
    tests::eventually_within(SOME_TRIES, "the mail", async || (cats(&cloud, &user).await > 0).then_some(())).await;
    cloud.delivery(&user, id, Channel::Email, &["sent"]).await;
    cloud.clear_faults().await;
}

#[tokio::test]
async fn a_sender_that_is_killed_at_the_provider_loses_nothing() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up_proven().await;
    let id = mail_under(&cloud, &user, json!({ "delayMs": 3_000, "count": 1 })).await;
    cloud.delivery(&user, id, Channel::Email, &["sending"]).await;
    let killed = cloud.local("POST", "functions/notifications-send-deliveries/kill").send().await.expect(200);
    assert!(killed["running"].as_u64() > Some(0), "{killed}");
    // The next sender finds the claim of the dead one, and waits until it is a minute old. What waits longer than a queue allows is
    // sent again by the sweep, which no schedule starts here.
    tests::eventually_within(Duration::from_secs(150), "the mail", async || {
        drop(cloud.ask("notifications-sweep-deliveries", &json!({})).await);
        (cats(&cloud, &user).await > 0).then_some(())
    })
    .await;
    cloud.delivery(&user, id, Channel::Email, &["sent"]).await;
    assert_eq!(cats(&cloud, &user).await, 1);
    cloud.clear_faults().await;
}

/// A user with a device that push messages reach, and a phone that text messages reach.
async fn reachable(cloud: &Cloud) -> (User, String, String) {
    let user = cloud.sign_up_proven().await;
    let (token, number) = (cloud.new_push_token(), cloud.new_phone_number());
    cloud.register_device(&user, &token).await;
    let asked = cloud.call("PUT", "/v1/notifications/phone").bearer(&user.access_token);
    assert_eq!(asked.json(&json!({ "number": number })).send().await.status, 202);
    let text = tests::eventually("the code", async || cloud.sms(&number).await.pop()).await;
    let code: String = text.chars().filter(char::is_ascii_digit).take(6).collect();
    let confirmed = cloud.post("/v1/notifications/phone/confirm").bearer(&user.access_token);
    assert!(confirmed.json(&json!({ "code": code })).send().await.status < 300);
    (user, token, number)
}

#[tokio::test]
async fn push_and_text_messages_survive_a_provider_that_throttles_and_end_with_one_that_refuses() {
    let cloud = Cloud::connect_for_faults().await;
    let (user, token, number) = reachable(&cloud).await;
    for (channel, place) in [(Channel::Push, "TargetArn"), (Channel::Sms, "PhoneNumber")] {
        let said = async |title: &str| match channel {
            Channel::Push => cloud.pushes(&token).await.iter().filter(|push| push.title == title).count(),
            _ => cloud.sms(&number).await.iter().filter(|text| text.contains("running")).count(),
        };
        let ask = async |title: &str, fault: serde_json::Value| {
            let mut fault = fault;
            for (name, value) in [("service", "sns"), ("operation", "Publish"), ("contains", place)] {
                fault[name] = json!(value);
            }
            cloud.inject(&fault).await;
            let event = notification(&[user.user_id()], Category::Security, Some(&[channel]), title);
            cloud.publish(&event).await;
            event.data.notification_id
        };
        let id = ask("late", json!({ "error": "ThrottledException", "status": 429, "count": 1 })).await;
        tests::eventually_within(SOME_TRIES, "the message", async || (said("late").await > 0).then_some(())).await;
        cloud.delivery(&user, id, channel, &["sent"]).await;
        assert_eq!(said("late").await, 1, "{channel:?}");
        let id = ask("never", json!({ "error": "InvalidParameter", "status": 400, "count": 1 })).await;
        let failed = cloud.delivery(&user, id, channel, &["failed", "sent"]).await;
        assert_eq!(failed["reason"], "SNS: InvalidParameter", "{failed}");
        // Longer than a call may take.
        let id = ask("slow", json!({ "delayMs": 11_000, "count": 1 })).await;
        tests::eventually_within(SOME_TRIES, "the slow message", async || {
            cloud.delivery(&user, id, channel, &["sent", "pending", "sending"]).await["at"].is_string().then_some(())
        })
        .await;
        cloud.clear_faults().await;
    }
}

#[tokio::test]
async fn what_is_turned_off_between_two_tries_does_not_go_out() {
    let cloud = Cloud::connect_for_faults().await;
    let user = cloud.sign_up_proven().await;
    let fault = json!({ "error": "TooManyRequestsException", "status": 429, "count": 1 });
    let id = mail_under(&cloud, &user, fault).await;
    tests::eventually("the first try", async || {
        let status = cloud.delivery(&user, id, Channel::Email, &["pending", "sending", "sent"]).await;
        (status["last_error"].is_string() || status["state"] == "sent").then_some(())
    })
    .await;
    let nowhere = json!({ "language": "en", "timeZone": "UTC", "categories": { "reminders": { "channels": [], "digest": "immediate" } } });
    let set = cloud.call("PUT", "/v1/notifications/preferences").bearer(&user.access_token).json(&nowhere).send().await;
    assert_eq!(set.status, 200, "{}", set.body);
    let status = tests::eventually_within(SOME_TRIES, "the second try", async || {
        let status = cloud.delivery(&user, id, Channel::Email, &["pending", "sending", "sent", "suppressed"]).await;
        (status["state"] == "suppressed" || status["state"] == "sent").then_some(status)
    })
    .await;
    assert_eq!(status["reason"], "turned_off", "{status}");
    assert_eq!(cats(&cloud, &user).await, 0);
    cloud.clear_faults().await;
}
