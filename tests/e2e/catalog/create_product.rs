//! `POST /v1/commerce/products`

use serde_json::{Value, json};
use tests::{Cloud, new_slug};

use super::support::call;

#[tokio::test]
async fn a_manager_creates_a_draft_once() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let slug = new_slug();
    let body = json!({
        "title": " Red shoe ", "slug": slug, "description": "Made of wool.", "attributes": { "Material": "wool" },
        "options": [{ "name": "Size", "values": ["S", "M"] }],
    });
    let first = cloud.create_product(&manager, "a", &body).await;
    let location = first.header("location").to_owned();
    let product = first.expect(201);
    assert_eq!(
        (&product["title"], &product["slug"], &product["status"]),
        (&json!("Red shoe"), &json!(slug), &json!("draft"))
    );
    assert_eq!((&product["attributes"], &product["variants"]), (&json!({ "Material": "wool" }), &json!([])));
    assert_eq!(call(&cloud, "GET", &location, &manager, None).await.expect(200), product);
    assert_eq!(cloud.create_product(&manager, "a", &body).await.expect(201), product, "a repeat gets the same");
    let other = json!({ "title": "Boot", "slug": new_slug() });
    cloud.create_product(&manager, "a", &other).await.expect_problem(422, "request.idempotency_key_reused");
    let taken = json!({ "title": "Boot", "slug": slug });
    cloud.create_product(&manager, "b", &taken).await.expect_problem(409, "catalog.slug_taken");
    let unknown = json!({ "title": "Boot", "slug": new_slug(), "media": [{ "mediaId": types::Uuid::now_v7() }] });
    cloud.create_product(&manager, "c", &unknown).await.expect_problem(409, "catalog.media_not_published");
}

#[tokio::test]
async fn only_managers_and_admins_create_products() {
    let cloud = Cloud::connect().await;
    let (stranger, admin) = (cloud.sign_up().await, cloud.admin().await);
    let body = json!({ "title": "Shoe", "slug": new_slug() });
    cloud.create_product(&stranger, "a", &body).await.expect_problem(403, "auth.forbidden");
    let key = new_slug();
    assert_eq!(cloud.create_product(&admin, &key, &body).await.expect(201)["title"], "Shoe");
    let nobody = cloud.post("/v1/commerce/products").header("idempotency-key", "a").json(&body).send().await;
    nobody.expect_problem(401, "auth.token_missing");
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let fields = async |body: Value| -> Vec<String> {
        let reply = cloud.create_product(&manager, "a", &body).await;
        reply.expect_problem(422, "request.invalid");
        let errors = reply.body["errors"].as_array().unwrap();
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect()
    };
    let body = json!({
        "title": " ", "slug": "Red Shoe", "attributes": { "": "x" },
        "options": [{ "name": "Size", "values": ["S", "s"] }],
    });
    assert_eq!(fields(body).await, ["title", "attributes", "options[0].values[1]", "slug"]);
    let twice = json!({ "mediaId": types::Uuid::now_v7() });
    assert_eq!(fields(json!({ "title": "Shoe", "media": [twice, twice] })).await, ["media[1].mediaId"]);
    assert_eq!(fields(json!({ "title": "東京" })).await, ["slug"]);
    assert_eq!(fields(json!({ "title": "Shoe", "status": "published" })).await, ["status"]);
}
