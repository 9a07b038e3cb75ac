//! `GET /v1/commerce/recommendations`

use tests::Cloud;
use types::ProductId;

const PATH: &str = "/v1/commerce/recommendations";

#[tokio::test]
async fn everybody_gets_a_list_that_caches_may_keep() {
    let cloud = Cloud::connect().await;
    for query in ["", "?kind=together&limit=1", &format!("?items={},{}", ProductId::generate(), ProductId::generate())]
    {
        let reply = cloud.get(&format!("{PATH}{query}")).send().await;
        let body = reply.expect(200);
        assert!(body["items"].as_array().is_some_and(|items| items.len() <= 10), "{body}");
    }
}

#[tokio::test]
async fn parameters_outside_their_bounds_are_named() {
    let cloud = Cloud::connect().await;
    let many = vec![ProductId::generate().to_string(); 11].join(",");
    for (query, field) in [
        (format!("items={many}"), "items"),
        ("items=shoe".to_owned(), "items"),
        ("limit=0".to_owned(), "limit"),
        ("limit=51".to_owned(), "limit"),
        ("kind=best".to_owned(), "kind"),
        ("user=me".to_owned(), "user"),
    ] {
        let reply = cloud.get(&format!("{PATH}?{query}")).send().await;
        reply.expect_problem(422, "request.invalid");
        assert_eq!(reply.body["errors"][0]["field"], field, "{query}");
    }
}
