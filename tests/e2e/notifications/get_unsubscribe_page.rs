//! `GET /v1/notifications/unsubscribe`

use contracts::notifications::{Category, Channel};
use serde_json::json;
use tests::{Cloud, Reply, User, notification};

use super::support::by;

/// The unsubscribe link in the body of an e-mail: its path and query.
async fn link(cloud: &Cloud, user: &User) -> String {
    let event = notification(&[user.user_id()], Category::Reminders, Some(&[Channel::Email]), "Cats");
    cloud.publish(&event).await;
    cloud.delivery(user, event.data.notification_id, Channel::Email, &["sent"]).await;
    let mails = cloud.mails(&user.email).await;
    let mail = mails.iter().find(|mail| mail.subject == "Cats").expect("the mail");
    let start = mail.text.find("/v1/notifications/unsubscribe?token=").expect("a link");
    mail.text[start..].split_whitespace().next().expect("a link").to_owned()
}

async fn opened(cloud: &Cloud, method: &str, path: &str) -> Reply {
    cloud.call(method, path).header("accept", "text/html,application/xhtml+xml").send().await
}

fn page(reply: &Reply) -> &str {
    assert!(reply.header("content-type").starts_with("text/html"), "{reply:?}");
    assert!(reply.header("content-security-policy").starts_with("default-src 'none'"), "{reply:?}");
    assert_eq!((reply.header("cache-control"), reply.header("referrer-policy")), ("no-store", "no-referrer"));
    reply.body.as_str().expect("a page")
}

/// mailpoet/mailpoet#6183: mail programs open the URL of `List-Unsubscribe` with GET.
#[tokio::test]
async fn opening_the_link_changes_nothing_and_its_button_unsubscribes() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_proven().await;
    let link = link(&cloud, &user).await;
    let question = opened(&cloud, "GET", &link).await;
    assert_eq!(question.status, 200);
    let token = link.split("token=").nth(1).expect("a token");
    assert!(page(&question).contains(&format!("<form method=\"post\" action=\"?token={token}\">")), "{question:?}");
    assert_eq!(by(&cloud, &user, "GET", "/preferences").send().await.header("etag"), "\"0\"");

    let done = opened(&cloud, "POST", &link).await;
    assert_eq!(done.status, 200);
    assert!(page(&done).contains("You are unsubscribed") && !page(&done).contains("<form"), "{done:?}");
    let shown = by(&cloud, &user, "GET", "/preferences").send().await.expect(200);
    assert_eq!(shown["categories"]["reminders"]["channels"], json!(["in_app", "push"]));
}

#[tokio::test]
async fn a_link_that_is_not_valid_gets_a_page_without_a_button() {
    let cloud = Cloud::connect().await;
    for query in ["", "?token=", "?token=%22%3E%3Cscript%3E"] {
        for method in ["GET", "POST"] {
            let reply = opened(&cloud, method, &format!("/v1/notifications/unsubscribe{query}")).await;
            assert_eq!(reply.status, 400);
            assert!(!page(&reply).contains("<form") && !page(&reply).contains("<script"), "{reply:?}");
            let plain = cloud.call(method, &format!("/v1/notifications/unsubscribe{query}")).send().await;
            plain.expect_problem(400, "notifications.unsubscribe_token_invalid");
        }
    }
}
