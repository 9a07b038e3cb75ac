//! `POST /v1/notifications/phone/confirm`

use contracts::notifications::{Category, Channel};
use serde_json::json;
use tests::{Cloud, Reply, User, notification};

use super::set_phone::code;
use super::support::{by, wrong_fields};

async fn confirm(cloud: &Cloud, user: &User, code: &str) -> Reply {
    by(cloud, user, "POST", "/phone/confirm").json(&json!({ "code": code })).send().await
}

#[tokio::test]
async fn the_code_makes_the_number_the_one_that_text_messages_go_to() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_proven().await;
    let (number, right) = code(&cloud, &user).await;
    let wrong = format!("{:06}", (right.parse::<u32>().unwrap() + 1) % 1_000_000);
    confirm(&cloud, &user, &wrong).await.expect_problem(403, "notifications.code_wrong");
    assert_eq!(confirm(&cloud, &user, &right).await.status, 204);
    confirm(&cloud, &user, &right).await.expect_problem(409, "notifications.no_code_pending");

    let wanted = json!({
        "language": "en", "timeZone": "UTC", "categories": { "reminders": { "channels": ["sms"] } },
    });
    assert_eq!(by(&cloud, &user, "PUT", "/preferences").json(&wanted).send().await.status, 200);
    let event = notification(&[user.user_id()], Category::Reminders, Some(&[Channel::Sms]), "Cats");
    cloud.publish(&event).await;
    cloud.delivery(&user, event.data.notification_id, Channel::Sms, &["sent"]).await;
    assert_eq!(cloud.sms(&number).await.len(), 2);
}

#[tokio::test]
async fn after_five_wrong_codes_the_right_one_is_too_late() {
    let cloud = Cloud::connect().await;
    let (user, stranger) = (cloud.sign_up_proven().await, cloud.sign_up().await);
    let (_, right) = code(&cloud, &user).await;
    confirm(&cloud, &stranger, &right).await.expect_problem(409, "notifications.no_code_pending");
    for number in 1..=5 {
        let wrong = format!("{:06}", (right.parse::<u32>().unwrap() + number) % 1_000_000);
        confirm(&cloud, &user, &wrong).await.expect_problem(403, "notifications.code_wrong");
    }
    confirm(&cloud, &user, &right).await.expect_problem(409, "notifications.no_code_pending");
}

#[tokio::test]
async fn what_is_no_code_is_refused() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for code in ["", "12345", "1234567", "12345a", "１２３４５６"] {
        assert_eq!(wrong_fields(&confirm(&cloud, &user, code).await), ["code"]);
    }
}
