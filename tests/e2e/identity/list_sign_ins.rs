//! `GET /v1/users/me/sign-ins`

use serde_json::{Value, json};
use tests::{Cloud, PASSWORD, User};

use super::mailed::sign_in;
use super::mfa_support::{Secured, verify};

async fn history(cloud: &Cloud, user: &User, query: &str) -> Value {
    let path = format!("/v1/users/me/sign-ins{query}");
    cloud.get(&path).bearer(&user.access_token).send().await.expect(200)
}

/// The entries of an outcome.
fn of<'a>(history: &'a Value, outcome: &str) -> Vec<&'a Value> {
    let items = history["items"].as_array().unwrap();
    items.iter().filter(|entry| entry["outcome"] == outcome).collect()
}

#[tokio::test]
async fn sign_ins_and_failed_attempts_are_listed_newest_first() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    for _ in 0..2 {
        sign_in(&cloud, &user.email, "not the password").await.expect_problem(401, "identity.bad_credentials");
    }
    let body = json!({ "email": user.email, "password": PASSWORD, "device": { "name": "tablet", "platform": "web" } });
    let again = User::read(&cloud.post("/v1/auth/login").json(&body).send().await.expect(200));
    let listed = history(&cloud, &again, "").await;
    let signed_in = of(&listed, "signed_in");
    assert_eq!(signed_in.len(), 2, "{listed}");
    assert_eq!((&signed_in[0]["device"]["name"], &signed_in[0]["method"]), (&json!("tablet"), &json!("password")));
    assert_eq!((&signed_in[0]["newSource"], &signed_in[1]["newSource"]), (&json!(false), &json!(true)));
    assert!(signed_in[0]["address"].as_str().is_some_and(|address| address.parse::<std::net::IpAddr>().is_ok()));
    let failed = of(&listed, "wrong_password");
    assert_eq!(failed.iter().map(|entry| entry["attempts"].as_u64().unwrap()).sum::<u64>(), 2, "{listed}");
    assert!(failed.iter().all(|entry| entry["address"].is_null() && entry["device"].is_null()));
    let first = history(&cloud, &again, "?limit=1").await;
    assert_eq!(first["items"][0], listed["items"][0]);
    let next = history(&cloud, &again, &format!("?limit=1&cursor={}", first["nextCursor"].as_str().unwrap())).await;
    assert_eq!(next["items"][0], listed["items"][1]);
}

#[tokio::test]
async fn a_second_factor_is_part_of_the_sign_in() {
    let cloud = Cloud::connect().await;
    let secured = Secured::sign_up(&cloud).await;
    let wrong = secured.app.wrong_code(secured.confirmed_at);
    verify(&cloud, &secured.challenge(&cloud).await, &wrong).await.expect_problem(401, "identity.mfa_code_wrong");
    let signed_in = verify(&cloud, &secured.challenge(&cloud).await, &secured.fresh_code()).await.expect(200);
    let listed = history(&cloud, &User::read(&signed_in), "").await;
    assert_eq!(of(&listed, "signed_in")[0]["secondFactor"], "totp");
    assert_eq!(of(&listed, "mfa_required")[0]["attempts"], 2);
    assert_eq!(of(&listed, "wrong_code")[0]["attempts"], 1);
}

#[tokio::test]
async fn the_history_is_the_owner_s_exported_and_deleted_with_the_account() {
    let cloud = Cloud::connect().await;
    let (user, stranger) = (cloud.sign_up().await, cloud.sign_up().await);
    cloud.get("/v1/users/me/sign-ins").send().await.expect_problem(401, "auth.token_missing");
    let listed = history(&cloud, &stranger, "").await;
    assert_eq!(of(&listed, "signed_in").len(), 1, "everybody sees their own");
    let document = cloud.export(&user).await;
    assert_eq!(document["sections"]["identity"]["signIns"][0]["method"], "password", "{document}");
    let delete = cloud.call("DELETE", "/v1/users/me").bearer(&user.access_token);
    assert_eq!(delete.json(&json!({ "password": PASSWORD })).send().await.status, 204);
    tests::eventually("the erasure", async || {
        let held = cloud.held("identity", &user).await;
        (!held.contains("sign_in")).then_some(())
    })
    .await;
}

#[tokio::test]
async fn every_attempt_is_logged_with_subject_and_network() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let attempt = async |email: &str, password: &str, trace: &str| {
        let call = cloud.post("/v1/auth/login").header("x-correlation-id", trace);
        call.json(&json!({ "email": email, "password": password })).send().await;
    };
    let traces = ["right", "wrong", "unknown"].map(|name| format!("log.{name}.{}", user.id));
    attempt(&user.email, PASSWORD, &traces[0]).await;
    attempt(&user.email, "not the password", &traces[1]).await;
    let nobody = cloud.new_email();
    attempt(&nobody, PASSWORD, &traces[2]).await;
    let line = async |trace: &str| {
        tests::eventually("the line", async || {
            let mut lines = cloud.log().into_iter();
            let text = lines.find(|line| line.contains(trace) && line.contains("\"message\":\"sign-in\""))?;
            serde_json::from_str::<Value>(&text[text.find('{')?..]).ok()
        })
        .await
    };
    let lines = [line(&traces[0]).await, line(&traces[1]).await, line(&traces[2]).await];
    let told = |at: usize| (lines[at]["subject"].as_str().unwrap(), lines[at]["outcome"].as_str().unwrap());
    assert_eq!(told(0), (user.id.as_str(), "signed_in"));
    assert_eq!(told(1), (user.id.as_str(), "identity.bad_credentials"));
    assert_eq!(told(2).1, "identity.bad_credentials");
    assert!(told(2).0.starts_with("address:") && !told(2).0.contains('@'));
    assert!(lines.iter().all(|line| line["network"].as_str().unwrap().ends_with("/24")), "{lines:?}");
}
