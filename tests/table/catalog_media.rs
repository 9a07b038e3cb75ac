//! Pictures of products: published ones of the manager, which go when they are deleted, whatever else happens at the same time.

use futures::future::join_all;
use kit::sqs::Done;
use serde_json::{Value, json};
use types::{MediaId, UserId};

use crate::catalog_support::{Asked, Shop, about};

async fn show(shop: &Shop, product: &str, pictures: &[MediaId]) -> testkit::Reply {
    let media: Vec<_> = pictures.iter().map(|id| json!({ "mediaId": id, "alt": "Front" })).collect();
    shop.update(product, json!({ "media": media })).await
}

async fn pictures(shop: &Shop, product: &str) -> Vec<Value> {
    let shown = shop.call(&shop.get_admin_product(), "GET", about(product), None).await;
    shown.body["media"].as_array().unwrap().iter().map(|picture| picture["mediaId"].clone()).collect()
}

/// The sort keys of what is stored of a user.
async fn held(shop: &Shop, user: UserId) -> Vec<String> {
    let items = shop.table.items().await.into_iter();
    let held = items.filter(|item| item["pk"].as_s().unwrap() == &format!("catalog#user#{user}"));
    held.map(|item| item["sk"].as_s().unwrap().clone()).collect()
}

#[tokio::test]
async fn a_product_shows_published_pictures_in_their_order() {
    let shop = Shop::start().await;
    let id = shop.product("a").await;
    let (first, second) = (shop.picture().await, shop.picture().await);
    let shown = show(&shop, &id, &[second, first]).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    let picture = &shown.body["media"][0];
    assert_eq!((&picture["mediaId"], &picture["alt"]), (&json!(second), &json!("Front")));
    let url = picture["url"].as_str().unwrap();
    assert!(url.ends_with(&format!("published/owner/{second}/revision/large.jpg")), "{url}");
    let public = shop.show(&shop.get_product(), &id, "").await;
    assert_eq!(public.body["media"], shown.body["media"]);
    assert_eq!(shop.show(&shop.get_product(), &id, &public.etag).await.status, 304, "URLs of a CDN do not expire");
    // The event has what others need to show it.
    let events = shop.events().await;
    let changed = events.iter().find(|event| event.detail_type() == "catalog.product_changed.v1").unwrap();
    assert_eq!(changed.data["product"]["media"][0]["path"], format!("published/owner/{second}/revision/"));
    let listed = shop.call(&shop.list_admin_products(), "GET", Asked::default(), None).await;
    let in_list = &listed.body["items"][0]["media"];
    assert!(
        in_list[0]["thumbnailUrl"].is_string() && in_list[0]["url"].is_null() && in_list[1]["thumbnailUrl"].is_null()
    );
    // A new order, then none.
    assert_eq!(show(&shop, &id, &[first, second]).await.status, 200);
    assert_eq!(pictures(&shop, &id).await, [json!(first), json!(second)]);
    assert_eq!(show(&shop, &id, &[]).await.status, 200);
    assert!(!held(&shop, shop.manager).await.iter().any(|key| key.starts_with("picture#")));
}

#[tokio::test]
async fn unpublished_and_foreign_pictures_are_refused() {
    let shop = Shop::start().await;
    let id = shop.product("a").await;
    let (foreign, deleted) = (MediaId::generate(), shop.picture().await);
    shop.publish_picture(UserId::generate(), foreign).await.unwrap();
    shop.delete_picture(shop.manager, deleted).await.unwrap();
    for wrong in [foreign, deleted, MediaId::generate()] {
        let refused = show(&shop, &id, &[wrong]).await;
        assert_eq!((refused.status, &refused.body["code"]), (409, &json!("catalog.media_not_published")));
    }
    let own = shop.picture().await;
    let twice = show(&shop, &id, &[own, own]).await;
    assert_eq!((twice.status, &twice.body["errors"][0]["field"]), (422, &json!("media[1].mediaId")));
    let body = json!({ "title": "Shoe", "slug": "b", "media": [{ "mediaId": own }] });
    let create = async |body: &Value| {
        shop.call(&shop.create_product(), "POST", Asked { key: "b", ..Asked::default() }, Some(body.clone())).await
    };
    let created = create(&body).await;
    assert_eq!((created.status, &created.body["media"][0]["mediaId"]), (201, &json!(own)));
    // The same request again, although the picture has gone meanwhile.
    shop.delete_picture(shop.manager, own).await.unwrap();
    let again = create(&body).await;
    assert_eq!((again.status, &again.body["id"], &again.body["media"]), (201, &created.body["id"], &json!([])));
}

#[tokio::test]
async fn a_deleted_picture_leaves_all_products_and_is_not_brought_back() {
    let shop = Shop::start().await;
    let (picture, other) = (shop.picture().await, shop.picture().await);
    let mut products = Vec::new();
    for number in 0..60 {
        let id = shop.draft(&format!("p{number}")).await;
        assert_eq!(show(&shop, &id, &[other, picture]).await.status, 200);
        products.push(id);
    }
    let published = shop.product("published").await;
    show(&shop, &published, &[picture]).await;
    assert_eq!(shop.delete_picture(shop.manager, picture).await.unwrap(), Done::Applied);
    assert_eq!(shop.delete_picture(shop.manager, picture).await.unwrap(), Done::Duplicate);
    assert_eq!(shop.publish_picture(shop.manager, picture).await.unwrap(), Done::Duplicate);
    for id in &products {
        assert_eq!(pictures(&shop, id).await, [json!(other)]);
    }
    assert_eq!(shop.show(&shop.get_product(), &published, "").await.body["media"], json!([]));
    let events = shop.events().await;
    let told: Vec<_> = events.iter().filter(|event| event.detail_type() == "catalog.product_changed.v1").collect();
    assert_eq!((told.len(), told[0].data["product"].get("media")), (1, None));
    // One that is told late.
    let late = MediaId::generate();
    assert_eq!(shop.delete_picture(shop.manager, late).await.unwrap(), Done::Applied);
    assert_eq!(shop.publish_picture(shop.manager, late).await.unwrap(), Done::Duplicate);
    assert_eq!(show(&shop, &published, &[late]).await.status, 409);
}

#[tokio::test]
async fn no_product_shows_a_picture_that_is_deleted_at_the_same_time() {
    let shop = Shop::start_with_conflicts().await;
    let mut products = Vec::new();
    for number in 0..6 {
        products.push(shop.draft(&format!("p{number}")).await);
    }
    for _ in 0..5 {
        let picture = shop.picture().await;
        let (deleted, shown) = futures::join!(
            shop.delete_picture(shop.manager, picture),
            join_all(products.iter().map(|id| show(&shop, id, std::slice::from_ref(&picture)))),
        );
        if deleted.is_err() {
            shop.delete_picture(shop.manager, picture).await.unwrap();
        }
        assert!(shown.iter().all(|reply| [200, 409, 503].contains(&reply.status)));
        for id in &products {
            assert!(!pictures(&shop, id).await.contains(&json!(picture)));
        }
    }
}

#[tokio::test]
async fn a_deleted_user_leaves_no_picture_and_no_record() {
    let shop = Shop::start().await;
    let mut products = Vec::new();
    for number in 0..120 {
        let id = shop.draft(&format!("p{number}")).await;
        if number % 3 == 0 {
            let picture = shop.picture().await;
            assert_eq!(show(&shop, &id, &[picture]).await.status, 200);
        }
        products.push(id);
    }
    assert_eq!(shop.forget(shop.manager).await.unwrap(), Done::Applied);
    for id in &products {
        assert_eq!(pictures(&shop, id).await, Vec::<Value>::new());
    }
    assert_eq!(held(&shop, shop.manager).await, ["forgotten"]);
    // Late events bring nothing back.
    let picture = MediaId::generate();
    assert_eq!(shop.publish_picture(shop.manager, picture).await.unwrap(), Done::Duplicate);
    assert_eq!(show(&shop, &products[0], &[picture]).await.status, 409);
    assert_eq!(shop.forget(shop.manager).await.unwrap(), Done::Duplicate);
}
