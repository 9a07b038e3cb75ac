//! Bundles under races: none is in a bundle, none loses a component, and its weight follows.

use catalog::domain::names::Sku;
use catalog::domain::variant::Variant;
use contracts::catalog::VariantChanged;
use futures::future::join_all;
use kit::sqs::Done;
use serde_json::{Value, json};
use types::VariantId;

use crate::catalog_support::{Asked, Shop, about, variant};

/// The ID of a variant, whether or not it exists.
fn id_of(product: &str, sku: &str) -> VariantId {
    Variant::id_of(product.parse().unwrap(), &Sku::parse(sku).unwrap())
}

/// The body of a bundle of six.
fn six_of(component: VariantId) -> Value {
    json!({ "choices": { "Size": "S" }, "components": [{ "variantId": component, "quantity": 6 }] })
}

async fn shown(shop: &Shop, product: &str) -> Value {
    shop.call(&shop.get_admin_product(), "GET", about(product), None).await.body["variants"][0].clone()
}

/// Does what the consumer does after the last change of a variant.
async fn follow(shop: &Shop, product: &str, sku: &str) -> Done {
    let (product_id, variant_id) = (product.parse().unwrap(), id_of(product, sku));
    shop.follow(VariantChanged { variant_id, product_id, revision: 9, variant: None }).await.unwrap()
}

#[tokio::test]
async fn a_bundle_has_existing_components_and_keeps_them() {
    let shop = Shop::start().await;
    let (tea, pack) = (shop.product("tea").await, shop.draft("pack").await);
    let code = |reply: &testkit::Reply| (reply.status, reply.body["code"].as_str().unwrap_or_default().to_owned());
    let unknown = shop.set((&pack, "pack"), six_of(id_of(&pack, "nothing"))).await;
    assert_eq!(code(&unknown), (422, "catalog.unknown_component".to_owned()));
    let own = shop.set((&pack, "pack"), six_of(id_of(&pack, "pack"))).await;
    assert_eq!(code(&own), (422, "catalog.own_component".to_owned()));
    let bundle = shop.set((&pack, "pack"), six_of(id_of(&tea, "tea"))).await;
    assert_eq!((bundle.status, &bundle.body["variants"][0]["components"][0]["quantity"]), (200, &json!(6)));
    let other = shop.product("other").await;
    let nested = shop.set((&other, "other"), six_of(id_of(&pack, "pack"))).await;
    assert_eq!(code(&nested), (409, "catalog.nested_bundle".to_owned()));
    let becomes = shop.set((&tea, "tea"), six_of(id_of(&other, "other"))).await;
    assert_eq!(code(&becomes), (409, "catalog.nested_bundle".to_owned()));
    let twice = json!({ "choices": { "Size": "S" }, "components": [
        { "variantId": id_of(&tea, "tea"), "quantity": 1 }, { "variantId": id_of(&tea, "tea"), "quantity": 2 },
    ]});
    let refused = shop.set((&pack, "pack"), twice).await;
    assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (422, &json!("components[1].variantId")));

    // Archived components stay, deleted ones are refused.
    assert_eq!(shop.call(&shop.archive_product(), "DELETE", about(&tea), None).await.status, 204);
    let delete =
        async |product: &str, sku| shop.call(&shop.delete_variant(), "DELETE", variant(product, sku), None).await;
    assert_eq!(code(&delete(&tea, "tea").await), (409, "catalog.variant_in_bundle".to_owned()));
    assert_eq!(delete(&pack, "pack").await.status, 204);
    assert_eq!(delete(&tea, "tea").await.status, 204);
    let entries = shop.table.items().await;
    assert_eq!(entries.iter().filter(|item| item["sk"].as_s().unwrap() == "entry").count(), 1, "that of the other");
}

#[tokio::test]
async fn however_bundles_change_at_once_none_is_in_a_bundle() {
    let shop = Shop::start_with_conflicts().await;
    let mut products = Vec::new();
    for slug in ["a", "b", "c"] {
        products.push((shop.product(slug).await, slug));
    }
    for round in 0..10_usize {
        // Each becomes a bundle of the next one, or none again.
        let sets = products.iter().enumerate().map(|(at, (id, sku))| {
            let (next, component) = &products[(at + 1 + round % 2) % products.len()];
            let body = if (round + at) % 4 == 0 {
                json!({ "choices": { "Size": "S" } })
            } else {
                six_of(id_of(next, component))
            };
            async { shop.set((id, sku), body).await }
        });
        let replies = join_all(sets).await;
        assert!(replies.iter().all(|reply| [200, 409, 503].contains(&reply.status)), "{:?}", replies[0].body);
        let mut components = Vec::new();
        let mut bundles = Vec::new();
        for (id, _) in &products {
            let variant = shown(&shop, id).await;
            let own = variant["components"].as_array().unwrap().clone();
            if !own.is_empty() {
                bundles.push(variant["id"].clone());
            }
            components.extend(own.into_iter().map(|component| component["variantId"].clone()));
        }
        assert!(!bundles.iter().any(|bundle| components.contains(bundle)), "a bundle is in a bundle");
    }
}

#[tokio::test]
async fn a_component_is_not_deleted_while_a_bundle_takes_it() {
    let shop = Shop::start_with_conflicts().await;
    for round in 0..8 {
        let (tea, pack) = (format!("tea{round}"), format!("pack{round}"));
        let (tea_id, pack_id) = (shop.draft(&tea).await, shop.draft(&pack).await);
        assert_eq!(shop.set((&tea_id, &tea), json!({ "choices": { "Size": "S" } })).await.status, 200);
        let deleted = async { shop.call(&shop.delete_variant(), "DELETE", variant(&tea_id, &tea), None).await.status };
        let bundled = async { shop.set((&pack_id, &pack), six_of(id_of(&tea_id, &tea))).await.status };
        let outcome = futures::join!(deleted, bundled);
        assert!([(204, 422), (409, 200)].contains(&outcome), "{outcome:?}");
    }
}

#[tokio::test]
async fn the_weight_of_a_bundle_follows_its_components() {
    let shop = Shop::start().await;
    let (tea, pack) = (shop.product("tea").await, shop.product("pack").await);
    let weigh = async |grams: u32| {
        let reply = shop.set((&tea, "tea"), json!({ "choices": { "Size": "S" }, "weightGrams": grams })).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
    };
    assert_eq!(shop.set((&pack, "pack"), six_of(id_of(&tea, "tea"))).await.status, 200);
    assert_eq!(shown(&shop, &pack).await["componentsWeightGrams"], json!(null));
    weigh(250).await;
    assert_eq!(follow(&shop, &tea, "tea").await, Done::Applied);
    assert_eq!(follow(&shop, &tea, "tea").await, Done::Duplicate);
    let bundle = shown(&shop, &pack).await;
    assert_eq!((&bundle["weightGrams"], &bundle["componentsWeightGrams"]), (&json!(null), &json!(1_500)));
    let events = shop.events().await;
    let told: Vec<_> = events.iter().filter(|event| event.data["variant"]["weightGrams"] == 1_500).collect();
    assert_eq!(told.len(), 1, "the bundle is told once");
    // A bundle is no component, so nothing follows from it.
    assert_eq!(follow(&shop, &pack, "pack").await, Done::Ignored);
    weigh(300).await;
    let again = shop.set(
        (&pack, "pack"),
        json!({
            "choices": { "Size": "S" }, "taxClass": "reduced",
            "components": [{ "variantId": id_of(&tea, "tea"), "quantity": 2 }],
        }),
    );
    let again = again.await.body["variants"][0].clone();
    assert_eq!((&again["componentsWeightGrams"], &again["taxClass"]), (&json!(600), &json!("reduced")));
    assert_eq!(follow(&shop, &tea, "tea").await, Done::Duplicate);
}

#[tokio::test]
async fn all_bundles_of_a_large_product_are_weighed() {
    let shop = Shop::start().await;
    let tea = shop.product("tea").await;
    let sizes: Vec<_> = (0..50).map(|size| size.to_string()).collect();
    let body = json!({ "title": "Packs", "slug": "packs", "options": [{ "name": "Size", "values": sizes }] });
    let asked = Asked { key: "packs", ..Asked::default() };
    let packs =
        shop.call(&shop.create_product(), "POST", asked, Some(body)).await.body["id"].as_str().unwrap().to_owned();
    for size in 0..45 {
        let component = json!({ "variantId": id_of(&tea, "tea"), "quantity": size + 1 });
        let body = json!({ "choices": { "Size": size.to_string() }, "components": [component] });
        assert_eq!(shop.set((&packs, &format!("P{size}")), body).await.status, 200);
    }
    let weight = json!({ "choices": { "Size": "S" }, "weightGrams": 10 });
    assert_eq!(shop.set((&tea, "tea"), weight).await.status, 200);
    assert_eq!(follow(&shop, &tea, "tea").await, Done::Applied);
    let shown = shop.call(&shop.get_admin_product(), "GET", about(&packs), None).await;
    let weights: Vec<_> =
        shown.body["variants"].as_array().unwrap().iter().map(|variant| &variant["componentsWeightGrams"]).collect();
    assert_eq!(weights, (1..=45).map(|quantity| json!(quantity * 10)).collect::<Vec<_>>().iter().collect::<Vec<_>>());
    assert_eq!(follow(&shop, &tea, "tea").await, Done::Duplicate);
}
