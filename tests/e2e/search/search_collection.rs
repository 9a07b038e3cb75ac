//! `GET /v1/search/{collection}`

use std::time::{Duration, Instant};

use serde_json::json;
use tests::Cloud;

use super::support::{call, found, new_word, search};

/// What the product promises for the time from a change to the search that finds it.
const FRESHNESS: Duration = Duration::from_secs(3);

#[tokio::test]
async fn a_published_product_is_found_soon_and_an_archived_one_is_not() {
    let cloud = Cloud::connect().await;
    let (manager, word) = (cloud.manager().await, new_word());
    // The function is started before the time counts: the promise is about changes.
    found(&cloud, &format!("q={word}"), 0).await;
    let product = cloud.published_product(&manager, &format!("Shoe {word}")).await;
    let begun = Instant::now();
    let page = found(&cloud, &format!("q={word}&facets=brand"), 1).await;
    let took = begun.elapsed();
    assert!(took <= FRESHNESS, "found after {took:?}");
    let hit = &page["hits"][0];
    assert_eq!((&hit["id"], &hit["slug"], &hit["inStock"]), (&product["id"], &product["slug"], &json!(false)));
    assert_eq!((&hit["matchedWords"], &hit["searchedWords"], &hit["typos"]), (&json!(1), &json!(1), &json!(0)));
    assert!(hit["highlights"][0]["parts"].to_string().contains(&word), "{hit}");
    // A typo in a long word.
    let mistyped = format!("{}z{}", &word[..8], &word[9..]);
    let page = found(&cloud, &format!("q={mistyped}"), 1).await;
    assert_eq!(page["hits"][0]["id"], product["id"]);
    let path = format!("/v1/commerce/products/{}", product["id"].as_str().unwrap());
    assert_eq!(call(&cloud, "DELETE", &path, &manager, None).await.status, 204);
    found(&cloud, &format!("q={word}"), 0).await;
}

#[tokio::test]
async fn prices_filter_and_sort() {
    let cloud = Cloud::connect().await;
    let (manager, word) = (cloud.manager().await, new_word());
    let list = cloud.price_list(&manager).await;
    let mut ids = Vec::new();
    for amount in [500, 900] {
        let product = cloud.published_product(&manager, &format!("Shoe {word}")).await;
        let price = json!({
            "productId": product["id"], "sku": product["variants"][0]["sku"],
            "tiers": [{ "minQuantity": 1, "amountMinor": amount }],
        });
        let path = format!("/v1/commerce/price-lists/{list}/prices");
        drop(call(&cloud, "PUT", &path, &manager, Some(&json!({ "prices": [price] }))).await.expect(200));
        ids.push(product["id"].clone());
    }
    let priced = format!("q={word}&currency=EUR");
    // Another process of the function may not know both prices yet: only products with a price are asked for.
    let page = found(&cloud, &format!("{priced}&minPrice=1&sort=-price"), 2).await;
    assert_eq!((&page["hits"][0]["id"], &page["hits"][0]["priceMinor"]), (&ids[1], &json!(900)));
    assert_eq!(page["prices"], json!({ "minMinor": 500, "maxMinor": 900 }));
    let cheap = found(&cloud, &format!("{priced}&maxPrice=500"), 1).await;
    assert_eq!(cheap["hits"][0]["id"], ids[0]);
    found(&cloud, &format!("{priced}&inStock=true"), 0).await;
    let second = found(&cloud, &format!("q={word}&limit=1&offset=1"), 2).await;
    assert_eq!(second["hits"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_search_is_public_cached_for_a_moment_and_its_parameters_are_checked() {
    let cloud = Cloud::connect().await;
    let word = new_word();
    let reply = search(&cloud, &format!("q={word}")).await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, "public, max-age=1"));
    let tag = reply.header("etag").to_owned();
    // The search ID is that of the minute: at the end of one, the response is another.
    let path = format!("/v1/search/products?q={word}");
    let known = cloud.get(&path).header("if-none-match", &tag).send().await;
    assert!([200, 304].contains(&known.status), "{}", known.body);
    for (query, field) in
        [("sort=cheap", "sort"), ("filter=size:1", "filter"), ("limit=51", "offset"), ("page=1", "page")]
    {
        let refused = search(&cloud, query).await;
        refused.expect_problem(422, "request.invalid");
        assert_eq!(refused.body["errors"][0]["field"], field);
    }
    cloud.get("/v1/search/secrets").send().await.expect_problem(404, "search.no_such_collection");
}
