//! A token counts no longer than its session, its account and its role: each operation that changes something, and each that
//! needs a role, refuses the tokens of ended sessions, suspended users and demoted admins. The operations come from the
//! OpenAPI documents and their requests from the samples, so a new operation is tested from its first day.

use std::collections::HashMap;

use serde_json::{Value, json};
use tests::{Call, Cloud, Reply, User};

/// An operation that checks standing.
struct Operation {
    key: String,
    needs_role: bool,
}

/// Every operation that documents the refusal of an ended session.
fn operations() -> Vec<Operation> {
    let mut found = Vec::new();
    for api in tests::documents() {
        for (path, item) in api["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let refusal = operation["responses"]["401"]["description"].as_str().unwrap_or_default();
                let mut schemes = operation["security"].as_array().into_iter().flatten();
                let needs_role =
                    schemes.any(|scheme| scheme["bearer"].as_array().is_some_and(|roles| !roles.is_empty()));
                if refusal.contains("`auth.session_ended`") {
                    found.push(Operation { key: format!("{} {path}", method.to_uppercase()), needs_role });
                }
            }
        }
    }
    found
}

/// The requests of the samples, by their routes.
fn samples() -> HashMap<String, Value> {
    let files = std::fs::read_dir(tests::root().join("events/invoke")).unwrap().map(|file| file.unwrap().path());
    let read =
        |path: std::path::PathBuf| serde_json::from_str::<Value>(&std::fs::read_to_string(path).unwrap()).unwrap();
    let http = files.map(read).filter(|sample| sample["requestContext"]["http"].is_object());
    http.map(|sample| (sample["routeKey"].as_str().unwrap().to_owned(), sample)).collect()
}

fn call(cloud: &Cloud, key: &str, sample: &Value) -> Call {
    let (path, query) = (sample["rawPath"].as_str().unwrap(), sample["rawQueryString"].as_str().unwrap_or_default());
    let method = key.split(' ').next().unwrap();
    let call = cloud.call(method, &if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") });
    let headers = sample["headers"].as_object().unwrap();
    let kept = headers.iter().filter(|(name, _)| ["guest-key", "idempotency-key", "if-match"].contains(&name.as_str()));
    let call = kept.fold(call, |call, (name, value)| call.header(name, value.as_str().unwrap()));
    match sample["body"].as_str() {
        Some(body) => call.json(&serde_json::from_str(body).unwrap()),
        None => call,
    }
}

/// A new user with a token that has the role admin.
async fn new_admin(cloud: &Cloud, admin: &User) -> User {
    let user = cloud.sign_up().await;
    set_roles(cloud, admin, &user, &["admin"]).await;
    let credentials = json!({ "email": user.email, "password": tests::PASSWORD });
    User::read(&cloud.post("/v1/auth/login").json(&credentials).send().await.expect(200))
}

async fn set_roles(cloud: &Cloud, admin: &User, user: &User, roles: &[&str]) {
    let call = cloud.call("PUT", &format!("/v1/users/{}/roles", user.id)).bearer(&admin.access_token);
    assert_eq!(call.json(&json!({ "roles": roles })).send().await.status, 200);
}

fn outcome(reply: &Reply) -> (u16, &str) {
    (reply.status, reply.body["code"].as_str().unwrap_or_default())
}

#[tokio::test]
async fn tokens_of_ended_sessions_suspended_users_and_demoted_admins_open_nothing() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let (ended, suspended, demoted) =
        (new_admin(&cloud, &admin).await, new_admin(&cloud, &admin).await, new_admin(&cloud, &admin).await);
    assert_eq!(cloud.post("/v1/auth/logout").bearer(&ended.access_token).send().await.status, 204);
    let suspend = cloud.post(&format!("/v1/users/{}/suspend", suspended.id)).bearer(&admin.access_token);
    assert_eq!(suspend.send().await.status, 200);
    set_roles(&cloud, &admin, &demoted, &[]).await;

    let (samples, mut wrong, mut asked) = (samples(), Vec::new(), 0);
    for Operation { key, needs_role } in operations() {
        let sample = samples.get(&key).unwrap_or_else(|| panic!("{key} has no sample"));
        let mut cases = vec![(&ended, 401, "auth.session_ended"), (&suspended, 403, "auth.suspended")];
        cases.extend(needs_role.then_some((&demoted, 403, "auth.forbidden")));
        for (user, status, code) in cases {
            let reply = call(&cloud, &key, sample).bearer(&user.access_token).send().await;
            asked += 1;
            if outcome(&reply) != (status, code) {
                wrong.push(format!("{key}: {} instead of {status} {code}", reply.body));
            }
        }
    }
    assert!(asked > 100, "{asked} requests");
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
}
