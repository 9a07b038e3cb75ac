//! `GET /v1/search/{collection}/suggest`

use serde_json::json;
use tests::{Cloud, eventually};

use super::support::new_word;

#[tokio::test]
async fn a_title_is_completed() {
    let cloud = Cloud::connect().await;
    let (manager, word) = (cloud.manager().await, new_word());
    let product = cloud.published_product(&manager, &format!("{word} shoe")).await;
    let typed = &word[..word.len() - 2];
    let suggestion = eventually("the suggestion", async || {
        let list = cloud.get(&format!("/v1/search/products/suggest?q={typed}")).send().await.expect(200);
        let mut suggestions = list["suggestions"].as_array().unwrap().clone().into_iter();
        suggestions.find(|suggestion| suggestion["documentId"] == product["id"])
    })
    .await;
    assert_eq!((&suggestion["kind"], &suggestion["facet"]), (&json!("document"), &json!(null)));
    assert!(suggestion["text"].as_str().unwrap().contains(&word), "{suggestion}");
}

#[tokio::test]
async fn suggestions_are_public_and_their_parameters_are_checked() {
    let cloud = Cloud::connect().await;
    let get = async |path: &str| cloud.get(path).send().await;
    let reply = get("/v1/search/products/suggest?q=a&limit=1").await;
    assert_eq!((reply.status, reply.header("cache-control")), (200, "public, max-age=1"));
    for query in ["", "q=", "q=a&limit=0", "q=a&limit=21"] {
        get(&format!("/v1/search/products/suggest?{query}")).await.expect_problem(422, "request.invalid");
    }
    get("/v1/search/secrets/suggest?q=a").await.expect_problem(404, "search.no_such_collection");
}
