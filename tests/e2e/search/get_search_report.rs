//! `GET /v1/search/{collection}/reports`

use tests::{Cloud, eventually};

use super::support::{new_word, search};

#[tokio::test]
async fn a_search_without_results_is_counted_and_its_text_is_not_listed_for_one_person() {
    let cloud = Cloud::connect().await;
    let (admin, stranger, word) = (cloud.admin().await, cloud.sign_up().await, new_word());
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let path = format!("/v1/search/products/reports?from={}&to={today}", today.yesterday().unwrap());
    assert_eq!(cloud.get(&path).send().await.status, 401);
    cloud.get(&path).bearer(&stranger.access_token).send().await.expect_problem(403, "auth.forbidden");
    let before = cloud.get(&path).bearer(&admin.access_token).send().await.expect(200);
    let report = eventually("the search in the report", async || {
        // Figures are written every ten seconds, by the process that has them.
        drop(search(&cloud, &format!("q={word}")).await.expect(200));
        let report = cloud.get(&path).bearer(&admin.access_token).send().await.expect(200);
        (report["searchesWithoutResults"].as_u64() > before["searchesWithoutResults"].as_u64()).then_some(report)
    })
    .await;
    assert!(!report.to_string().contains(&word), "one person searched it: {report}");
    assert!(report["searches"].as_u64() >= report["searchesWithoutResults"].as_u64());
}

#[tokio::test]
async fn a_period_is_checked() {
    let cloud = Cloud::connect().await;
    let admin = cloud.admin().await;
    let get = async |path: &str| cloud.get(path).bearer(&admin.access_token).send().await;
    for (query, field) in [
        ("from=2026-11-02&to=2026-11-01", "to"),
        ("from=2026-11-01&to=2026-12-02", "to"),
        ("from=2026-11-31&to=2026-12-02", "from"),
        ("from=2026-11-01", "to"),
    ] {
        let refused = get(&format!("/v1/search/products/reports?{query}")).await;
        refused.expect_problem(422, "request.invalid");
        assert_eq!(refused.body["errors"][0]["field"], field, "{query}");
    }
    let other = get("/v1/search/secrets/reports?from=2026-11-01&to=2026-11-02").await;
    other.expect_problem(404, "search.no_such_collection");
}
