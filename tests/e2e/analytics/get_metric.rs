//! `GET /v1/analytics/metrics/{name}`

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tests::Cloud;

use super::refuses_others;

#[tokio::test]
async fn managers_see_values_filled_with_zeros() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let path = "/v1/analytics/metrics/sign_ups?from=2001-01-01T00:00:00Z&to=2001-01-03T00:00:00Z";
    let reply = cloud.get(path).bearer(&manager.access_token).send().await.expect(200);
    let expected = json!({
        "name": "sign_ups", "unit": "count", "interval": "day", "by": null,
        "periods": ["2001-01-01T00:00:00.000Z", "2001-01-02T00:00:00.000Z"],
        "series": [{ "value": null, "currency": null, "values": [0, 0] }],
    });
    assert_eq!(reply, expected);
}

#[tokio::test]
async fn a_wrong_range_or_dimension_is_named() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let now = Timestamp::now();
    let (from, to) = (now - SignedDuration::from_hours(24), now);
    for query in [
        String::new(),
        format!("?from={to}&to={from}"),
        format!("?from={from}&to={to}&by=country"),
        format!("?from={from}&to={to}&interval=week"),
        "?from=2001-01-01T00:00:00Z&to=2026-01-01T00:00:00Z".to_owned(),
    ] {
        let path = format!("/v1/analytics/metrics/gross_sales{query}");
        let reply = cloud.get(&path).bearer(&manager.access_token).send().await;
        reply.expect_problem(422, "request.invalid");
    }
}

#[tokio::test]
async fn an_unknown_metric_is_not_found() {
    let cloud = Cloud::connect().await;
    let manager = cloud.manager().await;
    let path = "/v1/analytics/metrics/happiness?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z";
    let reply = cloud.get(path).bearer(&manager.access_token).send().await;
    reply.expect_problem(404, "analytics.no_such_metric");
}

#[tokio::test]
async fn it_is_for_managers() {
    let cloud = Cloud::connect().await;
    let path = "/v1/analytics/metrics/gross_sales?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z";
    refuses_others(&cloud, path).await;
}
