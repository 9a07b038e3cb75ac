//! What the tests of mailed links share.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use tests::{Cloud, Mail, Reply, eventually};

pub const CONFIRM: &str = "Confirm your e-mail address";
pub const RESET: &str = "Reset your password";
pub const SIGN_IN: &str = "Your sign-in code";
pub const NEW_ADDRESS: &str = "Confirm your new e-mail address";
pub const UNDO: &str = "Your e-mail address is being changed";
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
        // In the query, or in the fragment.
        let start = part.find("token=").expect("a link") + "token=".len();
        let end = part[start..].find(|c: char| !(c.is_ascii_alphanumeric() || "-_".contains(c)));
        part[start..].split_at(end.expect("an end")).0.to_owned()
    };
    assert_eq!(of(&mail.text), of(&mail.html));
    of(&mail.text)
}

/// A sign-in that was requested, with what the e-mail says.
pub struct Requested {
    pub request_token: String,
    pub code: String,
    pub link: String,
}

/// Requests a sign-in code, the first of a mailbox, and reads the e-mail.
pub async fn sign_in_code(cloud: &Cloud, email: &str) -> Requested {
    let begun = cloud.post("/v1/auth/email/begin").json(&json!({ "email": email })).send().await.expect(202);
    let mail = mail_about(cloud, email, SIGN_IN, 1).await;
    let is_code = |word: &&str| word.len() == 8 && word.bytes().all(|byte| byte.is_ascii_digit());
    Requested {
        request_token: begun["requestToken"].as_str().unwrap().to_owned(),
        code: mail.text.split_whitespace().find(is_code).expect("a code").to_owned(),
        link: token(cloud, email, SIGN_IN, 1).await,
    }
}

/// Completes a sign-in by e-mail.
pub async fn complete(cloud: &Cloud, body: &serde_json::Value) -> Reply {
    cloud.post("/v1/auth/email/complete").json(body).send().await
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
