//! `POST /v1/auth/forgot-password`

use serde_json::json;
use tests::{Cloud, Reply};

use super::mailed::{RESET, age, forgot, mail_about};

/// All that a stranger sees, and what it cost, but for what differs between any two answers.
fn seen(reply: &Reply) -> (u16, String, Vec<(String, String)>) {
    for case in ["known address", "unknown address"] {
        reply.expect_calls("identity-forgot-password", case);
    }
    let changing = ["date", "server-timing", "x-request-id", "x-correlation-id", "apigw-requestid", "x-amzn-requestid"];
    let headers = reply.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let mut headers: Vec<_> = headers.filter(|(name, _)| !changing.contains(&name.as_str())).collect();
    headers.sort();
    (reply.status, reply.body.to_string(), headers)
}

#[tokio::test]
async fn nobody_learns_who_has_an_account() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let known = forgot(&cloud, &user.email).await;
    assert_eq!((known.status, known.body.as_str()), (202, Some("")));
    let too_soon = forgot(&cloud, &user.email).await;
    let unknown = forgot(&cloud, &cloud.new_email()).await;
    assert_eq!(seen(&known), seen(&unknown));
    assert_eq!(seen(&known), seen(&too_soon));
}

#[tokio::test]
async fn one_mail_per_minute_however_often_it_is_asked_for() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for _ in 0..3 {
        assert_eq!(forgot(&cloud, &user.email.to_uppercase()).await.status, 202);
    }
    mail_about(&cloud, &user.email, RESET, 1).await;
    age(&cloud, &user.id, "reset").await;
    assert_eq!(forgot(&cloud, &user.email).await.status, 202);
    mail_about(&cloud, &user.email, RESET, 2).await;
    let mails = cloud.mails(&user.email).await;
    assert_eq!(mails.iter().filter(|mail| mail.subject == RESET).count(), 2);
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let cloud = Cloud::connect().await;
    let bad = forgot(&cloud, "ann").await;
    bad.expect_problem(422, "request.invalid");
    assert_eq!(bad.body["errors"][0]["field"], "email");
    let more = json!({ "email": cloud.new_email(), "appUrl": "https://elsewhere.example" });
    let more = cloud.post("/v1/auth/forgot-password").json(&more).send().await;
    more.expect_problem(422, "request.invalid");
}
