//! What the tests of mailed links share.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tests::{Cloud, Mail, Reply, eventually};

pub const CONFIRM: &str = "Confirm your e-mail address";
pub const RESET: &str = "Reset your password";
pub const CHANGED: &str = "Your password was changed";

/// Waits for so many mails about something, and gives the newest.
pub async fn mail_about(cloud: &Cloud, to: &str, subject: &str, count: usize) -> Mail {
    eventually("a mail", async || {
        let mails = cloud.mails(to).await.into_iter().filter(|mail| mail.subject == subject).collect::<Vec<_>>();
        (mails.len() >= count).then(|| mails.into_iter().next()).flatten()
    })
    .await
}

/// The token of the link in the newest of so many mails about something. Both parts hold the same link.
pub async fn token(cloud: &Cloud, to: &str, subject: &str, count: usize) -> String {
    let mail = mail_about(cloud, to, subject, count).await;
    let of = |part: &str| {
        let start = part.find("?token=").expect("a link") + "?token=".len();
        let end = part[start..].find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
        part[start..].split_at(end.expect("an end")).0.to_owned()
    };
    assert_eq!(of(&mail.text), of(&mail.html));
    of(&mail.text)
}

pub async fn verify(cloud: &Cloud, token: &str) -> Reply {
    cloud.post("/v1/auth/verify-email").json(&json!({ "token": token, "password": tests::PASSWORD })).send().await
}

pub async fn forgot(cloud: &Cloud, email: &str) -> Reply {
    cloud.post("/v1/auth/forgot-password").json(&json!({ "email": email })).send().await
}

pub async fn reset(cloud: &Cloud, token: &str, password: &str) -> Reply {
    cloud.post("/v1/auth/reset-password").json(&json!({ "token": token, "password": password })).send().await
}

pub async fn sign_in(cloud: &Cloud, email: &str, password: &str) -> Reply {
    cloud.post("/v1/auth/login").json(&json!({ "email": email, "password": password })).send().await
}

/// Makes a proof look as if it had been asked for long ago: nobody wants to wait for the minute between two mails.
pub async fn age(cloud: &Cloud, user_id: &str, proof: &str) {
    let update = aws_sdk_dynamodb::Client::new(&cloud.sdk().await).update_item().table_name(cloud.table_name());
    let update = update
        .key("pk", AttributeValue::S(format!("identity#user#{user_id}")))
        .key("sk", AttributeValue::S("account".to_owned()))
        .update_expression("SET #proof.requested_at = :then")
        .expression_attribute_names("#proof", proof)
        .expression_attribute_values(":then", AttributeValue::S("2026-01-01T00:00:00Z".to_owned()));
    update.send().await.expect("an open proof");
}
