//! `POST /v1/notifications/unsubscribe`

use contracts::notifications::{Category, Channel};
use serde_json::json;
use tests::{Cloud, Reply, User, notification};

use super::support::by;

/// What a mail program does (RFC 8058, section 3.2).
async fn one_click(cloud: &Cloud, token: &str) -> Reply {
    let path = format!("/v1/notifications/unsubscribe?token={token}");
    cloud.post(&path).text("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click").send().await
}

/// The token in the header of a mail of a category.
async fn token(cloud: &Cloud, user: &User, category: Category) -> String {
    let event = notification(&[user.user_id()], category, Some(&[Channel::Email]), "Cats");
    cloud.publish(&event).await;
    cloud.delivery(user, event.data.notification_id, Channel::Email, &["sent"]).await;
    let mails = cloud.mails(&user.email).await;
    let url = &mails.iter().find(|mail| mail.subject == "Cats").expect("the mail").headers["List-Unsubscribe"];
    url.split("?token=").nth(1).expect("a token").trim_end_matches('>').to_owned()
}

#[tokio::test]
async fn one_click_ends_the_mails_of_one_category() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_proven().await;
    let token = token(&cloud, &user, Category::Reminders).await;
    for _ in 0..2 {
        assert_eq!(one_click(&cloud, &token).await.status, 204);
    }
    let shown = by(&cloud, &user, "GET", "/preferences").send().await.expect(200);
    assert_eq!(shown["categories"]["reminders"]["channels"], json!(["in_app", "push"]));
    assert_eq!(shown["categories"]["account"]["channels"], json!(["in_app", "email"]));
    for (category, state) in [(Category::Reminders, "suppressed"), (Category::Account, "sent")] {
        let event = notification(&[user.user_id()], category, Some(&[Channel::Email]), "More");
        cloud.publish(&event).await;
        let id = event.data.notification_id;
        assert_eq!(cloud.delivery(&user, id, Channel::Email, &["suppressed", "sent"]).await["state"], state);
    }
}

#[tokio::test]
async fn a_token_that_is_none_changes_nothing() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_proven().await;
    let good = token(&cloud, &user, Category::Reminders).await;
    let changed = format!("{}{}", if good.starts_with('A') { "B" } else { "A" }, &good[1..]);
    for wrong in ["", "x", &changed, &good[..good.len() - 4]] {
        one_click(&cloud, wrong).await.expect_problem(400, "notifications.unsubscribe_token_invalid");
    }
    let none = cloud.post("/v1/notifications/unsubscribe").send().await;
    none.expect_problem(400, "notifications.unsubscribe_token_invalid");
    let shown = by(&cloud, &user, "GET", "/preferences").send().await;
    assert_eq!(shown.header("etag"), "\"0\"");
}
