//! `PATCH /v1/commerce/products/{id}`

use serde_json::json;
use tests::Cloud;
use types::Uuid;

use super::support::{call, heard, path, refuses_strangers, show_picture};

#[tokio::test]
async fn what_is_sent_changes_and_the_rest_stays() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let product = cloud.published_product(&manager, "Shoe").await;
    let watch = cloud.watch("catalog.product_changed.v1").await;
    let change = json!({ "title": "Boot", "description": "Warm.", "attributes": { "Material": "wool" } });
    let changed = call(&cloud, "PATCH", &path(&product), &manager, Some(&change)).await;
    assert_eq!(changed.header("etag"), "\"4\"");
    let changed = changed.expect(200);
    assert_eq!(
        (&changed["title"], &changed["slug"], &changed["variants"]),
        (&json!("Boot"), &product["slug"], &product["variants"])
    );
    let event = heard(&watch, &product, 4).await;
    assert_eq!(
        (&event["product"]["title"], &event["product"]["attributes"]["Material"]),
        (&json!("Boot"), &json!("wool"))
    );
    let removed = call(&cloud, "PATCH", &path(&product), &manager, Some(&json!({ "description": null }))).await;
    assert_eq!(removed.expect(200)["description"], json!(null));
    let same = call(&cloud, "PATCH", &path(&product), &manager, Some(&json!({ "title": "Boot" }))).await;
    assert_eq!(same.header("etag"), "\"5\"", "nothing changed");
}

#[tokio::test]
async fn options_that_a_variant_does_not_fit_and_stale_versions_are_refused() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let product = cloud.published_product(&manager, "Shoe").await;
    let options = json!({ "options": [{ "name": "Size", "values": ["M"] }] });
    let reply = call(&cloud, "PATCH", &path(&product), &manager, Some(&options)).await;
    reply.expect_problem(409, "catalog.options_in_use");
    let more = json!({ "options": [{ "name": "Size", "values": ["S", "XL"] }] });
    assert_eq!(call(&cloud, "PATCH", &path(&product), &manager, Some(&more)).await.status, 200);
    let stale = cloud.call("PATCH", &path(&product)).bearer(&manager.access_token).header("if-match", "\"3\"");
    stale.json(&json!({ "title": "Boot" })).send().await.expect_problem(412, "request.version_changed");
    let null = call(&cloud, "PATCH", &path(&product), &manager, Some(&json!({ "title": null }))).await;
    null.expect_problem(422, "request.invalid");
    refuses_strangers(&cloud, "PATCH", &product, "", Some(&json!({ "title": "x" }))).await;
}

#[tokio::test]
async fn a_product_shows_pictures_of_its_managers_in_their_order() {
    let cloud = Cloud::connect().await;
    let (ann, bob) = (cloud.manager().await, cloud.manager().await);
    let product = cloud.published_product(&ann, "Shoe").await;
    let (first, others) = (show_picture(&cloud, &ann, &product).await, cloud.draft_product(&bob, "Boot").await);
    let second = show_picture(&cloud, &bob, &others).await;
    let change = async |user, media: serde_json::Value| {
        call(&cloud, "PATCH", &path(&product), user, Some(&json!({ "media": media }))).await
    };
    // Bob adds an own picture, and Ann's stays; Ann could not have added it.
    let (of_ann, of_bob) = (json!({ "mediaId": first, "alt": "Front" }), json!({ "mediaId": second }));
    change(&ann, json!([of_ann, of_bob])).await.expect_problem(409, "catalog.media_not_published");
    let shown = change(&bob, json!([of_bob, of_ann])).await.expect(200);
    let media = shown["media"].as_array().unwrap();
    assert_eq!(media.len(), 2);
    assert_eq!((&media[0]["mediaId"], &media[1]["alt"]), (&json!(second), &json!("Front")));
    assert!(media.iter().all(|picture| picture["url"].is_string() && picture["thumbnailUrl"].is_string()), "{shown}");
    let public = cloud.get(&path(&product)).send().await;
    let known = public.header("etag").to_owned();
    let again = cloud.get(&path(&product)).header("if-none-match", &known).send().await;
    assert_eq!((public.status, again.status), (200, 200), "signed URLs are sent anew");
    change(&bob, json!([of_bob, of_bob])).await.expect_problem(422, "request.invalid");
    let unknown = json!([{ "mediaId": Uuid::now_v7() }]);
    change(&bob, unknown).await.expect_problem(409, "catalog.media_not_published");
    assert_eq!(change(&ann, json!([])).await.expect(200)["media"], json!([]));
}
