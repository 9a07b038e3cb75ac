//! `POST /v1/notifications`

use serde_json::{Value, json};
use tests::{Cloud, Reply};
use types::{UserId, Uuid};

use super::support::{by, in_inbox, wrong_fields};

async fn send(cloud: &Cloud, key: &str, attempt: &str, body: &Value) -> Reply {
    let call = cloud.post("/v1/notifications").header("x-api-key", key).header("idempotency-key", attempt);
    call.json(body).send().await
}

#[tokio::test]
async fn a_service_has_people_told_once_however_often_it_asks() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.sign_up().await, cloud.sign_up().await);
    let (key, _) = cloud.api_key(&["notifications:send"], None).await;
    let attempt = cloud.new_email();
    let body = json!({
        "recipients": [ann.id, bob.id, ann.id], "category": "activity", "title": " Your order ", "body": "On its way.",
        "link": "/orders/7", "channels": ["in_app"],
    });
    let id = send(&cloud, &key, &attempt, &body).await.expect(202)["id"].clone();
    assert_eq!(send(&cloud, &key, &attempt, &body).await.expect(202)["id"], id);
    let mut other = body.clone();
    other["title"] = json!("Another");
    send(&cloud, &key, &attempt, &other).await.expect_problem(422, "request.idempotency_key_reused");
    let id: Uuid = id.as_str().unwrap().parse().unwrap();
    for user in [&ann, &bob] {
        let item = in_inbox(&cloud, user, id).await;
        assert_eq!((&item["title"], &item["link"]), (&json!("Your order"), &json!("/orders/7")));
        assert_eq!(by(&cloud, user, "GET", "").send().await.expect(200)["unreadCount"], 1);
    }
}

#[tokio::test]
async fn only_who_may_send_sends() {
    let cloud = Cloud::connect().await;
    let (user, admin) = (cloud.sign_up().await, cloud.admin().await);
    let (reader, _) = cloud.api_key(&["users:read"], None).await;
    let body = json!({ "recipients": [user.id], "category": "activity", "title": "a", "body": "b" });
    send(&cloud, &reader, "a", &body).await.expect_problem(403, "auth.forbidden");
    send(&cloud, "atoll_ak_x", "a", &body).await.expect_problem(401, "auth.key_invalid");
    for person in [&user, &admin] {
        let reply = by(&cloud, person, "POST", "").header("idempotency-key", "a").json(&body).send().await;
        reply.expect_problem(403, "auth.forbidden");
    }
    let (sender, _) = cloud.api_key(&["notifications:send"], None).await;
    let nameless = cloud.post("/v1/notifications").header("x-api-key", &sender).json(&body).send().await;
    nameless.expect_problem(400, "request.idempotency_key_missing");
}

#[tokio::test]
async fn all_wrong_fields_are_named_at_once() {
    let cloud = Cloud::connect().await;
    let (key, _) = cloud.api_key(&["notifications:send"], None).await;
    let people: Vec<_> = (0..101).map(|_| UserId::generate()).collect();
    let everything = json!({
        "recipients": [people[0], "x"], "category": "security", "template": "reset_password", "title": "",
        "data": { "A b": "c", "note": "\u{7}" }, "link": "https://evil.example", "channels": ["in_app", "pigeon"],
    });
    let good = json!({ "recipients": [people[0]], "category": "account", "title": "a", "body": "b" });
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let mut bare = good.clone();
    bare.as_object_mut().unwrap().retain(|field, _| !["title", "body"].contains(&field.as_str()));
    for (body, wrong) in [
        (
            everything,
            vec!["recipients[1]", "category", "template", "data.A b", "data.note", "title", "link", "channels[1]"],
        ),
        (bare, vec!["body", "title"]),
        (with("recipients", json!([])), vec!["recipients"]),
        (with("recipients", json!(people)), vec!["recipients"]),
        (with("category", json!("gossip")), vec!["category"]),
        (with("template", json!("no_such")), vec!["template"]),
        (with("template", json!("../layout")), vec!["template"]),
        (with("data", json!({ "title": "twice" })), vec!["title"]),
        (with("data", json!({ "a": "b".repeat(3_000), "c": "d".repeat(4_001) })), vec!["data.c"]),
        // A value that no text shows is a typo, or belongs to another template. IDs reach clients all the same.
        (with("data", json!({ "amount": "12.50 EUR", "order_id": "7" })), vec!["data.amount"]),
        (with("link", json!("//evil.example")), vec!["link"]),
        (with("channels", json!([])), vec!["channels"]),
        (with("from", json!("x")), vec!["from"]),
    ] {
        assert_eq!(wrong_fields(&send(&cloud, &key, "a", &body).await), wrong, "{body}");
    }
    let five = ["a", "b", "c", "d", "e"].map(|name| (name.to_owned(), json!("x".repeat(4_000))));
    let large = with("data", Value::Object(five.into_iter().collect()));
    assert_eq!(wrong_fields(&send(&cloud, &key, "a", &large).await), ["data"]);
    assert_eq!(send(&cloud, &key, &cloud.new_email(), &good).await.status, 202);
}
