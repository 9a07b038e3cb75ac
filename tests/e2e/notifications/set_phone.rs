//! `PUT /v1/notifications/phone`

use serde_json::json;
use tests::{Cloud, User};

use super::support::{by, wrong_fields};

/// Gives a new number and waits for its code.
pub async fn code(cloud: &Cloud, user: &User) -> (String, String) {
    let number = cloud.new_phone_number();
    let reply = by(cloud, user, "PUT", "/phone").json(&json!({ "number": number })).send().await;
    assert_eq!(reply.status, 202, "{}", reply.body);
    let text = tests::eventually("a text message", async || cloud.sms(&number).await.pop()).await;
    let digits: String = text.chars().filter(char::is_ascii_digit).take(6).collect();
    assert_eq!(digits.len(), 6, "{text}");
    (number, digits)
}

#[tokio::test]
async fn a_code_goes_to_the_number_and_another_one_has_to_wait() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_proven().await;
    let (number, code) = code(&cloud, &user).await;
    let again = by(&cloud, &user, "PUT", "/phone").json(&json!({ "number": number })).send().await;
    again.expect_problem(429, "notifications.code_too_soon");
    let wait: u64 = again.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(cloud.sms(&number).await.len(), 1);
    let log = cloud.log();
    assert!(log.iter().all(|line| !line.contains(&number)), "the number is in a log");
    assert!(log.iter().all(|line| !line.contains(&format!("\"{code}\""))), "the code is in a log");
}

#[tokio::test]
async fn what_is_no_number_is_refused() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_proven().await;
    for (body, wrong) in [
        (json!({ "number": "015112345678" }), "number"),
        (json!({ "number": "+39(0)612345678" }), "number"),
        (json!({ "number": null }), "number"),
        (json!({}), "number"),
        (json!({ "number": "+4915112345678", "confirmed": true }), "confirmed"),
    ] {
        let reply = by(&cloud, &user, "PUT", "/phone").json(&body).send().await;
        assert_eq!(wrong_fields(&reply), [wrong]);
    }
}

#[tokio::test]
async fn a_number_needs_a_verified_address() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let number = json!({ "number": cloud.new_phone_number() });
    by(&cloud, &user, "PUT", "/phone").json(&number).send().await.expect_problem(403, "auth.email_unverified");
    let nobody = cloud.call("PUT", "/v1/notifications/phone").json(&number).send().await;
    nobody.expect_problem(401, "auth.token_missing");
}
