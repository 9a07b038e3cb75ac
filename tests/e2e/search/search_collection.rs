//! `GET /v1/search/{collection}`

use std::time::{Duration, Instant};

use contracts::knowledge::{GuideChanged, SpeciesChanged, SpeciesKind, SpeciesMerged, SpeciesSnapshot, SpeciesWater};
use serde_json::json;
use tests::{Cloud, new_slug};
use types::GuideId;

use super::support::{call, found, found_in, new_word, publish, search, search_in};

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
        [("sort=cheap", "sort"), ("filter=size:1", "filter"), ("limit=51", "limit"), ("page=1", "page")]
    {
        let refused = search(&cloud, query).await;
        refused.expect_problem(422, "request.invalid");
        assert_eq!(refused.body["errors"][0]["field"], field);
    }
    cloud.get("/v1/search/secrets").send().await.expect_problem(404, "search.no_such_collection");
}

#[tokio::test]
async fn a_species_is_found_by_synonym_and_common_name_and_with_a_typo_until_it_is_merged() {
    let cloud = Cloud::connect().await;
    let (id, name, synonym, common) = (new_slug(), new_word(), new_word(), new_word());
    let species = SpeciesSnapshot {
        kind: SpeciesKind::Fish,
        water: SpeciesWater::Fresh,
        scientific_name: format!("Genus {name}"),
        family: None,
        synonyms: vec![format!("Genus {synonym}")],
        names: [("de".to_owned(), vec![format!("{common}ä")])].into(),
    };
    publish(&cloud, SpeciesChanged { species_id: id.clone(), revision: 1, species }).await;
    let mistyped = format!("{}z{}", &name[..8], &name[9..]);
    for word in [&name, &synonym, &format!("{common}ae"), &mistyped] {
        let page = found_in(&cloud, "species", &format!("q={word}&facets=kind"), 1).await;
        assert_eq!((&page["collection"], &page["hits"][0]["id"]), (&json!("species"), &json!(id)), "{word}");
        assert_eq!(page["facets"][0]["values"][0]["value"], "fish");
    }
    search_in(&cloud, "species", "inStock=true").await.expect_problem(422, "request.invalid");
    publish(&cloud, SpeciesMerged { species_id: id, revision: 2, merged_into: new_slug() }).await;
    found_in(&cloud, "species", &format!("q={name}"), 0).await;
}

#[tokio::test]
async fn a_published_guide_is_found_and_a_withdrawn_one_is_not() {
    let cloud = Cloud::connect().await;
    let (guide_id, word) = (GuideId::generate(), new_word());
    let fact = |revision: u64, published: bool| GuideChanged {
        guide_id,
        slug: new_slug(),
        language: "en".to_owned(),
        title: format!("How to {word}"),
        summary: "A summary.".to_owned(),
        species_ids: Vec::new(),
        published,
        published_at: published.then(jiff::Timestamp::now),
        revision,
    };
    publish(&cloud, fact(1, true)).await;
    let page = found_in(&cloud, "guides", &format!("q={word}&filter=language:en&sort=newest"), 1).await;
    let hit = &page["hits"][0];
    assert_eq!((&hit["id"], &hit["language"]), (&json!(guide_id.to_string()), &json!("en")), "{hit}");
    publish(&cloud, fact(2, false)).await;
    found_in(&cloud, "guides", &format!("q={word}"), 0).await;
}
