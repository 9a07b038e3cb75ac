//! `POST /v1/community/badges`

use serde_json::{Value, json};
use tests::Cloud;
use types::{EventTypeId, Uuid};

use super::support::{create, design, kind};

fn new_key() -> String {
    Uuid::now_v7().to_string()
}

fn wrong_fields(body: &Value) -> Vec<&str> {
    let mut fields: Vec<_> =
        body["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    fields.sort_unstable();
    fields
}

#[tokio::test]
async fn a_badge_is_made_once_however_often_it_is_asked_for() {
    let cloud = Cloud::connect().await;
    let (admin, key) = (cloud.admin().await, new_key());
    let mut body = design(&json!({ "kind": "streak", "eventTypeId": kind(&cloud).await, "unit": "week" }), &[2, 4]);
    let first = create(&cloud, &admin, &key, &body).await;
    assert_eq!(first.header("location"), format!("/v1/community/badges/{}", first.body["id"].as_str().unwrap()));
    let first = first.expect(201);
    assert_eq!((&first["requirement"], &first["tiers"]), (&body["requirement"], &body["tiers"]));
    assert_eq!((&first["code"], &first["retired"]), (&body["code"], &json!(false)));
    assert_eq!(create(&cloud, &admin, &key, &body).await.expect(201), first);
    // Under another key it is another badge, and its code is taken.
    create(&cloud, &admin, &new_key(), &body).await.expect_problem(409, "badges.code_taken");
    body["name"] = json!("Other");
    create(&cloud, &admin, &key, &body).await.expect_problem(422, "request.idempotency_key_reused");
}

#[tokio::test]
async fn all_that_is_wrong_is_named_at_once() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let body = json!({
        "code": "Über", "name": " ", "description": "", "icon": "../x",
        "requirement": { "kind": "streak", "eventTypeId": EventTypeId::generate(), "unit": "month" },
        "tiers": [
            { "name": "a", "threshold": 5 },
            { "name": "", "threshold": 5, "reward": { "amountMinor": 0, "currency": "euro" } },
        ],
    });
    let reply = create(&cloud, &admin, &new_key(), &body).await;
    reply.expect_problem(422, "request.invalid");
    let wrong = [
        "code",
        "description",
        "icon",
        "name",
        "requirement.eventTypeId",
        "requirement.unit",
        "tiers[1].name",
        "tiers[1].reward.amountMinor",
        "tiers[1].reward.currency",
        "tiers[1].threshold",
    ];
    assert_eq!(wrong_fields(&reply.body), wrong);
    for (requirement, thresholds, field) in [
        (json!({ "kind": "events" }), &[][..], "tiers"),
        (json!({ "kind": "events" }), &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11][..], "tiers"),
        (json!({ "kind": "events" }), &[0][..], "tiers[0].threshold"),
        (json!({ "kind": "donated" }), &[1][..], "requirement.currency"),
        (json!({ "kind": "streak", "unit": "day", "currency": "EUR" }), &[1][..], "requirement.currency"),
        (json!({ "kind": "luck" }), &[1][..], "requirement.kind"),
        // Currencies that the wallet does not know: nothing is ever counted in them.
        (json!({ "kind": "donated", "currency": "NOSUCH" }), &[1][..], "requirement.currency"),
        (json!({ "kind": "received", "currency": "NOSUCH" }), &[1][..], "requirement.currency"),
        // A kind of event that nobody has heard of.
        (json!({ "kind": "events", "eventTypeId": EventTypeId::generate() }), &[1][..], "requirement.eventTypeId"),
    ] {
        let reply = create(&cloud, &admin, &new_key(), &design(&requirement, thresholds)).await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(wrong_fields(&reply.body), [field]);
    }
    // A reward in one could never be paid.
    let mut body = design(&json!({ "kind": "events" }), &[1, 2]);
    body["tiers"][1]["reward"]["currency"] = json!("NOSUCH");
    let reply = create(&cloud, &admin, &new_key(), &body).await;
    reply.expect_problem(422, "request.invalid");
    assert_eq!(wrong_fields(&reply.body), ["tiers[1].reward.currency"]);
}

#[tokio::test]
async fn what_the_server_decides_is_not_read_from_the_body() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    for (name, value) in
        [("id", json!(Uuid::nil())), ("retired", json!(true)), ("createdAt", json!("2020-01-01T00:00:00Z"))]
    {
        let mut body = design(&json!({ "kind": "events" }), &[1]);
        body[name] = value;
        let reply = create(&cloud, &admin, &new_key(), &body).await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(wrong_fields(&reply.body), [name]);
    }
    let body = design(&json!({ "kind": "events" }), &[1]);
    let without_key = cloud.post("/v1/community/badges").bearer(&admin.access_token).json(&body).send().await;
    without_key.expect_problem(400, "request.idempotency_key_missing");
}

#[tokio::test]
async fn only_admins_make_badges() {
    let cloud = Cloud::connect().await;
    let user = cloud.sign_up().await;
    let body = design(&json!({ "kind": "events" }), &[1]);
    create(&cloud, &user, &new_key(), &body).await.expect_problem(403, "auth.forbidden");
}
