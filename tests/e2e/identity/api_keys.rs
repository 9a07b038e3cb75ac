//! Covers `POST /v1/api-keys`, `GET /v1/api-keys`, `DELETE /v1/api-keys/{id}`, and what keys open.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use tests::{Cloud, PASSWORD, User, eventually};

use super::mailed::{mail_about, sign_in};

#[tokio::test]
async fn a_key_opens_what_its_scope_allows_and_nothing_else() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let path = format!("/v1/users/{}", user.id);
    let (reader, _) = cloud.api_key(&["users:read"], None).await;
    let (sender, _) = cloud.api_key(&["notifications:send"], None).await;
    let shown = cloud.get(&path).header("x-api-key", &reader).send().await.expect(200);
    assert_eq!(shown["email"], user.email.as_str());
    let listed = cloud.get("/v1/users?limit=1").header("x-api-key", &reader).send().await;
    assert_eq!(listed.status, 200, "{}", listed.body);
    for path in [path.as_str(), "/v1/users"] {
        cloud.get(path).header("x-api-key", &sender).send().await.expect_problem(403, "auth.forbidden");
    }
    // A key is no sign-in: what needs a person refuses it.
    for path in ["/v1/users/me", "/v1/api-keys"] {
        cloud.get(path).header("x-api-key", &reader).send().await.expect_problem(401, "auth.token_missing");
    }
    // With a token, the token decides.
    let both = cloud.get(&path).header("x-api-key", &reader).bearer(&user.access_token).send().await;
    both.expect_problem(403, "auth.forbidden");
}

#[tokio::test]
async fn a_wrong_a_deleted_and_an_expired_key_open_nothing() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let (key, id) = cloud.api_key(&["users:read"], None).await;
    let (other, _) = cloud.api_key(&["users:read"], None).await;
    let call = |key: &str| cloud.get("/v1/users?limit=1").header("x-api-key", key).send();
    // The id of one with the secret of another, and texts that are no keys.
    let crossed = format!("{}{}", &key[..42], &other[42..]);
    for wrong in [crossed.as_str(), "atoll_ak_x", "", &key[..key.len() - 1]] {
        call(wrong).await.expect_problem(401, "auth.key_invalid");
    }
    assert_eq!(call(&key).await.status, 200);
    let path = format!("/v1/api-keys/{id}");
    assert_eq!(cloud.call("DELETE", &path).bearer(&admin.access_token).send().await.status, 204);
    call(&key).await.expect_problem(401, "auth.key_invalid");
    let again = cloud.call("DELETE", &path).bearer(&admin.access_token).send().await;
    again.expect_problem(404, "identity.no_such_api_key");
    let nothing = cloud.call("DELETE", "/v1/api-keys/x").bearer(&admin.access_token).send().await;
    nothing.expect_problem(404, "request.no_such_path");

    let (short, _) = cloud.api_key(&["users:read"], Some(Timestamp::now() + Duration::from_secs(5))).await;
    assert_eq!(call(&short).await.status, 200);
    let refused = eventually("the key's end", async || Some(call(&short).await).filter(|reply| reply.status != 200));
    refused.await.expect_problem(401, "auth.key_expired");
}

#[tokio::test]
async fn a_key_is_shown_once_and_listed_without_itself() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let ends = Timestamp::from_millisecond(Timestamp::now().as_millisecond()).unwrap() + Duration::from_hours(1);
    let body = json!({ "name": " Warehouse ", "scopes": ["users:read", "users:read"], "expiresAt": ends });
    let reply = cloud.post("/v1/api-keys").bearer(&admin.access_token).json(&body).send().await;
    let location = reply.header("location").to_owned();
    let made = reply.expect(201);
    assert_eq!((made["name"].as_str(), &made["scopes"]), (Some("Warehouse"), &json!(["users:read"])));
    assert_eq!(made["expiresAt"].as_str().unwrap().parse::<Timestamp>().unwrap(), ends);
    assert_eq!(location, format!("/v1/api-keys/{}", made["id"].as_str().unwrap()));
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with(&format!("atoll_ak_{}_", made["id"].as_str().unwrap().replace('-', ""))), "{key}");

    let mut cursor = String::new();
    let listed = loop {
        let path = format!("/v1/api-keys?limit=2{cursor}");
        let page = cloud.get(&path).bearer(&admin.access_token).send().await.expect(200);
        assert!(!page.to_string().contains("atoll_ak_") && !page.to_string().contains("hash"), "{page}");
        if let Some(found) = page["items"].as_array().unwrap().iter().find(|item| item["id"] == made["id"]) {
            break found.clone();
        }
        cursor = format!("&cursor={}", page["nextCursor"].as_str().expect("the key is listed"));
    };
    let mut expected = made.clone();
    expected.as_object_mut().unwrap().remove("key");
    assert_eq!(listed, expected);
    assert_eq!(listed["createdBy"], admin.id.as_str());
    assert!(cloud.log().iter().all(|line| !line.contains(&key[42..])), "the key is in a log");
}

#[tokio::test]
async fn a_repeated_request_makes_no_second_key() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let attempt = cloud.new_email();
    let body = json!({ "name": "Warehouse", "scopes": ["users:read"] });
    let call = || {
        let call = cloud.post("/v1/api-keys").bearer(&admin.access_token).header("idempotency-key", &attempt);
        call.json(&body).send()
    };
    assert_eq!(call().await.status, 201);
    call().await.expect_problem(409, "identity.api_key_exists");
}

#[tokio::test]
async fn each_wrong_field_of_a_key_is_named() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let call = |body| cloud.post("/v1/api-keys").bearer(&admin.access_token).json(&body).send();
    let past = json!({ "name": " ", "scopes": ["users:read", "users:write"], "expiresAt": "2020-01-01T00:00:00Z" });
    for (body, wrong) in [
        (past, vec!["name", "scopes[1]", "expiresAt"]),
        (json!({ "name": "a", "scopes": [], "expiresAt": "tomorrow" }), vec!["scopes", "expiresAt"]),
        (json!({ "name": "a", "scopes": ["users:read"], "id": "x" }), vec!["id"]),
        (json!({ "name": "a" }), vec!["scopes"]),
    ] {
        let reply = call(body).await;
        reply.expect_problem(422, "request.invalid");
        let errors = reply.body["errors"].as_array().unwrap();
        let fields: Vec<_> = errors.iter().map(|error| error["field"].as_str().unwrap()).collect();
        assert_eq!(fields, wrong);
    }
}

#[tokio::test]
async fn the_admin_who_created_a_key_is_told_of_its_creation_and_its_deletion() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up_proven().await;
    let roles = cloud.call("PUT", &format!("/v1/users/{}/roles", user.id)).bearer(&cloud.admin().await.access_token);
    assert_eq!(roles.json(&json!({ "roles": ["admin"] })).send().await.status, 200);
    let creator = User::read(&sign_in(&cloud, &user.email, PASSWORD).await.expect(200));
    let body = json!({ "name": "Warehouse", "scopes": ["users:read"] });
    let made = cloud.post("/v1/api-keys").bearer(&creator.access_token).json(&body).send().await.expect(201);
    let mail = mail_about(&cloud, &user.email, "An API key was created", 1).await;
    assert!(mail.text.contains("Warehouse") && !mail.text.contains(made["key"].as_str().unwrap()), "{}", mail.text);
    let path = format!("/v1/api-keys/{}", made["id"].as_str().unwrap());
    let deleted = cloud.call("DELETE", &path).bearer(&cloud.admin().await.access_token).send().await;
    assert_eq!(deleted.status, 204);
    let mail = mail_about(&cloud, &user.email, "An API key was deleted", 1).await;
    assert!(mail.text.contains("Warehouse"), "{}", mail.text);
}
