//! Covers `GET /v1/users`.

use std::collections::HashSet;

use serde_json::{Value, json};
use tests::{Cloud, User};

/// All pages of the list, until `enough`.
async fn pages(cloud: &Cloud, admin: &User, query: &str, mut enough: impl FnMut(&[Value]) -> bool) -> Vec<Value> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/users?{query}{cursor}");
        let page = cloud.get(&path).bearer(&admin.access_token).send().await.expect(200);
        seen.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["nextCursor"].as_str() {
            Some(next) if !enough(&seen) => cursor = format!("&cursor={next}"),
            _ => return seen,
        }
    }
}

fn ids(users: &[Value]) -> Vec<&str> {
    users.iter().map(|user| user["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn accounts_are_listed_newest_first_and_once() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(cloud.sign_up().await.id);
    }
    let found = pages(&cloud, &admin, "limit=2", |seen| ids(seen).contains(&made[0].as_str())).await;
    let listed = ids(&found);
    assert_eq!(listed.iter().collect::<HashSet<_>>().len(), listed.len(), "an account is listed twice");
    // Other tests register meanwhile: ours are among theirs, in their order.
    let ours: Vec<_> = listed.into_iter().filter(|id| made.iter().any(|made| made == id)).collect();
    made.reverse();
    assert_eq!(ours, made);
}

#[tokio::test]
async fn filters_leave_out_who_does_not_match() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let (manager, suspended) = (cloud.sign_up().await, cloud.sign_up().await);
    let call = |method, path: String| cloud.call(method, &path).bearer(&admin.access_token);
    let roles = call("PUT", format!("/v1/users/{}/roles", manager.id)).json(&json!({ "roles": ["manager"] }));
    assert_eq!(roles.send().await.status, 200);
    assert_eq!(call("POST", format!("/v1/users/{}/suspend", suspended.id)).send().await.status, 200);

    let managers = pages(&cloud, &admin, "role=manager&status=active", |_| false).await;
    assert!(ids(&managers).contains(&manager.id.as_str()) && !ids(&managers).contains(&suspended.id.as_str()));
    assert!(managers.iter().all(|user| user["roles"].as_array().unwrap().contains(&json!("manager"))));
    let closed = pages(&cloud, &admin, "status=suspended&limit=1", |_| false).await;
    assert!(ids(&closed).contains(&suspended.id.as_str()) && !ids(&closed).contains(&manager.id.as_str()));
    assert!(closed.iter().all(|user| user["status"] == "suspended"));
}

#[tokio::test]
async fn wrong_parameters_are_refused() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let call = |query: &'static str| cloud.get(&format!("/v1/users?{query}")).bearer(&admin.access_token).send();
    for (query, fields) in [
        ("role=king&status=deleted", vec!["status", "role"]),
        ("limit=0", vec!["limit"]),
        ("cursor=!", vec!["cursor"]),
        ("roles=admin", vec!["roles"]),
    ] {
        let reply = call(query).await;
        reply.expect_problem(422, "request.invalid");
        let errors = reply.body["errors"].as_array().unwrap();
        assert_eq!(errors.iter().map(|error| error["field"].as_str().unwrap()).collect::<Vec<_>>(), fields, "{query}");
    }
    // A cursor that this list did not return: "zzz".
    call("cursor=enp6").await.expect_problem(422, "request.invalid");
}
